"""Text files as streams of UTF-8 bytes: plain, packed with gzip, or UTF-16."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from embreport.errors import FormatError, LimitExceeded
from embreport.readers.files import InputFile

_GZIP_MAGIC = b"\x1f\x8b"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ESCAPE = 27
_LARGEST_UTF16 = 1 << 29
# Text of numbers packs to a third or so; what unpacks to far more is a decompression bomb.
_LARGE = 1 << 26
_DENSEST = 50


def is_binary(head: bytes) -> bool:
    """Whether bytes are no text: control characters, or not UTF-8 (a character cut at the end aside)."""
    if any(byte < 9 or (13 < byte < 32 and byte != _ESCAPE) for byte in head):
        return True
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start < len(head) - 4
    return False


@contextmanager
def open_text(file: InputFile) -> Iterator[BinaryIO]:
    """The text of a file, made UTF-8 where the file says that it is something else. Raises InputError subclasses."""
    with file.open() as stream:
        size = os.fstat(stream.fileno()).st_size
        head = stream.read(2)
        stream.seek(0)
        if head == _GZIP_MAGIC:
            yield cast(BinaryIO, io.BufferedReader(_Unpacked(stream, size, file.label), 1 << 20))
        elif head in _UTF16_MARKS:
            yield _from_utf16(stream, size, file.label)
        else:
            yield stream


def is_packed_or_utf16(head: bytes) -> bool:
    """Whether a file that starts so is text in a form that only `open_text` sees."""
    return head.startswith((_GZIP_MAGIC, *_UTF16_MARKS))


def _from_utf16(stream: BinaryIO, size: int, where: str) -> BinaryIO:
    if size > _LARGEST_UTF16:
        raise LimitExceeded(f"{size:,} bytes of UTF-16 text; save it as UTF-8.", where=where)
    try:
        return io.BytesIO(stream.read(size).decode("utf-16").encode("utf-8", "replace"))
    except UnicodeDecodeError as error:
        raise FormatError(f"Byte {error.start:,} is not UTF-16 text, as which the file starts.", where=where) from error


class _Unpacked(io.RawIOBase):
    """The content of a gzip file, up to a limit."""

    def __init__(self, stream: BinaryIO, size: int, where: str) -> None:
        self._packed = gzip.GzipFile(fileobj=stream, mode="rb")
        self._most = max(_LARGE, _DENSEST * size)
        self._where = where
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._packed.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise FormatError("The file is no intact gzip file; it seems cut short.", where=self._where) from error
        self._given += len(data)
        if self._given > self._most:
            raise LimitExceeded(f"The file unpacks to more than {self._most:,} bytes.", where=self._where)
        buffer[: len(data)] = data
        return len(data)
