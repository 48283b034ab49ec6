"""Names of classes in a still picture: at the median of the class, out of each other's way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.views.colors import ClassColors, Theme, to_rgb
from embreport.views.frame import View
from embreport.views.lettering import Box, can_write, font_available, place_word, word
from embreport.views.resources import palette
from embreport.views.wording import shortened

_SIZE, _SMALL_SIZE = 14, 11
_HALO = 2.5
_LONGEST = 32
_FILLS_THE_VIEW = 0.6
_TRIES = (0, -20, 20, -40, 40)
_SMALL_TRIES = (0,)


@dataclass(frozen=True)
class ClassNames:
    """What is to be named: the classes, the rows that are drawn (as in the view), and how."""

    classes: ClassColors
    shown: np.ndarray
    theme: Theme
    small: bool


def draw_class_names(picture: np.ndarray, view: View, names: ClassNames, taken: list[Box]) -> None:
    """Write the names over the picture, in place; boxes are added to `taken`.

    Left out are names without a free place or without glyphs, and that of a class that fills the view.
    Frequent classes choose their place first.
    """
    if not font_available():
        return
    ink, paper = to_rgb(palette()[names.theme]["ink"]), to_rgb(palette()[names.theme]["paper"])
    codes = names.classes.codes[names.shown]
    for place, name in enumerate(names.classes.names):
        own = codes == place
        text = shortened(name, _LONGEST)
        if not own.any() or not text or not can_write(text) or _share_of_view(view, own) > _FILLS_THE_VIEW:
            continue
        mark = word(text, _SMALL_SIZE if names.small else _SIZE, strong=True, halo=_HALO)
        middle = (float(np.median(view.x[own])), float(np.median(view.y[own])))
        spot = _free_spot(middle, mark.halo.shape, view, taken, _SMALL_TRIES if names.small else _TRIES)
        if spot is not None:
            taken.append(_box(spot, mark.halo.shape))
            place_word(picture, mark, spot, ink, paper)


def _share_of_view(view: View, own: np.ndarray) -> float:
    """How much of the picture the middle 90 % of a class covers."""
    spans = [float(np.subtract(*np.percentile(values[own], (95, 5)))) for values in (view.x, view.y)]
    return spans[0] * spans[1] / (view.width * view.height)


def _free_spot(
    middle: tuple[float, float], shape: tuple[int, ...], view: View, taken: list[Box], tries: tuple[int, ...]
) -> tuple[float, float] | None:
    height, width = shape
    x = min(max(middle[0], width / 2), view.width - width / 2)
    for down in tries:
        y = min(max(middle[1] + down, height / 2), view.height - height / 2)
        if not any(_overlap(_box((x, y), shape), box) for box in taken):
            return x, y
    return None


def _box(center: tuple[float, float], shape: tuple[int, ...]) -> Box:
    return center[0] - shape[1] / 2, center[1] - shape[0] / 2, center[0] + shape[1] / 2, center[1] + shape[0] / 2


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
