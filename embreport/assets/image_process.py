"""Runs the image decoder in a process of its own, with limits on memory and time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from embreport.assets import image_decoder
from embreport.assets.image_decoder import DECODED, FIT, LENGTH, REFUSED, REQUEST, WHOLE, ImageTroubleError

_PROGRAM = Path(image_decoder.__file__)
_BASE_MEMORY = 1 << 30
# Decoded, converted and cropped copies of a pixel, each of up to four bytes.
_BYTES_PER_PIXEL = 24
_MOST_SECONDS = 180
_FIT_MEMORY = 3 << 29


def decode_apart(data: bytes, right: int, bottom: int) -> tuple[int, bytes]:
    """What `image_decoder.decode` gives, from another process; a crash there is an ImageTroubleError here.

    Where no process can be started the image is refused: its bytes are never decoded in this one.
    """
    memory = _BASE_MEMORY + _BYTES_PER_PIXEL * right * bottom * 4 + 4 * len(data)
    request = REQUEST.pack(WHOLE, right, bottom, memory) + data
    try:
        answer = _run(request)
    except subprocess.TimeoutExpired as error:
        raise ImageTroubleError(f"it took more than {_MOST_SECONDS} seconds") from error
    except (OSError, ValueError) as error:
        raise ImageTroubleError("no process to decode it in can be started here") from error
    return _parse(answer, right, bottom)


def fit_apart(images: Sequence[bytes], width: int, height: int) -> list[bytes | None]:
    """What `image_decoder.fit` gives for the first images, from another process: at least one answer for any.

    None stands for an image that cannot be decoded, also for want of a process to do it in. An image at which the
    process crashes, or runs out of its time, is the last one answered: those after it are for another call.
    """
    request = REQUEST.pack(FIT, width, height, _FIT_MEMORY)
    try:
        answer = _run(request + b"".join(LENGTH.pack(len(data)) + data for data in images))
    except subprocess.TimeoutExpired as error:
        answer = error.stdout or b""
    except (OSError, ValueError):
        return [None for _ in images]
    tiles = _split(answer, 4 * width * height)[: len(images)]
    return tiles if len(tiles) == len(images) else [*tiles, None]


def _split(answer: bytes, size: int) -> list[bytes | None]:
    """The tiles of `size` bytes in an answer, up to where it breaks off."""
    tiles: list[bytes | None] = []
    position = 0
    while position < len(answer):
        if answer.startswith(REFUSED, position):
            tiles.append(None)
            position += 1
        elif answer.startswith(DECODED, position) and position + 1 + size <= len(answer):
            tiles.append(answer[position + 1 : position + 1 + size])
            position += 1 + size
        else:
            break
    return tiles


def _run(request: bytes) -> bytes:
    # -P: the folder of the program, which is this package's, must not come first on the module path.
    return subprocess.run(
        [sys.executable, "-P", str(_PROGRAM)], input=request, capture_output=True, timeout=_MOST_SECONDS, check=False
    ).stdout


def _parse(answer: bytes, right: int, bottom: int) -> tuple[int, bytes]:
    if answer.startswith(REFUSED):
        raise ImageTroubleError(answer[1:].decode("utf-8", "replace"))
    if not answer.startswith(DECODED) or len(answer) < 2 or len(answer) != 2 + right * bottom * answer[1]:
        raise ImageTroubleError("the decoder crashed")
    return answer[1], answer[2:]
