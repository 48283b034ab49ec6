"""How much of the neighborhoods a projection keeps."""

from __future__ import annotations

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.threads import Workers

KEPT_NEIGHBORS = 10
_ALL_PAIRS_BELOW = 3000
_CLOSE = 1 + 1e-6


def neighbors_kept(layout: np.ndarray, neighbors: np.ndarray, workers: Workers) -> float | None:
    """The mean share of the 10 nearest neighbors (all, where there are fewer) that stay nearest in a layout.

    A neighbor counts as kept when it is no farther in the layout than the tenth nearest point there, so
    ties do not count against it. None with fewer than two rows.

    Args:
        layout: float32 (n, dims), all finite.
        neighbors: int (n, k), the nearest rows of each row, nearest first.
    """
    n = len(layout)
    count = min(KEPT_NEIGHBORS, n - 1, neighbors.shape[1])
    if count < 1:
        return None
    points = layout.astype(np.float64)
    reach = _radius(points, count, workers)
    shares = np.empty(n)

    def measure(rows: slice) -> None:
        offsets = points[neighbors[rows, :count]] - points[rows, None]
        distances = np.sqrt(np.square(offsets).sum(axis=2))
        shares[rows] = (distances <= reach[rows, None] * _CLOSE).mean(axis=1)

    workers.map(measure, row_blocks(n, 4096))
    return float(shares.mean())


def _radius(points: np.ndarray, count: int, workers: Workers) -> np.ndarray:
    """The distance of every point to its count-th nearest other point: float64 (n,)."""
    n = len(points)
    reach = np.empty(n)
    if n < _ALL_PAIRS_BELOW:

        def all_pairs(rows: slice) -> None:
            squares = np.zeros((len(points[rows]), n))
            for axis in range(points.shape[1]):
                squares += np.square(points[rows, axis, None] - points[:, axis])
            reach[rows] = np.sqrt(np.partition(squares, count, axis=1)[:, count])

        workers.map(all_pairs, row_blocks(n, 256))
        return reach
    from scipy.spatial import cKDTree

    tree = cKDTree(points)

    def query(rows: slice) -> None:
        reach[rows] = tree.query(points[rows], k=[count + 1])[0][:, 0]

    workers.map(query, row_blocks(n, 4096))
    return reach
