"""Everything that layouts are measured with, and the measuring of a part of the points; what for: `faithfulness`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.availability import numba_is_installed
from embreport.compute.diagnosis.invented import DataRanks, NearPoints, near_points
from embreport.compute.diagnosis.metric_space import metric_space
from embreport.compute.diagnosis.pair_distances import pair_distances
from embreport.compute.diagnosis.ranks import NumpyRanks, Ranks
from embreport.compute.diagnosis.references import References
from embreport.compute.diagnosis.ties import Tie
from embreport.compute.diagnosis.torn import Beyond, Listed, PictureRanks, UnlistedRanks, listed_neighbors
from embreport.compute.layout_lists import Border, LayoutLists, LayoutPoints
from embreport.compute.neighbors import COMPILED_FROM
from embreport.compute.quality import kept_shares
from embreport.compute.threads import Workers
from embreport.model import NeighborTable

Shares = dict[tuple[str, int], np.ndarray]
"""Float64 (points,) by name and k: ("trustworthiness", 10)."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """All layouts measured, for a part of the points at a time."""

    data: DataRanks
    pictures: list[PictureRanks]
    counts: list[int]

    def of_part(self, part: slice) -> list[Shares]:
        """The shares of a part's points, per layout."""
        table, references = self.data.table, self.data.references
        listed = listed_neighbors(table.indices[part], table.distances[part], self.counts, len(table.indices) - 1)
        squares, lengths = references.squares(part)
        beyond = self._beyond_the_list(listed, squares, lengths)
        references.leave_out(squares, table.indices[part])
        lists = [picture.layout.around(part) for picture in self.pictures]
        borders = [[one.border(k) for k in self.counts] for one in lists]
        near = [near_points(one, of_one[-1]) for one, of_one in zip(lists, borders, strict=True)]
        ranks = self.data.of_pairs(part, np.concatenate([one.rows for one in near], axis=1), squares, lengths)
        ends = np.cumsum([one.rows.shape[1] for one in near])
        of_layouts = zip(self.pictures, lists, borders, near, np.split(ranks, ends[:-1], axis=1), strict=True)
        return [self._of_layout(listed, beyond, *one) for one in of_layouts]

    def _beyond_the_list(self, listed: Listed, squares: np.ndarray, lengths: np.ndarray) -> Beyond:
        """Of the largest k; where the tie at a smaller one goes on beyond the list, it is the same."""
        tie = listed.ties[-1]
        rows = np.flatnonzero(tie.is_open)
        radius = self.data.space.squares_of(listed.distances[rows, tie.k - 1].astype(np.float64))
        tied = self.data.references.tied_with(squares[rows], lengths[rows], radius)
        known = tied.any(axis=1)
        return Beyond(rows=rows[known], tied=tied[known])

    def _of_layout(
        self,
        listed: Listed,
        beyond: Beyond,
        picture: PictureRanks,
        lists: LayoutLists,
        borders: list[Border],
        near: NearPoints,
        ranks: np.ndarray,
    ) -> Shares:
        n = len(self.data.table.indices)
        squares = lists.squares_to(listed.rows)
        in_picture = picture.of_listed(lists, listed, beyond.rows, squares)
        further = picture.of_unlisted(lists.part, beyond)
        shares: Shares = {}
        for tie, border in zip(listed.ties, borders, strict=True):
            k, weights = tie.k, near.shares(border)
            kept = kept_shares(border, squares, listed.distances)
            kept[tie.is_open] = ((weights * (ranks <= k)).sum(axis=1) / k)[tie.is_open]
            shares["neighbors_kept", k] = kept
            per_place = 2.0 / (k * (2.0 * n - 3.0 * k - 1.0))
            if 2 * k < n:
                shares["trustworthiness", k] = 1.0 - per_place * (weights * _beyond(ranks, k)).sum(axis=1)
                shares["continuity", k] = 1.0 - per_place * _torn(tie, in_picture, further)
        return shares


def _torn(tie: Tie, ranks: np.ndarray, further: UnlistedRanks) -> np.ndarray:
    """How far the k neighbors of each point are beyond the k nearest of a layout: float64 (q,), the sum of k places.

    Args:
        ranks: float64 (q, c) in the layout, of the listed neighbors.
    """
    weights = tie.shares(ranks.shape[1])
    asking = tie.is_open[further.rows]
    rows = further.rows[asking]
    weights[rows] *= np.arange(ranks.shape[1]) < tie.nearer[rows, None]
    lost = (weights * _beyond(ranks, tie.k)).sum(axis=1)
    there = further.there[asking]
    mean = (_beyond(further.ranks[asking], tie.k) * there).sum(axis=1) / there.sum(axis=1)
    lost[rows] += (tie.k - tie.nearer[rows]) * mean
    return np.asarray(lost)


def _beyond(ranks: np.ndarray, k: int) -> np.ndarray:
    return np.asarray(np.maximum(ranks - k, 0.0))


def measurement_of(
    points: np.ndarray,
    table: NeighborTable,
    layouts: list[LayoutPoints],
    size: int,
    seed: int,
    counts: list[int],
    workers: Workers,
) -> Measurement:
    """What the layouts of some points are measured with.

    Args:
        points: finite float (n, d).
        table: neighbors of the same n points.
        layouts: prepared for up to `counts[-1]` neighbors.
        size: of the references, at most n.
        counts: numbers of neighbors, ascending, each at most n - 1 and the width of the table.
    """
    counter = _counter_for(len(points))
    space = metric_space(points, table.metric, workers)
    references = References(space, size, seed)
    pictures = [
        PictureRanks(
            layout=one,
            columns=np.ascontiguousarray(one.points[references.rows].T),
            references=references,
            counter=counter,
        )
        for one in layouts
    ]
    pairs = pair_distances(points, workers)
    data = DataRanks(table=table, pairs=pairs, space=space, references=references, counter=counter)
    return Measurement(data=data, pictures=pictures, counts=counts)


def _counter_for(n: int) -> Ranks:
    if n < COMPILED_FROM or not numba_is_installed():
        return NumpyRanks()
    from embreport.compute.diagnosis.compiled_ranks import CompiledRanks

    return CompiledRanks()
