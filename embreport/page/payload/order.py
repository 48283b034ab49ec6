"""The order in which rows are stored, and the order in which points are drawn.

Stored order follows a Hilbert curve through a layout, so rows that are neighbors are mostly near in index:
differences between indices and between coordinates are small and compress. Rows without finite values
come last. Drawn order steps through the stored order with a stride, so any prefix is a fair sample.

The curve is computed as in J. Skilling, "Programming the Hilbert curve", AIP Conf. Proc. 707 (2004).
"""

from __future__ import annotations

import math

import numpy as np

_BITS = 16


def stored_order(layout: np.ndarray, finite: np.ndarray) -> np.ndarray:
    """Row numbers in stored order: int64 (n,), a permutation of 0..n-1.

    `layout` is float (n, dims) with dims >= 1, of which the first three count; rows that are False in
    `finite`, or not finite in `layout`, come last in their own order. Ties keep the order of the rows.
    """
    usable = finite & np.isfinite(layout).all(axis=1)
    inside = np.flatnonzero(usable)
    outside = np.flatnonzero(~usable)
    if len(inside) == 0:
        return outside
    keys = hilbert_keys(_grid(layout[inside, :3]))
    return np.concatenate([inside[np.argsort(keys, kind="stable")], outside])


def draw_stride(rows: int) -> int:
    """A step coprime to `rows` and near 0.618 of it: i-th drawn is (i * stride) % rows. 1 for rows < 3."""
    if rows < 3:
        return 1
    near = round(rows * (math.sqrt(5) - 1) / 2)
    candidates = (near + sign * away for away in range(rows) for sign in (1, -1))
    return next(step for step in candidates if 0 < step < rows and math.gcd(step, rows) == 1)


def hilbert_keys(cells: np.ndarray) -> np.ndarray:
    """Position along the curve: uint64 (n,) of cells given as uint32 (n, dims), each below 2**16, dims 1 to 3."""
    axes = [cells[:, axis].astype(np.uint32) for axis in range(cells.shape[1])]
    _untwist(axes)
    return _interleaved(axes)


def _grid(points: np.ndarray) -> np.ndarray:
    """Cells of an equal-sided grid over the points' box; one axis range for all, so distances keep their meaning."""
    values = points.astype(np.float64)
    low = values.min(axis=0)
    extent = float((values.max(axis=0) - low).max())
    scale = ((1 << _BITS) - 1) / extent if extent > 0 else 0.0
    cells: np.ndarray = ((values - low) * scale).astype(np.uint32)
    return cells


def _untwist(axes: list[np.ndarray]) -> None:
    """Skilling's AxesToTranspose, in place."""
    bit = np.uint32(1 << (_BITS - 1))
    while bit > 1:
        low = np.uint32(bit - 1)
        for axis in range(len(axes)):
            high = (axes[axis] & bit) != 0
            swapped = np.where(high, np.uint32(0), (axes[0] ^ axes[axis]) & low)
            axes[0] = np.where(high, axes[0] ^ low, axes[0] ^ swapped)
            if axis:
                axes[axis] = axes[axis] ^ swapped
        bit = np.uint32(bit >> 1)
    for axis in range(1, len(axes)):
        axes[axis] = axes[axis] ^ axes[axis - 1]
    twist = np.zeros_like(axes[0])
    bit = np.uint32(1 << (_BITS - 1))
    while bit > 1:
        twist = np.where((axes[-1] & bit) != 0, twist ^ np.uint32(bit - 1), twist)
        bit = np.uint32(bit >> 1)
    for axis in range(len(axes)):
        axes[axis] = axes[axis] ^ twist


def _interleaved(axes: list[np.ndarray]) -> np.ndarray:
    key = np.zeros(len(axes[0]), dtype=np.uint64)
    for bit in range(_BITS - 1, -1, -1):
        for axis in axes:
            key = (key << np.uint64(1)) | ((axis >> np.uint32(bit)) & np.uint32(1)).astype(np.uint64)
    return key
