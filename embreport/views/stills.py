"""Still pictures of projections, drawn at build time: what the page shows before, and without, its script.

Camera, point sizes, colors and names are those of the live picture, so that the one replaces the other
without a jump.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from embreport.model import Column, Projection
from embreport.views.axes import axes_of, draw_axis_lines, draw_axis_names
from embreport.views.class_names import ClassNames, draw_class_names
from embreport.views.colors import (
    MISSING_CLASS,
    ClassColors,
    Theme,
    class_color,
    class_colors,
    is_ring,
    number_colors,
    scale_rgb,
    to_rgb,
)
from embreport.views.frame import Frame, Screen, View, at_home, frame_of, is_flat, normalised
from embreport.views.resources import palette
from embreport.views.splat import Dots, composite

WIDTH, HEIGHT = 960, 600
SMALL_WIDTH, SMALL_HEIGHT = 480, 300
_FILLED = 0.94
_SMALL_DOT = 0.75
_RING_SIZE = 1.2
_RING_STROKE = 0.48


@dataclass(frozen=True, kw_only=True)
class PointColors:
    """Color of every point per theme, which are hollow, and the classes they belong to."""

    light: np.ndarray
    dark: np.ndarray
    hollow: np.ndarray
    classes: ClassColors | None

    def of(self, theme: Theme) -> np.ndarray:
        """Float (n, 3) of 0..255."""
        return self.light if theme == "light" else self.dark


def point_colors(column: Column | None, rows: int) -> PointColors:
    """The colors a column gives to its rows; one hue without a column."""
    if column is not None and column.kind == "number":
        numbers = number_colors(column)
        if numbers is not None:
            gone = np.isnan(numbers.shares)
            painted = []
            for theme in ("light", "dark"):
                rgb = scale_rgb(np.where(gone, 0.5, numbers.shares), theme)
                rgb[gone] = to_rgb(palette()[theme]["edge"])
                painted.append(rgb)
            return PointColors(light=painted[0], dark=painted[1], hollow=gone, classes=None)
    if column is None or column.kind == "number":
        single = [np.tile(to_rgb(palette()[theme]["classes"][0]), (rows, 1)) for theme in ("light", "dark")]
        return PointColors(light=single[0], dark=single[1], hollow=np.zeros(rows, dtype=bool), classes=None)
    return _class_point_colors(class_colors(column))


def _class_point_colors(classes: ClassColors) -> PointColors:
    places = [*range(len(classes.names) + (1 if classes.others else 0)), MISSING_CLASS]
    light = np.array([to_rgb(class_color(place, classes, "light")) for place in places])
    dark = np.array([to_rgb(class_color(place, classes, "dark")) for place in places])
    hollow = np.array([is_ring(place, classes) for place in places])
    return PointColors(
        light=light[classes.codes], dark=dark[classes.codes], hollow=hollow[classes.codes], classes=classes
    )


def draw_still(projection: Projection, colors: PointColors, theme: Theme, *, small: bool = False) -> bytes:
    """The PNG of a projection (960 x 600, small ones 480 x 300) with a palette of at most 256 colors."""
    points = normalised(projection.coordinates)
    shown = np.flatnonzero(np.isfinite(points).all(axis=1))
    view = _view(points[shown], frame_of(projection.coordinates), is_flat(projection.dims), small)
    paper = to_rgb(palette()[theme]["paper"])
    picture = np.tile(paper, (view.height, view.width, 1))
    axes = axes_of(projection, view)
    picture = draw_axis_lines(picture, axes, theme)
    dots = _dots(view, colors, shown, theme, small)
    picture = composite(picture, dots)
    taken = draw_axis_names(picture, axes, theme)
    if colors.classes is not None:
        radius = float(dots.radius.max(initial=0))
        draw_class_names(picture, view, ClassNames(colors.classes, shown, theme, small, radius), taken)
    return _png(picture, paper)


def _view(points: np.ndarray, frame: Frame, flat: bool, small: bool) -> View:
    width, height = (SMALL_WIDTH, SMALL_HEIGHT) if small else (WIDTH, HEIGHT)
    screen: Screen = at_home(points, flat)
    scale = min(width / 2 * _FILLED / frame.half_width, height / 2 * _FILLED / frame.half_height)
    span = palette()["depth"]["span"]
    nearness = np.ones(len(points)) * 0.5 if flat else np.clip(0.5 + screen.depth / span, 0, 1)
    return View(
        x=width / 2 + screen.x * scale,
        y=height / 2 - screen.y * scale,
        nearness=nearness,
        width=width,
        height=height,
        scale=scale,
        flat=flat,
    )


def _dots(view: View, colors: PointColors, shown: np.ndarray, theme: Theme, small: bool) -> Dots:
    """All dots, the missing first, then far to near."""
    diameter, opacity = point_look(len(shown))
    look = palette()["depth"]
    missing = np.zeros(len(shown), dtype=bool)
    if colors.classes is not None:
        missing = colors.classes.codes[shown] == MISSING_CLASS
    order = np.lexsort((view.nearness, ~missing))
    nearness = view.nearness[order]
    size = np.ones(len(order)) if view.flat else look["far"] + (look["near"] - look["far"]) * nearness
    hollow = colors.hollow[shown][order]
    radius = diameter / 2 * size * (_SMALL_DOT if small else 1) * np.where(hollow, _RING_SIZE, 1)
    paper = to_rgb(palette()[theme]["paper"])
    fog = np.zeros((len(order), 1)) if view.flat else (look["fog"] * (1 - nearness))[:, None]
    rgb = colors.of(theme)[shown][order]
    return Dots(
        x=view.x[order],
        y=view.y[order],
        radius=radius,
        rgb=rgb * (1 - fog) + paper * fog,
        alpha=np.full(len(order), opacity),
        hole=np.where(hollow, np.maximum(radius - np.maximum(1, _RING_STROKE * radius), 0), 0),
    )


def point_look(count: int) -> tuple[float, float]:
    """Diameter in px at home and opacity for so many points, between the given sizes on a logarithmic scale."""
    table = np.array(palette()["points"], dtype=np.float64)
    at = np.log10(max(count, 1))
    logs = np.log10(table[:, 0])
    return float(np.interp(at, logs, table[:, 1])), float(np.interp(at, logs, table[:, 2]))


def _png(picture: np.ndarray, paper: np.ndarray) -> bytes:
    """A palette PNG in which the paper has exactly its color."""
    pixels = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    reduced = Image.fromarray(pixels).quantize(255, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    codes = np.asarray(reduced)
    colors = list(reduced.getpalette() or [])
    ground = (pixels == paper.astype(np.uint8)).all(axis=2)
    if ground.any():
        entry = int(np.bincount(codes[ground]).argmax())
        colors[3 * entry : 3 * entry + 3] = [int(value) for value in paper]
        codes = np.where(ground, np.uint8(entry), codes)
    exact = Image.fromarray(codes).convert("P")
    exact.putpalette(colors)
    buffer = io.BytesIO()
    exact.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
