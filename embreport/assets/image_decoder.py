"""Decodes images. Also a program of its own, so that a crash in a decoder is not a crash here.

As a program it reads what is wanted, sizes, a limit of memory, and one image or several from its input, and writes
pixels or a sentence for each. It imports nothing of this package, only Pillow.
"""

from __future__ import annotations

import io
import struct
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image

REQUEST = struct.Struct("<cQ")
WHOLE_SIZES = struct.Struct("<6I")
FIT_SIZES = struct.Struct("<2I")
LENGTH = struct.Struct("<I")
WHOLE = b"w"
FIT = b"f"
DECODED = b"+"
REFUSED = b"-"
TOO_MUCH_MEMORY = "it needs too much memory"
_PNG = b"\x89PNG\r\n\x1a\n"
_STRIP_PIXELS = 1 << 20
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
    NotImplementedError,
    RuntimeError,
)


class ImageTroubleError(Exception):
    """An image cannot be decoded; the message says why in a few words. Never leaves this room."""


class Cut(NamedTuple):
    """What is kept of a sheet: `columns` x `lines` tiles from the top left, each shrunk to `width` x `height`."""

    columns: int
    lines: int
    tile_width: int
    tile_height: int
    width: int
    height: int


def decode(data: bytes, right: int, bottom: int) -> tuple[int, bytes]:
    """The pixels left of `right` and above `bottom`, row by row: 3 channels, or 4 where there is transparency.

    Grey of 16 bits keeps its upper byte. Raises ImageTroubleError for whatever cannot be decoded.
    """
    channels, *strips = decode_strips(data, Cut(1, 1, right, bottom, right, bottom))
    return channels[0], b"".join(strips)


def decode_strips(data: bytes, cut: Cut) -> Iterator[bytes]:
    """The number of channels, as one byte, then the pixels of a sheet in parts, so that it is never there twice."""
    with _opened(data) as image:
        image.load()
        to_rgb = _converter(image)
        yield bytes([len(to_rgb(image.crop((0, 0, 1, 1))).getbands())])
        right, bottom = cut.columns * cut.tile_width, cut.lines * cut.tile_height
        kept = (cut.tile_width, cut.tile_height) == (cut.width, cut.height)
        high = max(1, _STRIP_PIXELS // right) if kept else cut.tile_height
        for top in range(0, bottom, high):
            strip = to_rgb(image.crop((0, top, right, min(bottom, top + high))))
            yield (strip if kept else _shrunk(strip, cut)).tobytes()


def _shrunk(strip: Image, cut: Cut) -> Image:
    """One line of tiles, each shrunk for itself, so that none bleeds into the next."""
    from PIL import Image

    line = Image.new(strip.mode, (cut.columns * cut.width, cut.height))
    for column in range(cut.columns):
        tile = strip.crop((column * cut.tile_width, 0, (column + 1) * cut.tile_width, cut.tile_height))
        shrunk = tile.resize((cut.width, cut.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        line.paste(shrunk, (column * cut.width, 0))
    return line


def fit(data: bytes, width: int, height: int) -> bytes:
    """The image shrunk to lie within `width` x `height` pixels, centered on a transparent tile of RGBA.

    Its sides keep their proportions; a small image is not enlarged. A photograph is turned as its camera says.
    """
    from PIL import Image, ImageOps

    with _opened(data) as image:
        image.draft(None, (width, height))
        turned = ImageOps.exif_transpose(image)
        pixels = _converter(turned)(turned).convert("RGBA")
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
            _check_sums(data)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                yield image
        except MemoryError as error:
            raise ImageTroubleError(TOO_MUCH_MEMORY) from error
        except (*_IMAGE_ERRORS, Image.DecompressionBombError) as error:
            raise ImageTroubleError((str(error) or type(error).__name__)[:120].rstrip(".")) from error


def _check_sums(data: bytes) -> None:
    """ValueError where a part of a PNG has another checksum than it says; Pillow does not look at those of pixels."""
    at, kind = len(_PNG), b""
    while data.startswith(_PNG) and kind != b"IEND" and at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        computed = zlib.crc32(memoryview(data)[at + 4 : end]).to_bytes(4, "big")
        # The first letter is a small one for what does not touch the pixels.
        if kind[:1].isupper() and data[end : end + 4] != computed:
            raise ValueError(f"the checksum of its part {kind.decode('latin-1')} does not match")
        at = end + 4


def _converter(image: Image) -> Callable[[Image], Image]:
    """What makes parts of an image 8 bits a channel: RGB, or RGBA where some of the image may be transparent.

    Grey of more than 8 bits: integers above 255 are of 16 bits; floats up to 1 run from 0 to 1.
    """
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        transparent = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
        mode = "RGBA" if transparent else "RGB"
        return lambda part: part if part.mode == mode else part.convert(mode)
    top = (image if image.mode == "F" else image.convert("I")).getextrema()[1]
    if isinstance(top, tuple):
        raise ImageTroubleError("several channels of 16 bits")
    scale = 255.0 if image.mode == "F" and top <= 1 else 1 / 257 if image.mode != "F" and top > 255 else 1.0

    def from_deep_grey(part: Image) -> Image:
        deep = part if part.mode == "F" else part.convert("I")
        return deep.point(lambda value: value * scale + 0.0).convert("L").convert("RGB")

    return from_deep_grey


def _limit_resources(memory: int) -> None:
    """Keep this process from taking more memory or time than the image may need; where the system can."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, _MOST_SECONDS)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer_whole(source: BinaryIO, cut: Cut) -> Iterator[bytes]:
    """The sheet in parts, or a refusal; one that comes after pixels breaks the answer off."""
    started = False
    try:
        for part in decode_strips(source.read(), cut):
            yield part if started else DECODED + part
            started = True
    except (ImageTroubleError, MemoryError) as error:
        if not started:
            yield REFUSED + (str(error) or TOO_MUCH_MEMORY).encode("utf-8", "replace")


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
    source, target = sys.stdin.buffer, sys.stdout.buffer
    wanted, memory = REQUEST.unpack(source.read(REQUEST.size))
    _limit_resources(memory)
    if wanted == WHOLE:
        answers = _answer_whole(source, Cut(*WHOLE_SIZES.unpack(source.read(WHOLE_SIZES.size))))
    else:
        answers = _answer_each(source, *FIT_SIZES.unpack(source.read(FIT_SIZES.size)))
    for answer in answers:
        # A crash at the next image must not take this one with it.
        target.write(answer)
        target.flush()


if __name__ == "__main__":
    main()
