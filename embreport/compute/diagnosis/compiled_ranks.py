"""Ranks by compiled kernels; as `diagnosis.ranks`."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels import ranks as kernels

_BITS = 10


class CompiledRanks:
    """Compiled counts; the squared distances may differ from those in numpy in the last bit of float64."""

    def count_below(self, squares: np.ndarray, limits: np.ndarray, counts: np.ndarray) -> None:
        """See `ranks.NumpyRanks`."""
        kernels.count_below(squares, limits, counts)

    def squared_distances(
        self, values: np.ndarray, factors: np.ndarray, query: np.ndarray, others: np.ndarray
    ) -> np.ndarray:
        """See `ranks.NumpyRanks`."""
        result = np.empty(len(query))
        kernels.squared_distances(values, factors, query, others, result)
        return result

    def layout(self, points: np.ndarray) -> CompiledLayout:
        """Prepares a layout, float32 (n, dims)."""
        return CompiledLayout(points)


class CompiledLayout:
    """A layout sorted along a Z-order curve (Morton 1966) of the ranks of its coordinates, in chunks with boxes."""

    def __init__(self, points: np.ndarray) -> None:
        n = len(points)
        self._order = np.argsort(_curve(points), kind="stable")
        self._place = np.empty(n, np.int64)
        self._place[self._order] = np.arange(n)
        self._columns = np.ascontiguousarray(points[self._order].T, np.float64)
        starts = np.arange(0, n, kernels.CHUNK)
        self._low = np.minimum.reduceat(self._columns, starts, axis=1)
        self._high = np.maximum.reduceat(self._columns, starts, axis=1)

    def ranks(self, query: np.ndarray, neighbors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `ranks.NumpyLayout`."""
        nearest, ranks = np.empty(neighbors.shape, np.int64), np.empty(neighbors.shape, np.int64)
        at, others = self._place[query], self._place[neighbors]
        kernels.count_in_layout(self._columns, self._low, self._high, self._order, at, others, nearest, ranks)
        return nearest, ranks


def _curve(points: np.ndarray) -> np.ndarray:
    """The place of every point on the curve: int64 (n,). Points that are close mostly get close places."""
    n, dims = points.shape
    keys = np.zeros(n, np.int64)
    for axis in range(dims):
        rank = np.empty(n, np.int64)
        rank[np.argsort(points[:, axis], kind="stable")] = np.arange(n)
        cell = (rank << _BITS) // n
        for bit in range(_BITS):
            keys |= ((cell >> bit) & 1) << (bit * dims + axis)
    return keys
