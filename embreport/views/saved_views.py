"""Saved views of a bookmarks file: as projections of the page, in words, and their camera as the page's own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from embreport.model import Projection, SavedView
from embreport.views.results import EmbeddingResult
from embreport.views.wording import counted, method_name, sentence, settings_phrase, shortened, tied

_ENDS = ("left", "right", "down", "up")
_PROJECTOR_HOME = math.hypot(0.45, 0.9, 1.6)
"""How far from its target the Projector's camera opens in 3D (vz_projector/scatterPlot.ts)."""


def saved_projections(result: EmbeddingResult) -> tuple[Projection, ...]:
    """The saved views as projections of method "saved", in the order of the file."""
    return tuple(
        Projection(name=view.name, method="saved", coordinates=view.coordinates, settings={"saved as": view.label})
        for view in result.embedding.views
    )


def points_shown(view: SavedView) -> int:
    """How many points have a place in a view."""
    return int(np.isfinite(view.coordinates).all(axis=1).sum())


def saved_caption(view: SavedView, result: EmbeddingResult) -> str:
    """ "Saved view “cats”: t-SNE 3D, perplexity 30, iterations 480. 101 of 10,000 points, 200 dimensions."."""
    phrases = settings_phrase(view.settings)
    if "iterations" in view.settings:
        phrases.append(counted(int(view.settings["iterations"]), "iteration"))
    if "components" in view.settings:
        phrases.append(f"components {view.settings['components']}")
    phrases += _ends_phrase(view.settings)
    made = ", ".join([f"{method_name(view.method)} {view.dims}D", *phrases])
    shown, rows = points_shown(view), tied(result.rows, "point")
    points = rows if shown == result.rows else f"{shown:,} of {rows}"
    about = f"Saved view “{shortened(view.label)}”: {sentence(made)} {points}, {tied(result.dims, 'dimension')}."
    return f"{about}{_coloring_sentence(view, result)}"


def _ends_phrase(settings: Mapping[str, str | int | float]) -> list[str]:
    """The texts that custom axes run between: ["left “bad” to right “good”", "searched in “word”"]."""
    named = {end: f"{end} “{shortened(str(settings[end]))}”" for end in _ENDS if end in settings}
    axes = [" to ".join(named[end] for end in axis if end in named) for axis in (_ENDS[:2], _ENDS[2:])]
    searched = [f"searched in “{shortened(str(settings['searched in']))}”"] if "searched in" in settings else []
    return [*filter(None, axes), *searched]


def _coloring_sentence(view: SavedView, result: EmbeddingResult) -> str:
    """What the page does not show of a view's coloring; nothing where it shows it all."""
    numbers = {column.name for column in result.columns if column.kind == "number"}
    if not view.categorical or view.color_by not in numbers:
        return ""
    column = shortened(view.color_by)
    return f" It was saved with each value of “{column}” in a color of its own; here they are a scale."


def saved_camera(view: SavedView) -> dict[str, Any] | None:
    """The camera of a view as the page's {yaw, pitch, zoom, center}, None to show it from home.

    The Projector stretches each axis to its cube; the page keeps their lengths. Direction and center are those
    of the file; a camera as far away as the Projector's own first look has the zoom of the page's home view.
    """
    camera = view.camera
    if camera is None:
        return None
    stretch = _halves(view.coordinates)
    eye, center = np.array(camera.position) * stretch, np.array(camera.target) * stretch
    toward = eye - center
    length = float(np.linalg.norm(toward))
    flat = view.dims < 3
    if not flat and length < 1e-9:
        return None
    yaw = 0.0 if flat else math.atan2(-toward[0], toward[2])
    pitch = 0.0 if flat else -math.asin(max(-1.0, min(1.0, float(toward[1]) / length)))
    far = float(np.linalg.norm(np.subtract(camera.position, camera.target)))
    zoom = camera.zoom * (1.0 if flat else _PROJECTOR_HOME / far)
    rounded = [round(value, 6) + 0.0 for value in (yaw, pitch, zoom, *(float(part) for part in center))]
    return {"yaw": rounded[0], "pitch": rounded[1], "zoom": rounded[2], "center": rounded[3:]}


def _halves(coordinates: np.ndarray) -> np.ndarray:
    """Half the extent of each of three axes, the largest being 1; 0 for an axis that is not there."""
    halves = np.zeros(3)
    present = coordinates[np.isfinite(coordinates).all(axis=1)].astype(np.float64)[:, :3]
    if len(present):
        halves[: present.shape[1]] = present.max(axis=0) / 2 - present.min(axis=0) / 2
    largest = float(halves.max())
    return halves / largest if largest > 0 else halves
