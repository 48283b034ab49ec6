"""Rows moved to where plain squared distances order all pairs as the metric does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.covariance import Centered, centered, column_sums
from embreport.compute.diagnosis.norms import row_norms
from embreport.compute.threads import Workers
from embreport.model import Metric

# Squared distance of two unit vectors at cosine distance 1, as any row has it to one of zeros.
_TO_ZERO = 2.0
# Shorter rows, or shorter than this part of the longest one, cannot be brought to length 1 by a factor in float64.
_SMALLEST = 2.0**-1000
_LARGEST = float(np.finfo(float).max)


@dataclass(frozen=True, kw_only=True)
class MetricSpace:
    """Centered rows (euclidean), or centered unit vectors (cosine), as float64 by blocks.

    `zero` is bool (n,): rows that are at cosine distance 1 of every row; None where there is none such.
    """

    matrix: Centered
    metric: Metric
    zero: np.ndarray | None

    def rows(self, rows: slice | np.ndarray) -> np.ndarray:
        """Some rows: float64 (rows, d)."""
        return self.matrix.rows(rows)

    def squares_of(self, distances: np.ndarray) -> np.ndarray:
        """What distances in the metric, of the raw rows, are here, squared: float64 of the same shape.

        Distances beyond float64 count as the largest that it holds.
        """
        if self.metric == "cosine":
            return 2.0 * distances
        return np.asarray(np.square(np.ldexp(np.minimum(distances, _LARGEST), -self.matrix.exponent)))

    def mend_zero_rows(self, squares: np.ndarray, query: slice, rows: np.ndarray) -> None:
        """Corrects squared distances (query, rows) that were made from products."""
        if self.zero is not None:
            squares[self.zero[query]] = _TO_ZERO
            squares[:, self.zero[rows]] = _TO_ZERO


def metric_space(values: np.ndarray, metric: Metric, workers: Workers) -> MetricSpace:
    """Of a finite float array (n, d) with at least one row."""
    if metric == "euclidean":
        return MetricSpace(matrix=centered(values, workers), metric=metric, zero=None)
    n, d = values.shape
    norms = row_norms(values, workers)
    zero = norms == 0
    if np.any(~zero & (norms < _SMALLEST * max(1.0, float(norms.max())))):
        # The factors of such rows are beyond float64; a cosine does not change with the length of a row.
        values = np.ldexp(values, -np.frexp(norms)[1][:, None])
        norms = row_norms(values, workers)
    exponent = int(np.frexp(float(norms.max()))[1])
    scaled = np.ldexp(norms, -exponent)
    factors = 1.0 / np.where(scaled > 0, scaled, 1.0)
    units = Centered(values, exponent, np.zeros(d), np.zeros(d), factors)
    shift = column_sums(units, workers) / n
    matrix = Centered(values, exponent, np.zeros(d), np.zeros(d), factors, shift)
    return MetricSpace(matrix=matrix, metric=metric, zero=zero if zero.any() else None)
