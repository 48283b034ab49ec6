"""Exact distances of chosen pairs of rows, in float64, in numpy alone.

`kernels.rescore` does the same compiled, by the same rules.
"""

from __future__ import annotations

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.measures import MeasuredRows

# 1 - cos loses digits below this; there the distance is taken from differences.
NEAR = 1e-2
# Unit vectors of parallel rows differ by rounding alone: half a squared distance below this is 0.
PARALLEL = 1e-29
# Closer than this, the difference of the rows is a better measure than that of their unit vectors.
TIGHT = 1e-6


class NumpyMeasure:
    """Exact distances of pairs of rows, without anything compiled."""

    def euclidean(self, geometry: MeasuredRows, query: np.ndarray, others: np.ndarray) -> np.ndarray:
        """|a - b| of rows query[i] and others[i, j]: float64; inf where float64 cannot hold it."""
        return euclidean_distances(geometry.values, query, others)

    def cosine(self, geometry: MeasuredRows, query: np.ndarray, others: np.ndarray) -> np.ndarray:
        """1 - cos of rows query[i] and others[i, j]: float64, 1 where either row is zero."""
        return cosine_distances(geometry.directions, geometry.norms, query, others)


def euclidean_distances(values: np.ndarray, query: np.ndarray, others: np.ndarray) -> np.ndarray:
    """|values[query[i]] - values[others[i, j]]| as float64 of the shape of `others`.

    A distance that float64 cannot hold is inf (it is beyond float32 in any case).
    """
    result = np.empty(others.shape)
    for part in _parts(values, others):
        with np.errstate(over="ignore"):
            difference = values[others[part]].astype(np.float64)
            difference -= values[query[part], None].astype(np.float64)
            result[part] = np.sqrt(np.einsum("ijk,ijk->ij", difference, difference))
    return result


def cosine_distances(directions: np.ndarray, norms: np.ndarray, query: np.ndarray, others: np.ndarray) -> np.ndarray:
    """1 - cos of the pairs (query[i], others[i, j]): float64, in [0, 2], 1 where either row is zero.

    Args:
        directions: the rows, float32 or float64 (n, d), scaled so that their squares fit float64.
        norms: their lengths, float64 (n,).
    """
    result = np.empty(others.shape)
    for part in _parts(directions, others):
        first = directions[query[part]].astype(np.float64)
        second = directions[others[part]].astype(np.float64)
        result[part] = _cosine_block(first, second, norms[query[part]], norms[others[part]])
    return result


def _cosine_block(first: np.ndarray, second: np.ndarray, norm: np.ndarray, norms: np.ndarray) -> np.ndarray:
    products = norm[:, None] * norms
    zero = products == 0
    safe = np.where(zero, 1.0, products)
    distances = np.clip(1.0 - np.einsum("ik,ijk->ij", first, second) / safe, 0.0, 2.0)
    near = (distances < NEAR) & ~zero
    if near.any():
        row, column = np.nonzero(near)
        distances[near] = _near_cosine(first[row], second[row, column], norm[row], norms[row, column])
    distances[zero] = 1.0
    return np.asarray(distances)


def _near_cosine(first: np.ndarray, second: np.ndarray, norm: np.ndarray, norms: np.ndarray) -> np.ndarray:
    """Cosine distances of pairs that nearly point the same way: rows (m, d) and lengths (m,)."""
    difference = first - second
    square = np.einsum("ij,ij->i", difference, difference)
    radial = np.einsum("ij,ij->i", difference, first + second) / (norm + norms)
    by_difference = (square - radial * radial) / (2.0 * norm * norms)
    units = first / norm[:, None] - second / norms[:, None]
    by_units = 0.5 * np.einsum("ij,ij->i", units, units)
    distances = np.where(square < TIGHT * norm * norms, by_difference, by_units)
    return np.asarray(np.where(distances < PARALLEL, 0.0, distances))


def _parts(values: np.ndarray, others: np.ndarray) -> list[slice]:
    return row_blocks(len(others), rows_per_block(others.shape[1] * values.shape[1] * 8, budget=4 << 20))
