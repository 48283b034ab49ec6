"""The candidates of one task of `probing`, and better ones by `joining`, by compiled kernels."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels import probe, select
from embreport.compute.search_space import SearchSpace


class CompiledKeeper:
    """As `probing.Keeper`."""

    def __init__(self, block: slice, width: int) -> None:
        rows, capacity = block.stop - block.start, 2 * width + select.SPARE
        self._own, self._width = block.start, width
        self._scores = np.empty((rows, capacity), np.float32)
        self._columns = np.empty((rows, capacity), np.int32)
        self._counts = np.zeros(rows, np.int32)
        self._thresholds = np.full(rows, -np.inf, np.float32)

    def offer(self, products: np.ndarray, members: np.ndarray, halves: np.ndarray, cell: np.ndarray, at: int) -> None:
        """Offers the pairs of one cell."""
        probe.offer_cell(products, members, halves, cell, at, self._own, *self._buffers())

    def positions(self) -> np.ndarray:
        """What is kept, padded by -1."""
        select.cut_back(0, len(self._counts), *self._buffers())
        kept = self._columns[:, : self._width].copy()
        kept[np.arange(self._width) >= self._counts[:, None]] = -1
        return kept

    def _buffers(self) -> tuple[int, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        return self._width, self._scores, self._columns, self._counts, self._thresholds


def improve_compiled(space: SearchSpace, lists: np.ndarray, block: slice, join: int) -> np.ndarray:
    """As `joining.improve_in_numpy`."""
    result = np.empty((block.stop - block.start, lists.shape[1]), np.int32)
    stamps = np.zeros(len(lists), np.int32)
    probe.improve(space.points, lists, block.start, block.stop, join, stamps, result)
    return result
