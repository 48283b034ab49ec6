"""`distances` compiled: exact distances of a block of rows to their candidates."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled, part

_NEAR = 1e-2
_PARALLEL = 1e-29
_TIGHT = 1e-6


@part
def euclidean_pair(here: np.ndarray, there: np.ndarray) -> float:
    """|here - there| in float64."""
    total = np.float64(0)
    for axis in range(len(here)):
        difference = np.float64(here[axis]) - np.float64(there[axis])
        total += difference * difference
    return np.sqrt(total)  # type: ignore[no-any-return]


@part
def cosine_pair(here: np.ndarray, there: np.ndarray, norm: float, length: float) -> float:
    """1 - cos of two rows of these lengths in float64; 1 where either is 0."""
    if norm * length == 0.0:
        return 1.0
    total = np.float64(0)
    for axis in range(len(here)):
        total += np.float64(here[axis]) * np.float64(there[axis])
    distance = 1.0 - total / (norm * length)
    if distance < _NEAR:
        distance = _near_cosine(here, there, norm, length)
    return min(distance, 2.0)


@compiled
def euclidean_block(values: np.ndarray, query: np.ndarray, others: np.ndarray, result: np.ndarray) -> None:
    """Writes |values[query[i]] - values[others[i, j]]| into float64 `result`."""
    for i in range(others.shape[0]):
        here = values[query[i]]
        for j in range(others.shape[1]):
            result[i, j] = euclidean_pair(here, values[others[i, j]])


@compiled
def cosine_block(
    directions: np.ndarray, norms: np.ndarray, query: np.ndarray, others: np.ndarray, result: np.ndarray
) -> None:
    """Writes 1 - cos of the pairs into float64 `result`; 1 where either row is zero."""
    for i in range(others.shape[0]):
        here, norm = directions[query[i]], norms[query[i]]
        for j in range(others.shape[1]):
            other = others[i, j]
            result[i, j] = cosine_pair(here, directions[other], norm, norms[other])


@part
def _near_cosine(here: np.ndarray, there: np.ndarray, norm: float, length: float) -> float:
    square, radial, units = np.float64(0), np.float64(0), np.float64(0)
    for axis in range(here.shape[0]):
        a, b = np.float64(here[axis]), np.float64(there[axis])
        square += (a - b) * (a - b)
        radial += (a - b) * (a + b)
    if square < _TIGHT * norm * length:
        radial /= norm + length
        distance = (square - radial * radial) / (2.0 * norm * length)
    else:
        for axis in range(here.shape[0]):
            step = np.float64(here[axis]) / norm - np.float64(there[axis]) / length
            units += step * step
        distance = 0.5 * units
    return 0.0 if distance < _PARALLEL else distance
