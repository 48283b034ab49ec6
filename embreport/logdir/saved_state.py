"""One State of the Projector as a saved view: exactly the coordinates it shows, by row of the tensor."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from embreport.model import SavedCamera, SavedView, ViewMethod

_LONGEST_LABEL = 200
_FARTHEST = 1e6
# The name of no column: the Projector writes it for a view without colors.
_NO_COLORS = "No color map"
_METHODS: tuple[ViewMethod, ...] = ("tsne", "umap", "pca", "custom")


class Unfit(Exception):
    """A state that cannot be shown with this tensor. Its text goes on after the state's label."""


def label_of(state: Any, number: int) -> str:
    """The label a state has in its file, at most 200 characters; without one its place in the file."""
    label = state.get("label") if isinstance(state, dict) else None
    return label[:_LONGEST_LABEL] if isinstance(label, str) and label.strip() else f"entry {number:,}"


def read_state(state: Any, shape: tuple[int, int], *, name: str, number: int) -> SavedView:
    """The view that a parsed State describes, for a tensor of `shape`. Raises Unfit.

    A point whose coordinates lack or are no finite numbers is not in the view.
    """
    if not isinstance(state, dict):
        raise Unfit("is no saved view")
    points, rows, filtered = _points(state, shape)
    method, keys = _axes(state, points)
    coordinates = _coordinates(points, keys, rows, shape[0])
    if filtered is not None:
        coordinates[np.isin(np.arange(shape[0]), filtered, invert=True)] = np.nan
    if not np.isfinite(coordinates).any():
        raise Unfit("holds no positions")
    coordinates.setflags(write=False)
    # The Projector counts selected points among those its filter leaves.
    base = rows if filtered is not None and len(points) == len(filtered) else range(shape[0])
    color_by = _text(state.get("selectedColorOptionName"))
    return SavedView(
        name=name,
        label=label_of(state, number),
        method=method,
        coordinates=coordinates,
        settings=_settings(state, method, keys),
        selection=tuple(sorted({base[at] for at in _indices(state.get("selectedPoints"), len(base)) or ()})),
        filtered=None if filtered is None else tuple(sorted(filtered)),
        color_by=None if color_by == _NO_COLORS else color_by,
        label_by=_text(state.get("selectedLabelOption")),
        camera=_camera(state.get("cameraDef"), len(keys)),
    )


def _points(state: Mapping[str, Any], shape: tuple[int, int]) -> tuple[list[Any], list[int], list[int] | None]:
    """The points of a state, the row of each, and the rows its filter leaves (None: no filter)."""
    filtered: list[int] | None = None
    if isinstance(state.get("filteredPoints"), list) and state["filteredPoints"]:
        filtered = _indices(state["filteredPoints"], shape[0])
        if filtered is None:
            raise Unfit("shows rows that the tensor does not have")
    _check_dimensions(state.get("dataSetDimensions"), shape, filtered)
    points = state.get("projections")
    if not isinstance(points, list) or not points:
        raise Unfit("holds no positions")
    if filtered is not None and len(points) == len(filtered):
        return points, filtered, filtered
    if len(points) != shape[0]:
        raise Unfit(f"has positions for {len(points):,} rows where the tensor has {shape[0]:,}")
    return points, list(range(shape[0])), filtered


def _check_dimensions(dimensions: Any, shape: tuple[int, int], filtered: list[int] | None) -> None:
    if dimensions is None:
        return
    if not isinstance(dimensions, list) or len(dimensions) != 2 or any(type(size) is not int for size in dimensions):
        raise Unfit("does not say what data it is for")
    rows, dims = dimensions
    if rows != shape[0] and (filtered is None or rows != len(filtered)):
        raise Unfit(f"is for {_number(rows)} rows where the tensor has {shape[0]:,}")
    if dims != shape[1]:
        raise Unfit(f"is for {_number(dims)} dimensions where the tensor has {shape[1]:,}")


