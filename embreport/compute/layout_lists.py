"""The nearest points of every point of a layout, and how many are how near.

Layouts put many points at one place: rows that are equal, or all of them where a layout fell together. Lists are
therefore of places, each with the number of points there. Distances tie where they differ by rounding alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

BELOW, ABOVE = 1 - 1e-9, 1 + 1e-9
"""Squares below BELOW times another are nearer, those up to ABOVE times it tie with it."""
_ALL_PAIRS_BELOW = 3000
_SPARE, _WIDEST = 3, 256

FindNearest = Callable[[np.ndarray, int], np.ndarray]


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
class LayoutPoints:
    """A layout of n points at m places: `points` float64 (n, dims), `place` int64 (n,) of each, `places` (m, dims).

    `members` int64 (n,) are the points by place, those of one in a seeded order, `starts` int64 (m + 1,) where each
    place begins there, `turn` int64 (n,) the position of each point there. `find` finds the places near to given ones.
    Lists are for up to `k` neighbors; `most_tied` is said at `LayoutLists.nearest`.
    """

    points: np.ndarray
    places: np.ndarray
    place: np.ndarray
    members: np.ndarray
    starts: np.ndarray
    turn: np.ndarray
    find: FindNearest
    k: int
    most_tied: int

    def around(self, part: slice) -> LayoutLists:
        """The lists of a part of the points, wide enough for all places that tie with the k-th (of up to 256)."""
        own, taken = self.points[part], np.diff(self.starts)
        width = min(len(self.places), self.k + _SPARE)
        while True:
            near, squares = self._nearest_places(own, width)
            within = np.zeros((len(own), width + 1), np.int64)
            np.cumsum(taken[near], axis=1, out=within[:, 1:])
            within[:, 1:] -= 1
            whole = width == len(self.places)
            known = np.full(len(own), np.inf) if whole else squares[:, -1] * BELOW
            lists = LayoutLists(layout=self, part=part, near=near, squares=squares, within=within, known=known)
            if whole or width == _WIDEST or not (squares[:, -1] <= lists.border(self.k).square * ABOVE).any():
                return lists
            width = min(len(self.places), 2 * width, _WIDEST)

    def _nearest_places(self, own: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
        """The `width` places nearest to some points, their own first, and the squared distances, ascending."""
        found = self.find(own, width)
        apart = np.zeros(found.shape)
        for column, here in zip(self.places.T, own.T, strict=True):
            apart += np.square(column[found] - here[:, None])
        order = np.lexsort((found, apart))
        return np.take_along_axis(found, order, axis=1), np.take_along_axis(apart, order, axis=1)


@dataclass(frozen=True, kw_only=True)
class LayoutLists:
    """What is near to each of the points of a part, q of them.

    `near` int64 (q, l) are the nearest places, the own one first, `squares` float64 (q, l) how far they are, ascending;
    l is the number of places, or more than the neighbors asked for. `within` int64 (q, l + 1) is the number of points
    at none, one, two ... of these places without the point itself. All points nearer than `known` (q,), squared, are
    on the list.
    """

    layout: LayoutPoints
    part: slice
    near: np.ndarray
    squares: np.ndarray
    within: np.ndarray
    known: np.ndarray

    def squares_to(self, others: np.ndarray) -> np.ndarray:
        """Squared distances of the points of the part to others[i, j]: float64 of the shape of `others`."""
        squares = np.zeros(others.shape)
        for column in self.layout.points.T:
            squares += np.square(column[others] - column[self.part, None])
        return squares

    def border(self, k: int) -> Border:
        """The k nearest of each point; k is at most n - 1 and what was asked for."""
        square = np.take_along_axis(self.squares, (self.within >= k).argmax(axis=1)[:, None] - 1, axis=1)
        nearer = self._up_to(square * BELOW)[:, 0]
        return Border(k=k, square=square[:, 0], nearer=nearer, tied=self._up_to(_just_above(square))[:, 0] - nearer)

    def known_around(self, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How many points nearer than `known` are nearer than squares[i, j], and how many tie with them."""
        inside = self.known[:, None]
        nearer = self._up_to(np.minimum(squares * BELOW, inside))
        return nearer, self._up_to(np.minimum(_just_above(squares), inside)) - nearer

    def known_points(self) -> np.ndarray:
        """How many points are nearer than `known`: int64 (q,)."""
        return self._up_to(self.known[:, None])[:, 0]

    def _up_to(self, squares: np.ndarray) -> np.ndarray:
        """How many listed points are nearer than squares[i, j]."""
        return np.take_along_axis(self.within, smaller_entries(self.squares, squares), axis=1)

    def nearest(self, border: Border) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest of each point, and those that tie with the last: int64 (q, c), how many each is for.

        Of more than `most_tied` points a seeded choice at the farthest place stands for the others there, so the second
        array, float64 (q, c), is not 1 everywhere; it is 0 where a line has fewer points.
        """
        counts = np.diff(self.within, axis=1)
        counts[self.squares > (border.square * ABOVE)[:, None]] = 0
        before = np.cumsum(counts, axis=1) - counts
        listed = np.clip(self.layout.most_tied - before, 0, counts)
        row, column = np.nonzero(listed)
        repeats = listed[row, column]
        row, column = np.repeat(row, repeats), np.repeat(column, repeats)
        inside = np.arange(len(row)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        own = np.arange(self.part.start, self.part.start + len(self.near))
        found = np.repeat(own[:, None], int(listed.sum(axis=1).max(initial=1)), axis=1)
        stands_for = np.zeros(found.shape)
        at = before[row, column] + inside
        found[row, at] = self._members(own[row], self.near[row, column], inside)
        stands_for[row, at] = (counts / np.maximum(listed, 1))[row, column]
        return found, stands_for

    def _members(self, points: np.ndarray, places: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """The point numbers[i] at places[i], counted from the turn of points[i], which comes last at its own place."""
        layout = self.layout
        taken = layout.starts[places + 1] - layout.starts[places]
        turn = layout.turn[points] - layout.starts[layout.place[points]]
        return np.asarray(layout.members[layout.starts[places] + (turn + 1 + numbers) % taken])


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


def layout_points(layout: np.ndarray, k: int, seed: int, most_tied: int = 64) -> LayoutPoints:
    """A layout, float32 (n, dims), all finite, prepared for lists of up to k < n neighbors of each point."""
    points = layout.astype(np.float64) + 0.0
    places, place, taken = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    place = place.reshape(-1).astype(np.int64)
    shuffled = np.random.Generator(np.random.PCG64(seed)).permutation(len(points))
    members = shuffled[np.argsort(place[shuffled], kind="stable")]
    turn = np.empty(len(points), np.int64)
    turn[members] = np.arange(len(points))
    return LayoutPoints(
        points=points,
        places=places,
        place=place,
        members=members,
        starts=np.concatenate([[0], np.cumsum(taken)]),
        turn=turn,
        find=_among_all_pairs(places) if len(places) < _ALL_PAIRS_BELOW else _in_a_tree(places),
        k=k,
        most_tied=most_tied,
    )


def _among_all_pairs(places: np.ndarray) -> FindNearest:
    def find(points: np.ndarray, width: int) -> np.ndarray:
        if width == len(places):
            return np.repeat(np.arange(width)[None], len(points), axis=0)
        squares = np.zeros((len(points), len(places)))
        for column, own in zip(places.T, points.T, strict=True):
            squares += np.square(own[:, None] - column)
        return np.argpartition(squares, width - 1, axis=1)[:, :width]

    return find


def _in_a_tree(places: np.ndarray) -> FindNearest:
    from scipy.spatial import cKDTree

    tree = cKDTree(places)
    return lambda points, width: np.asarray(tree.query(points, k=range(1, width + 1))[1], np.int64)
