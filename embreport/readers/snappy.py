"""Snappy's raw block format (google/snappy, format_description.txt), decoding only."""

from __future__ import annotations

from embreport.errors import FormatError
from embreport.readers.cursor import Cursor

# The densest element is a copy: three bytes that stand for 64.
_MOST_PER_BYTE = 22


def decompress(data: bytes, *, where: str) -> bytes:
    """The bytes that `data` stands for; FormatError when it is no Snappy block or claims more than it can hold."""
    cursor = Cursor(data, where=where, what="A Snappy block")
    length = cursor.varint()
    if length > len(data) * _MOST_PER_BYTE:
        raise cursor.fail(f"{length:,} bytes are announced, more than the block can hold,")
    output = bytearray()
    while cursor:
        tag = cursor.take(1)[0]
        if tag & 3 == 0:
            output += cursor.take(_literal_length(tag, cursor))
        else:
            _copy(output, *_copy_parts(tag, cursor), cursor)
        if len(output) > length:
            break
    if len(output) != length:
        raise FormatError(
            f"A Snappy block gives {len(output):,} bytes; {length:,} are announced. Copy the file again.", where=where
        )
    return bytes(output)


def _literal_length(tag: int, cursor: Cursor) -> int:
    code = tag >> 2
    if code < 60:
        return code + 1
    return int.from_bytes(cursor.take(code - 59), "little") + 1


def _copy_parts(tag: int, cursor: Cursor) -> tuple[int, int]:
    """Offset back from the end of the output, and length, of a copy element."""
    kind = tag & 3
    if kind == 1:
        return (tag >> 5 << 8) | cursor.take(1)[0], (tag >> 2 & 7) + 4
    return int.from_bytes(cursor.take(2 if kind == 2 else 4), "little"), (tag >> 2) + 1


def _copy(output: bytearray, offset: int, length: int, cursor: Cursor) -> None:
    if not 0 < offset <= len(output):
        raise cursor.fail("a copy refers to bytes before the start")
    start = len(output) - offset
    pattern = bytes(output[start : start + length])
    repeats = -(-length // len(pattern))
    output += (pattern * repeats)[:length]
