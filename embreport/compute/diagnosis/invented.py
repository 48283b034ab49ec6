"""What a picture invents: ranks in the data of the points that are near in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.diagnosis.metric_space import MetricSpace
from embreport.compute.diagnosis.pair_distances import PairDistances
from embreport.compute.diagnosis.ranks import Ranks
from embreport.compute.diagnosis.references import References
from embreport.compute.layout_lists import ABOVE, BELOW, Border, LayoutLists, smaller_entries
from embreport.model import NeighborTable


@dataclass(frozen=True, kw_only=True)
class DataRanks:
    """Knows how far rows are apart, and how many rows are nearer."""

    table: NeighborTable
    pairs: PairDistances
    space: MetricSpace
    references: References
    counter: Ranks

    def of_pairs(self, part: slice, others: np.ndarray, squares: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """One more than the number of rows that are nearer to row i of a part than others[i, j] is: float64 (q, c).

        Rows as far as others[i, j] are not nearer. What is no farther than the neighbor list reaches is ranked by the
        list, what is farther is counted among the references.

        Args:
            others: int64 (q, c).
            squares: float64 (q, r), squared distances to the references, inf where these are listed.
            lengths: as `References.squares` gives them.
        """
        n, width = self.table.indices.shape
        query = np.arange(part.start, part.start + len(others))
        distances = self.pairs.between(self.table.metric, query, others)
        with np.errstate(over="ignore"):
            nearer = smaller_entries(self.table.distances[part], distances.astype(np.float32))
        far = (nearer == width) & (width < n - 1)
        limits = self.references.nearer_than(self.space.squares_of(distances), lengths)
        counts = self.counter.count_below(squares, np.where(far, limits, 0.0))
        left = np.isfinite(squares).sum(axis=1)
        return np.asarray(1.0 + nearer + counts * ((n - 1 - width) / np.maximum(left, 1))[:, None])


@dataclass(frozen=True, kw_only=True)
class NearPoints:
    """The points of a picture nearest to some of it, for k and fewer neighbors.

    `rows` int64 (q, c), `squares` float64 (q, c) their squared distances in the picture, `stands_for` float64 (q, c)
    how many points each is there for.
    """

    rows: np.ndarray
    squares: np.ndarray
    stands_for: np.ndarray

    def shares(self, border: Border) -> np.ndarray:
        """How likely each is among the k nearest, if ties are broken at random: float64 (q, c), k in every line."""
        square = border.square[:, None]
        tied = (self.squares >= square * BELOW) & (self.squares <= square * ABOVE)
        return np.asarray(border.shares(self.squares, (self.stands_for * tied).sum(axis=1)) * self.stands_for)


def near_points(lists: LayoutLists, border: Border) -> NearPoints:
    """Those of the points of the lists, up to a border."""
    rows, stands_for = lists.nearest(border)
    return NearPoints(rows=rows, squares=lists.squares_to(rows), stands_for=stands_for)
