"""The classes of the rows: which metadata columns are labels, and what they say."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from embreport.model import Column, Metadata, RowLabels

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_FEWEST_PER_VALUE = 5
# Classes are counted from 0 or 1, with -1 for none, and nearly all numbers in between are in use.
_FIRST_CLASS_NUMBERS = (-1, 0, 1)
_LEAST_NUMBERS_USED = 0.5


def row_labels(metadata: Metadata | None) -> tuple[RowLabels, ...]:
    """The labels by every column of classes, in the order of the columns; an empty cell is a missing label.

    These are the category columns; of the other ones those of text whose values come up five times on average,
    and those of whole numbers that do, count from -1, 0 or 1 and leave out at most every other number: class numbers,
    whereas years or frequencies are a scale. A column with a single value holds no classes.
    """
    return tuple(labels_of(column) for column in metadata.columns if _holds_classes(column)) if metadata else ()


def _holds_classes(column: Column) -> bool:
    counts = Counter(cell for cell in column.cells if cell)
    if len(counts) < 2:
        return False
    if column.kind == "category":
        return True
    if len(counts) * _FEWEST_PER_VALUE > counts.total():
        return False
    return column.kind == "text" or _are_class_numbers(counts)


def _are_class_numbers(counts: Counter[str]) -> bool:
    if not all(_WHOLE.fullmatch(value) and len(value) < 10 for value in counts):
        return False
    numbers = {int(value) for value in counts}
    first, last = min(numbers), max(numbers)
    return first in _FIRST_CLASS_NUMBERS and len(numbers) >= _LEAST_NUMBERS_USED * (last - first + 1)


def labels_of(column: Column) -> RowLabels:
    """The labels by one column, whatever its cells say."""
    counts = Counter(cell for cell in column.cells if cell)
    values = tuple(sorted(counts, key=lambda value: (-counts[value], value)))
    place: dict[str | None, int] = {value: code for code, value in enumerate(values)}
    codes = np.fromiter((place.get(cell, -1) for cell in column.cells), np.int32, len(column.cells))
    codes.flags.writeable = False
    return RowLabels(column=column.name, codes=codes, values=values)
