"""The largest entries of each row of a block of scores."""

from __future__ import annotations

import math

import numpy as np

_TWO_LEVELS_FROM = 20_000


def largest_columns(scores: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns of the `count` largest scores of each row, in no order, and the smallest of these scores.

    Args:
        scores: float32 (rows, n) without NaN; 1 <= count <= n.

    Returns:
        intp (rows, count), and (rows,): every column left out scores at most that.
    """
    n = scores.shape[1]
    if count == n:
        columns = np.broadcast_to(np.arange(n), scores.shape).copy()
        return columns, scores.min(axis=1)
    if n >= _TWO_LEVELS_FROM and n >= 16 * count:
        columns = _by_strips(scores, count)
    else:
        columns = np.argpartition(scores, n - count, axis=1)[:, n - count :]
    return columns, np.take_along_axis(scores, columns, 1).min(axis=1)


def _by_strips(scores: np.ndarray, count: int) -> np.ndarray:
    """Two levels: the best `count` groups by their maxima hold the best `count` entries.

    Column j belongs to group j % groups, so the maxima are elementwise maxima of consecutive strips.
    """
    rows, n = scores.shape
    strips = max(2, round(math.sqrt(n / count)))
    groups = n // strips
    whole = groups * strips
    maxima = scores[:, :whole].reshape(rows, strips, groups).max(axis=1)
    rest = n - whole
    if rest:
        np.maximum(maxima[:, :rest], scores[:, whole:], out=maxima[:, :rest])
    best = np.argpartition(maxima, groups - count, axis=1)[:, groups - count :]
    columns = (best[:, :, None] + np.arange(0, n, groups)).reshape(rows, -1)
    outside = columns >= n
    candidates = np.take_along_axis(scores, np.where(outside, 0, columns), 1)
    candidates[outside] = -np.inf
    inner = np.argpartition(candidates, candidates.shape[1] - count, axis=1)[:, -count:]
    return np.take_along_axis(columns, inner, 1)
