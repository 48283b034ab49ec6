"""Parts of an HDF5 file within its bounds, and its newer structures, which carry checksums."""

from __future__ import annotations

from typing import BinaryIO

from embreport.errors import FormatError, LimitExceeded
from embreport.readers.cursor import Cursor
from embreport.readers.hdf5_sums import metadata_sum

WHAT = "The HDF5 file"
_LARGEST_PART = 1 << 22
_MOST_SUMMED = 1 << 24
# Structures that overlap, or that many objects share, would make a small file long to read.
_MOST_CHUNKS_OF_ALL = 1 << 19
_READ_AGAIN, _ALWAYS_READ = 8, 1 << 25


class Parts:
    """Reads parts of a file of `size` bytes; FormatError beyond its end, LimitExceeded for too much in all."""

    def __init__(self, stream: BinaryIO, size: int, *, where: str) -> None:
        self.size = size
        self.where = where
        self._stream = stream
        self._bytes_left = _READ_AGAIN * size + _ALWAYS_READ
        self._summed_left = _MOST_SUMMED
        self._chunks_left = _MOST_CHUNKS_OF_ALL

    def at(self, address: int, size: int) -> Cursor:
        """`size` bytes from an address on."""
        if not 0 <= size <= _LARGEST_PART or address + size > self.size:
            raise FormatError(
                f"The HDF5 file should have {size:,} bytes at byte {address:,}, but has {self.size:,}; "
                "it seems cut short. Copy it again.",
                where=self.where,
            )
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise LimitExceeded("The objects of the HDF5 file share too many of their bytes.", where=self.where)
        self._stream.seek(address)
        return Cursor(self._stream.read(size), where=self.where, what=WHAT)

    def structure(self, address: int, size: int, signature: bytes) -> Cursor:
        """A structure of `size` bytes, past its signature and version, its checksum verified and left out."""
        data = self.at(address, size).take(size)
        if data[:4] != signature:
            raise FormatError(
                f"The HDF5 file should have a structure “{signature.decode('ascii')}” at byte {address:,}; it is not "
                "there. Copy it again.",
                where=self.where,
            )
        self.verify(data[:-4], int.from_bytes(data[-4:], "little"), address)
        if data[4]:
            raise FormatError(
                f"The structure at byte {address:,} has version {data[4]}; expected version 0.", where=self.where
            )
        return Cursor(data[:-4], where=self.where, what=WHAT, start=5)

    def verify(self, data: bytes, stored: int, address: int) -> None:
        """FormatError where the bytes from `address` on do not have the checksum `stored`."""
        self._summed_left -= len(data)
        if self._summed_left < 0:
            raise LimitExceeded(
                f"The HDF5 file has more than {_MOST_SUMMED:,} bytes that describe its datasets.", where=self.where
            )
        if metadata_sum(data) != stored:
            raise FormatError(
                f"The bytes of the HDF5 file from {address:,} on do not have the checksum that stands there. "
                "Copy it again.",
                where=self.where,
            )

    def expect_chunks(self, count: int) -> None:
        """LimitExceeded where the datasets looked at so far have too many chunks in all."""
        self._chunks_left -= count
        if self._chunks_left < 0:
            raise LimitExceeded(
                f"The datasets of the HDF5 file have more than {_MOST_CHUNKS_OF_ALL:,} chunks.", where=self.where
            )
