"""What measures exact distances of chosen pairs of rows, and what it must know of the rows."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from embreport.model import Metric


class MeasuredRows(Protocol):
    """Rows whose distances are measured; what the names mean is said in `geometry.Geometry`."""

    @property
    def values(self) -> np.ndarray:
        """The raw rows."""

    @property
    def directions(self) -> np.ndarray:
        """The raw rows, scaled."""

    @property
    def norms(self) -> np.ndarray:
        """The lengths of `directions`."""


class Measure(Protocol):
    """Exact distances of pairs of rows, of either metric; `distances.NumpyMeasure` or a compiled one."""

    def euclidean(self, geometry: MeasuredRows, query: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Float64 of the shape of `others`: of rows query[i] and others[i, j]."""

    def cosine(self, geometry: MeasuredRows, query: np.ndarray, others: np.ndarray) -> np.ndarray:
        """As `euclidean`."""


def exact_distances(
    metric: Metric, rows: MeasuredRows, query: np.ndarray, others: np.ndarray, measure: Measure
) -> np.ndarray:
    """Distances of rows query[i] and others[i, j]: float64 of the shape of `others`."""
    return (measure.euclidean if metric == "euclidean" else measure.cosine)(rows, query, others)
