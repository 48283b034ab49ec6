"""From coordinates to the screen: the frame and the home camera the page and the still pictures share.

Positions are normalised as p' = (p - mid) / half, mid the middle of each axis' range, half the largest
half range of the drawn axes. The 3D camera is a pinhole at distance 4 on a turntable (yaw, pitch); 2D looks
straight on, without perspective.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from embreport.views.resources import palette


@dataclass(frozen=True, kw_only=True)
class Frame:
    """How much of the screen a projection takes at scale 1 and the home camera.

    `reach` is the distance of the farthest point from the center in normalised units; `half_width` and
    `half_height` are the half extents about the center after perspective, at least 0.01.
    """

    reach: float
    half_width: float
    half_height: float


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Points at the home camera: `x` to the right and `y` up at scale 1, `depth` toward the viewer; (n,) each."""

    x: np.ndarray
    y: np.ndarray
    depth: np.ndarray


@dataclass(frozen=True, kw_only=True)
class View:
    """Where points are on the picture: `x` right and `y` down in px, `nearness` 0 far to 1 near; scale and center."""

    x: np.ndarray
    y: np.ndarray
    nearness: np.ndarray
    width: int
    height: int
    scale: float
    flat: bool


def normalised(coordinates: np.ndarray, measured: int | None = None) -> np.ndarray:
    """Float64 (n, 3) in normalised units from (n, dims), of which the first three count; NaN stays NaN.

    Only the first `measured` rows decide on the middle and the size, all where it is None.
    """
    values = coordinates[:, :3].astype(np.float64)
    padded = np.zeros((len(values), 3))
    finite = np.asarray(np.isfinite(values).all(axis=1))
    counted = values[:measured][finite[:measured]]
    if len(counted):
        low, high = counted.min(axis=0), counted.max(axis=0)
        half = float((high / 2 - low / 2).max())
        padded[:, : values.shape[1]] = (values - (low / 2 + high / 2)) / (half if half > 0 else 1.0)
    padded[~finite] = np.nan
    return padded


def is_flat(dims: int) -> bool:
    """Whether a projection of so many coordinates is drawn in 2D."""
    return dims < 3


def at_home(points: np.ndarray, flat: bool) -> Screen:
    """Normalised points (n, 3) seen by the home camera."""
    x, y, z = points[:, 0], points[:, 1], points[:, 2]
    if flat:
        return Screen(x=x, y=y, depth=np.zeros(len(points)))
    home = palette()["home"]
    yaw_cos, yaw_sin = math.cos(home["yaw"]), math.sin(home["yaw"])
    pitch_cos, pitch_sin = math.cos(home["pitch"]), math.sin(home["pitch"])
    across = x * yaw_cos + z * yaw_sin
    away = z * yaw_cos - x * yaw_sin
    depth = away * pitch_cos - y * pitch_sin
    nearness = 1 / (1 - depth / home["distance"])
    return Screen(x=across * nearness, y=(y * pitch_cos + away * pitch_sin) * nearness, depth=depth)


def frame_of(coordinates: np.ndarray) -> Frame:
    """The frame of a projection (n, dims); all of size 1 where nothing or a single place is drawn."""
    points = normalised(coordinates)
    points = points[np.isfinite(points).all(axis=1)]
    reach = float(np.sqrt((points**2).sum(axis=1)).max(initial=0))
    if reach == 0:
        return Frame(reach=1.0, half_width=1.0, half_height=1.0)
    screen = at_home(points, is_flat(coordinates.shape[1]))
    return Frame(
        reach=reach,
        half_width=max(0.01, float(np.abs(screen.x).max())),
        half_height=max(0.01, float(np.abs(screen.y).max())),
    )
