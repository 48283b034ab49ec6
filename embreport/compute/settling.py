"""When a t-SNE layout is good enough to stop: its further steps would keep hardly any more neighbors.

Every 50 plain steps the share of the 10 nearest neighbors kept is measured on up to 2,000 rows, drawn once
by a fixed seed. Layouts gain ever more slowly, so what the last 150 steps gained bounds what the steps left can
gain; the run ends when that is less than `LEAST_GAIN`. Only the layout decides, not the clock or the threads.
"""

from __future__ import annotations

import numpy as np

from embreport.compute.tsne import CHECK_EVERY

LEAST_GAIN = 0.003
MOST_ROWS = 2000
_NEIGHBORS = 10
_WINDOW = 3  # checks, so 150 steps
_ALL_PAIRS_BELOW = 800


class Settling:
    """Watches one layout. `neighbors` int (n, k), k >= 1: the nearest rows of each, nearest first."""

    def __init__(self, neighbors: np.ndarray) -> None:
        n = len(neighbors)
        draw = np.random.Generator(np.random.PCG64(0)).permutation(n)[:MOST_ROWS]
        self._rows = np.sort(draw)
        self._neighbors = neighbors[self._rows, :_NEIGHBORS]
        self._kept: list[float] = []

    def settled(self, layout: np.ndarray, left: int) -> bool:
        """Whether `left` further steps of a float32 (n, dims) layout are expected to gain less than `LEAST_GAIN`."""
        self._kept.append(self._share(layout))
        if len(self._kept) <= _WINDOW:
            return False
        gained = self._kept[-1] - self._kept[-1 - _WINDOW]
        return gained * left < LEAST_GAIN * _WINDOW * CHECK_EVERY

    def _share(self, layout: np.ndarray) -> float:
        """The mean share of the neighbors no farther than the tenth nearest point of the layout."""
        points = layout.astype(np.float64)
        here = points[self._rows]
        reach = _squared_reach(points, self._rows, self._neighbors.shape[1])
        squares = np.zeros(self._neighbors.shape)
        for axis in range(points.shape[1]):
            squares += np.square(points[self._neighbors, axis] - here[:, axis, None])
        return float((squares <= reach[:, None] * (1 + 1e-6)).mean())


def _squared_reach(points: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """The squared distance of some points to their count-th nearest other point: float64 (rows,)."""
    if len(points) < _ALL_PAIRS_BELOW:
        squares = np.zeros((len(rows), len(points)))
        for axis in range(points.shape[1]):
            squares += np.square(points[rows, axis, None] - points[:, axis])
        return np.asarray(np.partition(squares, count, axis=1)[:, count])
    from scipy.spatial import cKDTree

    return np.asarray(np.square(cKDTree(points).query(points[rows], k=[count + 1])[0][:, 0]))
