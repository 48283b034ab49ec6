"""Rows that are equally far: what a list of k neighbors leaves open, and how its last places are shared.

Distances tie where they are equal as float32, which is how neighbor tables order them. Where more rows tie at the k-th
place than there are places left, the list shows those with the lowest numbers; here each has an equal part in them, as
the average precision of tied scores is reckoned (McSherry and Najork, "Computing Information Retrieval Performance
Measures Efficiently in the Presence of Tied Scores", ECIR 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.model import NeighborTable


@dataclass(frozen=True, kw_only=True)
class Tie:
    """The tie at the k-th neighbor of some rows, each array (rows,).

    `nearer` int64 neighbors are nearer than the k-th, `end` int64 are listed up to the last that is as far. `is_open`
    (bool) where some tie there and the list ends, though there are further rows: they may be as far, too.
    """

    k: int
    nearer: np.ndarray
    end: np.ndarray
    is_open: np.ndarray

    def shares(self, width: int) -> np.ndarray:
        """The part that each of the first `width` listed rows has in the k places: float64 (rows, width)."""
        column = np.arange(width)
        last = ((self.k - self.nearer) / (self.end - self.nearer))[:, None]
        inside = column < self.end[:, None]
        return np.where(column < self.nearer[:, None], 1.0, np.where(inside, last, 0.0))


def tie_at(distances: np.ndarray, k: int, others: int) -> Tie:
    """The tie at the k-th of the listed neighbors of some rows.

    Args:
        distances: float32 (rows, width), ascending.
        k: 1 to width.
        others: how many rows could be listed.
    """
    reach = distances[:, k - 1 : k]
    end = (distances <= reach).sum(axis=1)
    nearer = (distances < reach).sum(axis=1)
    is_open = (end == distances.shape[1]) & (distances.shape[1] < others) & (end - nearer > 1)
    return Tie(k=k, nearer=nearer, end=end, is_open=is_open)


def tied_rows(table: NeighborTable, k: int) -> int | None:
    """How many rows have further neighbors as far as the k-th; None where the lists do not tell."""
    n, width = table.indices.shape
    if n - 1 <= k:
        return 0
    return int((table.distances[:, k] == table.distances[:, k - 1]).sum()) if width > k else None
