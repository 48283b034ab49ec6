"""Compiles the kernels of t-SNE while the neighbors are searched, so that a first run need not wait for them twice.

Compiling takes seconds and one thread that mostly holds the interpreter's lock, which the search hardly needs. Where
kernels are cached from an earlier run, this loads them.
"""

from __future__ import annotations

import contextlib
import threading
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from embreport.compute.affinities import Affinities
from embreport.compute.forces import forces_of, needs_kernels
from embreport.compute.sampling import layout_size
from embreport.compute.settings import ComputeSettings
from embreport.compute.threads import Workers
from embreport.compute.tsne import Schedule, optimize

_POINTS = 256
_TRIAL = Schedule(exaggerated=1, falling=1, plain=0)


def compiling_ahead(n: int, settings: ComputeSettings, jobs: int, *, stored: bool) -> AbstractContextManager[object]:
    """A context in which the kernels are compiled that place n points by t-SNE.

    Nothing happens without t-SNE, on one thread, for fewer points than have kernels, and where layouts may be stored.
    """
    placed = layout_size(n, settings.layout_points)
    if stored or jobs == 1 or "tsne" not in settings.projections or not needs_kernels(placed):
        return nullcontext()
    return _CompilingAhead(placed)


class _CompilingAhead:
    """What fails here fails again, and is told of, where the kernel is used.

    Leaving the context waits until the kernels of two or of three dimensions are done, not for both.
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._compile, name="embreport compiling", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._left.set()
        self._thread.join()

    def _compile(self) -> None:
        for dims in (2, 3):
            if not self._left.is_set():
                with contextlib.suppress(Exception):
                    _place_ring(self._n, dims)


def _place_ring(n: int, dims: int) -> None:
    """Steps of a few points by the forces of n points."""
    make, advance = forces_of(n, dims)
    start = np.random.Generator(np.random.PCG64(0)).random((_POINTS, dims), np.float32)
    optimize(make(_ring(), dims, Workers(1)), advance, start, _TRIAL)


def _ring() -> Affinities:
    """Every point and its two neighbors on a ring."""
    here = np.arange(_POINTS)
    columns = np.sort(np.stack([(here - 1) % _POINTS, (here + 1) % _POINTS], axis=1), axis=1)
    return Affinities(
        starts=np.arange(0, 2 * _POINTS + 1, 2, dtype=np.int64),
        columns=columns.ravel().astype(np.uint32),
        weights=np.full(2 * _POINTS, 0.5 / _POINTS, np.float32),
    )