def _number(value: int) -> str:
    return f"{value:,}" if abs(value) < 10**15 else "too many"


def _indices(value: Any, below: int) -> list[int] | None:
    """Distinct whole numbers from 0 to below `below`, None when it is anything else."""
    if not isinstance(value, list) or len(value) > below:
        return None
    if not all(type(index) is int and 0 <= index < below for index in value):
        return None
    return value if len(set(value)) == len(value) else None


def _axes(state: Mapping[str, Any], points: Iterable[Any]) -> tuple[ViewMethod, list[str]]:
    """The projection on the screen and the keys of its drawn coordinates that any point has."""
    there = {key for point in points if isinstance(point, dict) for key in point}
    selected = state.get("selectedProjection")
    wanted = [method for method in _METHODS if method == selected] or list(_METHODS)
    for method in wanted:
        keys = [key for key in _keys(state, method) if key in there]
        if keys:
            return method, keys
    raise Unfit("holds no positions")


def _keys(state: Mapping[str, Any], method: ViewMethod) -> list[str]:
    if method == "custom":
        return ["linear-x", "linear-y"]
    if method == "pca":
        components = _indices(state.get("pcaComponentDimensions"), 100)
        if components is None or len(components) not in (2, 3):
            components = [0, 1, 2]
        return [f"pca-{component}" for component in components]
    flat = state.get("tSNEis3d" if method == "tsne" else "umapIs3d") is False
    return [f"{method}-{axis}" for axis in range(2 if flat else 3)]


def _coordinates(points: list[Any], keys: list[str], rows: list[int], count: int) -> np.ndarray:
    """Float32 (count, len(keys)); NaN throughout for a row without a finite number for every key."""
    coordinates = np.full((count, len(keys)), np.nan, dtype=np.float32)
    read = np.array([[_finite(point, key) for key in keys] for point in points], dtype=np.float64)
    with np.errstate(over="ignore"):
        coordinates[rows] = read
    coordinates[~np.isfinite(coordinates).all(axis=1)] = np.nan
    return coordinates


def _finite(holder: Any, key: str) -> float:
    """A number of an object of the file, NaN where there is none that is finite."""
    value = holder.get(key) if isinstance(holder, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        number = float(value)
    except OverflowError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _settings(state: Mapping[str, Any], method: ViewMethod, keys: list[str]) -> dict[str, str | int | float]:
    """How the layout was made, as far as the state says, in the order to show."""
    wanted = {
        "tsne": (("perplexity", "tSNEPerplexity"), ("iterations", "tSNEIteration")),
        "umap": (("neighbors", "umapNeighbors"), ("minimum distance", "umapMinDist")),
    }
    if method == "pca":
        return {"components": ", ".join(str(int(key.removeprefix("pca-")) + 1) for key in keys)}
    found = {name: _finite(state, key) for name, key in wanted.get(method, ())}
    return {name: value for name, value in found.items() if value > 0}


def _text(value: Any) -> str | None:
    return value[:_LONGEST_LABEL] if isinstance(value, str) and value else None


def _camera(camera: Any, dims: int) -> SavedCamera | None:
    """The camera where it is of the kind that shows so many dimensions."""
    if not isinstance(camera, dict) or (camera.get("orthographic") is True) != (dims < 3):
        return None
    position, target = _vector(camera.get("position")), _vector(camera.get("target"))
    zoom = _finite(camera, "zoom")
    if position is None or target is None or position == target or not 0 < zoom <= _FARTHEST:
        return None
    return SavedCamera(position=position, target=target, zoom=zoom)


def _vector(value: Any) -> tuple[float, float, float] | None:
    if not isinstance(value, list) or len(value) != 3:
        return None
    x, y, z = (_finite({"": part}, "") for part in value)
    return (x, y, z) if all(abs(part) <= _FARTHEST for part in (x, y, z)) else None
