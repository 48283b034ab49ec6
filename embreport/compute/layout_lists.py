"""The nearest points of every point of a layout, and how many are how near.

Layouts put many points at one place: rows that are equal, or all of them where a layout fell together. Lists are
therefore of places, each with the number of points there. Distances tie where they differ by rounding alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.threads import Workers

BELOW, ABOVE = 1 - 1e-9, 1 + 1e-9
"""Squares below BELOW times another are nearer, those up to ABOVE times it tie with it."""
_ALL_PAIRS_BELOW = 3000
_SPARE, _WIDEST = 3, 256

FindNearest = Callable[[slice, int], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Border:
    """The k nearest points of some points of a layout, each (points,).

    `square` is the squared distance of the k-th, `nearer` int64 how many are nearer than it, `tied` how many are as
    far, itself included; `nearer + tied` is at least k.
    """

    k: int
    square: np.ndarray
    nearer: np.ndarray
    tied: np.ndarray

    def shares(self, squares: np.ndarray, tied: np.ndarray) -> np.ndarray:
        """How likely points at these squared distances are among the k nearest, if ties are broken at random.

        Args:
            squares: float64 (points, m).
            tied: how many points share the last places, (points,).
        """
        last = ((self.k - self.nearer) / np.maximum(tied, 1))[:, None]
        square = self.square[:, None]
        return np.where(squares < square * BELOW, 1.0, np.where(squares <= square * ABOVE, last, 0.0))


@dataclass(frozen=True, kw_only=True)
class LayoutLists:
    """Of n points at m places: `points` float64 (n, dims), `place` int64 (n,) of each.

    `near` int64 (m, l) are the places nearest to each place, itself first, `squares` float64 (m, l) how far they are,
    ascending; l is m, or more than the neighbors asked for. `within` int64 (m, l + 1) is the number of points at
    none, one, two ... of these places, one point of the place itself left out. All points nearer than `known`
    (m,), squared, are on the list.

    `members` int64 (n,) are the points by place, those of one in a seeded order, `starts` int64 (m + 1,) where each
    place begins there, `turn` int64 (n,) the position of each point there. `most_tied` is said at `nearest`.
    """

    points: np.ndarray
    place: np.ndarray
    near: np.ndarray
    squares: np.ndarray
    within: np.ndarray
    known: np.ndarray
    members: np.ndarray
    starts: np.ndarray
    turn: np.ndarray
    most_tied: int

    def squares_to(self, part: slice, others: np.ndarray) -> np.ndarray:
        """Squared distances of the points of a part (q,) to others[i, j]: float64 of the shape of `others`."""
        squares = np.zeros(others.shape)
        for column in self.points.T:
            squares += np.square(column[others] - column[part, None])
        return squares

    def border(self, part: slice, k: int) -> Border:
        """The k nearest of the points of a part; k is at most n - 1 and what was asked for."""
        places = self.place[part]
        within = self.within[places]
        square = np.take_along_axis(self.squares[places], (within >= k).argmax(axis=1)[:, None] - 1, axis=1)
        nearer = self._up_to(places, square * BELOW)[:, 0]
        through = self._up_to(places, _just_above(square))[:, 0]
        return Border(k=k, square=square[:, 0], nearer=nearer, tied=through - nearer)

    def known_around(self, part: slice, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How many listed points nearer than `known` are nearer than squares[i, j], and how many tie with them."""
        places = self.place[part]
        inside = self.known[places][:, None]
        nearer = self._up_to(places, np.minimum(squares * BELOW, inside))
        return nearer, self._up_to(places, np.minimum(_just_above(squares), inside)) - nearer

    def known_points(self, part: slice) -> np.ndarray:
        """How many points are nearer than `known`: int64 (q,)."""
        places = self.place[part]
        return self._up_to(places, self.known[places][:, None])[:, 0]

    def _up_to(self, places: np.ndarray, squares: np.ndarray) -> np.ndarray:
        """How many listed points are nearer than squares[i, j]."""
        return np.take_along_axis(self.within[places], smaller_entries(self.squares[places], squares), axis=1)

    def nearest(self, part: slice, border: Border) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest of each point of a part, and those that tie with the last: int64 (q, c), how many each is for.

        Of more than `most_tied` points a seeded choice at the farthest place stands for the others there, so the second
        array, float64 (q, c), is not 1 everywhere; it is 0 where a line has fewer points.
        """
        places = self.place[part]
        own = np.arange(part.start, part.start + len(places))
        counts = np.diff(self.within[places], axis=1)
        counts[self.squares[places] > (border.square * ABOVE)[:, None]] = 0
        before = np.cumsum(counts, axis=1) - counts
        listed = np.clip(self.most_tied - before, 0, counts)
        row, column = np.nonzero(listed)
        repeats = listed[row, column]
        row, column = np.repeat(row, repeats), np.repeat(column, repeats)
        inside = np.arange(len(row)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        place = self.near[places][row, column]
        taken = self.starts[place + 1] - self.starts[place]
        turn = self.turn[own[row]] - self.starts[self.place[own[row]]]
        rows = self.members[self.starts[place] + (turn + 1 + inside) % taken]
        found = np.repeat(own[:, None], int(listed.sum(axis=1).max(initial=1)), axis=1)
        stands_for = np.zeros(found.shape)
        at = before[row, column] + inside
        found[row, at] = rows
        stands_for[row, at] = (counts / np.maximum(listed, 1))[row, column]
        return found, stands_for


def _just_above(squares: np.ndarray) -> np.ndarray:
    """What no square that ties with one of these reaches; above 0 also for 0."""
    return np.asarray(np.nextafter(squares * ABOVE, np.inf))


def smaller_entries(lists: np.ndarray, values: np.ndarray) -> np.ndarray:
    """How many entries of the ascending lists[i] (rows, m) are smaller than values[i, j]: int64 as `values`."""
    width = lists.shape[1]
    flat = np.ascontiguousarray(lists).reshape(-1)
    before = np.arange(-1, len(lists) * width - 1, width)[:, None]
    counts = np.zeros(values.shape, np.int64)
    step = 1 << width.bit_length()
    while step := step >> 1:
        further = counts + step
        smaller = flat.take(np.minimum(further, width) + before) < values
        np.copyto(counts, further, where=smaller & (further <= width))
    return counts


def layout_lists(layout: np.ndarray, k: int, seed: int, workers: Workers, most_tied: int = 64) -> LayoutLists:
    """The lists of a layout, float32 (n, dims), all finite, for up to k < n neighbors of each point."""
    points = layout.astype(np.float64) + 0.0
    places, place, taken = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    place = place.reshape(-1).astype(np.int64)
    near, squares, within = _whole_ties(places, taken, k, workers)
    known = np.full(len(places), np.inf) if near.shape[1] == len(places) else squares[:, -1] * BELOW
    shuffled = np.random.Generator(np.random.PCG64(seed)).permutation(len(points))
    members = shuffled[np.argsort(place[shuffled], kind="stable")]
    turn = np.empty(len(points), np.int64)
    turn[members] = np.arange(len(points))
    return LayoutLists(
        points=points,
        place=place,
        near=near,
        squares=squares,
        within=within,
        known=known,
        members=members,
        starts=np.concatenate([[0], np.cumsum(taken)]),
        turn=turn,
        most_tied=most_tied,
    )


def _whole_ties(
    places: np.ndarray, taken: np.ndarray, k: int, workers: Workers
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`near`, `squares` and `within`, wide enough for all places that tie with the k-th point (of up to 256)."""
    width = min(len(places), k + _SPARE)
    while True:
        near, squares = _nearest_places(places, width, workers)
        within = np.zeros((len(places), width + 1), np.int64)
        np.cumsum(taken[near], axis=1, out=within[:, 1:])
        within[:, 1:] -= 1
        reach = np.take_along_axis(squares, (within >= k).argmax(axis=1)[:, None] - 1, axis=1)[:, 0]
        if width in (len(places), _WIDEST) or not (squares[:, -1] <= reach * ABOVE).any():
            return near, squares, within
        width = min(len(places), 2 * width, _WIDEST)


