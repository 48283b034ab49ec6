"""The diagnosis of points without their labels, and equal rows, from a store where they were found before."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import get_args

import numpy as np

from embreport.compute.diagnosis.diagnose import Subject
from embreport.compute.stored import StoredResults
from embreport.diagnostics import ROW_FIGURES, Diagnostics, diagnostics_from_data, diagnostics_to_data
from embreport.errors import ReportError
from embreport.model import FigureUnit, RowFigure
from embreport.result_store import Arrays


def stored_first_rows(stored: StoredResults, n: int, make: Callable[[], np.ndarray]) -> np.ndarray:
    """For each of n points the first that equals it: int64 (n,)."""

    def unpack(arrays: Arrays) -> np.ndarray | None:
        first = arrays.get("first")
        if first is None or first.dtype != np.int64 or first.shape != (n,):
            return None
        every = np.arange(n)
        return first if bool(((first >= 0) & (first <= every)).all()) else None

    return stored.recall("equal-rows", tuple, make, lambda first: {"first": first}, unpack)


def stored_diagnosis(stored: StoredResults, subject: Subject, make: Callable[[], Diagnostics]) -> Diagnostics:
    """What `diagnose_points` says of a subject."""

    def inputs() -> tuple[object, ...]:
        tables = (stored.said_by(subject.table), stored.said_by(subject.other_table))
        return (*tables, subject.rows, subject.total, subject.first, subject.squares)

    def unpack(arrays: Arrays) -> Diagnostics | None:
        return _unpacked(arrays, subject)

    return stored.recall("diagnosis", inputs, make, _packed, unpack)


def _packed(found: Diagnostics) -> Arrays:
    named = [[figure.name, figure.title, figure.unit] for figure in found.figures]
    text = json.dumps({"diagnostics": diagnostics_to_data(found), "figures": named}).encode("ascii")
    values = {f"figure {number}": figure.values for number, figure in enumerate(found.figures)}
    return {"text": np.frombuffer(text, np.uint8), **values}


def _unpacked(arrays: Arrays, subject: Subject) -> Diagnostics | None:
    text = arrays.get("text")
    if text is None:
        return None
    try:
        data = json.loads(text.tobytes())
        figures = [_figure(number, one, arrays, subject.total) for number, one in enumerate(data["figures"])]
        found = diagnostics_from_data(data["diagnostics"], tuple(figures))
    except (ValueError, TypeError, KeyError, RecursionError, ReportError):
        return None
    whole = (found.metric, found.rows, found.labels) == (subject.table.metric, len(subject.rows), ())
    return found if whole and len(arrays) == len(figures) + 1 else None


def _figure(number: int, named: list[str], arrays: Arrays, total: int) -> RowFigure:
    """A figure with its values; ValueError where they are not those of a figure of the rows."""
    name, title, unit = named
    values = arrays[f"figure {number}"]
    words = name in ROW_FIGURES and isinstance(title, str)
    if not words or unit not in get_args(FigureUnit) or values.dtype != np.float32 or values.shape != (total,):
        raise ValueError("a figure is not of these rows")
    values.flags.writeable = False
    return RowFigure(name=name, title=title, unit=unit, values=values)  # type: ignore[arg-type]
