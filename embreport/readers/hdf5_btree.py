"""HDF5's B-trees of version 2: every record of one, in order."""

from __future__ import annotations

from collections.abc import Iterator

from embreport.errors import FormatError, LimitExceeded
from embreport.readers.cursor import Cursor
from embreport.readers.hdf5_parts import Parts

_HEADER_SIZE = 38
_NODE_FRAME = 10
_LARGEST_NODE = 1 << 22
_DEEPEST = 8


def records(parts: Parts, address: int, kinds: tuple[int, ...], most: int) -> Iterator[bytes]:
    """The records of a tree of one of the `kinds`. LimitExceeded for more than `most` of them."""
    header = parts.structure(address, _HEADER_SIZE, b"BTHD")
    kind = header.take(1)[0]
    if kind not in kinds:
        raise FormatError(f"An index of the HDF5 file holds records of kind {kind}.")
    node_size, record_size = header.uint32(), _number(header, 2)
    depth = _number(header, 2)
    header.take(2)
    root, count, total = _number(header, 8), _number(header, 2), _number(header, 8)
    if total > most:
        raise LimitExceeded(f"An index of the HDF5 file has {total:,} records; at most {most:,} are read.")
    if not record_size or not _NODE_FRAME + record_size <= node_size <= _LARGEST_NODE or depth > _DEEPEST:
        raise FormatError("An index of the HDF5 file has an impossible size.")
    if count or depth:
        yield from _Tree(parts, node_size, record_size, depth, most).below(root, count, depth)


class _Tree:
    """The nodes of a tree; `most` records and as many nodes are read."""

    def __init__(self, parts: Parts, node_size: int, record_size: int, depth: int, most: int) -> None:
        self._parts = parts
        self._record_size = record_size
        self._left = most
        self._seen: set[int] = set()
        leaf = (node_size - _NODE_FRAME) // record_size
        self._count_size = _bytes_for(leaf)
        self._total_sizes = [0]
        most_below = leaf
        for _ in range(depth):
            pointer = 8 + self._count_size + self._total_sizes[-1]
            here = max(0, node_size - _NODE_FRAME - pointer) // (record_size + pointer)
            most_below = (here + 1) * most_below + here
            self._total_sizes.append(_bytes_for(most_below))

    def below(self, address: int, count: int, level: int) -> Iterator[bytes]:
        """The records of a node of `count` records, and of all below it; leaves have level 0."""
        if address in self._seen:
            raise FormatError("An index of the HDF5 file leads back to itself.")
        self._seen.add(address)
        pointer = 8 + self._count_size + self._total_sizes[level - 1] if level else 0
        size = _NODE_FRAME + count * self._record_size + (count + 1) * pointer
        node = self._parts.structure(address, size, b"BTIN" if level else b"BTLF")
        node.take(1)
        own = [node.take(self._record_size) for _ in range(count)]
        self._left -= count
        if self._left < 0:
            raise LimitExceeded("An index of the HDF5 file has more records than it announces.")
        if not level:
            yield from own
            return
        for number in range(count + 1):
            child, held = _number(node, 8), _number(node, self._count_size)
            node.take(self._total_sizes[level - 1])
            yield from self.below(child, held, level - 1)
            if number < count:
                yield own[number]


def _bytes_for(limit: int) -> int:
    """Bytes of a number up to `limit` (H5VM_limit_enc_size)."""
    return max(1, -(-limit.bit_length() // 8))


def _number(cursor: Cursor, size: int) -> int:
    return int.from_bytes(cursor.take(size), "little")
