"""How much of the neighborhoods a projection keeps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.threads import Workers

KEPT_NEIGHBORS = 10
_ALL_PAIRS_BELOW = 3000
_CLOSE = 1 + 1e-6


def neighbors_kept(layout: np.ndarray, neighbors: np.ndarray, workers: Workers) -> float | None:
    """The mean share of the 10 nearest neighbors (all, where there are fewer) that stay nearest in a layout.

    None with fewer than two rows. The mean of `kept_shares`, which says what counts as kept.
    """
    count = min(KEPT_NEIGHBORS, len(layout) - 1, neighbors.shape[1])
    if count < 1:
        return None
    return float(kept_shares(layout, neighbors, (count,), workers)[0].mean())


def kept_shares(layout: np.ndarray, neighbors: np.ndarray, counts: Sequence[int], workers: Workers) -> list[np.ndarray]:
    """Per row the share of its `count` nearest neighbors that stay nearest in a layout: float64 (n,) per count.

    The neighborhood preservation of a layout, point by point. A neighbor counts as kept when it is no farther in
    the layout than the count-th nearest point there, so ties do not count against it.

    Args:
        layout: float32 (n, dims), all finite.
        neighbors: int (n, k), the nearest rows of each row, nearest first.
        counts: numbers of neighbors, ascending, each at least 1 and at most k and n - 1.
    """
    n = len(layout)
    points = layout.astype(np.float64)
    reach = _radii(points, counts, workers)
    shares = [np.empty(n) for _ in counts]

    def measure(rows: slice) -> None:
        offsets = points[neighbors[rows, : counts[-1]]] - points[rows, None]
        distances = np.sqrt(np.square(offsets).sum(axis=2))
        for share, count, radius in zip(shares, counts, reach, strict=True):
            share[rows] = (distances[:, :count] <= radius[rows, None] * _CLOSE).mean(axis=1)

    workers.map(measure, row_blocks(n, 4096))
    return shares


def _radii(points: np.ndarray, counts: Sequence[int], workers: Workers) -> list[np.ndarray]:
    """The distance of every point to its count-th nearest other point: float64 (n,) per count."""
    n = len(points)
    reach = [np.empty(n) for _ in counts]
    if n < _ALL_PAIRS_BELOW:

        def all_pairs(rows: slice) -> None:
            squares = np.zeros((len(points[rows]), n))
            for axis in range(points.shape[1]):
                squares += np.square(points[rows, axis, None] - points[:, axis])
            squares.partition(counts, axis=1)
            for radius, count in zip(reach, counts, strict=True):
                radius[rows] = np.sqrt(squares[:, count])

        workers.map(all_pairs, row_blocks(n, 256))
        return reach
    # A tree cannot part equal points, so it gets each place once and these are counted as often as they are taken.
    places, of_point, taken = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    of_point = of_point.reshape(-1)
    from scipy.spatial import cKDTree

    tree = cKDTree(places)
    nearest = min(counts[-1] + 1, len(places))
    at_place = [np.empty(len(places)) for _ in counts]

    def query(rows: slice) -> None:
        distances, others = tree.query(places[rows], k=range(1, nearest + 1))
        there = np.cumsum(taken[others], axis=1)
        for radius, count in zip(at_place, counts, strict=True):
            radius[rows] = distances[np.arange(len(there)), (there > count).argmax(axis=1)]

    workers.map(query, row_blocks(len(places), 4096))
    return [radius[of_point] for radius in at_place]
