"""Equal rows searched once: from the neighbors of the distinct rows to those of all rows.

Equal rows have equal distances to everything, so the k nearest distinct rows hold the k nearest rows: each
stands for its copies, in the promised order by distance and then by row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.blocks import row_blocks

_ENTRIES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Copies:
    """Groups of equal rows, in the order of their first rows.

    `group` int64 (n,) is the group of each row; `rows` int64 (n,) all rows group by group, ascending within one;
    `starts` int64 (groups + 1,) where each group begins there.
    """

    group: np.ndarray
    rows: np.ndarray
    starts: np.ndarray

    @property
    def firsts(self) -> np.ndarray:
        """The first row of each group: int64 (groups,), ascending."""
        return np.asarray(self.rows[self.starts[:-1]])


def copies_of(first: np.ndarray) -> Copies:
    """The groups, from the first equal row of every row (`duplicates.first_equal_rows`)."""
    firsts = np.flatnonzero(first == np.arange(len(first)))
    group = np.searchsorted(firsts, first)
    starts = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=len(firsts)))])
    return Copies(group=group, rows=np.argsort(group, kind="stable"), starts=starts)


def spread_over_copies(
    indices: np.ndarray, distances: np.ndarray, own: np.ndarray, copies: Copies, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest rows of every row: int32 and float32 (n, k).

    Args:
        indices, distances: the nearest distinct rows of each distinct row (groups, min(k, groups - 1)), as numbers
            of groups, by distance and then by number. own: float32 (groups,), how far its copies are from a row.
        k: at most n - 1.
    """
    n = len(copies.group)
    sizes = np.diff(copies.starts)
    found, reached = np.empty((n, k), np.int32), np.empty((n, k), np.float32)
    alone = sizes == 1
    if indices.shape[1] == k:
        alone &= (sizes[indices] == 1).all(axis=1)
        rows = copies.firsts[alone]
        found[rows], reached[rows] = copies.firsts[indices[alone]], distances[alone]
    else:
        alone[:] = False
    mixed = np.flatnonzero(~alone)
    for part in row_blocks(len(mixed), max(1, _ENTRIES // ((k + 1) * (k + 1)))):
        _spread_groups(mixed[part], indices, distances, own, copies, found, reached)
    return found, reached


def _spread_groups(
    groups: np.ndarray,
    indices: np.ndarray,
    distances: np.ndarray,
    own: np.ndarray,
    copies: Copies,
    found: np.ndarray,
    reached: np.ndarray,
) -> None:
    """Writes the neighbors of all rows of some groups."""
    k = found.shape[1]
    near = np.concatenate([groups[:, None], indices[groups]], axis=1)
    far = np.concatenate([own[groups, None], distances[groups]], axis=1)
    counts = np.minimum(np.diff(copies.starts)[near], k + 1)
    ends = np.cumsum(counts.reshape(-1))
    within = np.arange(ends[-1]) - np.repeat(ends - counts.reshape(-1), counts.reshape(-1))
    rows = copies.rows[np.repeat(copies.starts[near].reshape(-1), counts.reshape(-1)) + within]
    apart = np.repeat(far.reshape(-1), counts.reshape(-1))
    list_of = np.repeat(np.repeat(np.arange(len(groups)), near.shape[1]), counts.reshape(-1))
    order = np.lexsort((rows, apart, list_of))
    starts = np.concatenate([[0], np.cumsum(counts.sum(axis=1))])
    first = order[starts[:-1, None] + np.arange(k + 1)]
    best, best_apart = rows[first], apart[first]
    for place, group in enumerate(groups):
        members = copies.rows[copies.starts[group] : copies.starts[group + 1]]
        _leave_out_self(members, best[place], best_apart[place], found, reached)


def _leave_out_self(
    members: np.ndarray, best: np.ndarray, apart: np.ndarray, found: np.ndarray, reached: np.ndarray
) -> None:
    """Gives every member of a group the group's k + 1 best rows without itself (or without the last)."""
    k = found.shape[1]
    found[members], reached[members] = best[:k], apart[:k]
    for place in np.flatnonzero(np.isin(best[:k], members)):
        row = best[place]
        found[row], reached[row] = np.delete(best, place), np.delete(apart, place)
