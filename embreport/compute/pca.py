"""Principal components: the directions of largest variance of the centered data (Pearson 1901).

Means and second moments are summed in float64 over fixed blocks. The smaller of covariance and Gram
matrix is formed; when both are large, block Lanczos works on the data itself, and what is said of all
directions is estimated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.covariance import (
    Centered,
    centered,
    gram_matrix,
    gram_times,
    normal_times,
    scatter_matrix,
    times,
    total_square,
    transposed_times,
)
from embreport.compute.eigen import found_eigenpairs, leading_eigenpairs
from embreport.compute.quadrature import SampledSquares, sampled_squares
from embreport.compute.threads import Workers

Squares = np.ndarray | SampledSquares

COMPONENTS = 10
MATRIX_LIMIT = 4096
_ROUNDING = 1e-30  # what is left of an entry of constant data after scaling and centering twice


@dataclass(frozen=True, kw_only=True)
class PrincipalComponents:
    """What PCA finds in (n, d) data; `c` is min(10, d, max(1, n - 1)) components.

    `scores` float32 (n, c) are the coordinates times 2**-exponent (exponent is 0 unless they would not
    fit float32), `loadings` float64 (d, c) the unit directions, `variance` float64 (c,) the share of the
    total variance of all dimensions. The loading of largest magnitude of each direction is positive. A
    direction without variance has scores and share 0. `squares` float64 (min(n, d) or more) are the squared singular
    values of all directions, in any order and unit, with what rounding makes of 0, or a sample of them where neither
    n nor d is at most 4,096; None where they were not asked for.
    """

    scores: np.ndarray
    loadings: np.ndarray
    variance: np.ndarray
    exponent: int
    squares: Squares | None = None


def principal_components(values: np.ndarray, workers: Workers) -> PrincipalComponents:
    """PCA of a finite float array (n, d) with at least one row and one dimension."""
    matrix = centered(values, workers)
    return components_of(matrix, matrix.exponent, workers, all_squares=True)


def components_of(
    matrix: Centered, exponent: int, workers: Workers, *, all_squares: bool = False
) -> PrincipalComponents:
    """PCA of a matrix whose columns have mean 0; its units are those of the data times 2**-exponent."""
    n, d = matrix.shape
    count = min(COMPONENTS, d, max(1, n - 1))
    squares, loadings, total, every = _spectrum(matrix, count, workers, all_squares)
    if total <= n * d * _ROUNDING**2:
        total = 0.0
    real = squares > max(n, d) * np.finfo(float).eps * max(total, np.finfo(float).tiny)
    loadings = _with_fixed_signs(np.where(real, loadings, 0.0))
    scores = times(matrix, loadings, workers)
    variance = np.where(real, squares / total, 0.0) if total > 0 else np.zeros(count)
    scores, excess = _in_float32_range(scores, exponent)
    if every is not None and total == 0.0:
        every = np.zeros(min(n, d))
    return PrincipalComponents(scores=scores, loadings=loadings, variance=variance, exponent=excess, squares=every)


def _spectrum(
    matrix: Centered, count: int, workers: Workers, all_squares: bool
) -> tuple[np.ndarray, np.ndarray, float, Squares | None]:
    """Squared singular values (largest first), right singular vectors (d, count), sum of all squares, all of them."""
    n, d = matrix.shape
    if d <= min(MATRIX_LIMIT, max(n, 64)):
        scatter = scatter_matrix(matrix, workers)
        squares, loadings = leading_eigenpairs(scatter, count)
        every = np.linalg.eigvalsh(scatter) if all_squares else None
        return squares, loadings, float(np.trace(scatter)), every
    if n <= MATRIX_LIMIT:
        gram = gram_matrix(matrix, workers)
        squares, left = leading_eigenpairs(gram, count)
        every = np.linalg.eigvalsh(gram) if all_squares else None
        return squares, _right_vectors(matrix, left, workers), float(np.trace(gram)), every

    times_square = normal_times if d <= n else gram_times

    def product(block: np.ndarray) -> np.ndarray:
        return times_square(matrix, block, workers)

    total = total_square(matrix, workers)
    squares, vectors = found_eigenpairs(product, min(n, d), count)
    sampled = sampled_squares(product, squares, vectors, total) if all_squares else None
    squares, vectors = squares[:count], vectors[:, :count]
    return squares, vectors if d <= n else _right_vectors(matrix, vectors, workers), total, sampled


def _right_vectors(matrix: Centered, left: np.ndarray, workers: Workers) -> np.ndarray:
    vectors = transposed_times(matrix, left, workers)
    lengths = np.linalg.norm(vectors, axis=0)
    return vectors / np.where(lengths > 0, lengths, 1.0)


def _with_fixed_signs(loadings: np.ndarray) -> np.ndarray:
    largest = np.abs(loadings).argmax(axis=0)
    signs = np.sign(loadings[largest, np.arange(loadings.shape[1])])
    return loadings * np.where(signs == 0, 1.0, signs)


def _in_float32_range(scores: np.ndarray, exponent: int) -> tuple[np.ndarray, int]:
    """Scores in the units of the data as float32, and the power of two they had to be divided by."""
    largest = float(np.abs(scores).max(initial=0.0))
    if largest == 0.0:
        return scores.astype(np.float32), 0
    power = int(np.frexp(largest)[1]) + exponent
    excess = power if abs(power) > 120 else 0
    return np.ldexp(scores, exponent - excess).astype(np.float32), excess
