"""How much of the neighborhoods a projection keeps; the one place that says what counts as kept where rows tie.

The share of the k nearest points of a picture that are neighbors in the data: no farther there than the k-th neighbor.
Without ties that is the part that the two lists of k have in common: Q_NX(k) of Lee and Verleysen, "Quality assessment
of dimensionality reduction: Rank-based criteria", Neurocomputing 72 (2009), of every point. With ties

- in the data, all rows as far as the k-th neighbor are neighbors, whichever of them a list shows;
- in the picture, the last of the k places are given by lot to the points that are equally far, and the share is its
  expected value. So a picture that puts all points at one place keeps k / (n - 1), which is what chance keeps.
"""

from __future__ import annotations

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.layout_lists import Border, layout_points
from embreport.compute.threads import Workers
from embreport.model import NeighborTable

KEPT_NEIGHBORS = 10


def neighbors_kept(layout: np.ndarray, table: NeighborTable, workers: Workers) -> float | None:
    """The mean share of the 10 nearest neighbors (all, where there are fewer) that are nearest in a layout.

    None with fewer than two rows. Where more rows tie than the table lists, those it does not list count as lost;
    `diagnosis.faithfulness` knows them.

    Args:
        layout: float32 (n, dims), all finite.
        table: of the same n rows.
    """
    n = len(layout)
    k = min(KEPT_NEIGHBORS, n - 1, table.indices.shape[1])
    if k < 1:
        return None
    points = layout_points(layout, k, 0)

    def measure(part: slice) -> np.ndarray:
        lists = points.around(part)
        return kept_shares(lists.border(k), lists.squares_to(table.indices[part]), table.distances[part])

    return float(np.concatenate(workers.map(measure, row_blocks(n, 1024))).mean())


def kept_shares(border: Border, squares: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """The share of the k nearest points of a layout that are neighbors, by rows: float64 (rows,).

    Args:
        squares: float64 (rows, width), squared distances in the layout of the listed neighbors.
        distances: float32 (rows, width), their distances in the data, ascending, with all that tie with the k-th.
    """
    are_neighbors = distances <= distances[:, border.k - 1 : border.k]
    shares = border.shares(squares, border.tied) * are_neighbors
    return np.asarray(np.minimum(shares.sum(axis=1) / border.k, 1.0))
