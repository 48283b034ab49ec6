"""Compiles the kernels of t-SNE into numba's cache. A program of its own, started by `compiling_ahead`.

Its input is one JSON object: where modules are found, as the one who asks finds them, and how many points are to be
placed. Its output is BUSY after every function compiled, and of READY what says that all is cached that layouts in two
dimensions call, later the same of three. It ends there, when it fails, and with the process that started it, as
`umap_program` does. Nothing is ever said on standard error.

The kernels are called, on a few points and through the code that calls them on many, so that they are compiled for
the same types.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from typing import BinaryIO

BUSY = b"."
READY = {b"2": 2, b"3": 3}
_POINTS = 256
_WIDTH = 30
_ENDING = ("SIGTERM", "SIGIO")


def compile_kernels(n: int, answers: BinaryIO) -> None:
    """Places a few points as n would be, and tells of it; ends early where kernels cannot be cached after all."""
    from numba.core import event

    from embreport.compute.kernels import attraction, compiled

    class Beats(event.Listener):
        def on_start(self, started: event.Event) -> None:
            """Nothing is told yet."""

        def on_end(self, ended: event.Event) -> None:
            _tell(answers, BUSY)

    compiled.while_saving = _ending_held_back
    event.register("numba:compile", Beats())  # type: ignore[no-untyped-call]
    for ready, dims in READY.items():
        _place_few(n, dims)
        if not compiled.is_cached(attraction.attraction_2d if dims == 2 else attraction.attraction_3d):
            return
        _tell(answers, ready)


def _place_few(n: int, dims: int) -> None:
    """Steps of a few points by the forces of n."""
    import numpy as np

    from embreport.compute.affinities import affinities
    from embreport.compute.forces import forces_of
    from embreport.compute.kernels.compiled_forces import GroupForces
    from embreport.compute.neighbors import neighbor_tables
    from embreport.compute.threads import Workers
    from embreport.compute.tsne import Schedule, optimize

    workers = Workers(1)
    points = np.random.Generator(np.random.PCG64(0)).random((_POINTS, dims), np.float32)
    joint = affinities(neighbor_tables(points, _WIDTH, workers).euclidean, _WIDTH / 3, workers)
    make, advance = forces_of(n, dims)
    forces = make(joint, dims, workers)
    optimize(forces, advance, points, Schedule(exaggerated=1, falling=1, plain=0))
    if isinstance(forces, GroupForces):
        GroupForces.repel(forces, points)  # as a mesh does with wide layouts


def _tell(answers: BinaryIO, answer: bytes) -> None:
    answers.write(answer)
    answers.flush()


@contextlib.contextmanager
def _ending_held_back() -> Iterator[None]:
    """A signal that ends this process does so only after this, so that no file is left half written."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    ending = {getattr(signal, name) for name in _ENDING if hasattr(signal, name)}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def main() -> None:
    """Compile what the input asks for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this decides when it ends
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    task = json.load(sys.stdin)
    sys.path[:] = task["modules"]
    from embreport.compute.umap_program import end_with_standard_error

    end_with_standard_error()
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what packages print is no answer
        with contextlib.suppress(Exception):
            compile_kernels(task["points"], answers)


if __name__ == "__main__":
    main()
