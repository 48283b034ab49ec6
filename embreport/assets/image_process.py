"""Runs the image decoder in a process of its own, with limits on memory and time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from embreport.assets import image_decoder
from embreport.assets.image_decoder import DECODED, REFUSED, REQUEST, ImageTroubleError

_PROGRAM = Path(image_decoder.__file__)
_BASE_MEMORY = 1 << 30
# Decoded, converted and cropped copies of a pixel, each of up to four bytes.
_BYTES_PER_PIXEL = 24
_MOST_SECONDS = 180


def decode_apart(data: bytes, right: int, bottom: int) -> tuple[int, bytes]:
    """What `image_decoder.decode` gives, from another process; a crash there is an ImageTroubleError here.

    Where no process can be started, the image is decoded in this one.
    """
    memory = _BASE_MEMORY + _BYTES_PER_PIXEL * right * bottom * 4 + 4 * len(data)
    request = REQUEST.pack(right, bottom, memory) + data
    try:
        # -P: the folder of the program, which is this package's, must not come first on the module path.
        answer = subprocess.run(
            [sys.executable, "-P", str(_PROGRAM)],
            input=request,
            capture_output=True,
            timeout=_MOST_SECONDS,
            check=False,
        ).stdout
    except subprocess.TimeoutExpired as error:
        raise ImageTroubleError(f"it took more than {_MOST_SECONDS} seconds") from error
    except (OSError, ValueError):
        return image_decoder.decode(data, right, bottom)
    return _parse(answer, right, bottom)


def _parse(answer: bytes, right: int, bottom: int) -> tuple[int, bytes]:
    if answer.startswith(REFUSED):
        raise ImageTroubleError(answer[1:].decode("utf-8", "replace"))
    if not answer.startswith(DECODED) or len(answer) < 2 or len(answer) != 2 + right * bottom * answer[1]:
        raise ImageTroubleError("the decoder crashed")
    return answer[1], answer[2:]
