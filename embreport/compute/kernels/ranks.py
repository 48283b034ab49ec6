"""Counting how many points are nearer than others, compiled."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled


@compiled
def count_below(squares: np.ndarray, limits: np.ndarray, counts: np.ndarray) -> None:
    """Adds to int64 counts[i, j] how many of squares[i] are below limits[i, j]; a limit of 0 or less counts nothing."""
    for i in range(squares.shape[0]):
        for j in range(limits.shape[1]):
            limit = limits[i, j]
            if limit > 0.0:
                below = 0
                for other in range(squares.shape[1]):
                    if squares[i, other] < limit:
                        below += 1
                counts[i, j] += below


@compiled
def count_around(
    points: np.ndarray,
    references: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    known: np.ndarray,
    counts: np.ndarray,
    counted: np.ndarray,
) -> None:
    """As `diagnosis.ranks.Ranks.count_around`, into int64 `counts` and `counted`."""
    dims, size = references.shape
    squares = np.empty(size)
    for i in range(len(points)):
        squares[:] = 0.0
        for axis in range(dims):
            here = points[i, axis]
            for other in range(size):
                difference = references[axis, other] - here
                squares[other] += difference * difference
        for other in range(size):
            if squares[other] < known[i]:
                squares[other] = np.inf
            else:
                counted[i] += 1
        for j in range(low.shape[1]):
            most = high[i, j]
            if most > 0.0:
                least = low[i, j]
                halves = 0
                for other in range(size):
                    if squares[other] < least:
                        halves += 1
                    if squares[other] <= most:
                        halves += 1
                counts[i, j] = halves
