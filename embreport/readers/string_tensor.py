"""String scalars of tensor bundles (WriteStringTensor in tensorflow/core/util/tensor_bundle/tensor_bundle.cc)."""

from __future__ import annotations

from embreport.errors import FormatError
from embreport.readers.cursor import Cursor, masked_crc32c


def read_scalar_string(data: bytes, *, where: str) -> tuple[bytes, int]:
    """The one string in `data`, and the checksum that the index must hold for it.

    Stored are its length as a varint, the masked CRC of the length as four bytes, and the bytes. The CRC of
    the whole runs over the length as four bytes, that CRC, and the bytes.
    """
    cursor = Cursor(data, where=where, what="A string tensor")
    length = cursor.varint()
    stored_crc = cursor.uint32()
    if length > 0xFFFFFFFF:
        raise cursor.fail(f"a string of {length:,} bytes")
    spelled = length.to_bytes(4, "little")
    if masked_crc32c(spelled) != stored_crc:
        raise FormatError("The checksum of a string's length does not match.", where=where)
    text = cursor.take(length)
    if cursor:
        raise cursor.fail("bytes are left")
    return text, masked_crc32c(spelled + stored_crc.to_bytes(4, "little") + text)
