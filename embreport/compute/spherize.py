"""Spherized data: every row centered, then scaled to unit length, as the Projector's "Spherize data" does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from embreport.compute.covariance import Centered, centered, column_sums
from embreport.compute.pca import PrincipalComponents, components_of
from embreport.compute.threads import Workers

_AT_THE_CENTER = 64 * np.finfo(float).eps
_NOTHING = 1e-30


def spherized_components(values: np.ndarray, workers: Workers) -> PrincipalComponents:
    """PCA of the spherized rows of a finite float array (n, d), n >= 1, d >= 1.

    The mean of the rows is subtracted, each row is divided by its length, and the components are those of
    the outcome about its own mean. A row at the mean has no direction: it stays zero. So does one whose
    distance to the mean is below the rounding of the mean itself, about 1e-14 of the largest distance.
    """
    return components_of(spherized(centered(values, workers), workers), 0, workers)


def spherized(matrix: Centered, workers: Workers) -> Centered:
    """Rows of a centered matrix at unit length (or zero), about their own mean; no copy of the data is made."""
    n, d = matrix.shape
    lengths = np.concatenate(workers.map(lambda rows: _lengths(matrix.rows(rows)), matrix.blocks()))
    least = max(float(lengths.max()) * _AT_THE_CENTER, _NOTHING * np.sqrt(d))
    directed = lengths > least
    factors = np.where(directed, 1.0 / np.where(directed, lengths, 1.0), 0.0)
    scaled = replace(matrix, factors=factors)
    return replace(scaled, shift=column_sums(scaled, workers) / n)


def _lengths(block: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", block, block)))
