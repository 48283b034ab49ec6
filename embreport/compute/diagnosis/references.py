"""The rows among which distant ranks are counted: all, or a seeded sample that stands for all."""

from __future__ import annotations

import numpy as np

from embreport.compute.diagnosis.metric_space import MetricSpace
from embreport.compute.sampling import even_sample

_SLACK, _ROUNDING = 1e-9, 1e-14
# Squares of distances that are equal as float32, as they are in neighbor tables, differ by less.
_EQUAL = 2.0**-23


class References:
    """`rows` int64 (r,), ascending, of n rows in a metric space; `place` int64 (n,) is where each is there, or -1.

    `in_random_order` int64 (r,) are the places shuffled, with the seed.
    """

    def __init__(self, space: MetricSpace, size: int, seed: int) -> None:
        self._space = space
        n, d = space.matrix.shape
        self.rows = even_sample(n, size, seed)
        self.in_random_order = np.random.Generator(np.random.PCG64(seed)).permutation(size)
        self.place = np.full(n, -1, np.int64)
        self.place[self.rows] = np.arange(size)
        # With two columns more, one product gives whole squared distances.
        self._columns = np.empty((size, d + 2))
        self._columns[:, :d] = space.rows(self.rows)
        self._columns[:, d] = 1.0
        self._columns[:, d + 1] = _square_lengths(self._columns[:, :d])

    def squares(self, part: slice) -> tuple[np.ndarray, np.ndarray]:
        """Squared distances of rows to the references, inf to themselves, and squared lengths: (q, r) and (q,)."""
        rows = self._space.rows(part)
        lengths = _square_lengths(rows)
        product = np.column_stack([-2.0 * rows, lengths, np.ones(len(rows))]) @ self._columns.T
        self._space.mend_zero_rows(product, part, self.rows)
        self.leave_out(product, np.arange(part.start, part.start + len(rows))[:, None])
        return product, lengths

    def leave_out(self, squares: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Sets squares (q, r) to inf for those of others[i] that are references; how many each row has left, (q,)."""
        places = self.place[others]
        row, column = np.nonzero(places >= 0)
        squares[row, places[row, column]] = np.inf
        return np.asarray(np.isfinite(squares).sum(axis=1))

    def nearer_than(self, squares: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Limits (q, c) below which a squared distance to a reference is nearer, no tie, than squares (q, c)."""
        return np.asarray(squares * (1.0 - _SLACK) - _ROUNDING * (lengths[:, None] + squares))

    def tied_with(self, squares: np.ndarray, lengths: np.ndarray, radius: np.ndarray) -> np.ndarray:
        """Which of the squared distances (q, r) are as float32 those of radius (q,): bool (q, r)."""
        width = radius * _EQUAL + _ROUNDING * (lengths + radius)
        return np.asarray(np.abs(squares - radius[:, None]) <= width[:, None])


def _square_lengths(rows: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("ij,ij->i", rows, rows))
