"""Saved views in the manifest: what one click restores. Their coordinates are packed like those of projections."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from embreport.model import SavedView
from embreport.views import EmbeddingResult, points_shown, saved_camera


def described_view(view: SavedView, result: EmbeddingResult) -> dict[str, Any]:
    """One view; rows are those of the source, as ranges. A column that is not in the page is not named."""
    names = {column.name for column in result.columns}
    return {
        "projection": view.name,
        "label": view.label,
        "method": view.method,
        "points": points_shown(view),
        "selection": ranges(view.selection),
        "isolated": None if view.filtered is None else ranges(view.filtered),
        "colorBy": view.color_by if view.color_by in names else None,
        "categorical": view.categorical,
        "labelBy": view.label_by if view.label_by in names else None,
        "camera": saved_camera(view),
    }


def ranges(rows: Iterable[int]) -> str:
    """Ascending rows as short text: "3,7-12,40"."""
    sorted_rows = sorted(set(rows))
    starts = [0, *(at for at, (one, other) in enumerate(pairwise(sorted_rows), start=1) if other != one + 1)]
    parts = []
    for first, end in zip(starts, [*starts[1:], len(sorted_rows)], strict=True):
        low, high = sorted_rows[first:end][:1], sorted_rows[first:end][-1:]
        if low:
            parts.append(str(low[0]) if low == high else f"{low[0]}-{high[0]}")
    return ",".join(parts)
