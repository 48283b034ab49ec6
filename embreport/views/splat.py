"""Antialiased dots and rings composited back to front, exactly, in a few array operations.

Every dot covers a small square of pixels; each covered pixel is a fragment with an opacity. Fragments are
sorted by pixel and by distance, the light that reaches each is the running product of what the ones in
front let through, and their sum is the picture: Porter and Duff's "over" without a loop over points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_MOST_FRAGMENTS = 4_000_000
_MOST_OPAQUE = 0.9999


@dataclass(frozen=True, kw_only=True)
class Dots:
    """Dots in drawing order, the farthest first.

    `x`, `y`, `radius` float (n,) in pixels; `rgb` float (n, 3) of 0..255; `alpha` float (n,) of 0..1;
    `hole` float (n,) is the radius of the hole of a ring, 0 for a dot.
    """

    x: np.ndarray
    y: np.ndarray
    radius: np.ndarray
    rgb: np.ndarray
    alpha: np.ndarray
    hole: np.ndarray


def composite(ground: np.ndarray, dots: Dots) -> np.ndarray:
    """The ground float (height, width, 3) of 0..255 with the dots over it. Dots off the picture are clipped."""
    picture = ground
    reach = np.ceil(dots.radius + 0.5).astype(np.int64)
    fragments = np.cumsum((2 * reach + 1) ** 2)
    start = 0
    while start < len(dots.x):
        done = fragments[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(fragments, done + _MOST_FRAGMENTS, side="right")))
        picture = _composite_part(picture, _part(dots, start, end))
        start = end
    return picture


def _part(dots: Dots, start: int, end: int) -> Dots:
    cut = slice(start, end)
    return Dots(
        x=dots.x[cut],
        y=dots.y[cut],
        radius=dots.radius[cut],
        rgb=dots.rgb[cut],
        alpha=dots.alpha[cut],
        hole=dots.hole[cut],
    )


def _composite_part(ground: np.ndarray, dots: Dots) -> np.ndarray:
    height, width = ground.shape[:2]
    pixel, owner, opacity = _fragments(dots, width, height)
    order = np.lexsort((-owner, pixel))
    pixel, owner, opacity = pixel[order], owner[order], opacity[order]
    if not len(pixel):
        return ground
    passed = np.log1p(-opacity)
    before = np.cumsum(passed) - passed
    first = np.flatnonzero(np.r_[True, pixel[1:] != pixel[:-1]])
    lengths = np.diff(np.r_[first, len(pixel)])
    light = opacity * np.exp(before - np.repeat(before[first], lengths))
    flat = ground.reshape(-1, 3).copy()
    covered = pixel[first]
    through = np.exp(np.add.reduceat(passed, first))
    for channel in range(3):
        shown = np.add.reduceat(light * dots.rgb[owner, channel], first)
        flat[covered, channel] = flat[covered, channel] * through + shown
    return flat.reshape(height, width, 3)


def _fragments(dots: Dots, width: int, height: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pixel number, dot number and opacity of every covered pixel."""
    reach = int(np.ceil(dots.radius.max(initial=0) + 0.5))
    side = np.arange(-reach, reach + 1)
    left, top = np.floor(dots.x).astype(np.int64), np.floor(dots.y).astype(np.int64)
    pixels, owners, opacities = [], [], []
    numbers = np.arange(len(dots.x))
    for down in side:
        for across in side:
            column, row = left + across, top + down
            distance = np.hypot(column + 0.5 - dots.x, row + 0.5 - dots.y)
            cover = np.clip(dots.radius + 0.5 - distance, 0, 1)
            cover = cover * np.where(dots.hole > 0, 1 - np.clip(dots.hole + 0.5 - distance, 0, 1), 1)
            seen = (cover > 0) & (column >= 0) & (column < width) & (row >= 0) & (row < height)
            pixels.append((row * width + column)[seen])
            owners.append(numbers[seen])
            opacities.append(np.minimum((cover * dots.alpha)[seen], _MOST_OPAQUE))
    return np.concatenate(pixels), np.concatenate(owners), np.concatenate(opacities)
