"""The headers of HDF5 objects, in both of their versions: runs of messages, perhaps continued elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from embreport.errors import FormatError
from embreport.readers.cursor import Cursor
from embreport.readers.hdf5_parts import Parts

_SIGNATURE = b"OHDR"
_CONTINUATION_FRAME = 8
_SUM = 4


@dataclass(frozen=True, kw_only=True)
class ObjectHeader:
    """Where the first block of messages is, and how messages are laid out."""

    version: int
    address: int
    start: int
    length: int
    ordered: bool = False

    def messages(self, block: Cursor) -> Iterator[tuple[int, int, bytes]]:
        """(type, flags, body) of the messages in a block."""
        prefix = 8 if self.version == 1 else 6 if self.ordered else 4
        while block.end - block.position >= prefix:
            kind = int.from_bytes(block.take(2 if self.version == 1 else 1), "little")
            size = int.from_bytes(block.take(2), "little")
            flags = block.take(1)[0]
            block.take(prefix - (5 if self.version == 1 else 4))
            yield kind, flags, block.take(size)

    def first_block(self, parts: Parts) -> Cursor:
        """The messages after the prefix; version 2 ends them with a checksum of both, which is verified."""
        if self.version == 1:
            return parts.at(self.start, self.length)
        before = self.start - self.address
        return _verified(parts, self.address, before, self.length)

    def continuation(self, parts: Parts, address: int, length: int) -> Cursor:
        """The messages in a continuation block, which version 2 frames by a signature and a checksum."""
        if self.version == 1:
            return parts.at(address, length)
        if length < _CONTINUATION_FRAME:
            raise FormatError("An object of the HDF5 file goes on in a block that is too small.")
        return _verified(parts, address, _CONTINUATION_FRAME - _SUM, length - _CONTINUATION_FRAME)


def _verified(parts: Parts, address: int, before: int, length: int) -> Cursor:
    """`length` bytes of messages after `before` others, the checksum behind them verified."""
    block = parts.at(address, before + length + _SUM)
    data = block.take(before + length)
    parts.verify(data, block.uint32(), address)
    return block.within(before, before + length)


def read_header(prefix: Cursor, address: int) -> ObjectHeader:
    """The header that starts at `address` with the bytes of `prefix`; FormatError for what is none."""
    first = prefix.take(4)
    if first != _SIGNATURE:
        if first[0] != 1:
            raise prefix.fail("no object header is there,")
        prefix.take(4)
        return ObjectHeader(version=1, address=address, start=address + 16, length=prefix.uint32())
    version, flags = prefix.take(2)
    if version != 2:
        raise prefix.fail(f"an object header of version {version}")
    prefix.take((16 if flags & 32 else 0) + (4 if flags & 16 else 0))
    length = int.from_bytes(prefix.take(1 << (flags & 3)), "little")
    return ObjectHeader(
        version=2, address=address, start=address + prefix.position, length=length, ordered=bool(flags & 4)
    )
