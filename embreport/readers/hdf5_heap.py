"""HDF5's fractal heaps, in which newer files keep the links and attributes of groups that have many.

"HDF5 File Format Specification 3.0", III.G.
"""

from __future__ import annotations

from embreport.errors import FormatError
from embreport.readers.cursor import Cursor
from embreport.readers.hdf5_parts import WHAT, Parts

_HEADER_SIZE = 146
_BLOCK_PREFIX = 13
_SUM = 4
_SUMMED_BLOCKS = 2
_MANAGED, _TINY = 0, 2
_DEEPEST = 16
_LARGEST_OBJECT = 1 << 16


class FractalHeap:
    """The objects of a heap by their identifiers."""

    def __init__(self, parts: Parts, address: int) -> None:
        self._parts = parts
        header = parts.structure(address, _HEADER_SIZE, b"FRHP")
        header.take(2)
        filters, flags = _number(header, 2), header.take(1)[0]
        if filters:
            raise FormatError("Its members are in a packed heap, which is not read. Save it again by h5py.")
        header.take(100)
        self._width, self._start, largest = _number(header, 2), _number(header, 8), _number(header, 8)
        bits = _number(header, 2)
        header.take(2)
        self._root, self._rows = _number(header, 8), _number(header, 2)
        sizes = (self._width, self._start, largest)
        if (
            any(size < 1 or size & size - 1 for size in sizes)
            or largest < self._start
            or bits > 64
            or largest > 1 << 32
        ):
            raise FormatError("A heap of the HDF5 file is divided in an impossible way.")
        self._summed = bool(flags & _SUMMED_BLOCKS)
        self._offset_size = -(-bits // 8)
        self._length_size = -(-(largest.bit_length() - 1) // 8)
        self._direct_rows = largest.bit_length() - self._start.bit_length() + 2
        self._verified: set[int] = set()

    def item(self, identifier: bytes) -> Cursor:
        """An object. FormatError for one that is not where its identifier says."""
        ids = Cursor(identifier, where=self._parts.where, what=WHAT)
        kind = ids.take(1)[0] >> 4 & 3
        if kind == _TINY:
            length = (identifier[0] & 15) + 1
            return Cursor(ids.take(length), where=self._parts.where, what=WHAT)
        if kind != _MANAGED:
            raise FormatError("A name in the HDF5 file is too long to be read.")
        offset, length = _number(ids, self._offset_size), _number(ids, self._length_size)
        if not 0 < length <= _LARGEST_OBJECT:
            raise FormatError("A member of the HDF5 file has an impossible length.")
        return self._parts.at(self._place(offset, length), length)

    def _place(self, offset: int, length: int) -> int:
        """The address in the file of a place in the heap."""
        block, base, rows = self._root, 0, self._rows
        if not rows:
            return self._in_direct(block, base, self._start, offset, length)
        for _ in range(_DEEPEST):
            row, column, row_start, size = self._divided(offset - base)
            if row >= rows:
                break
            child = self._child(block, rows, row * self._width + column)
            base += row_start + column * size
            if row < self._direct_rows:
                return self._in_direct(child, base, size, offset, length)
            block = child
            rows = size.bit_length() - (self._start * self._width).bit_length() + 1
        raise FormatError("A member of the HDF5 file lies outside of its heap.")

    def _divided(self, offset: int) -> tuple[int, int, int, int]:
        """Row and column of the block that holds an offset, where the row starts, and how large its blocks are."""
        first = self._start * self._width
        row = (offset // first).bit_length()
        row_start = first << row - 1 if row else 0
        size = self._start << max(0, row - 1)
        return row, (offset - row_start) // size, row_start, size

    def _child(self, address: int, rows: int, number: int) -> int:
        """The address of a block that an indirect block names."""
        size = _BLOCK_PREFIX + self._offset_size + 8 * rows * self._width + _SUM
        if address in self._verified:
            block = self._parts.at(address, size)
        else:
            block = self._parts.structure(address, size, b"FHIB")
            self._verified.add(address)
        block.position = _BLOCK_PREFIX + self._offset_size + 8 * number
        return _number(block, 8)

    def _in_direct(self, address: int, base: int, size: int, offset: int, length: int) -> int:
        if offset - base + length > size:
            raise FormatError("A member of the HDF5 file lies outside of its heap.")
        if address not in self._verified:
            self._verify_direct(address, size)
            self._verified.add(address)
        return address + offset - base

    def _verify_direct(self, address: int, size: int) -> None:
        data = self._parts.at(address, size if self._summed else min(size, _BLOCK_PREFIX)).take(4)
        if data != b"FHDB":
            raise FormatError(f"The HDF5 file should have a structure “FHDB” at byte {address:,}; it is not there.")
        if not self._summed:
            return
        whole = self._parts.at(address, size).take(size)
        at = _BLOCK_PREFIX + self._offset_size
        blank = whole[:at] + bytes(_SUM) + whole[at + _SUM :]
        self._parts.verify(blank, int.from_bytes(whole[at : at + _SUM], "little"), address)


def _number(cursor: Cursor, size: int) -> int:
    return int.from_bytes(cursor.take(size), "little")
