"""Ranks of chosen points by distance, counted rather than sorted: in numpy alone, for few rows or without numba."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block

_SLACK = 1e-9


class LayoutRanks(Protocol):
    """A layout of n points that is asked for ranks."""

    def ranks(self, query: np.ndarray, neighbors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each row query[i]: its nearest points, and the ranks of neighbors[i]; both int64 as `neighbors`.

        Nearest are by distance, then by row, as many as `neighbors` has columns. A rank is 1 and the number of
        other points that are nearer, so of equals each has the best.
        """
        ...


class Ranks(Protocol):
    """The ways to count ranks."""

    def count_below(self, squares: np.ndarray, limits: np.ndarray, counts: np.ndarray) -> None:
        """Adds to int64 counts[i, j] how many of squares[i] are below limits[i, j]; a limit up to 0 counts nothing."""
        ...

    def squared_distances(
        self, values: np.ndarray, factors: np.ndarray, query: np.ndarray, others: np.ndarray
    ) -> np.ndarray:
        """Squared distances of rows query[i] and others[i], each times its factor: float64, as long as `query`."""
        ...

    def layout(self, points: np.ndarray) -> LayoutRanks:
        """Prepares a layout, float32 (n, dims)."""
        ...


class NumpyRanks:
    """Counts without anything compiled."""

    def count_below(self, squares: np.ndarray, limits: np.ndarray, counts: np.ndarray) -> None:
        """As the protocol says."""
        for line, limit, count in zip(np.sort(squares, axis=1), limits, counts, strict=True):
            count += np.where(limit > 0, np.searchsorted(line, limit), 0)

    def squared_distances(
        self, values: np.ndarray, factors: np.ndarray, query: np.ndarray, others: np.ndarray
    ) -> np.ndarray:
        """As the protocol says."""
        result = np.empty(len(query))
        for part in row_blocks(len(query), rows_per_block(values.shape[1] * 8)):
            here = values[query[part]].astype(np.float64) * factors[query[part], None]
            here -= values[others[part]].astype(np.float64) * factors[others[part], None]
            result[part] = np.einsum("ij,ij->i", here, here)
        return result

    def layout(self, points: np.ndarray) -> LayoutRanks:
        """As the protocol says."""
        return NumpyLayout(points)


class NumpyLayout:
    """A layout whose distances are all formed, a block of rows at a time."""

    def __init__(self, points: np.ndarray) -> None:
        self._columns = np.ascontiguousarray(points.T, np.float64)

    def ranks(self, query: np.ndarray, neighbors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As the protocol says."""
        n = self._columns.shape[1]
        nearest, ranks = np.empty(neighbors.shape, np.int64), np.ones(neighbors.shape, np.int64)
        for part in row_blocks(len(query), rows_per_block(n * 8)):
            squares = np.zeros((len(query[part]), n))
            for column in self._columns:
                squares += np.square(column - column[query[part], None])
            place = np.arange(len(squares))
            limits = squares[place[:, None], neighbors[part]] * (1.0 - _SLACK)
            squares[place, query[part]] = np.inf
            in_order = np.sort(squares, axis=1)
            for row, (line, limit) in enumerate(zip(in_order, limits, strict=True), start=part.start):
                ranks[row] += np.searchsorted(line, limit)
            nearest[part] = _nearest(squares, in_order[:, neighbors.shape[1] - 1], neighbors.shape[1])
        return nearest, ranks


def _nearest(squares: np.ndarray, reach: np.ndarray, count: int) -> np.ndarray:
    """The columns of the `count` smallest of each row, which go up to `reach`, equal ones by their column."""
    found = np.empty((len(squares), count), np.int64)
    for row, limit in enumerate(reach):
        near = np.flatnonzero(squares[row] <= limit)
        found[row] = near[np.argsort(squares[row, near], kind="stable")[:count]]
    return found
