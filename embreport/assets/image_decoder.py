"""Decodes one image. Also a program of its own, so that a crash in a decoder is not a crash here.

As a program it reads the wanted size, a limit of memory, and the image from its input, and writes pixels or a
sentence. It imports nothing of this package, only Pillow.
"""

from __future__ import annotations

import io
import struct
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

REQUEST = struct.Struct("<IIQ")
DECODED = b"+"
REFUSED = b"-"
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
_MOST_SECONDS = 120

# Pillow's plugins signal malformed bytes with nearly every built-in exception.
_IMAGE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    EOFError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
)


class ImageTroubleError(Exception):
    """An image cannot be decoded; the message says why in a few words. Never leaves this room."""


def decode(data: bytes, right: int, bottom: int) -> tuple[int, bytes]:
    """The pixels left of `right` and above `bottom`, row by row: 3 channels, or 4 where there is transparency.

    Grey of 16 bits keeps its upper byte. Raises ImageTroubleError for whatever cannot be decoded.
    """
    from PIL import Image

    with warnings.catch_warnings():
        # The number of pixels was checked against what the tensor needs, in place of Pillow's fixed limit.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                pixels = _as_rgb(image.crop((0, 0, right, bottom)))
                return len(pixels.getbands()), pixels.tobytes()
        except (*_IMAGE_ERRORS, Image.DecompressionBombError) as error:
            raise ImageTroubleError((str(error) or type(error).__name__)[:120].rstrip(".")) from error


def _as_rgb(image: Image) -> Image:
    """The image with 8 bits a channel, as RGB, or RGBA where some of it may be transparent."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _from_deep_grey(image).convert("RGB")
    transparent = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if transparent else "RGB")


def _from_deep_grey(image: Image) -> Image:
    """Grey of more than 8 bits: integers above 255 are of 16 bits; floats up to 1 run from 0 to 1."""
    deep = image.convert("I") if image.mode.startswith("I") else image
    top = deep.getextrema()[1]
    if isinstance(top, tuple):
        raise ImageTroubleError("several channels of 16 bits")
    scale = 1 / 257 if deep.mode == "I" and top > 255 else 255.0 if deep.mode == "F" and top <= 1 else 1.0
    return deep.point(lambda value: value * scale + 0.0).convert("L")


def _limit_resources(memory: int) -> None:
    """Keep this process from taking more memory or time than the image may need; where the system can."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, _MOST_SECONDS)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> None:
    """Decode the image on standard input."""
    right, bottom, memory = REQUEST.unpack(sys.stdin.buffer.read(REQUEST.size))
    _limit_resources(memory)
    try:
        channels, pixels = decode(sys.stdin.buffer.read(), right, bottom)
        answer = DECODED + bytes([channels]) + pixels
    except ImageTroubleError as error:
        answer = REFUSED + str(error).encode("utf-8", "replace")
    except MemoryError:
        answer = REFUSED + b"it needs too much memory"
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
