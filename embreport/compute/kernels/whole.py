"""Keeps the least keys of every row of whole numbers (`whole_numbers`) while tiles of products pass by."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled
from embreport.compute.kernels.masks import CHUNK
from embreport.compute.kernels.select import offer_line
from embreport.compute.whole_numbers import COLUMNS


@compiled
def offer_whole_euclidean(
    products: np.ndarray,
    row: int,
    column: int,
    squares: np.ndarray,
    unit: float,
    width: int,
    scores: np.ndarray,
    columns: np.ndarray,
    counts: np.ndarray,
    thresholds: np.ndarray,
) -> None:
    """Offers minus the keys of a tile of exact products whose corner is (row, column), as float64 scores.

    Args:
        squares: float64 (n,), squared lengths in whole units. The rest as in `select.offer_euclidean`.
    """
    across = products.shape[1]
    others = squares[column : column + across]
    distances = np.empty(across, np.float32)
    line = np.full((across // CHUNK + 1) * CHUNK, -np.inf)
    for r in range(products.shape[0]):
        tile_row, own = products[r], squares[row + r]
        for c in range(across):
            distances[c] = np.sqrt(own + others[c] - 2.0 * np.float64(tile_row[c])) * unit
        _offer_keys(distances, row + r, column, line, width, scores, columns, counts, thresholds)


@compiled
def offer_whole_cosine(
    products: np.ndarray,
    row: int,
    column: int,
    squares: np.ndarray,
    lengths: np.ndarray,
    width: int,
    scores: np.ndarray,
    columns: np.ndarray,
    counts: np.ndarray,
    thresholds: np.ndarray,
) -> None:
    """As `offer_whole_euclidean`; lengths float64 (n,), the roots of the squares."""
    across = products.shape[1]
    other_squares, other_lengths = squares[column : column + across], lengths[column : column + across]
    distances = np.empty(across, np.float32)
    line = np.full((across // CHUNK + 1) * CHUNK, -np.inf)
    for r in range(products.shape[0]):
        tile_row, own_square, own_length = products[r], squares[row + r], lengths[row + r]
        for c in range(across):
            product = np.float64(tile_row[c])
            both, root = own_square * other_squares[c], own_length * other_lengths[c]
            above = both - product * product if product > 0.0 else root - product
            below = both + product * root if product > 0.0 else root
            distances[c] = above / below if both > 0.0 else 1.0
        _offer_keys(distances, row + r, column, line, width, scores, columns, counts, thresholds)


@compiled
def _offer_keys(
    distances: np.ndarray,
    i: int,
    column: int,
    line: np.ndarray,
    width: int,
    scores: np.ndarray,
    columns: np.ndarray,
    counts: np.ndarray,
    thresholds: np.ndarray,
) -> None:
    bits = distances.view(np.int32)
    for c in range(len(bits)):
        line[c] = -(np.float64(bits[c]) * COLUMNS + (column + c))
    if column <= i < column + len(bits):
        line[i - column] = -np.inf
    offer_line(i, column, line, width, scores, columns, counts, thresholds)
