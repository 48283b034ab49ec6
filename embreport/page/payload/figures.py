"""One figure of every row: shares in steps of a thousandth, counts exactly, lengths at 16 bits.

A value is a whole number of steps: value = base + q * step. Where lengths span more than 1,000 times the coding is
"log": value = base * exp((q - 1) * step), and q = 0 is zero. The steps of shares and counts are the coarsest that
fit them all. Numbers are in byte planes; the largest of the width stands for a missing value.
A share is off by at most 0.0005, a length by at most 1/131,066 of the range, or of itself times the logarithm of
the range. Counts up to 65,533 come back exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from embreport.page.payload.blocks import from_planes, to_planes, width_for

SHARE_STEPS = 1000
_MOST_STEPS = 65533
_WIDE_SPAN = 1000


def encode_figure(values: np.ndarray, unit: str) -> tuple[bytes, dict[str, Any]]:
    """Float values (n,) in stored order, NaN or Inf for missing, and {"coding", "base", "step", "width"}."""
    exact = values.astype(np.float64)
    present = np.isfinite(exact)
    steps = np.zeros(len(exact), dtype=np.int64)
    described: dict[str, Any] = {"coding": "linear", "base": 0.0, "step": 0.0}
    if present.any():
        steps[present], described = _steps(exact[present], unit)
    width = width_for(int(steps.max(initial=0)) + 1)
    steps[~present] = (1 << 8 * width) - 1
    return to_planes(steps, width), {**described, "width": width}


def decode_figure(raw: bytes, rows: int, described: Mapping[str, Any]) -> np.ndarray:
    """The inverse of `encode_figure`: float32 (rows,), NaN where missing. ValueError on anything inconsistent."""
    width = int(described["width"])
    if len(raw) != rows * width:
        raise ValueError("a figure is shorter than its description")
    steps = from_planes(raw, 0, rows, width).astype(np.float64)
    missing = steps == (1 << 8 * width) - 1
    base, step = float(described["base"]), float(described["step"])
    if described["coding"] == "log":
        with np.errstate(over="ignore"):
            values = np.where(steps == 0, 0.0, base * np.exp((steps - 1) * step))
    else:
        values = base + steps * step
    return np.where(missing, np.nan, values).astype(np.float32)


def _steps(values: np.ndarray, unit: str) -> tuple[np.ndarray, dict[str, Any]]:
    low, high = float(values.min()), float(values.max())
    if unit == "share" and low >= 0 and high <= 1:
        return _coarsened(np.rint(values * SHARE_STEPS).astype(np.int64), 1 / SHARE_STEPS)
    if unit == "count" and low >= 0 and high <= _MOST_STEPS and bool((values == np.rint(values)).all()):
        return _coarsened(values.astype(np.int64), 1.0)
    if low >= 0 and high > 0:
        least = float(values[values > 0].min())
        if high / least > _WIDE_SPAN:
            step = float(np.log(high / least)) / (_MOST_STEPS - 1)
            codes = np.where(values > 0, 1 + np.rint(np.log(np.maximum(values, least) / least) / step), 0)
            return codes.astype(np.int64), {"coding": "log", "base": least, "step": step}
    step = (high / 2 - low / 2) / _MOST_STEPS * 2
    codes = np.rint((values - low) / step) if step > 0 else np.zeros(len(values))
    return codes.astype(np.int64), {"coding": "linear", "base": low, "step": step}


def _coarsened(steps: np.ndarray, step: float) -> tuple[np.ndarray, dict[str, Any]]:
    """The same numbers in the largest steps that fit them all, so that they take fewer bytes."""
    common = max(1, int(np.gcd.reduce(steps)))
    return steps // common, {"coding": "linear", "base": 0.0, "step": common * step}
