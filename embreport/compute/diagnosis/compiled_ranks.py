"""Counting by compiled kernels; as `diagnosis.ranks`."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels import ranks as kernels


class CompiledRanks:
    """Compiled counts; the squared distances in layouts may differ from those in numpy in the last bit of float64."""

    def count_below(self, squares: np.ndarray, limits: np.ndarray) -> np.ndarray:
        """See `ranks.NumpyRanks`."""
        counts = np.zeros(limits.shape, np.int64)
        kernels.count_below(squares, limits, counts)
        return counts

    def count_around(
        self, points: np.ndarray, references: np.ndarray, low: np.ndarray, high: np.ndarray, known: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `ranks.NumpyRanks`."""
        counts, counted = np.zeros(low.shape, np.int64), np.zeros(len(points), np.int64)
        kernels.count_around(points, references, low, high, known, counts, counted)
        return counts, counted
