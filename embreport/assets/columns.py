"""Columns from a table of cells: what each can be used for, and names that tell them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from embreport.model import Column, ColumnKind

_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_MOST_CATEGORIES = 1000
# Class numbers as data sets write them: few, whole, each many times. Beyond the colors of a legend they are a scale.
_MOST_CLASS_NUMBERS = 20
_FEWEST_PER_CLASS_NUMBER = 5
# Classes are counted from 0 or 1, with -1 for none; frequencies and years start elsewhere.
_FIRST_CLASS_NUMBERS = (-1, 0, 1)


def columns_from_table(names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> tuple[Column, ...]:
    """The columns of a table whose `rows` have one cell per name; a missing cell is None.

    A column is a "number" when every cell that holds something is a plain decimal number (its empty cells are
    then missing), a "category" when it has at most 1,000 values that come up twice on average, else "text".
    At most 20 whole numbers from -1, 0 or 1 on that come up five times on average are class numbers: a "category" too.
    """
    made = []
    for index, name in enumerate(names):
        cells = tuple(row[index] for row in rows)
        if _are_numbers(cells):
            cells = tuple(cell or None for cell in cells)
        made.append(Column(name=name, cells=cells, kind=_kind(cells)))
    return tuple(made)


def _kind(cells: tuple[str | None, ...]) -> ColumnKind:
    present = [cell for cell in cells if cell]
    distinct = set(present)
    if _are_numbers(cells):
        return "category" if _are_class_numbers(distinct, len(present)) else "number"
    if distinct and len(distinct) <= min(_MOST_CATEGORIES, len(present) // 2):
        return "category"
    return "text"


def _are_numbers(cells: tuple[str | None, ...]) -> bool:
    distinct = {cell for cell in cells if cell}
    return bool(distinct) and all(_DECIMAL.fullmatch(cell) for cell in distinct)


def _are_class_numbers(distinct: set[str], count: int) -> bool:
    few = 1 < len(distinct) <= min(_MOST_CLASS_NUMBERS, count // _FEWEST_PER_CLASS_NUMBER)
    return few and all(_WHOLE.fullmatch(cell) for cell in distinct) and min(map(int, distinct)) in _FIRST_CLASS_NUMBERS


def distinct_names(names: Sequence[str]) -> tuple[str, ...]:
    """Column names made usable: an empty one becomes `column 2`, a repeated one gets ` (2)`."""
    taken: set[str] = set()
    made = []
    for number, name in enumerate(names, start=1):
        base = name if name.strip() else f"column {number}"
        unique, count = base, 1
        while unique in taken:
            count += 1
            unique = f"{base} ({count})"
        taken.add(unique)
        made.append(unique)
    return tuple(made)
