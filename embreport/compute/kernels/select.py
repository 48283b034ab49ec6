"""Keeps the best scores of every row while tiles of products pass by.

Every row has a buffer of scores and columns and a threshold: whatever was dropped scored at most the
threshold. A full buffer is cut back to the best `width` or a few more, which raises the threshold.
"""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled
from embreport.compute.kernels.masks import CHUNK, above, lowest_bit

SPARE = 128  # room a buffer needs beyond twice the width
_HALVINGS = 12


@compiled
def offer_euclidean(
    products: np.ndarray,
    row: int,
    column: int,
    halves: np.ndarray,
    width: int,
    scores: np.ndarray,
    columns: np.ndarray,
    counts: np.ndarray,
    thresholds: np.ndarray,
) -> None:
    """Offers the scores products - halves of a tile whose corner is (row, column).

    Args:
        products: float32 (rows, columns), contiguous. halves: float32 (n,).
        scores, columns: the buffers, float32 and int32 (n, capacity), capacity above `width`.
        counts: int32 (n,). thresholds: float32 (n,).
    """
    across = products.shape[1]
    part = halves[column : column + across]
    line = np.full((across // CHUNK + 1) * CHUNK, -np.inf, np.float32)
    for r in range(products.shape[0]):
        tile_row = products[r]
        for c in range(across):
            line[c] = tile_row[c] - part[c]
        if column <= row + r < column + across:
            line[row + r - column] = -np.inf
        offer_line(row + r, column, line, width, scores, columns, counts, thresholds)


@compiled
def offer_cosine(
    products: np.ndarray,
    row: int,
    column: int,
    left: np.ndarray,
    right: np.ndarray,
    width: int,
    scores: np.ndarray,
    columns: np.ndarray,
    counts: np.ndarray,
    thresholds: np.ndarray,
) -> None:
    """Offers the scores products * r0 - (l0 * r1 + r2 + l1 * r3) of a tile; otherwise as `offer_euclidean`.

    Args:
        left: float32 (n, 2), terms of the rows. right: float32 (4, n), terms of the columns.
    """
    across = products.shape[1]
    part = right[:, column : column + across].copy()
    doubled, inverse, scaled, leaning = part[0], part[1], part[2], part[3]
    line = np.full((across // CHUNK + 1) * CHUNK, -np.inf, np.float32)
    for r in range(products.shape[0]):
        tile_row = products[r]
        own, excess = left[row + r, 0], left[row + r, 1]
        for c in range(across):
            line[c] = tile_row[c] * doubled[c] - (own * inverse[c] + scaled[c] + excess * leaning[c])
        if column <= row + r < column + across:
            line[row + r - column] = -np.inf
        offer_line(row + r, column, line, width, scores, columns, counts, thresholds)


@compiled
def offer_line(
    i: int,
    column: int,
    line: np.ndarray,
    width: int,
    scores: np.ndarray,
    columns: np.ndarray,
    counts: np.ndarray,
    thresholds: np.ndarray,
) -> None:
    """Offers scores of row i, columns from `column` on; the line is a whole number of chunks long."""
    threshold, count = thresholds[i], counts[i]
    kept_scores, kept_columns = scores[i], columns[i]
    capacity = kept_scores.shape[0]
    for start in range(0, line.shape[0], CHUNK):
        hits = above(line, start, threshold)
        if hits != 0 and count + CHUNK > capacity:
            threshold, count = _without_the_least(kept_scores, kept_columns, count, width)
            hits = above(line, start, threshold)
        while hits != 0:
            place = start + lowest_bit(hits)
            hits &= hits - np.uint64(1)
            kept_scores[count], kept_columns[count] = line[place], column + place
            count += 1
    thresholds[i], counts[i] = threshold, count


@compiled
def transpose(tile: np.ndarray, result: np.ndarray) -> None:
    """Writes the transposed of a float32 tile, in squares that fit the cache."""
    rows, across = tile.shape
    for top in range(0, rows, 16):
        for left in range(0, across, 16):
            for c in range(left, min(left + 16, across)):
                for r in range(top, min(top + 16, rows)):
                    result[c, r] = tile[r, c]


@compiled
def cut_back(
    first: int,
    last: int,
    width: int,
    scores: np.ndarray,
    columns: np.ndarray,
    counts: np.ndarray,
    thresholds: np.ndarray,
) -> None:
    """Leaves rows first..last with their best `width` at most, in no order."""
    for i in range(first, last):
        if counts[i] > width:
            thresholds[i] = _best_first(scores[i], columns[i], counts[i], width)
            counts[i] = width


@compiled
def _without_the_least(scores: np.ndarray, columns: np.ndarray, count: int, width: int) -> tuple[float, int]:
    """Drops the least of more than `width` scores: the threshold they do not exceed, and how many stay.

    A threshold that leaves the best `width` and not many more is soon found by halving where they spread evenly.
    """
    low, high = scores[0], scores[0]
    for i in range(count):
        low, high = min(low, scores[i]), max(high, scores[i])
    for _ in range(_HALVINGS):
        middle = low + (high - low) * scores.dtype.type(0.5)
        more = 0
        for i in range(count):
            more += scores[i] > middle
        if more < width:
            high = middle
        elif more > width + width // 4:
            low = middle
        else:
            kept = 0
            for i in range(count):
                scores[kept], columns[kept] = scores[i], columns[i]
                kept += scores[i] > middle
            return middle, kept
    return _best_first(scores, columns, count, width), width


@compiled
def _best_first(scores: np.ndarray, columns: np.ndarray, count: int, width: int) -> float:
    """Quickselect: moves the `width` largest of `count` scores to the front; the least of them."""
    low, high = 0, count - 1
    while low < high:
        pivot = scores[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while scores[i] > pivot:
                i += 1
            while scores[j] < pivot:
                j -= 1
            if i <= j:
                scores[i], scores[j] = scores[j], scores[i]
                columns[i], columns[j] = columns[j], columns[i]
                i += 1
                j -= 1
        if width - 1 <= j:
            high = j
        elif width - 1 >= i:
            low = i
        else:
            break
    least = scores[0]
    for i in range(1, width):
        least = min(least, scores[i])
    return least  # type: ignore[no-any-return]
