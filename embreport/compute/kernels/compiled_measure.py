"""Exact distances of pairs by compiled kernels."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels import rescore
from embreport.compute.measures import MeasuredRows


class CompiledMeasure:
    """As `distances.NumpyMeasure`; the two may differ in the last bit of float64."""

    def euclidean(self, geometry: MeasuredRows, query: np.ndarray, others: np.ndarray) -> np.ndarray:
        """|a - b| of rows query[i] and others[i, j]."""
        result = np.empty(others.shape)
        rescore.euclidean_block(geometry.values, query, others, result)
        return result

    def cosine(self, geometry: MeasuredRows, query: np.ndarray, others: np.ndarray) -> np.ndarray:
        """1 - cos of rows query[i] and others[i, j]."""
        result = np.empty(others.shape)
        rescore.cosine_block(geometry.directions, geometry.norms, query, others, result)
        return result
