"""HDF5's two arrays of fixed-size entries, by which newer files number chunks: the fixed and the extensible one.

"HDF5 File Format Specification 3.0", VII.D and VII.E; how an extensible array is divided is in H5EA.c.
"""

from __future__ import annotations

from dataclasses import dataclass

from embreport.errors import FormatError
from embreport.readers.cursor import Cursor
from embreport.readers.hdf5_parts import Parts

_FIXED_HEADER, _EXTENSIBLE_HEADER = 28, 72
_FIXED_PREFIX = 14
_SUM = 4
_NOWHERE = (1 << 64) - 1
_MOST_BITS = 64


class FixedArray:
    """An array whose length never changes; in pages where it is long."""

    def __init__(self, parts: Parts, address: int) -> None:
        self._parts = parts
        header = parts.structure(address, _FIXED_HEADER, b"FAHD")
        _, self.entry_size, page_bits = header.take(3)
        self._count, self._block = _number(header, 8), _number(header, 8)
        self._page = 1 << min(page_bits, _MOST_BITS)
        self._pages: dict[int, bytes | None] = {}
        self._paged = self._count > self._page
        bits = -(-self._count // self._page) if self._paged else 0
        self._prefix = _FIXED_PREFIX + -(-bits // 8)
        self._bits = b""

    def entry(self, index: int) -> bytes | None:
        """The bytes of an entry; None where its page was never written."""
        if index >= self._count:
            raise FormatError("The index of its chunks is too short.")
        page = index // self._page if self._paged else 0
        if page not in self._pages:
            self._pages[page] = self._read(page)
        data, at = self._pages[page], (index - page * self._page) * self.entry_size
        return None if data is None else data[at : at + self.entry_size]

    def _read(self, page: int) -> bytes | None:
        if self._block == _NOWHERE:
            return None
        if not self._paged:
            size = self._prefix + self._count * self.entry_size + _SUM
            block = self._parts.structure(self._block, size, b"FADB")
            block.take(9)
            return block.take(block.end - block.position)
        if not self._bits:
            block = self._parts.structure(self._block, self._prefix + _SUM, b"FADB")
            block.take(9)
            self._bits = block.take(block.end - block.position)
        if not self._bits[page // 8] & 0x80 >> page % 8:
            return None
        place = self._block + self._prefix + _SUM + page * (self._page * self.entry_size + _SUM)
        entries = min(self._page, self._count - page * self._page)
        return _page(self._parts, place, entries * self.entry_size)


@dataclass(frozen=True, kw_only=True)
class _SuperBlock:
    """How a run of data blocks divides: the first entry and block of it, and how many entries a block has."""

    first: int
    first_block: int
    blocks: int
    entries: int


class ExtensibleArray:
    """An array that grows: entries in the index block, then in data blocks that double in number and in size."""

    def __init__(self, parts: Parts, address: int) -> None:
        self._parts = parts
        header = parts.structure(address, _EXTENSIBLE_HEADER, b"EAHD")
        _, self.entry_size, bits, self._direct, self._least, pointers, page_bits = header.take(7)
        header.take(48)
        self._index_address = _number(header, 8)
        if not self._least or self._least & self._least - 1 or not pointers or pointers & pointers - 1 or bits > 64:
            raise FormatError("The index of its chunks is divided in an impossible way.")
        self._offset_size = -(-bits // 8)
        self._page = 1 << min(page_bits, _MOST_BITS)
        self._supers = self._divide(1 + max(0, bits - self._least.bit_length() + 1))
        # The first of them have no block of their own: the index block names their data blocks.
        self._inline = 2 * (pointers.bit_length() - 1)
        self._inline_blocks = 2 * (pointers - 1)
        self._supers_read: dict[int, Cursor] = {}
        self._pages: dict[int, bytes] = {}
        self._index: tuple[bytes, list[int], list[int]] | None = None

    def _divide(self, count: int) -> list[_SuperBlock]:
        found, first, first_block = [], 0, 0
        for number in range(count):
            blocks, entries = 1 << number // 2, self._least << (number + 1) // 2
            found.append(_SuperBlock(first=first, first_block=first_block, blocks=blocks, entries=entries))
            first, first_block = first + blocks * entries, first_block + blocks
        return found

    def entry(self, index: int) -> bytes | None:
        """The bytes of an entry; None where it was never written."""
        if self._index_address == _NOWHERE:
            return None
        own, blocks, supers = self._index_block()
        if index < self._direct:
            return own[index * self.entry_size : (index + 1) * self.entry_size]
        index -= self._direct
        number = (index // self._least + 1).bit_length() - 1
        if number >= len(self._supers):
            raise FormatError("The index of its chunks is too short.")
        division = self._supers[number]
        block, place = divmod(index - division.first, division.entries)
        if number < self._inline:
            return self._in_block(blocks[division.first_block + block], division, place, b"")
        return self._in_super(supers[number - self._inline], division, block, place)

    def _index_block(self) -> tuple[bytes, list[int], list[int]]:
        if self._index is None:
            supers = max(0, len(self._supers) - self._inline)
            own = self._direct * self.entry_size
            size = _FIXED_PREFIX + own + 8 * (self._inline_blocks + supers) + _SUM
            block = self._parts.structure(self._index_address, size, b"EAIB")
            block.take(9)
            entries = block.take(own)
            places = [_number(block, 8) for _ in range(self._inline_blocks + supers)]
            self._index = entries, places[: self._inline_blocks], places[self._inline_blocks :]
        return self._index

    def _in_super(self, address: int, division: _SuperBlock, block: int, place: int) -> bytes | None:
        if address == _NOWHERE:
            return None
        bits = -(-(division.entries // self._page) // 8) if division.entries > self._page else 0
        prefix = _FIXED_PREFIX + self._offset_size
        if address not in self._supers_read:
            size = prefix + division.blocks * (bits + 8) + _SUM
            self._supers_read[address] = self._parts.structure(address, size, b"EASB")
        held = self._supers_read[address]
        held.position = prefix + block * bits
        written = held.take(bits)
        held.position = prefix + division.blocks * bits + 8 * block
        return self._in_block(_number(held, 8), division, place, written)

    def _in_block(self, address: int, division: _SuperBlock, place: int, written: bytes) -> bytes | None:
        """An entry of a data block; `written` has a bit for each of its pages."""
        if address == _NOWHERE:
            return None
        prefix = _FIXED_PREFIX + self._offset_size
        start, entries = address + prefix, division.entries
        if entries > self._page:
            page, place = divmod(place, self._page)
            # Blocks that the index block names are too small for pages.
            if not written or not written[page // 8] & 0x80 >> page % 8:
                return None
            start += _SUM + page * (self._page * self.entry_size + _SUM)
            entries = self._page
        if start not in self._pages:
            self._pages[start] = self._block_entries(address, start, prefix, division.entries, entries)
        return self._pages[start][place * self.entry_size : (place + 1) * self.entry_size]

    def _block_entries(self, address: int, start: int, prefix: int, whole: int, entries: int) -> bytes:
        if whole > self._page:
            return _page(self._parts, start, entries * self.entry_size)
        block = self._parts.structure(address, prefix + entries * self.entry_size + _SUM, b"EADB")
        block.take(prefix - 5)
        return block.take(entries * self.entry_size)


def _page(parts: Parts, address: int, size: int) -> bytes:
    """A page of entries, which has a checksum but no name."""
    data = parts.at(address, size + _SUM)
    entries = data.take(size)
    parts.verify(entries, data.uint32(), address)
    return entries


def _number(cursor: Cursor, size: int) -> int:
    return int.from_bytes(cursor.take(size), "little")
