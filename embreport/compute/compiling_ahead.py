"""Compiles the kernels of t-SNE in a process of its own while the neighbors are searched, for a first run.

Compiling holds the interpreter's lock, so a thread would only take turns with the search, which compiles kernels of its
own. The process (`compiling_program`) writes the same cache that every later run loads from, and so does this one: what
is not there when it is needed is compiled as if nothing had been tried. Results are the same either way.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from embreport.compute import compiling_program
from embreport.compute.availability import numba_is_installed
from embreport.compute.child_environment import child_environment
from embreport.compute.compiling_program import READY
from embreport.compute.forces import ALL_PAIRS_BELOW, DENSE_BELOW, MESH_FROM
from embreport.compute.neighbors import COMPILED_FROM
from embreport.compute.sampling import layout_size
from embreport.compute.settings import ComputeSettings
from embreport.compute.threads import TICK_SECONDS, available_cores

_PROGRAM = Path(compiling_program.__file__)
_PATIENCE = 10.0  # seconds; the longest step of compiling takes one
_SECONDS_TO_END = 2.0
_BUSY_FROM = 1.5  # load per core


def points_to_compile_for(n: int, settings: ComputeSettings, jobs: int) -> int | None:
    """How many points kernels are compiled ahead for, where n rows are searched; None where that saves no time.

    It saves time where t-SNE needs kernels that no cache holds but one can, the search of n rows has kernels to
    compile, too, and there are cores for both. A tenth more is computed altogether, so on a busy machine it saves none.
    """
    placed = layout_size(n, settings.layout_points)
    pays = "tsne" in settings.projections and n >= COMPILED_FROM and placed >= DENSE_BELOW
    pays = pays and jobs > 1 and _load_permits() and numba_is_installed() and _can_be_cached(placed)
    return placed if pays else None


def _load_permits() -> bool:
    """Whether there are two cores that are not busy, as far as the system tells; its load may be what we did before."""
    cores = available_cores()
    try:
        load = os.getloadavg()[0]
    except (AttributeError, OSError):
        load = 0.0
    return cores > 1 and load <= _BUSY_FROM * cores


def _can_be_cached(n: int) -> bool:
    """Whether some kernels that place n points are not cached, and all can be."""
    from embreport.compute.kernels.compiled import is_cached

    found = [is_cached(kernel) for kernel in _kernels(n)]
    return None not in found and not all(found)


def _kernels(n: int) -> list[Any]:
    """The kernels that `forces.forces_for` calls for n points, without those that these call."""
    from embreport.compute.kernels import all_pairs, attraction, group_sums, groups, splines, step

    kernels = [attraction.attraction_2d, attraction.attraction_3d]
    if n < ALL_PAIRS_BELOW:
        return [*kernels, all_pairs.repulsion_2d, all_pairs.repulsion_3d]
    kernels += [groups.sort_into_leaves, groups.measure_nodes, step.advance]
    kernels += [group_sums.repulsion_groups_2d, group_sums.repulsion_groups_3d]
    return [*kernels, splines.spread, splines.collect] if n >= MESH_FROM else kernels


class CompilingAhead:
    """The process that compiles, once it is started; it runs at most as long as the context.

    Whatever goes wrong with it, here or there, is as if it had never been.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._told = threading.Condition()
        self._done: set[int] = set()
        self._ended = True
        self._beats = 0

    def __enter__(self) -> CompilingAhead:
        return self

    def start(self, n: int | None) -> None:
        """Begins with the kernels that place n points; does nothing for None."""
        if n is not None:
            self._process = _started(n)
        if self._process is not None and self._process.stdout is not None:
            self._ended = False
            self._reader = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
            self._reader.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        # Not killed at once: it holds this back while it writes a file.
        process.terminate()
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join()
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()

    def wait_for(self, dims: int, tick: Callable[[], None]) -> None:
        """Returns when the kernels for layouts of 2 or 3 dimensions are there, or will not be for all one can tell.

        `tick` is called a few times a second; what it raises ends the wait.
        """
        beats, silent = self._beats, 0.0
        while True:
            with self._told:
                if self._ended or dims in self._done or silent > _PATIENCE:
                    return
                self._told.wait(TICK_SECONDS)
                silent = silent + TICK_SECONDS if beats == self._beats else 0.0
                beats = self._beats
            tick()

    def _listen(self, answers: IO[bytes]) -> None:
        while told := answers.read(1):
            with self._told:
                self._beats += 1
                if told in READY:
                    self._done.add(READY[told])
                self._told.notify_all()
        with self._told:
            self._ended = True
            self._told.notify_all()


def _started(n: int) -> subprocess.Popen[bytes] | None:
    """The process, which has its task; None where none can be started."""
    task = json.dumps({"modules": [str(place) for place in sys.path], "points": n})
    try:
        # -P: the folder of the program, which is this package's, must not come first on the module path.
        process = subprocess.Popen(
            [sys.executable, "-P", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,  # never read: the process ends when this end of it is gone
            env=child_environment(),
        )
    except (OSError, ValueError, TypeError):
        return None
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.write(task.encode("ascii"))
            process.stdin.close()
    return process