def _nearest_places(places: np.ndarray, width: int, workers: Workers) -> tuple[np.ndarray, np.ndarray]:
    """The `width` nearest of distinct places, each its own first, and the squared distances, ascending."""
    near = np.empty((len(places), width), np.int64)
    squares = np.empty(near.shape)
    find = _among_all_pairs(places) if len(places) < _ALL_PAIRS_BELOW else _in_a_tree(places)

    def fill(part: slice) -> None:
        found = find(part, width)
        apart = np.zeros(found.shape)
        for column in places.T:
            apart += np.square(column[found] - column[part, None])
        order = np.lexsort((found, apart))
        near[part] = np.take_along_axis(found, order, axis=1)
        squares[part] = np.take_along_axis(apart, order, axis=1)

    workers.map(fill, row_blocks(len(places), 256 if len(places) < _ALL_PAIRS_BELOW else 4096))
    return near, squares


def _among_all_pairs(places: np.ndarray) -> FindNearest:
    def find(part: slice, width: int) -> np.ndarray:
        squares = np.zeros((len(places[part]), len(places)))
        for column in places.T:
            squares += np.square(column[part, None] - column)
        if width == len(places):
            return np.repeat(np.arange(width)[None], len(squares), axis=0)
        return np.argpartition(squares, width - 1, axis=1)[:, :width]

    return find


def _in_a_tree(places: np.ndarray) -> FindNearest:
    from scipy.spatial import cKDTree

    tree = cKDTree(places)
    return lambda part, width: np.asarray(tree.query(places[part], k=range(1, width + 1))[1], np.int64)
