"""Where the chunks of an HDF5 dataset lie by the five indexes of its newer layout messages (versions 4 and 5).

"HDF5 File Format Specification 3.0", IV.A.2.i and VII. Arrays number the chunks of the largest shape that the dataset
may grow to, row by row; the extensible one counts the dimension that may grow without end as the first.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from embreport.errors import FormatError
from embreport.readers.cursor import Cursor
from embreport.readers.hdf5_arrays import ExtensibleArray, FixedArray
from embreport.readers.hdf5_btree import records
from embreport.readers.hdf5_chunks import MOST_CHUNKS, NOWHERE, Chunk, Chunked, Filters, assembled, chunk_shape
from embreport.readers.hdf5_parts import Parts

_SINGLE, _IMPLICIT, _FIXED, _EXTENSIBLE, _TREE = 1, 2, 3, 4, 5
_EDGES_UNFILTERED, _SINGLE_FILTERED = 1, 2
# What stands between the kind of index and its address: settings that its own header repeats.
_SETTINGS = {_SINGLE: 0, _IMPLICIT: 0, _FIXED: 1, _EXTENSIBLE: 5, _TREE: 6}
_TREE_RECORDS = (10, 11)


@dataclass(frozen=True, kw_only=True)
class Extent:
    """The shape of a dataset, and the largest it may grow to (2**64 - 1: without end)."""

    shape: tuple[int, ...]
    most: tuple[int, ...]


def read_indexed_chunks(message: Cursor, extent: Extent, item: int, filters: Filters, parts: Parts) -> Chunked:
    """Where the chunks of a dataset, with elements of `item` bytes, lie.

    `message` is the layout message after its class, `parts` gives those of the file. FormatError unless every chunk is
    there exactly once, LimitExceeded for too many, or for what unpacks to far more than it takes.
    """
    flags, rank, width = message.take(3)
    sizes = tuple(_number(message, width) for _ in range(rank))
    kind = message.take(1)[0]
    if kind not in _SETTINGS:
        raise FormatError(f"Its chunks have an index of kind {kind}; expected one of 1 to 5.")
    chunk = chunk_shape(sizes, extent.shape, item, parts)
    whole = math.prod(chunk) * item
    alone = (whole, 0)
    if kind == _SINGLE and flags & _SINGLE_FILTERED:
        alone = _number(message, 8), message.uint32()
    message.take(_SETTINGS[kind])
    address = _number(message, 8)
    index = _Index(extent, chunk, whole, parts, filtered=bool(filters), raw_edges=bool(flags & _EDGES_UNFILTERED))
    there: Iterator[Chunk] = iter(())
    if address != NOWHERE:
        there = index.alone(address, *alone) if kind == _SINGLE else index.chunks(kind, address)
    return assembled(there, chunk, extent.shape, item, filters)


class _Index:
    """Lists the chunks of a dataset in the shape it has now; those that were never written are left out."""

    def __init__(
        self, extent: Extent, chunk: tuple[int, ...], whole: int, parts: Parts, *, filtered: bool, raw_edges: bool
    ) -> None:
        self._shape = extent.shape
        self._most = extent.most
        self._chunk = chunk
        self._whole = whole
        self._parts = parts
        self._filtered = filtered
        self._raw_edges = raw_edges

    def alone(self, address: int, size: int, left_out: int) -> Iterator[Chunk]:
        """The only chunk of a dataset."""
        yield self._made((0,) * len(self._chunk), address, size, left_out)

    def chunks(self, kind: int, address: int) -> Iterator[Chunk]:
        """The chunks by an index of a kind that lies at `address`."""
        if kind == _TREE:
            yield from self._by_tree(address)
            return
        array = FixedArray(self._parts, address) if kind == _FIXED else None
        growing = ExtensibleArray(self._parts, address) if kind == _EXTENSIBLE else None
        for place, number in self._numbered(growing=growing is not None):
            if kind == _IMPLICIT:
                yield self._made(place, address + number * self._whole, self._whole, 0)
                continue
            entry = array.entry(number) if array else growing.entry(number) if growing else None
            found = self._entry(place, entry) if entry else None
            if found:
                yield found

    def _numbered(self, *, growing: bool) -> Iterator[tuple[tuple[int, ...], int]]:
        """(place in the grid of chunks, number) of every chunk."""
        grid = [-(-size // step) for size, step in zip(self._shape, self._chunk, strict=True)]
        most = [-(-size // step) for size, step in zip(self._most, self._chunk, strict=True)]
        order = list(range(len(grid)))
        endless = [axis for axis in order if self._most[axis] == NOWHERE]
        if growing and len(endless) == 1:
            order.insert(0, order.pop(endless[0]))
        elif endless:
            raise FormatError("The index of its chunks is not one for a dataset that grows as this does.")
        weights = [0] * len(order)
        weight = 1
        for axis in reversed(order):
            weights[axis] = weight
            weight *= most[axis]
        # The product holds every range whole, also the huge ones beside an empty one.
        for place in itertools.product(*map(range, grid)) if all(grid) else ():
            yield place, sum(at * weight for at, weight in zip(place, weights, strict=True))

    def _entry(self, place: tuple[int, ...], entry: bytes) -> Chunk | None:
        """A chunk by its entry in an array: its address, and its size and left out filters where it has any."""
        address = int.from_bytes(entry[:8], "little")
        expected = len(entry) >= 13 if self._filtered else len(entry) == 8
        if not expected:
            raise FormatError("The index of its chunks has entries of an impossible size.")
        if address == NOWHERE:
            return None
        if not self._filtered:
            return self._made(place, address, self._whole, 0)
        size, left_out = int.from_bytes(entry[8:-4], "little"), int.from_bytes(entry[-4:], "little")
        return self._made(place, address, size, left_out)

    def _by_tree(self, address: int) -> Iterator[Chunk]:
        rank = len(self._chunk)
        for record in records(self._parts, address, _TREE_RECORDS, MOST_CHUNKS):
            cut = len(record) - 8 * rank
            expected = cut >= 13 if self._filtered else cut == 8
            if not expected:
                raise FormatError("The index of its chunks has records of an impossible size.")
            place = tuple(int.from_bytes(record[at : at + 8], "little") for at in range(cut, len(record), 8))
            found = self._entry(place, record[:cut])
            if found:
                yield found

    def _made(self, place: tuple[int, ...], address: int, size: int, left_out: int) -> Chunk:
        start = tuple(at * step for at, step in zip(place, self._chunk, strict=True))
        edge = any(at + step > size for at, step, size in zip(start, self._chunk, self._shape, strict=True))
        if edge and self._raw_edges:
            return Chunk(start=start, address=address, size=self._whole, left_out=(1 << 32) - 1)
        return Chunk(start=start, address=address, size=size, left_out=left_out)


def _number(cursor: Cursor, size: int) -> int:
    return int.from_bytes(cursor.take(size), "little")
