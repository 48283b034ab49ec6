"""Candidates of one metric: scored in float32, measured in float64, certified.

Scores are optimistic: half of the rounding error that Cauchy-Schwarz allows is folded into a term per
column, the other half into the bound of the query row. The bound is the classical one for sums of
products in any order (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1).
"""

from __future__ import annotations

import numpy as np

from embreport.compute.geometry import Geometry
from embreport.compute.measures import Measure
from embreport.model import Metric

_LEAST_NORMAL = 2.0**-126
_LEAST_LENGTH, _MOST_LENGTH = 1e-18, 1e18


def error_factor(d: int, unit: float) -> float:
    """c such that a.b - |b|**2 / 2, computed with that unit roundoff, errs by less than c/2 (|a|**2 + |b|**2)."""
    terms = (d + 32) * unit
    return terms / (1.0 - terms)


class CandidateTable:
    """The table of one metric, filled block by block; every block by one thread.

    `width` candidates are looked for per row, a few more than the k that are kept.
    """

    metric: Metric

    def __init__(self, geometry: Geometry, k: int) -> None:
        n, d = geometry.points.shape
        self.geometry = geometry
        self.k = k
        self.width = min(n - 1, k + max(8, k // 8))
        self.factor = error_factor(d, 2.0**-24)
        self.floor = (d + 32) * 4 * _LEAST_NORMAL
        self.indices = np.empty((n, k), np.int32)
        self.distances = np.empty((n, k), np.float32)
        self.certified = np.zeros(n, bool)

    def settle(self, block: slice, candidates: np.ndarray, cut: np.ndarray, measure: Measure) -> None:
        """Measures and orders the candidates of a block of rows, and certifies the rows it can.

        Args:
            candidates: int (rows, width), at least k. An entry that is the row itself is no candidate.
            cut: (rows,): every row that is no candidate scores at most that.
        """
        query = np.arange(block.start, block.stop)
        candidates = np.sort(candidates, axis=1)
        own = candidates == query[:, None]
        with np.errstate(over="ignore"):
            distances = self.measure(query, candidates, measure).astype(np.float32)
        distances[own] = np.inf
        order = np.argsort(distances, axis=1, kind="stable")[:, : self.k]
        self.indices[block] = np.take_along_axis(candidates, order, 1)
        self.distances[block] = np.take_along_axis(distances, order, 1)
        enough = own.sum(axis=1) <= candidates.shape[1] - self.k
        if not own.any() and self.width == len(self.certified) - 1:
            self.certified[block] = True
        else:
            with np.errstate(over="ignore"):
                proven = self.proves(block, cut.astype(np.float64), self.distances[block, -1])
            self.certified[block] = proven & enough

    def scores(self, block: slice, products: np.ndarray) -> np.ndarray:
        """Float32 scores (rows, n) of a block against all rows; larger is nearer.

        Args:
            products: float32 (rows, n), the block of `points` times all of them.
        """
        raise NotImplementedError

    def measure(self, query: np.ndarray, candidates: np.ndarray, measure: Measure) -> np.ndarray:
        """The exact distances: float64 of the shape of `candidates`."""
        raise NotImplementedError

    def proves(self, block: slice, cut: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Whether every pair that scores at most `cut` is farther, as float32, than the k-th distance."""
        raise NotImplementedError


class EuclideanTable(CandidateTable):
    """Score: a.b - |b|**2 / 2, which orders by distance."""

    metric: Metric = "euclidean"

    def __init__(self, geometry: Geometry, k: int) -> None:
        super().__init__(geometry, k)
        self.halves = (0.5 * (1.0 - self.factor) * geometry.squares).astype(np.float32)
        self._unit = geometry.exponent + geometry.spread

    def scores(self, block: slice, products: np.ndarray) -> np.ndarray:
        return np.asarray(products - self.halves)

    def measure(self, query: np.ndarray, candidates: np.ndarray, measure: Measure) -> np.ndarray:
        return measure.euclidean(self.geometry, query, candidates)

    def proves(self, block: slice, cut: np.ndarray, last: np.ndarray) -> np.ndarray:
        square = (1.0 - self.factor) * self.geometry.squares[block] - 2.0 * cut - self.floor
        least = np.ldexp(np.sqrt(np.maximum(square, 0.0)) * (1 - 1e-9), self._unit)
        return np.asarray(least.astype(np.float32) > last)


class CosineTable(CandidateTable):
    """Score: minus 2 |a| (1 - cos), by the identity of `geometry`.

    It is 2 a.b / |b| less (own(a) + own(b) + 2 excess(a) excess(b)) / |b|, with own(a) = |a|**2 less the
    squared excess. `left` float32 (n, 2) holds own and twice the excess of the rows, `right` float32
    (4, n) the factors 2 / |b|, 1 / |b|, own / |b|, excess / |b| of the columns. Rows of zeros score
    as if at right angles to nothing; the certificate knows them.
    """

    metric: Metric = "cosine"

    def __init__(self, geometry: Geometry, k: int) -> None:
        super().__init__(geometry, k)
        present = ~geometry.zero
        lengths = np.where(present, geometry.lengths, 1.0)
        self._usual = bool(((lengths > _LEAST_LENGTH) & (lengths < _MOST_LENGTH)).all())
        self._any_zero = bool(geometry.zero.any())
        self._lengths = lengths
        inverse = 1.0 / np.clip(lengths, _LEAST_LENGTH, _MOST_LENGTH)
        self._slack = self.floor * float(inverse.max())
        own = (1.0 - self.factor) * geometry.squares - geometry.excess**2
        self.left = np.stack([own, 2.0 * geometry.excess], axis=1).astype(np.float32)
        factors = np.stack([2.0 * inverse, inverse, own * inverse, geometry.excess * inverse])
        factors[:, geometry.zero] = 0.0
        factors[2, geometry.zero] = np.inf
        self.right = factors.astype(np.float32)

    def scores(self, block: slice, products: np.ndarray) -> np.ndarray:
        scores = products * self.right[0]
        scores -= self.left[block] @ self.right[1::2]
        scores -= self.right[2]
        return np.asarray(scores)

    def measure(self, query: np.ndarray, candidates: np.ndarray, measure: Measure) -> np.ndarray:
        return measure.cosine(self.geometry, query, candidates)

    def proves(self, block: slice, cut: np.ndarray, last: np.ndarray) -> np.ndarray:
        if not self._usual:
            return np.zeros(len(cut), bool)
        least = (-cut - self._slack) / (2.0 * self._lengths[block]) * (1 - 1e-9)
        proven = (least.astype(np.float32) > last) & ~self.geometry.zero[block]
        if self._any_zero:
            proven &= last < 1.0
        return np.asarray(proven)
