"""First candidates of every point: the nearest in the cells nearest to it, by products of float32 matrices.

A task is a block of positions; each of its points probes cells of its own choice, and those that probe the same
cell share one product, taken about that cell's centroid. So near points far from the center keep their digits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Protocol

import numpy as np

from embreport.compute.availability import numba_is_installed
from embreport.compute.blocks import row_blocks
from embreport.compute.cells import half_squares
from embreport.compute.search_space import SearchSpace
from embreport.compute.threads import Workers

_TASK_ROWS = 16_384


class Keeper(Protocol):
    """Keeps the best candidates of the rows of one task."""

    def offer(self, products: np.ndarray, members: np.ndarray, halves: np.ndarray, cell: np.ndarray, at: int) -> None:
        """Offers products - halves - cell halves of some rows of the task to the positions from `at` on."""

    def positions(self) -> np.ndarray:
        """int32 (rows, width), in no order, -1 where there is none."""


def probe_cells(
    space: SearchSpace, width: int, probes: int, workers: Workers, report: Callable[[float], None]
) -> np.ndarray:
    """The `width` nearest positions that each point finds in its `probes` nearest cells: int32 (m, width)."""
    m = len(space.points)
    halves = half_squares(space.centroids)
    lists = np.empty((m, width), np.int32)
    blocks = row_blocks(m, _TASK_ROWS)
    done = itertools.count(1)

    def search(block: slice) -> None:
        keeper = _keeper(block, width)
        points = space.points[block]
        for cell, members in _visits(nearest_cells(points, space.centroids, halves, probes)):
            start, stop = space.starts[cell], space.starts[cell + 1]
            if stop > start:
                inner = space.points[start:stop] - space.centroids[cell]
                query = points[members] - space.centroids[cell]
                products = query @ inner.T
                keeper.offer(products, members, half_squares(query), half_squares(inner), int(start))
        lists[block] = keeper.positions()
        report(next(done) / len(blocks))

    workers.map(search, blocks)
    return lists


def nearest_cells(points: np.ndarray, centroids: np.ndarray, halves: np.ndarray, probes: int) -> np.ndarray:
    """The numbers of the `probes` nearest cells of each point, in no order: integers (rows, probes)."""
    rows, cells = len(points), len(centroids)
    if probes >= cells:
        return np.broadcast_to(np.arange(cells), (rows, cells))
    nowhere = slice(-rows, 0)  # centroids are no points: none is left out as the row itself
    keeper = _keeper(nowhere, probes)
    for part in row_blocks(rows, 1024):
        members = np.arange(part.start, part.stop)
        keeper.offer(points[part] @ centroids.T, members, np.zeros(len(members), np.float32), halves, 0)
    return keeper.positions()


def _visits(cells: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Every cell that is probed, ascending, and the rows that probe it, ascending."""
    order = np.argsort(cells, axis=None, kind="stable")
    visited = cells.reshape(-1)[order]
    starts = np.flatnonzero(np.concatenate([[True], visited[1:] != visited[:-1]]))
    members = np.split(order // cells.shape[1], starts[1:])
    return list(zip(visited[starts].tolist(), members, strict=True))


def _keeper(block: slice, width: int) -> Keeper:
    if not numba_is_installed():
        return _NumpyKeeper(block, width)
    from embreport.compute.compiled_probing import CompiledKeeper

    return CompiledKeeper(block, width)


class _NumpyKeeper:
    def __init__(self, block: slice, width: int) -> None:
        shape = (block.stop - block.start, width)
        self._own = block.start
        self._scores = np.full(shape, -np.inf, np.float32)
        self._positions = np.full(shape, -1, np.int32)

    def offer(self, products: np.ndarray, members: np.ndarray, halves: np.ndarray, cell: np.ndarray, at: int) -> None:
        scores = products - cell - halves[:, None]
        positions = np.arange(at, at + len(cell), dtype=np.int32)
        scores[positions == (self._own + members)[:, None]] = -np.inf
        width = self._scores.shape[1]
        if scores.shape[1] > width:
            best = np.argpartition(scores, -width, axis=1)[:, -width:]
            scores, offered = np.take_along_axis(scores, best, 1), positions[best]
        else:
            offered = np.broadcast_to(positions, scores.shape)
        scores = np.concatenate([self._scores[members], scores], axis=1)
        offered = np.concatenate([self._positions[members], offered], axis=1)
        best = np.argpartition(scores, -width, axis=1)[:, -width:]
        self._scores[members] = np.take_along_axis(scores, best, 1)
        self._positions[members] = np.take_along_axis(offered, best, 1)

    def positions(self) -> np.ndarray:
        return np.where(np.isneginf(self._scores), np.int32(-1), self._positions)
