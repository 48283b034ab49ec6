"""Names of classes in a still picture: over their points, or beside those of a small class, out of each other's way.

Over or beside is decided as in the live picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from embreport.views.colors import ClassColors, Theme, to_rgb
from embreport.views.frame import View
from embreport.views.lettering import Box, Word, can_write, font_available, place_word, word
from embreport.views.resources import palette
from embreport.views.wording import shortened

_SIZE, _SMALL_SIZE = 14, 11
_HALO = 2.5
_LONGEST = 32
_FILLS_THE_VIEW = 0.6
_OVER = (0, -20, 20, -40, 40)
_SMALL_OVER = (0,)
_MOST_HIDDEN, _MOST_HIDDEN_SMALL, _HARDLY_LARGER = 0.6, 0.3, 1.5
_SURROUND = 20
_GAP = 1
_FARTHER = (0, 12)
_FARTHEST = 60


@dataclass(frozen=True)
class ClassNames:
    """What is to be named: the classes, the rows that are drawn (as in the view), and how.

    `radius` is that of the largest dot in px.
    """

    classes: ClassColors
    shown: np.ndarray
    theme: Theme
    small: bool
    radius: float


@dataclass(frozen=True, kw_only=True)
class _Name:
    """The name of a class and its middle; how far down it may move, first come first tried.

    `bulk` is the box about the points of a class that its name would hide, which other names stay clear of.
    """

    mark: Word
    middle: tuple[float, float]
    shifts: tuple[float, ...]
    bulk: Box | None


def draw_class_names(picture: np.ndarray, view: View, names: ClassNames, taken: list[Box]) -> None:
    """Write the names over the picture, in place; boxes are added to `taken`.

    A name that would hide most of its class, or a good part of one that is hardly larger, stands above or
    below it and touches none of its points.
    Left out are names without a free place or without glyphs, and that of a class that fills the view.
    Frequent classes choose their place first.
    """
    if not font_available():
        return
    ink, paper = to_rgb(palette()[names.theme]["ink"]), to_rgb(palette()[names.theme]["paper"])
    found = list(_names(view, names))
    for name in found:
        bulks = [other.bulk for other in found if other.bulk is not None and other is not name]
        spot = _free_spot(name, view, [*taken, *bulks])
        if spot is not None:
            taken.append(_box(spot, name.mark.halo.shape))
            place_word(picture, name.mark, spot, ink, paper)


def _names(view: View, names: ClassNames) -> Iterator[_Name]:
    """The names of the classes that have points, glyphs and paper around them."""
    codes = names.classes.codes[names.shown]
    for place, full in enumerate(names.classes.names):
        own = codes == place
        text = shortened(full, _LONGEST)
        if not own.any() or not text or not can_write(text) or _share_of_view(view, own) > _FILLS_THE_VIEW:
            continue
        mark = word(text, _SMALL_SIZE if names.small else _SIZE, strong=True, halo=_HALO)
        yield _name(mark, view, np.stack([view.x[own], view.y[own]], axis=1), names)


def _name(mark: Word, view: View, places: np.ndarray, names: ClassNames) -> _Name:
    """The name of the class of the places (m, 2): over it, or beside it where it would hide too much of it."""
    height, width = mark.halo.shape
    middle = (
        min(max(float(np.median(places[:, 0])), width / 2), view.width - width / 2),
        float(np.median(places[:, 1])),
    )
    away = np.abs(places - middle)
    across, down = np.subtract(*np.percentile(places, (95, 5), axis=0)) + 2 * names.radius
    most = _MOST_HIDDEN_SMALL if across * down < _HARDLY_LARGER * width * height else _MOST_HIDDEN
    if (away < (width / 2, height / 2)).all(axis=1).mean() <= most:
        return _Name(mark=mark, middle=middle, shifts=_SMALL_OVER if names.small else _OVER, bulk=None)
    bulk = places[(away < (width / 2 + _SURROUND, height / 2 + _SURROUND)).all(axis=1)]
    (left, top), (right, bottom) = bulk.min(axis=0) - names.radius, bulk.max(axis=0) + names.radius
    beneath = places[away[:, 0] < width / 2 + names.radius, 1] - middle[1]
    shifts = _shifts_beside(beneath, height / 2 + names.radius + _GAP)
    return _Name(mark=mark, middle=middle, shifts=shifts, bulk=(left, top, right, bottom))


def _shifts_beside(heights: np.ndarray, reach: float) -> tuple[float, ...]:
    """Above and below all these heights (about the middle), nearest first; none nearer than `reach` to any of them.

    Heights count to a tenth of a pixel, so that a heap of many points is soon passed.
    """
    shifts = []
    for side in (-1, 1):
        along = np.unique(np.round(side * heights, 1))
        nearest = _clear_way(along, 0, reach)
        shifts += [side * _clear_way(along, nearest + farther, reach) for farther in _FARTHER]
    return tuple(sorted((shift for shift in shifts if abs(shift) <= _FARTHEST), key=abs))


def _clear_way(along: np.ndarray, start: float, reach: float) -> float:
    """The least way, `start` at the least, that is clear of all points along it, which are in order."""
    way = start
    for point in along:
        if abs(point - way) < reach:
            way = float(point) + reach
    return way


def _share_of_view(view: View, own: np.ndarray) -> float:
    """How much of the picture the middle 90 % of a class covers."""
    spans = [float(np.subtract(*np.percentile(values[own], (95, 5)))) for values in (view.x, view.y)]
    return spans[0] * spans[1] / (view.width * view.height)


def _free_spot(name: _Name, view: View, taken: list[Box]) -> tuple[float, float] | None:
    """The first free place of the name; one over its class is moved into the picture, one beside it is not."""
    shape = name.mark.halo.shape
    lowest, highest = shape[0] / 2, view.height - shape[0] / 2
    for shift in name.shifts:
        y = name.middle[1] + shift
        if name.bulk is None:
            y = min(max(y, lowest), highest)
        spot = (name.middle[0], y)
        if lowest <= y <= highest and not any(_overlap(_box(spot, shape), box) for box in taken):
            return spot
    return None


def _box(center: tuple[float, float], shape: tuple[int, ...]) -> Box:
    return center[0] - shape[1] / 2, center[1] - shape[0] / 2, center[0] + shape[1] / 2, center[1] + shape[0] / 2


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
