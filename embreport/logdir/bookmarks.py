"""Bookmark files: JSON arrays of the Projector's State (class State in vz_projector/data.ts of TensorBoard)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from embreport.errors import FormatError
from embreport.model import Notice
from embreport.readers import InputFile

_LARGEST_BOOKMARKS = 1 << 28


def count_bookmarks(file: InputFile, shape: tuple[int, int]) -> tuple[int, tuple[Notice, ...]]:
    """How many saved views of a bookmarks file fit a tensor of `shape`, and a notice about those that do not.

    Raises FormatError for what is no JSON or no array of views.
    """
    data = file.read(_LARGEST_BOOKMARKS, "A bookmarks file")
    try:
        states = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError("The file is not JSON; expected an array of saved views.", where=file.label) from error
    if isinstance(states, dict):
        states = [states]
    if not isinstance(states, list):
        raise FormatError("The file holds no array of saved views.", where=file.label)
    fitting = sum(_fits(state, shape) for state in states)
    return fitting, tuple(_tell(len(states) - fitting, len(states), shape, file.label))


def _tell(unfit: int, count: int, shape: tuple[int, int], where: str) -> Iterable[Notice]:
    if unfit:
        message = (
            f"{unfit:,} of {count:,} saved views do not fit {shape[0]:,} vectors of {shape[1]:,} dimensions, "
            "or hold no positions."
        )
        yield Notice(code="bookmarks-unfit", severity="warning", message=message, where=where)


def _fits(state: Any, shape: tuple[int, int]) -> bool:
    """Whether a view is of this tensor and has a position for every point it shows."""
    if not isinstance(state, dict):
        return False
    dimensions = state.get("dataSetDimensions")
    filtered = state.get("filteredPoints")
    shown = shape[0]
    if isinstance(filtered, list) and filtered:
        if not all(type(row) is int and 0 <= row < shape[0] for row in filtered):
            return False
        shown = len(filtered)
    if dimensions is not None and dimensions not in ([shape[0], shape[1]], [shown, shape[1]]):
        return False
    points = state.get("projections")
    return isinstance(points, list) and len(points) in (shown, shape[0]) and all(map(_has_position, points))


def _has_position(point: Any) -> bool:
    return (
        isinstance(point, dict)
        and bool(point)
        and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in point.values())
    )
