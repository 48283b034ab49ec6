"""What a picture tears apart: ranks in it of the rows that are near in the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.diagnosis.ranks import Ranks
from embreport.compute.diagnosis.references import References
from embreport.compute.diagnosis.ties import Tie, tie_at
from embreport.compute.layout_lists import ABOVE, BELOW, LayoutLists, LayoutPoints

_ENTRIES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The neighbors of a part of the rows up to the last that ties with the k-th, for the largest k that counts.

    `rows` int64 (q, c), `distances` float32 (q, c) in the data, ascending, `ties` one for each k.
    """

    rows: np.ndarray
    distances: np.ndarray
    ties: tuple[Tie, ...]


def listed_neighbors(indices: np.ndarray, distances: np.ndarray, counts: list[int], others: int) -> Listed:
    """Of a part of a table (q, width) of rows that have so many `others`; `counts` ascending, at most width."""
    ties = tuple(tie_at(distances, k, others) for k in counts)
    end = int(ties[-1].end.max())
    return Listed(rows=indices[:, :end].astype(np.int64), distances=distances[:, :end], ties=ties)


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """Rows of a part whose tie at the k-th neighbor goes on beyond their list: int64 (m,).

    `tied` is bool (m, r): the references that tie there, at least one of each.
    """

    rows: np.ndarray
    tied: np.ndarray


@dataclass(frozen=True, kw_only=True)
class UnlistedRanks:
    """Ranks in a layout of some that tie with the neighbors of these rows, int64 (m,), beyond their lists.

    `ranks` float64 (m, c), and which of them there are, `there` bool (m, c), at least one of each row.
    """

    rows: np.ndarray
    ranks: np.ndarray
    there: np.ndarray


@dataclass(frozen=True, kw_only=True)
class PictureRanks:
    """Knows how many points of a layout are nearer than others; `columns` (dims, r) are those of the references."""

    layout: LayoutPoints
    columns: np.ndarray
    references: References
    counter: Ranks

    def of_listed(self, lists: LayoutLists, listed: Listed, left: np.ndarray, squares: np.ndarray) -> np.ndarray:
        """One more than the number of points between row i of a part and its listed neighbor: float64 (q, c).

        A point that ties with the neighbor in the layout counts half; one that ties with it in the data does not count.
        What is no farther than the lists of the layout reach is counted there, what is farther among the references.

        Args:
            left: int64, rows of the part whose ranks at their last tie are left to `of_unlisted`.
            squares: float64 (q, c), squared distances in the layout.
        """
        known = lists.known[:, None]
        nearer, tied = lists.known_around(squares)
        inside = squares < known
        low, high = squares * BELOW, np.where(squares * ABOVE >= known, squares * ABOVE, 0.0)
        halves, counted = self.counter.count_around(
            self.layout.points[lists.part], self.columns, low, high, lists.known
        )
        halves -= (high > 0) & ~inside & (self.references.place[listed.rows] >= 0)
        scale = (len(self.layout.points) - 1 - lists.known_points()) / np.maximum(counted, 1)
        tied_halves = tied - inside - _tied_halves(listed, left, squares)
        return np.asarray(1.0 + nearer + (tied_halves + halves * scale[:, None]) / 2.0)

    def of_unlisted(self, part: slice, beyond: Beyond) -> UnlistedRanks:
        """The same ranks of references that tie with the last neighbor where lists end before; of more than
        `most_tied` a seeded choice.
        """
        rows = beyond.rows
        squares = np.zeros(beyond.tied.shape)
        for column, own in zip(self.columns, self.layout.points[part][rows].T, strict=True):
            squares += np.square(column - own[:, None])
        chosen, there = self._some_of(beyond.tied)
        limits = np.take_along_axis(squares, chosen, axis=1)
        selves = self.references.place[part.start + rows]
        squares[beyond.tied] = np.inf
        squares[np.flatnonzero(selves >= 0), selves[selves >= 0]] = np.inf
        halves = self.counter.count_below(squares, limits * BELOW)
        halves += self.counter.count_below(squares, np.nextafter(limits * ABOVE, np.inf))
        scale = (len(self.layout.points) - 1) / (len(self.references.rows) - (selves >= 0))
        return UnlistedRanks(rows=rows, ranks=1.0 + halves * scale[:, None] / 2.0, there=there)

    def _some_of(self, tied: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        most, order = self.layout.most_tied, self.references.in_random_order
        in_order = tied[:, order]
        turn = np.cumsum(in_order, axis=1)
        row, column = np.nonzero(in_order & (turn <= most))
        chosen = np.zeros((len(tied), most), np.int64)
        there = np.zeros(chosen.shape, bool)
        at = turn[row, column] - 1
        chosen[row, at] = order[column]
        there[row, at] = True
        return chosen, there


def _tied_halves(listed: Listed, left: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """How many half points that tie in the data are nearer in the layout: int64 (q, c)."""
    halves = np.zeros(squares.shape, np.int64)
    distances, width = listed.distances, squares.shape[1]
    closed = listed.ties[-1].end.copy()
    closed[left] = listed.ties[-1].nearer[left]
    inside = np.arange(1, width) < closed[:, None]
    rows = np.flatnonzero(((distances[:, 1:] == distances[:, :-1]) & inside).any(axis=1))
    for part in np.array_split(rows, max(1, len(rows) * width * width // _ENTRIES)):
        apart = np.where(np.arange(width) < closed[part, None], distances[part], np.nan)
        same = apart[:, :, None] == apart[:, None, :]
        here, there = squares[part, :, None], squares[part, None, :]
        nearer = (there < here * BELOW).astype(np.int64) + (there <= here * ABOVE)
        halves[part] = np.maximum((nearer * same).sum(axis=2) - 1, 0)
    return halves
