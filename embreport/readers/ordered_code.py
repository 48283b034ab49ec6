"""Keys of tensor slices, in OrderedCode.

Formats: tensorflow/core/lib/strings/ordered_code.cc and tensorflow/core/util/saved_tensor_slice_util.cc.
"""

from __future__ import annotations

WHOLE_AXIS = -1
_ESCAPED = {0x00: b"\x00\xff", 0xFF: b"\xff\x00"}


def slice_key(name: bytes, extents: tuple[tuple[int, int], ...]) -> bytes:
    """The key under which a checkpoint stores one slice of the tensor `name`.

    `extents` holds (start, length) for each dimension; the length of a whole axis is `WHOLE_AXIS`.
    """
    parts = [_number(0), _string(name), _number(len(extents))]
    for start, length in extents:
        parts += [_signed(start), _signed(length)]
    return b"".join(parts)


def _string(text: bytes) -> bytes:
    return b"".join(_ESCAPED.get(byte, bytes([byte])) for byte in text) + b"\x00\x01"


def _number(value: int) -> bytes:
    """An unsigned number: how many bytes, then the bytes, highest first."""
    body = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes([len(body)]) + body


def _signed(value: int) -> bytes:
    """A signed number: the count of leading ones gives its length in bytes, all bits inverted when negative."""
    magnitude = ~value if value < 0 else value
    length = magnitude.bit_length() // 7 + 1
    prefix = ((1 << length) - 1) << (8 * length - length)
    bits = 8 * length
    coded = (prefix ^ magnitude) & ((1 << bits) - 1)
    if value < 0:
        coded ^= (1 << bits) - 1
    return coded.to_bytes(length, "big")
