"""Coordinates at 16 bits an axis.

With 16 bits there are 65,535 steps from the smallest to the largest value, so an error is at most 1/131068
of the axis range. With fewer bits (a step of the size ladder) the range is cut into 2**bits cells and a
value becomes the middle of its cell: with 14 bits the error is at most 1/32768 of the range, the promise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embreport.page.payload.sequence import decode_axis, encode_axis

MISSING = 65535
FEWEST_BITS = 14


def encode_coordinates(values: np.ndarray, bits: int = 16) -> tuple[bytes, list[dict[str, Any]]]:
    """Quantised float coordinates (n, dims), NaN or Inf for missing, and the description of each axis.

    An axis is {"low", "high": the range, "base", "step": value = base + q * step, "delta"}; without any
    finite value low and high are 0.
    """
    raws, axes = [], []
    for column in values.T:
        steps, axis = _quantise(column.astype(np.float64), bits)
        raw, delta = encode_axis(steps)
        raws.append(raw)
        axes.append({**axis, "delta": delta})
    return b"".join(raws), axes


def decode_coordinates(raw: bytes, rows: int, axes: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """The inverse of `encode_coordinates`: float32 (rows, dims), NaN where missing. ValueError on short input."""
    if len(raw) != rows * len(axes) * 2:
        raise ValueError("a projection is shorter than its description")
    values = np.empty((rows, len(axes)), dtype=np.float32)
    for number, axis in enumerate(axes):
        steps = decode_axis(raw, number * rows * 2, rows, bool(axis["delta"]))
        column = float(axis["base"]) + steps * float(axis["step"])
        values[:, number] = np.where(steps == MISSING, np.nan, column)
    return values


def _quantise(values: np.ndarray, bits: int) -> tuple[np.ndarray, dict[str, float]]:
    present = np.isfinite(values)
    steps = np.full(len(values), MISSING, dtype=np.int64)
    if not present.any():
        return steps, {"low": 0.0, "high": 0.0, "base": 0.0, "step": 0.0}
    low, high = float(values[present].min()), float(values[present].max())
    if high == low:
        steps[present] = 0
        return steps, {"low": low, "high": high, "base": low, "step": 0.0}
    if bits >= 16:
        step = (high - low) / (MISSING - 1)
        steps[present] = np.clip(np.rint((values[present] - low) / step), 0, MISSING - 1).astype(np.int64)
        return steps, {"low": low, "high": high, "base": low, "step": step}
    cells = 1 << bits
    step = (high - low) / cells
    steps[present] = np.clip(np.floor((values[present] - low) / step), 0, cells - 1).astype(np.int64)
    return steps, {"low": low, "high": high, "base": low + step / 2, "step": step}
