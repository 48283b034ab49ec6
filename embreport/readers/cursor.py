"""Bounds-checked reading of bytes that nobody vouches for."""

from __future__ import annotations

import google_crc32c

from embreport.errors import FormatError

_CRC_MASK_DELTA = 0xA282EAD8
_CRC_CHUNK = 1 << 20


class Cursor:
    """Reads numbers and byte runs from `data`, front to back; FormatError, naming `where`, when they run out."""

    def __init__(self, data: bytes, *, where: str, what: str, start: int = 0, end: int | None = None) -> None:
        self._data = data
        self._where = where
        self._what = what
        self.position = start
        self.end = len(data) if end is None else end

    def __bool__(self) -> bool:
        return self.position < self.end

    def fail(self, found: str) -> FormatError:
        """The error that says what was found at the current position."""
        return FormatError(
            f"{self._what} is damaged: {found} at byte {self.position:,}. Copy the file again.", where=self._where
        )

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        if count < 0 or count > self.end - self.position:
            raise self.fail(f"{count:,} bytes are announced and {self.end - self.position:,} are left")
        taken = self._data[self.position : self.position + count]
        self.position += count
        return taken

    def varint(self) -> int:
        """An unsigned number of at most 64 bits, 7 bits a byte, lowest first (protobuf's base-128 varint)."""
        value = 0
        for shift in range(0, 70, 7):
            if self.position >= self.end:
                raise self.fail("a number is cut off")
            byte = self._data[self.position]
            self.position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value >= 1 << 64:
                    break
                return value
        raise self.fail("a number has more than 64 bits")

    def within(self, start: int, end: int) -> Cursor:
        """The bytes from `start` to `end` by themselves."""
        return Cursor(self._data, where=self._where, what=self._what, start=start, end=end)

    def uint32(self) -> int:
        """A little-endian unsigned number of four bytes."""
        return int.from_bytes(self.take(4), "little")


def masked_crc32c(data: bytes | memoryview) -> int:
    """CRC-32C of `data`, rotated and shifted as LevelDB and TensorFlow store it (leveldb/util/crc32c.h, Mask)."""
    crc = 0
    view = memoryview(data)
    for start in range(0, len(view), _CRC_CHUNK):
        crc = google_crc32c.extend(crc, bytes(view[start : start + _CRC_CHUNK]))
    return (((crc >> 15) | (crc << 17)) + _CRC_MASK_DELTA) & 0xFFFFFFFF
