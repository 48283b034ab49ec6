"""Text files as streams of UTF-8 bytes: plain, packed with gzip, UTF-16 or UTF-32."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from embreport.errors import FormatError, LimitExceeded
from embreport.readers.files import InputFile
from embreport.text_encoding import wide_codec

_GZIP_MAGIC = b"\x1f\x8b"
_ESCAPE = 27
_HEAD = 1 << 12
_BUFFER = 1 << 20
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


@dataclass(frozen=True)
class OpenText:
    """Text as UTF-8 bytes, and the encoding it has in its file: "UTF-8", "UTF-16" or "UTF-32"."""

    stream: io.BufferedReader
    encoding: str


@contextmanager
def open_text(file: InputFile) -> Iterator[OpenText]:
    """The text of a file, made UTF-8 where it is something else. Raises InputError subclasses."""
    with file.open() as stream:
        text = stream
        if stream.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
            text = _buffered(_Unpacked(stream, file.label))
        codec = wide_codec(text.peek(_HEAD)[:_HEAD])
        if codec:
            yield OpenText(_buffered(_Recoded(text, codec, file.label)), codec[:6].upper())
        else:
            yield OpenText(text, "UTF-8")


def is_packed_or_wide(head: bytes) -> bool:
    """Whether a file that starts so is text in a form that only `open_text` sees."""
    return head.startswith(_GZIP_MAGIC) or wide_codec(head) is not None


def _buffered(stream: io.RawIOBase) -> io.BufferedReader:
    return io.BufferedReader(stream, _BUFFER)


class _Recoded(io.RawIOBase):
    """Text of two or four bytes a character as UTF-8."""

    def __init__(self, stream: io.BufferedReader, codec: str, where: str) -> None:
        self._stream = stream
        self._codec = codec
        self._decoder = codecs.getincrementaldecoder(codec)()
        self._where = where

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = b""
        ended = False
        while not part and not ended:
            # Two bytes of UTF-16 are at most three of UTF-8.
            read = self._stream.read(len(buffer) // 2)
            ended = not read
            try:
                part = self._decoder.decode(read, final=ended).encode()
            except UnicodeDecodeError as error:
                raise FormatError(
                    f"The file starts as {self._codec[:6].upper()} text, but what follows is none.", where=self._where
                ) from error
        buffer[: len(part)] = part
        return len(part)


class _Unpacked(io.RawIOBase):
    """The content of a gzip file, up to a limit."""

    def __init__(self, stream: io.BufferedReader, where: str) -> None:
        self._packed = gzip.GzipFile(fileobj=stream, mode="rb")
        self._most = max(_LARGE, _DENSEST * os.fstat(stream.fileno()).st_size)
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
