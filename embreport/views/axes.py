"""Axes of a PCA still: lines through the data's zero, as long as the cloud, with named ends.

Other layouts have no axes that mean anything, so their stills have none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from embreport.model import Projection
from embreport.views.colors import Theme, to_rgb
from embreport.views.frame import View, at_home, normalised
from embreport.views.lettering import Box, font_available, place_word, word
from embreport.views.resources import palette
from embreport.views.wording import percent

_SCALE = 4
_BEYOND = 0.03
_WORD_SIZE = 12
_FARTHEST_SHIFT = 80

Place = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """One axis on the picture: both ends of its line, where its name stands, and the name."""

    low: Place
    high: Place
    end: Place
    name: str


def axes_of(projection: Projection, view: View) -> tuple[Axis, ...]:
    """The drawn axes of a PCA, none for other methods."""
    if projection.method != "pca":
        return ()
    zero = np.zeros((1, projection.dims), dtype=projection.coordinates.dtype)
    points = normalised(np.concatenate([projection.coordinates, zero]), len(projection.coordinates))
    origin, cloud = points[-1], points[:-1]
    cloud = cloud[np.isfinite(cloud).all(axis=1)]
    axes = []
    for number in range(min(projection.dims, 3)):
        low = min(float(cloud[:, number].min(initial=0)), float(origin[number]))
        high = max(float(cloud[:, number].max(initial=0)), float(origin[number]))
        ends = np.tile(origin, (3, 1))
        ends[:, number] = (low, high, high + _BEYOND)
        screen = at_home(ends, view.flat)
        x, y = view.width / 2 + screen.x * view.scale, view.height / 2 - screen.y * view.scale
        places = [(float(across), float(down)) for across, down in zip(x, y, strict=True)]
        axes.append(Axis(places[0], places[1], places[2], _name(projection, number)))
    return tuple(axes)


def draw_axis_lines(picture: np.ndarray, axes: tuple[Axis, ...], theme: Theme) -> np.ndarray:
    """The picture float (height, width, 3) with lines 1 px wide, antialiased."""
    if not axes:
        return picture
    height, width = picture.shape[:2]
    mask = Image.new("L", (width * _SCALE, height * _SCALE), 0)
    pen = ImageDraw.Draw(mask)
    for axis in axes:
        pen.line([value * _SCALE for value in (*axis.low, *axis.high)], fill=255, width=_SCALE)
    cover = np.asarray(mask.reduce(_SCALE), dtype=np.float64)[:, :, None] / 255
    covered: np.ndarray = picture * (1 - cover) + to_rgb(palette()[theme]["line"]) * cover
    return covered


def draw_axis_names(picture: np.ndarray, axes: tuple[Axis, ...], theme: Theme) -> list[Box]:
    """Write the names over the picture, in place, and give their boxes.

    Ends just outside move in, farther ones have no name.
    """
    taken: list[Box] = []
    if not font_available():
        return taken
    ink, paper = to_rgb(palette()[theme]["ink3"]), to_rgb(palette()[theme]["paper"])
    height, width = picture.shape[:2]
    for axis in axes:
        mark = word(axis.name, _WORD_SIZE, strong=False, halo=2)
        half_height, half_width = mark.halo.shape[0] / 2, mark.halo.shape[1] / 2
        x = min(max(axis.end[0], half_width), width - half_width)
        y = min(max(axis.end[1], half_height), height - half_height)
        if np.hypot(x - axis.end[0], y - axis.end[1]) <= _FARTHEST_SHIFT:
            taken.append((x - half_width, y - half_height, x + half_width, y + half_height))
            place_word(picture, mark, (x, y), ink, paper)
    return taken


def _name(projection: Projection, number: int) -> str:
    variance = projection.variance
    share = float(variance[number]) if variance is not None and number < len(variance) else np.nan
    return f"PC {number + 1}, {percent(share)}" if np.isfinite(share) else f"PC {number + 1}"
