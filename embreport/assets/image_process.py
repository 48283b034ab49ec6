"""Runs the image decoder in a process of its own, with limits on memory and time."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from io import BufferedReader, BufferedWriter
from pathlib import Path
from typing import cast

import numpy as np

from embreport.assets import image_decoder
from embreport.assets.image_decoder import (
    DECODED,
    FIT,
    FIT_SIZES,
    LENGTH,
    REFUSED,
    REQUEST,
    TOO_MUCH_MEMORY,
    WHOLE,
    WHOLE_SIZES,
    Cut,
    ImageTroubleError,
)

_PROGRAM = Path(image_decoder.__file__)
_BASE_MEMORY = 1 << 30
# Four bytes decoded, and what decoders keep beside them: the coefficients of a progressive JPEG, a second frame.
_BYTES_PER_PIXEL = 16
_MOST_SECONDS = 180
_FIT_MEMORY = 3 << 29
_LONGEST_REASON = 1 << 12
_CRASHED = "the decoder crashed"


def decode_apart(data: bytes, pixels: int, cut: Cut) -> np.ndarray:
    """What `image_decoder.decode_strips` gives for an image of so many `pixels`, from another process.

    The sheet is uint8 (height, width, 3 or 4); a crash there is an ImageTroubleError here. Where no process can be
    started the image is refused: its bytes are never decoded in this one.
    """
    memory = _BASE_MEMORY + _BYTES_PER_PIXEL * pixels + 4 * len(data)
    request = REQUEST.pack(WHOLE, memory) + WHOLE_SIZES.pack(*cut)
    started = time.monotonic()
    try:
        process = subprocess.Popen(_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except (OSError, ValueError) as error:
        raise ImageTroubleError("no process to decode it in can be started here") from error
    watchdog = threading.Timer(_MOST_SECONDS, process.kill)
    watchdog.start()
    with process:
        try:
            _send(cast(BufferedWriter, process.stdin), request, data)
            return _receive(cast(BufferedReader, process.stdout), cut)
        except ImageTroubleError as error:
            if time.monotonic() - started < _MOST_SECONDS:
                raise
            raise ImageTroubleError(f"it took more than {_MOST_SECONDS} seconds") from error
        finally:
            watchdog.cancel()
            process.kill()


def _send(target: BufferedWriter, *parts: bytes) -> None:
    """Write all parts; a process that ended before it read them shows that by its answer."""
    with suppress(BrokenPipeError), target:
        for part in parts:
            target.write(part)


def _receive(source: BufferedReader, cut: Cut) -> np.ndarray:
    """The sheet that the decoder sends, read to where it stays."""
    start = source.read(2)
    if start.startswith(REFUSED):
        raise ImageTroubleError((start[1:] + source.read(_LONGEST_REASON)).decode("utf-8", "replace"))
    if len(start) < 2 or not start.startswith(DECODED) or start[1] not in (3, 4):
        raise ImageTroubleError(_CRASHED)
    try:
        sheet = np.empty((cut.lines * cut.height, cut.columns * cut.width, start[1]), np.uint8)
    except MemoryError as error:
        raise ImageTroubleError(TOO_MUCH_MEMORY) from error
    rest = sheet.data.cast("B")
    while rest and (count := source.readinto(rest)):
        rest = rest[count:]
    if rest or source.read(1):
        raise ImageTroubleError(_CRASHED)
    sheet.flags.writeable = False
    return sheet


def fit_apart(images: Sequence[bytes], width: int, height: int) -> list[bytes | None]:
    """What `image_decoder.fit` gives for the first images, from another process: at least one answer for any.

    None stands for an image that cannot be decoded, also for want of a process to do it in. An image at which the
    process crashes, or runs out of its time, is the last one answered: those after it are for another call.
    """
    request = REQUEST.pack(FIT, _FIT_MEMORY) + FIT_SIZES.pack(width, height)
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
    return subprocess.run(_command(), input=request, capture_output=True, timeout=_MOST_SECONDS, check=False).stdout


def _command() -> list[str]:
    # -P: the folder of the program, which is this package's, must not come first on the module path.
    return [sys.executable, "-P", str(_PROGRAM)]
