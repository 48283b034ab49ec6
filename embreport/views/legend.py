"""The legend of the picture as it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from embreport.model import Column
from embreport.views.colors import MISSING_CLASS, ClassColors, class_color, class_colors, is_ring, number_colors
from embreport.views.resources import palette
from embreport.views.wording import count, number, shortened

Mark = Literal["dot", "ring", "other", "none"]


@dataclass(frozen=True, kw_only=True)
class LegendEntry:
    """One row; `light` and `dark` are #rrggbb, empty for the hollow mark "none"."""

    label: str
    count: str
    mark: Mark
    light: str = ""
    dark: str = ""


@dataclass(frozen=True, kw_only=True)
class LegendView:
    """What the colors mean. Numbers have a scale (stops low to high) and its ends, classes have entries."""

    by: str
    entries: tuple[LegendEntry, ...]
    scale_light: tuple[str, ...] = ()
    scale_dark: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    note: str = ""


def legend(column: Column | None, drawn: np.ndarray, left_out: int, unplaced: int = 0) -> LegendView | None:
    """The legend of a column; counts are of the rows in `drawn` (bool (n,)).

    `left_out` others hold NaN, and the picture has no place for `unplaced` more. A text column is shown like a
    category. None without a column, and for numbers without a finite value.
    """
    if column is None:
        return None
    if column.kind == "number":
        return _number_legend(column, drawn, left_out, unplaced)
    classes = class_colors(column)
    codes = classes.codes[drawn]
    entries = [_class_entry(place, name, codes, classes) for place, name in enumerate(classes.names)]
    if classes.others:
        entries.append(_class_entry(len(classes.names), f"other, {count(classes.others)} values", codes, classes))
    hollow = _hollow(int((codes == MISSING_CLASS).sum()), unplaced, left_out)
    return LegendView(by=shortened(column.name), entries=(*entries, *hollow))


def _class_entry(place: int, name: str, codes: np.ndarray, classes: ClassColors) -> LegendEntry:
    other = classes.others and place == len(classes.names)
    mark: Mark = "other" if other else "ring" if is_ring(place, classes) else "dot"
    return LegendEntry(
        label=shortened(name),
        count=count(int((codes == place).sum())),
        mark=mark,
        light=class_color(place, classes, "light"),
        dark=class_color(place, classes, "dark"),
    )


def _number_legend(column: Column, drawn: np.ndarray, left_out: int, unplaced: int) -> LegendView | None:
    colors = number_colors(column)
    if colors is None:
        return None
    missing = int(np.isnan(colors.shares[drawn]).sum())
    return LegendView(
        by=shortened(column.name),
        entries=_hollow(missing, unplaced, left_out),
        scale_light=tuple(palette()["light"]["sequential"]),
        scale_dark=tuple(palette()["dark"]["sequential"]),
        low=number(colors.low),
        high=number(colors.high),
        note="logarithmic scale" if colors.logarithmic else "",
    )


def _hollow(missing: int, unplaced: int, left_out: int) -> tuple[LegendEntry, ...]:
    """The hollow rows: drawn points whose cell is missing, and rows that are not drawn."""
    pairs = (("missing", missing), ("not placed", unplaced), ("left out", left_out))
    return tuple(LegendEntry(label=label, count=count(rows), mark="none") for label, rows in pairs if rows)
