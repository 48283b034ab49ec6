"""All pairs of rows scored by compiled kernels, from half of the product.

This only chooses candidates. What the tables say is settled by exact distances and certificates, so it
does not matter in which order the threads come by.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.candidates import CosineTable, EuclideanTable
from embreport.compute.kernels import select
from embreport.compute.kernels.compiled_measure import CompiledMeasure
from embreport.compute.threads import Workers

_SETTLE_ROWS = 256
_TILE_ROWS = 512


def sweep_compiled(
    cosine: CosineTable, euclidean: EuclideanTable, workers: Workers, report: Callable[[float], None]
) -> None:
    """Fills both tables from half of the product: a tile of it serves its rows and, transposed, its columns.

    Memory: about 16 * 2 * width * n bytes.
    """
    geometry = cosine.geometry
    n = len(geometry.points)
    blocks = row_blocks(n, _TILE_ROWS)
    kept_cosine, kept_euclidean = _Kept(n, cosine.width), _Kept(n, euclidean.width)
    locks = [threading.Lock() for _ in blocks]
    done = itertools.count(1)
    tiles = _tiles(len(blocks))

    def offer(tile: np.ndarray, rows: int, columns: int) -> None:
        corner = (blocks[rows].start, blocks[columns].start)
        with locks[rows]:
            select.offer_euclidean(tile, *corner, euclidean.halves, *kept_euclidean.buffers())
            select.offer_cosine(tile, *corner, cosine.left, cosine.right, *kept_cosine.buffers())

    def sweep(pair: tuple[int, int]) -> None:
        first, second = pair
        tile = geometry.points[blocks[first]] @ geometry.points[blocks[second]].T
        offer(tile, first, second)
        if first != second:
            mirrored = np.empty(tile.shape[::-1], np.float32)
            select.transpose(tile, mirrored)
            offer(mirrored, second, first)
        report(0.9 * next(done) / len(tiles))

    workers.map(sweep, tiles)
    measure = CompiledMeasure()

    def settle(block: slice) -> None:
        for table, kept in ((cosine, kept_cosine), (euclidean, kept_euclidean)):
            table.settle(block, *kept.candidates(block), measure)

    workers.map(settle, row_blocks(n, _SETTLE_ROWS))


def _tiles(blocks: int) -> list[tuple[int, int]]:
    """All pairs of blocks, one of each two mirrored, ordered so that neighbors in the list share no block."""
    return [
        (start, (start + shift) % blocks)
        for shift in range(blocks // 2 + 1)
        for start in range(blocks if 2 * shift != blocks else shift)
    ]


class _Kept:
    """The best candidates so far of every row, in the buffers of `kernels.select`."""

    def __init__(self, n: int, width: int) -> None:
        self._width = width
        capacity = 2 * width + select.SPARE
        self._scores = np.empty((n, capacity), np.float32)
        self._columns = np.empty((n, capacity), np.int32)
        self._counts = np.zeros(n, np.int32)
        self._thresholds = np.full(n, -np.inf, np.float32)

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
