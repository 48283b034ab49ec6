"""The second search of `exact_rows`, compiled: goes through all rows in order, measures those that could count.

A row is passed by when its least possible distance, as float32, is no less than the k-th found so far:
it could at best tie, and a tie goes to the lower row, which came before.
"""

from __future__ import annotations

import math

import numpy as np

from embreport.compute.kernels.compiled import compiled
from embreport.compute.kernels.rescore import cosine_pair, euclidean_pair

# Anything from this share of a float32 on rounds to it or above.
_ROUNDS_UP = 1.0 - 2.0**-26


@compiled
def search_euclidean(
    products: np.ndarray,
    rows: np.ndarray,
    squares: np.ndarray,
    factor: float,
    floor: float,
    unit: int,
    values: np.ndarray,
    indices: np.ndarray,
    distances: np.ndarray,
) -> None:
    """Writes the exact neighbors of `rows` into their rows of the table.

    Args:
        products: float64 (rows, n), centered rows times all centered rows. squares: float64 (n,).
        factor, floor: the error bound of a product. unit: the power of two of centered lengths.
        values: the raw rows. indices, distances: the table, int32 and float32 (n, k).
    """
    n, k = products.shape[1], indices.shape[1]
    for r in range(len(rows)):
        i, found = rows[r], 0
        limit = np.inf
        for j in range(n):
            total = squares[i] + squares[j]
            if total - 2.0 * products[r, j] - factor * total - floor >= limit or i == j:
                continue
            distance = np.float32(euclidean_pair(values[i], values[j]))
            found = _insert(indices[i], distances[i], found, j, distance)
            if found == k:
                limit = math.ldexp(np.float64(distances[i, k - 1]) * _ROUNDS_UP, -unit)
                limit *= limit


@compiled
def search_cosine(
    products: np.ndarray,
    rows: np.ndarray,
    squares: np.ndarray,
    factor: float,
    floor: float,
    excess: np.ndarray,
    lengths: np.ndarray,
    directions: np.ndarray,
    norms: np.ndarray,
    indices: np.ndarray,
    distances: np.ndarray,
) -> None:
    """As `search_euclidean`; lengths and their excess as in `geometry`, 0 in `norms` for a row of zeros."""
    n, k = products.shape[1], indices.shape[1]
    for r in range(len(rows)):
        i, found = rows[r], 0
        limit = np.inf
        for j in range(n):
            total = squares[i] + squares[j]
            apart = excess[i] - excess[j]
            least = total - 2.0 * products[r, j] - apart * apart - factor * total - floor
            scale = 2.0 * lengths[i] * lengths[j]
            if norms[i] == 0.0 or norms[j] == 0.0:
                least, scale = 1.0, 1.0
            if i == j or (least >= limit * scale and scale > 1e-300):
                continue
            distance = np.float32(cosine_pair(directions[i], directions[j], norms[i], norms[j]))
            found = _insert(indices[i], distances[i], found, j, distance)
            if found == k:
                limit = np.float64(distances[i, k - 1]) * _ROUNDS_UP


@compiled
def _insert(columns: np.ndarray, reached: np.ndarray, found: int, j: int, distance: float) -> int:
    """Puts j behind all that are no farther; drops what falls off the end. The number of entries after."""
    k = len(columns)
    if found == k and not distance < reached[k - 1]:
        return found
    place = min(found, k - 1)
    while place > 0 and distance < reached[place - 1]:
        columns[place], reached[place] = columns[place - 1], reached[place - 1]
        place -= 1
    columns[place], reached[place] = j, distance
    return min(found + 1, k)
