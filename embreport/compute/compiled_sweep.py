"""All pairs of rows scored by compiled kernels, from half of the product.

This only chooses candidates. What the tables say is settled by exact distances and certificates, so it
does not matter in which order the threads come by.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.candidates import CosineTable, EuclideanTable
from embreport.compute.kernels import select
from embreport.compute.kernels.compiled_measure import CompiledMeasure
from embreport.compute.threads import Workers

_SETTLE_ROWS = 256
_TILE_ROWS = 512


def sweep_compiled(
    tables: Sequence[CosineTable | EuclideanTable], workers: Workers, report: Callable[[float], None]
) -> None:
    """Fills the tables, all of the same points, from half of the product. Memory: about 16 * width * n bytes each."""
    points = tables[0].geometry.points
    n = len(points)
    kept = [Kept(n, table.width) for table in tables]

    def offer(tile: np.ndarray, row: int, column: int) -> None:
        for table, best in zip(tables, kept, strict=True):
            _offer(table, tile, row, column, best)

    sweep_tiles(points, offer, workers, lambda share: report(0.9 * share))
    measure = CompiledMeasure()

    def settle(block: slice) -> None:
        for table, best in zip(tables, kept, strict=True):
            table.settle(block, *best.candidates(block), measure)

    workers.map(settle, row_blocks(n, _SETTLE_ROWS))


def _offer(table: CosineTable | EuclideanTable, tile: np.ndarray, row: int, column: int, best: Kept) -> None:
    if isinstance(table, EuclideanTable):
        select.offer_euclidean(tile, row, column, table.halves, *best.buffers())
    else:
        select.offer_cosine(tile, row, column, table.left, table.right, *best.buffers())


def sweep_tiles(
    points: np.ndarray,
    offer: Callable[[np.ndarray, int, int], None],
    workers: Workers,
    report: Callable[[float], None],
) -> None:
    """Hands out the product of all points (float32 (n, d)) with each other, tile by tile, from half of it.

    Args:
        offer: of a tile (rows, columns) and the row and column of its corner; never called at the same time for
            the same rows. A tile serves its rows and, transposed, its columns.
    """
    blocks = row_blocks(len(points), _TILE_ROWS)
    locks = [threading.Lock() for _ in blocks]
    done = itertools.count(1)
    tiles = _tiles(len(blocks))

    def sweep(pair: tuple[int, int]) -> None:
        first, second = pair
        tile = points[blocks[first]] @ points[blocks[second]].T
        with locks[first]:
            offer(tile, blocks[first].start, blocks[second].start)
        if first != second:
            mirrored = np.empty(tile.shape[::-1], np.float32)
            select.transpose(tile, mirrored)
            with locks[second]:
                offer(mirrored, blocks[second].start, blocks[first].start)
        report(next(done) / len(tiles))

    workers.map(sweep, tiles)


def _tiles(blocks: int) -> list[tuple[int, int]]:
    """All pairs of blocks, one of each two mirrored, ordered so that neighbors in the list share no block.

    Every block comes by the others in ascending order, so the lower columns, which win ties, come first.
    """
    return [
        (first, total - first)
        for total in range(2 * blocks - 1)
        for first in range(max(0, total - blocks + 1), total // 2 + 1)
    ]


class Kept:
    """The best candidates so far of every row, in the buffers of `kernels.select`."""

    def __init__(self, n: int, width: int, dtype: type[np.floating] = np.float32) -> None:
        self._width = width
        capacity = 2 * width + select.SPARE
        self._scores = np.empty((n, capacity), dtype)
        self._columns = np.empty((n, capacity), np.int32)
        self._counts = np.zeros(n, np.int32)
        self._thresholds = np.full(n, -np.inf, dtype)

    def buffers(self) -> tuple[int, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """What the kernels take, from `width` on."""
        return self._width, self._scores, self._columns, self._counts, self._thresholds

    def candidates(self, block: slice) -> tuple[np.ndarray, np.ndarray]:
        """Candidates (rows, width), padded by the row itself, and the most any other row scored."""
        select.cut_back(block.start, block.stop, *self.buffers())
        columns = self._columns[block, : self._width].copy()
        missing = np.arange(self._width) >= self._counts[block, None]
        rows = np.broadcast_to(np.arange(block.start, block.stop)[:, None], columns.shape)
        columns[missing] = rows[missing]
        return columns, self._thresholds[block]

    def best_keys(self) -> np.ndarray:
        """The `width` best of every row, of scores that are minus a whole key, as int64 keys in no order."""
        select.cut_back(0, len(self._counts), *self.buffers())
        return (-self._scores[:, : self._width]).astype(np.int64)
