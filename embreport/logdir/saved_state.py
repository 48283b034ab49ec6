"""One State of the Projector as a saved view: exactly the coordinates it shows, by row of the tensor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from embreport.logdir.stored_states import StoredPoints, StoredState
from embreport.model import SavedCamera, SavedView, ViewMethod

_LONGEST_LABEL = 200
_FARTHEST = 1e6
# The name of no column: the Projector writes it for a view without colors.
_NO_COLORS = "No color map"
_METHODS: tuple[ViewMethod, ...] = ("tsne", "umap", "pca", "custom")
_SIDES = {"left": "XLeft", "right": "XRight", "down": "YDown", "up": "YUp"}


class Unfit(Exception):
    """A state that cannot be shown with this tensor. Its text goes on after the state's label."""


def label_of(state: StoredState, number: int) -> str:
    """The label a state has in its file, at most 200 characters; without one its place in the file."""
    label = state.values.get("label")
    return label[:_LONGEST_LABEL] if isinstance(label, str) and label.strip() else f"entry {number:,}"


def read_state(state: StoredState, shape: tuple[int, int], *, name: str, number: int) -> SavedView:
    """The view that a State describes, for a tensor of `shape`. Raises Unfit.

    A point whose coordinates lack or are no finite numbers is not in the view.
    """
    if state.trouble:
        raise Unfit(state.trouble)
    values = state.values
    points, rows, filtered = _points(state, shape)
    method, keys = _axes(values, points)
    coordinates = _coordinates(points, keys, rows, shape[0])
    if filtered is not None:
        coordinates[np.isin(np.arange(shape[0]), filtered, invert=True)] = np.nan
    if not np.isfinite(coordinates).any():
        raise Unfit("holds no positions")
    coordinates.setflags(write=False)
    # The Projector counts selected points among those its filter leaves.
    base = rows if filtered is not None and points.count == len(filtered) else range(shape[0])
    color_by = _text(values.get("selectedColorOptionName"))
    return SavedView(
        name=name,
        label=label_of(state, number),
        method=method,
        coordinates=coordinates,
        settings=_settings(values, method, keys),
        selection=tuple(sorted({base[at] for at in _indices(values.get("selectedPoints"), len(base)) or ()})),
        filtered=None if filtered is None else tuple(sorted(filtered)),
        color_by=None if color_by == _NO_COLORS else color_by,
        categorical=values.get("forceCategoricalColoring") is True,
        label_by=_text(values.get("selectedLabelOption")),
        camera=_camera(values.get("cameraDef"), len(keys)),
    )


def _points(state: StoredState, shape: tuple[int, int]) -> tuple[StoredPoints, list[int], list[int] | None]:
    """The points of a state, the row of each, and the rows its filter leaves (None: no filter)."""
    filtered: list[int] | None = None
    kept = state.values.get("filteredPoints")
    if isinstance(kept, list) and kept:
        filtered = _indices(kept, shape[0])
        if filtered is None:
            raise Unfit("shows rows that the tensor does not have")
    _check_dimensions(state.values.get("dataSetDimensions"), shape, filtered)
    points = state.points
    if points is None or not points.count:
        raise Unfit("holds no positions")
    if filtered is not None and points.count == len(filtered):
        return points, filtered, filtered
    if points.count != shape[0]:
        raise Unfit(f"has positions for {points.count:,} rows where the tensor has {shape[0]:,}")
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


def _axes(state: Mapping[str, Any], points: StoredPoints) -> tuple[ViewMethod, list[str]]:
    """The projection on the screen and the keys of its drawn coordinates that any point has."""
    selected = state.get("selectedProjection")
    wanted = [method for method in _METHODS if method == selected] or list(_METHODS)
    for method in wanted:
        keys = [key for key in _keys(state, method) if key in points.axes]
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


def _coordinates(points: StoredPoints, keys: list[str], rows: list[int], count: int) -> np.ndarray:
    """Float32 (count, len(keys)); NaN throughout for a row without a finite number for every key."""
    coordinates = np.full((count, len(keys)), np.nan, dtype=np.float32)
    coordinates[rows] = np.stack([points.axes[key] for key in keys], axis=1)
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
    if method == "custom":
        return _ends(state)
    found = {name: _finite(state, key) for name, key in wanted.get(method, ())}
    return {name: value for name, value in found.items() if value > 0}


def _ends(state: Mapping[str, Any]) -> dict[str, str | int | float]:
    """What was searched for at the ends of the custom axes, a pattern between slashes, and the column it was in."""
    found: dict[str, str | int | float] = {}
    for end, side in _SIDES.items():
        text = _text(state.get(f"custom{side}Text"))
        if text:
            found[end] = f"/{text}/" if state.get(f"custom{side}Regex") is True else text
    column = _text(state.get("customSelectedSearchByMetadataOption"))
    return found | ({"searched in": column} if column and found else {})


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
