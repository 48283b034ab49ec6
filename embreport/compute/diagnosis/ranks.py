"""Counting how many points are nearer than others: in numpy alone, for few rows or without numba."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Ranks(Protocol):
    """The ways to count."""

    def count_below(self, squares: np.ndarray, limits: np.ndarray) -> np.ndarray:
        """How many of squares[i] are below limits[i, j]: int64 as `limits`; for a limit up to 0 none."""
        ...

    def count_around(
        self, points: np.ndarray, references: np.ndarray, low: np.ndarray, high: np.ndarray, known: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """How many references are nearer to points[i] than others, ties by halves, in half points.

        Counted are references (dims, r) whose squared distance to points[i] is at least known[i]: twice where it is
        below low[i, j], once up to high[i, j]; a `high` that is not above 0 counts nothing. int64 as `low`; and int64
        (points,), how many references there are at all.
        """
        ...


class NumpyRanks:
    """Counts without anything compiled."""

    def count_below(self, squares: np.ndarray, limits: np.ndarray) -> np.ndarray:
        """As the protocol says."""
        counts = np.zeros(limits.shape, np.int64)
        for line, limit, count in zip(np.sort(squares, axis=1), limits, counts, strict=True):
            count += np.where(limit > 0, np.searchsorted(line, limit), 0)
        return counts

    def count_around(
        self, points: np.ndarray, references: np.ndarray, low: np.ndarray, high: np.ndarray, known: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """As the protocol says."""
        squares = np.zeros((len(points), references.shape[1]))
        for column, own in zip(references, points.T, strict=True):
            squares += np.square(column - own[:, None])
        squares[squares < known[:, None]] = np.inf
        squares.sort(axis=1)
        counts = np.zeros(low.shape, np.int64)
        for line, least, most, count in zip(squares, low, high, counts, strict=True):
            count += np.searchsorted(line, least) + np.searchsorted(line, most, side="right")
        return np.where(high > 0, counts, 0), np.isfinite(squares).sum(axis=1)
