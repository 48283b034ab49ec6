"""Neighborhoods in which equal rows count once, whole also where rows tie at their border."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.diagnosis.pair_distances import PairDistances
from embreport.compute.multiplicity import Copies
from embreport.compute.threads import Workers
from embreport.model import NeighborTable

_BLOCK = 1 << 13
_PAIRS = 1 << 18
_MOST_VALUES = 2e9

OfNeighbors = Callable[[np.ndarray, np.ndarray], np.ndarray]
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


class DistinctNeighborhoods:
    """Of every distinct row, all other distinct rows no farther than the k-th nearest of them.

    They are read off the list of the row, without its copies and all but one of each other row's. Where that leaves
    fewer than k, or ends where further rows may be as far as the k-th, the distances to all distinct rows are measured;
    where these would be too many, such neighborhoods are unknown.

    Args:
        table: of n finite rows.
        copies: of these rows.
        pairs: measures the same rows.
        k: 1 to the number of other distinct rows.
    """

    def __init__(self, table: NeighborTable, copies: Copies, pairs: PairDistances, k: int, workers: Workers) -> None:
        self._table, self._copies, self._pairs, self._k, self._workers = table, copies, pairs, k, workers
        self._firsts = copies.firsts
        groups = len(self._firsts)
        self._all_distinct = groups == len(copies.group)
        found = workers.map(self._listed_reach, row_blocks(groups, _BLOCK))
        self.reach = np.concatenate(found)
        """How far the k-th nearest distinct row is: float64 (groups,), NaN where that is unknown."""
        self._measured = np.flatnonzero(np.isnan(self.reach))
        self._listed = np.flatnonzero(~np.isnan(self.reach))
        if float(len(self._measured)) * groups * pairs.raw.values.shape[1] > _MOST_VALUES:
            self._measured = np.empty(0, np.int64)
        self.reach[self._measured] = self._over(self._measured, self._measured_reach, max(1, _PAIRS // groups))

    def means(self, of_neighbors: OfNeighbors) -> np.ndarray:
        """The mean of something over each neighborhood: float64 (groups,), NaN where that is unknown.

        `of_neighbors` gets distances in the metric, float64 (rows, c), and which of the distinct rows (int, of a shape
        that broadcasts to the same) are so far, and answers float64 (rows, c).
        """
        means = np.full(len(self._firsts), np.nan)
        for groups, lists, many in (
            (self._listed, self._lists_within_reach, _BLOCK),
            (self._measured, self._distances_to_all, max(1, _PAIRS // len(self._firsts))),
        ):

            def mean(own: np.ndarray, lists: Callable[[np.ndarray], Rows] = lists) -> np.ndarray:
                near, distances, is_other = lists(own)
                inside = is_other & (distances <= self.reach[own, None])
                total = np.where(inside, of_neighbors(distances, near), 0.0).sum(axis=1)
                return np.asarray(total / inside.sum(axis=1))

            means[groups] = self._over(groups, mean, many)
        return means

    def _over(self, groups: np.ndarray, make: Callable[[np.ndarray], np.ndarray], many: int) -> np.ndarray:
        parts = self._workers.map(lambda block: make(groups[block]), row_blocks(len(groups), many))
        return np.concatenate([np.empty(0), *parts])

    def _listed_reach(self, block: slice) -> np.ndarray:
        """The reach of some distinct rows, NaN where their lists do not tell all of their neighborhoods."""
        _, distances, is_other = self._lists(np.arange(block.start, block.stop), self._table.indices.shape[1])
        width, k = distances.shape[1], self._k
        counted = np.cumsum(is_other, axis=1)
        reach = distances[np.arange(len(distances)), np.argmax(counted >= k, axis=1)]
        known = counted[:, -1] >= k
        if width < len(self._copies.group) - 1:
            at_end = reach == distances[:, -1]
            known &= ~(at_end & ((width > k) | ((distances == reach[:, None]).sum(axis=1) > 1)))
        return np.where(known, reach, np.nan)

    def _lists_within_reach(self, groups: np.ndarray) -> Rows:
        within = self._table.distances[self._firsts[groups]] <= self.reach[groups, None]
        return self._lists(groups, int(within.sum(axis=1).max()))

    def _lists(self, groups: np.ndarray, columns: int) -> Rows:
        """What is listed first for some distinct rows: which distinct row, how far, and whether it counts."""
        rows = self._firsts[groups]
        near = self._copies.group[self._table.indices[rows, :columns]]
        distances = self._table.distances[rows, :columns].astype(np.float64)
        if self._all_distinct:
            return near, distances, np.ones(near.shape, bool)
        return near, distances, (near != groups[:, None]) & _is_first_in_line(near)

    def _distances_to_all(self, groups: np.ndarray) -> Rows:
        every = np.arange(len(self._firsts))
        others = np.repeat(self._firsts[None], len(groups), axis=0)
        with np.errstate(over="ignore"):
            distances = self._pairs.between(self._table.metric, self._firsts[groups], others).astype(np.float32)
        return every[None], distances.astype(np.float64), groups[:, None] != every

    def _measured_reach(self, groups: np.ndarray) -> np.ndarray:
        _, distances, is_other = self._distances_to_all(groups)
        return np.partition(np.where(is_other, distances, np.inf), self._k - 1, axis=1)[:, self._k - 1]


def _is_first_in_line(numbers: np.ndarray) -> np.ndarray:
    """Whether the same number does not stand further left in its line: bool, of the same shape."""
    order = np.argsort(numbers, axis=1, kind="stable")
    ordered = np.take_along_axis(numbers, order, axis=1)
    new = np.ones(numbers.shape, bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first = np.empty(numbers.shape, bool)
    np.put_along_axis(first, order, new, axis=1)
    return first
