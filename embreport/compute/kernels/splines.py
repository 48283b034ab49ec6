"""Spreads points over a plane mesh by cubic B-splines, and reads a potential and its slope back."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled, inlined


@inlined
def _weights(t: float, weights: np.ndarray) -> None:
    """The four cubic B-spline weights at fraction t of a cell (Hockney and Eastwood 1988)."""
    rest, sixth = np.float32(1) - t, np.float32(1 / 6)
    weights[0] = rest * rest * rest * sixth
    weights[3] = t * t * t * sixth
    weights[1] = (np.float32(3) * t * t * t - np.float32(6) * t * t + np.float32(4)) * sixth
    weights[2] = np.float32(1) - weights[0] - weights[1] - weights[3]


@inlined
def _slopes(t: float, slopes: np.ndarray) -> None:
    rest, half = np.float32(1) - t, np.float32(0.5)
    slopes[0] = -rest * rest * half
    slopes[3] = t * t * half
    slopes[1] = (np.float32(3) * t - np.float32(4)) * t * half
    slopes[2] = -slopes[0] - slopes[1] - slopes[3]


@compiled
def spread(
    layout: np.ndarray, low_x: float, low_y: float, inverse: float, first: int, last: int, mesh: np.ndarray
) -> None:
    """Adds the points first..last of a layout (n, 2) to a float32 mesh; `inverse` is 1 / its spacing."""
    across, down = np.empty(4, np.float32), np.empty(4, np.float32)
    for i in range(first, last):
        x = (layout[i, 0] - low_x) * inverse + np.float32(3)
        y = (layout[i, 1] - low_y) * inverse + np.float32(3)
        a, b = np.uint32(x), np.uint32(y)
        _weights(x - np.float32(a), across)
        _weights(y - np.float32(b), down)
        for p in range(4):
            for q in range(4):
                mesh[a - 1 + p, b - 1 + q] += across[p] * down[q]


@compiled
def collect(
    layout: np.ndarray,
    low_x: float,
    low_y: float,
    inverse: float,
    potential: np.ndarray,
    first: int,
    last: int,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    """Writes the potential and minus half its slope at the points first..last."""
    across, down = np.empty(4, np.float32), np.empty(4, np.float32)
    slope_x, slope_y = np.empty(4, np.float32), np.empty(4, np.float32)
    scale = np.float32(-0.5) * inverse
    for i in range(first, last):
        x = (layout[i, 0] - low_x) * inverse + np.float32(3)
        y = (layout[i, 1] - low_y) * inverse + np.float32(3)
        a, b = np.uint32(x), np.uint32(y)
        _weights(x - np.float32(a), across)
        _weights(y - np.float32(b), down)
        _slopes(x - np.float32(a), slope_x)
        _slopes(y - np.float32(b), slope_y)
        value, along_x, along_y = np.float32(0), np.float32(0), np.float32(0)
        for p in range(4):
            level, tilt = np.float32(0), np.float32(0)
            for q in range(4):
                entry = potential[a - 1 + p, b - 1 + q]
                level += entry * down[q]
                tilt += entry * slope_y[q]
            value += level * across[p]
            along_x += level * slope_x[p]
            along_y += tilt * across[p]
        push[i, 0], push[i, 1], similarity[i] = along_x * scale, along_y * scale, value
