"""UMAP (McInnes, Healy and Melville 2018) through the umap-learn package, with our neighbors handed over.

umap-learn is imported only when a layout is asked for, by a process of its own (`umap_program`).
"""

from __future__ import annotations

import contextlib
import importlib.util
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import numpy as np

from embreport.compute import umap_program
from embreport.compute.child_environment import child_environment
from embreport.compute.threads import TICK_SECONDS
from embreport.compute.umap_program import ANSWER, PLACED, PROGRESS
from embreport.compute.umap_request import umap_request
from embreport.errors import MissingExtra
from embreport.model import NeighborTable

PIP_LINE = "pip install 'embreport[umap]'"
_PROGRAM = Path(umap_program.__file__)
_SECONDS_TO_END = 10.0

_Answer = tuple[bytes, bytes]


class UmapFailed(Exception):
    """umap-learn gave no layout; the message says why in a few words. Never leaves this room."""


def umap_is_installed() -> bool:
    """Whether umap-learn can be imported, without importing it."""
    return importlib.util.find_spec("umap") is not None


def require_umap() -> None:
    """Raises MissingExtra when umap-learn is not installed."""
    if not umap_is_installed():
        raise MissingExtra(f"UMAP needs the umap-learn package. Type: {PIP_LINE}")


class UmapProcess:
    """The process umap-learn runs in: started by the first layout asked for, ended by `close` or a failure.

    One layout at a time. A process that ended is started again by the next layout.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._talk: threading.Thread | None = None

    def place(
        self,
        table: NeighborTable,
        start: np.ndarray,
        *,
        neighbors: int,
        min_dist: float,
        seed: int,
        classes: np.ndarray | None = None,
        strength: float = 0.5,
        report: Callable[[float], None] = lambda share: None,
    ) -> np.ndarray:
        """A UMAP layout of n points: float32 (n, dims), all finite. The same arguments give the same bits.

        Args:
            table: neighbors in the metric of the layout, at least min(neighbors, n) - 1 wide, n at least dims + 2.
            start: where the points begin, float32 (n, dims).
            neighbors: size of a neighborhood, the point itself included; lowered to n.
            classes: int (n,), -1 where unlabeled; points of different classes are then moved apart by
                umap-learn's supervised dimension reduction.
            strength: how much classes weigh, above 0 to 1; see `target_weight`.
            report: gets the share of the epochs done, a few times a second; what it raises ends the process.

        Raises:
            UmapFailed: umap-learn, or its process, failed.
        """
        n, dims = start.shape
        request = umap_request(
            table, start, neighbors=neighbors, min_dist=min_dist, seed=seed, classes=classes, strength=strength
        )
        try:
            data = self._ask(request, report)
            if len(data) != 4 * n * dims or not np.isfinite(np.frombuffer(data, np.float32)).all():
                raise UmapFailed("it left points without a place")
        except BaseException:
            self.close()
            raise
        return np.frombuffer(bytearray(data), np.float32).reshape(n, dims)

    def close(self) -> None:
        """Ends the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if self._talk is not None:
            self._talk.join()
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()

    def _ask(self, request: Sequence[bytes], report: Callable[[float], None]) -> bytes:
        """The layout, raw. Another thread waits for the process, so that this one can be stopped meanwhile."""
        process = self._process = self._process or _started()
        answers: queue.SimpleQueue[_Answer | None] = queue.SimpleQueue()
        self._talk = threading.Thread(target=_converse, args=(process, request, answers), daemon=True)
        self._talk.start()
        share = 0.0
        report(share)
        while True:
            try:
                answer = answers.get(timeout=TICK_SECONDS)
            except queue.Empty:
                report(share)
                continue
            if answer is None:
                raise UmapFailed(_end_of(process))
            kind, data = answer
            if kind == PLACED:
                return data
            if kind != PROGRESS:
                raise UmapFailed(data.decode("utf-8", "replace"))
            share = _share(data)
            report(share)


def _started() -> subprocess.Popen[bytes]:
    try:
        # -P: the folder of the program, which is this package's, must not come first on the module path.
        return subprocess.Popen(
            [sys.executable, "-P", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,  # never read: the process ends when this end of it is gone
            env=child_environment(),
        )
    except (OSError, ValueError, TypeError) as error:
        raise UmapFailed(f"no process can be started here ({error})") from error


def _converse(
    process: subprocess.Popen[bytes],
    request: Sequence[bytes],
    answers: queue.SimpleQueue[_Answer | None],
) -> None:
    """Sends a request and passes on the answers, up to the last one; None where the process ended before that."""
    if process.stdin is None or process.stdout is None:
        return
    try:
        for part in request:
            process.stdin.write(part)
        process.stdin.flush()
        kind = PROGRESS
        while kind == PROGRESS:
            kind, data = _read_answer(process.stdout)
            answers.put((kind, data))
    except (OSError, ValueError, EOFError):
        answers.put(None)


def _read_answer(stream: IO[bytes]) -> _Answer:
    """Raises EOFError where the answer breaks off."""
    head = stream.read(ANSWER.size)
    if len(head) < ANSWER.size:
        raise EOFError
    kind, length = ANSWER.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return kind, data


def _share(progress: bytes) -> float:
    """Of "120/500"; 0 for anything else."""
    done, _, total = progress.partition(b"/")
    return int(done) / int(total) if done.isdigit() and total.isdigit() and int(total) else 0.0


def _end_of(process: subprocess.Popen[bytes]) -> str:
    """How a process ended that should not have."""
    try:
        code = process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        return "its process stopped answering"
    if code >= 0:
        return f"its process ended with code {code}"
    hint = ", perhaps for want of memory" if -code == getattr(signal, "SIGKILL", 9) else ""
    return f"its process was ended by signal {-code}{hint}"
