"""Width and height from the header of an image, without the libraries that decode it.

Formats: PNG (RFC 2083), JPEG (ITU T.81, annex B), GIF89a, BMP (BITMAPCOREHEADER and later), WebP (RFC 9649).
"""

from __future__ import annotations

import struct

from embreport.assets.image_decoder import ImageTroubleError

_PNG = b"\x89PNG\r\n\x1a\n"
_STANDALONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})


def image_size(data: bytes) -> tuple[int, int]:
    """(width, height) that the image's header claims; ImageTroubleError for what is none of the five formats."""
    try:
        if data.startswith(_PNG) and data[12:16] == b"IHDR":
            width, height = struct.unpack_from(">II", data, 16)
        elif data.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack_from("<HH", data, 6)
        elif data.startswith(b"BM"):
            width, height = _bmp_size(data)
        elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            width, height = _webp_size(data)
        elif data.startswith(b"\xff\xd8"):
            width, height = _jpeg_size(data)
        else:
            raise ImageTroubleError("unknown format")
    except (struct.error, IndexError) as error:
        raise ImageTroubleError("its header is cut short") from error
    return int(width), int(height)


def _bmp_size(data: bytes) -> tuple[int, int]:
    """The size in a bitmap's header; a negative height only means that rows go from top to bottom."""
    (header,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if header == 12 else "<ii", data, 18)
    return abs(width), abs(height)


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ImageTroubleError("a WebP file without an image")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """The size in the first frame header, past all segments before it."""
    position = 2
    while True:
        if data[position] != 0xFF:
            raise ImageTroubleError("a JPEG file without a frame")
        marker = data[position + 1]
        position += 1 if marker == 0xFF else 2
        if marker == 0xFF or marker in _STANDALONE_MARKERS:
            continue
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, position + 3)
            return width, height
        position += max(2, struct.unpack_from(">H", data, position)[0])
