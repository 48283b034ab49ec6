"""Colors of points: classes, a scale for numbers, one hue without a column.

The rules are those of the page (templates/js/color): classes in the order of their frequency take ten hues
as dots, ten more as rings; above twenty classes the nineteen most frequent keep theirs and the rest is
"other". Numbers take the sequential scale, logarithmic when none is negative and the positive ones span more
than 1,000 times; zero then stands at its low end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from embreport.model import Column
from embreport.views.resources import palette

Theme = Literal["light", "dark"]
MISSING_CLASS = -1


@dataclass(frozen=True, kw_only=True)
class ClassColors:
    """Classes in legend order. `codes` (n,) is each row's place in `names`, `MISSING_CLASS` for missing.

    The last place stands for all the rest where `others` (the number of values gathered there) is not 0.
    """

    names: tuple[str, ...]
    codes: np.ndarray
    others: int


@dataclass(frozen=True, kw_only=True)
class NumberColors:
    """`shares` float (n,) is the place of each row on the scale, 0 to 1, NaN for missing."""

    shares: np.ndarray
    low: float
    high: float
    logarithmic: bool


def class_colors(column: Column) -> ClassColors:
    """The classes of a column; ties in frequency go by first appearance."""
    frequent = [value for value, _ in Counter(cell for cell in column.cells if cell is not None).most_common()]
    most = int(palette()["mostClasses"])
    others = 0 if len(frequent) <= most else len(frequent) - (most - 1)
    named = frequent if not others else frequent[: most - 1]
    places: dict[str | None, int] = {value: place for place, value in enumerate(named)}
    places[None] = MISSING_CLASS
    codes = np.array([places.get(cell, len(named)) for cell in column.cells], dtype=np.int64)
    return ClassColors(names=tuple(named), codes=codes, others=others)


def number_colors(column: Column) -> NumberColors | None:
    """The scale of a number column; None when no cell is a finite number."""
    values = numeric_cells(column)
    present = values[np.isfinite(values)]
    if not len(present):
        return None
    low, high = float(present.min()), float(present.max())
    least = float(present[present > 0].min(initial=np.inf))
    logarithmic = low >= 0 and high / least > palette()["logFrom"]
    if high == low:
        shares = np.full(len(values), 0.5)
    elif logarithmic:
        low = least
        shares = np.log(np.maximum(np.nan_to_num(values), least) / least) / np.log(high / least)
    else:
        shares = (values / 2 - low / 2) / (high / 2 - low / 2)
    shares = np.where(np.isfinite(values), np.clip(shares, 0, 1), np.nan)
    return NumberColors(shares=shares, low=low, high=high, logarithmic=logarithmic)


def numeric_cells(column: Column) -> np.ndarray:
    """The cells as float64 (n,), NaN where missing or not a number."""
    values = np.full(len(column.cells), np.nan)
    for row, cell in enumerate(column.cells):
        if cell is not None:
            try:
                values[row] = float(cell)
            except ValueError:
                continue
    return values


def class_color(place: int, classes: ClassColors, theme: Theme) -> str:
    """The #rrggbb of a class by its place."""
    colors = palette()[theme]
    if place == MISSING_CLASS:
        return str(colors["edge"])
    if classes.others and place == len(classes.names):
        return str(colors["other"])
    return str(colors["classes"][place % len(colors["classes"])])


def is_ring(place: int, classes: ClassColors) -> bool:
    """Whether points of the class are hollow: the second round of hues, and missing."""
    if classes.others and place == len(classes.names):
        return False
    return place == MISSING_CLASS or place >= int(palette()["mostHues"])


def to_rgb(color: str) -> np.ndarray:
    """#rrggbb as float (3,) of 0..255."""
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float64)


def scale_rgb(shares: np.ndarray, theme: Theme) -> np.ndarray:
    """Colors (n, 3) on the sequential scale: straight lines in sRGB between its stops."""
    stops = np.array([to_rgb(color) for color in palette()[theme]["sequential"]])
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(shares, at, stops[:, channel]) for channel in range(3)], axis=1)
