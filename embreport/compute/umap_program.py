"""Places points with umap-learn. A program of its own, so that it runs beside everything else and can be ended.

umap-learn's compiled loops hold the interpreter's lock, and numba's parallel mode, which some of them are in, aborts
on concurrent calls. It imports nothing of this package, only numpy and umap-learn.

Each request on its input is one line of JSON and the arrays it announces, raw: neighbors int32 (n, k) and distances
float32 (n, k), every row first in its own list, start float32 (n, dims), and classes int64 (n,) where "classes" is
true. An answer is a kind, a length and a text or the layout, float32 (n, dims), raw; any number of PROGRESS answers
("120/500", epochs) come before the PLACED or FAILED one.

Nothing is ever said on standard error, which is a pipe only so that its other end goes when whoever started this
dies, in any way. Where the kernel tells of that by a signal (Linux), the signal ends this program, also in the middle
of a compiled loop; elsewhere it ends at the next answer that nobody reads.
"""

from __future__ import annotations

import json
import math
import os
import signal
import stat
import struct
import sys
import warnings
from typing import Any, BinaryIO

import numpy as np

ANSWER = struct.Struct("<cQ")
PROGRESS = b"p"
PLACED = b"+"
FAILED = b"-"
_LONGEST_REASON = 200


class Epochs:
    """A stream for tqdm's bar, which is told of as progress."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers

    def write(self, text: str) -> None:
        """What tqdm writes: "\\r120/500", spaces to cover a longer line, or a line break at the end."""
        if text.strip():
            write_answer(self._answers, PROGRESS, text.strip().encode("ascii", "replace"))

    def flush(self) -> None:
        """Nothing is held back."""


def place(request: dict[str, Any], source: BinaryIO, epochs: Epochs) -> np.ndarray:
    """The layout a request asks for: float32 (n, dims)."""
    n, width, dims = request["n"], request["neighbors"], request["dims"]
    known = _read(source, np.int32, n, width), _read(source, np.float32, n, width)
    start = _read(source, np.float32, n, dims)
    classes = _read(source, np.int64, n) if request["classes"] else None
    from umap import UMAP

    reducer = UMAP(
        n_components=dims,
        n_neighbors=width,
        min_dist=request["min_dist"],
        metric=request["metric"],
        init=start,
        random_state=request["seed"],
        n_jobs=1,
        precomputed_knn=known,
        force_approximation_algorithm=True,
        disconnection_distance=np.inf,
        **({} if classes is None else {"target_weight": request["target_weight"]}),
        tqdm_kwds={"disable": False, "file": epochs, "bar_format": "{n}/{total}"},
    )
    # With the neighbors and the start given, the values of the points are not looked at.
    layout = reducer.fit_transform(np.zeros((n, 1), np.float32), y=classes)
    return np.ascontiguousarray(layout, np.float32)


def _read(source: BinaryIO, dtype: type, *shape: int) -> np.ndarray:
    data = source.read(math.prod(shape) * np.dtype(dtype).itemsize)
    return np.frombuffer(bytearray(data), dtype).reshape(shape)


def write_answer(stream: BinaryIO, kind: bytes, data: bytes) -> None:
    """Write one answer at once."""
    stream.write(ANSWER.pack(kind, len(data)))
    stream.write(data)
    stream.flush()


def end_with_standard_error() -> None:
    """From now on the process ends when nobody is left who could read its standard error, if that is a pipe.

    Whatever is written there from now on goes nowhere. The kernel sends SIGIO, whose default action is to end and
    which, unlike a thread that waits, needs no lock of the interpreter.
    """
    lifeline = os.dup(sys.stderr.fileno())
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
    if sys.platform != "linux" or not stat.S_ISFIFO(os.fstat(lifeline).st_mode):
        return
    import fcntl
    import select

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | fcntl.FASYNC)
    end = select.poll()
    end.register(lifeline, 0)
    if end.poll(0):
        # It came before the kernel was asked to tell.
        sys.exit()


def main() -> None:
    """Answer every request until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this decides when it ends
    end_with_standard_error()
    warnings.simplefilter("ignore")
    sys.modules["tensorflow"] = None  # type: ignore[assignment]  # UMAP's parametric variant, not used, imports all of it
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what packages print is no answer
        while line := sys.stdin.buffer.readline():
            try:
                layout = place(json.loads(line), sys.stdin.buffer, Epochs(answers))
            except BrokenPipeError:
                return
            except Exception as error:
                reason = f"{type(error).__name__}: {error}".replace("\n", " ")[:_LONGEST_REASON].rstrip(". ")
                write_answer(answers, FAILED, reason.encode("utf-8", "replace"))
                return
            write_answer(answers, PLACED, layout.tobytes())


if __name__ == "__main__":
    main()
