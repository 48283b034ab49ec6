"""Decodes images. Also a program of its own, so that a crash in a decoder is not a crash here.

As a program it reads what is wanted, a size, a limit of memory, and one image or several from its input, and writes
pixels or a sentence for each. It imports nothing of this package, only Pillow.
"""

from __future__ import annotations

import io
import struct
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL.Image import Image

REQUEST = struct.Struct("<cIIQ")
LENGTH = struct.Struct("<I")
WHOLE = b"w"
FIT = b"f"
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
    with _opened(data) as image:
        pixels = _as_rgb(image.crop((0, 0, right, bottom)))
        return len(pixels.getbands()), pixels.tobytes()


def fit(data: bytes, width: int, height: int) -> bytes:
    """The image shrunk to lie within `width` x `height` pixels, centered on a transparent tile of RGBA.

    Its sides keep their proportions; a small image is not enlarged. A photograph is turned as its camera says.
    """
    from PIL import Image, ImageOps

    with _opened(data) as image:
        image.draft(None, (width, height))
        pixels = _as_rgb(ImageOps.exif_transpose(image)).convert("RGBA")
        pixels.thumbnail((width, height), Image.Resampling.LANCZOS)
        tile = Image.new("RGBA", (width, height), (0, 0, 0, 0))
        tile.paste(pixels, ((width - pixels.width) // 2, (height - pixels.height) // 2))
        return tile.tobytes()


@contextmanager
def _opened(data: bytes) -> Iterator[Image]:
    """The image in `data`; whatever goes wrong with it is an ImageTroubleError."""
    from PIL import Image

    with warnings.catch_warnings():
        # The number of pixels was checked against what the tensor needs, in place of Pillow's fixed limit.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                yield image
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


def _answer_whole(source: BinaryIO, right: int, bottom: int) -> bytes:
    try:
        channels, pixels = decode(source.read(), right, bottom)
        return DECODED + bytes([channels]) + pixels
    except ImageTroubleError as error:
        return REFUSED + str(error).encode("utf-8", "replace")
    except MemoryError:
        return REFUSED + b"it needs too much memory"


def _answer_each(source: BinaryIO, width: int, height: int) -> Iterator[bytes]:
    """One tile, or the sign of a refusal, for each image; every image comes after its length."""
    while len(length := source.read(LENGTH.size)) == LENGTH.size:
        data = source.read(*LENGTH.unpack(length))
        try:
            yield DECODED + fit(data, width, height)
        except (ImageTroubleError, MemoryError):
            yield REFUSED


def main() -> None:
    """Decode the image, or the images, on standard input."""
    wanted, width, height, memory = REQUEST.unpack(sys.stdin.buffer.read(REQUEST.size))
    _limit_resources(memory)
    if wanted == WHOLE:
        sys.stdout.buffer.write(_answer_whole(sys.stdin.buffer, width, height))
        return
    for answer in _answer_each(sys.stdin.buffer, width, height):
        # A crash at the next image must not take this one with it.
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
