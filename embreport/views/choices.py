"""How an embedding opens: its first picture, and the columns that name and color its points."""

from __future__ import annotations

import math
from collections.abc import Sequence

from embreport.model import Column, Projection, RowFigure
from embreport.views.polylines import NEXT_COLUMNS
from embreport.views.results import EmbeddingResult

_OPENING = ("tsne3d", "umap3d", "tsne2d", "umap2d", "pca")


def opening_projection(projections: Sequence[Projection]) -> Projection | None:
    """t-SNE in 3D where there is one, else the next best; None without projections."""
    if not projections:
        return None
    for name in _OPENING:
        for projection in projections:
            if projection.name.split("-")[0] == name:
                return projection
    return projections[0]


def label_column(result: EmbeddingResult) -> int | None:
    """The column that names points: the one asked for, else the first mostly distinct text, else the most distinct.

    Where no column is text, a category names better than a number does: "5", not "row 149".
    """
    columns = result.columns
    asked = _index_of(columns, result.label_by)
    if asked is not None or not columns:
        return asked
    distinct = [len({cell for cell in column.cells if cell}) for column in columns]
    offered = [(index, column) for index, column in enumerate(columns) if column.name not in NEXT_COLUMNS]
    for index, column in offered:
        if column.kind == "text" and distinct[index] * 2 >= len(column.cells) - result.numbers.not_taken:
            return index
    for kind in ("text", "category", "number"):
        named = [index for index, column in offered if column.kind == kind]
        if named:
            return max(named, key=lambda index: distinct[index])
    return None


def color_column(result: EmbeddingResult) -> int | None:
    """The column that colors points: the one asked for, else the first category, else a number that measures."""
    columns = result.columns
    asked = _index_of(columns, result.color_by)
    if asked is not None:
        return asked
    for kind in ("category", "number"):
        for index, column in enumerate(columns):
            if column.kind == kind and _tells_points_apart(column):
                return index
    return None


def color_figure(result: EmbeddingResult) -> RowFigure | None:
    """The figure of the points that is asked for to color them; a column of that name goes before it."""
    diagnostics = result.numbers.diagnostics
    if diagnostics is None or _index_of(result.columns, result.color_by) is not None:
        return None
    return next((figure for figure in diagnostics.figures if figure.name == result.color_by), None)


def coloring(result: EmbeddingResult) -> Column | None:
    """What colors the points: a column, or the figure asked for as a column of numbers; None for one color."""
    figure = color_figure(result)
    if figure is not None:
        cells = tuple(repr(value) if math.isfinite(value) else None for value in figure.values.tolist())
        return Column(name=figure.title, kind="number", cells=cells)
    index = color_column(result)
    return None if index is None else result.columns[index]


def _tells_points_apart(column: Column) -> bool:
    """Whether colors by it say anything; whole numbers that are all different name rows ("007") and measure nothing."""
    present = [cell for cell in column.cells if cell is not None]
    distinct = len(set(present))
    names_rows = column.kind == "number" and distinct == len(present) and all(cell.isdecimal() for cell in present)
    return distinct > 1 and not names_rows and column.name not in NEXT_COLUMNS


def _index_of(columns: Sequence[Column], name: str | None) -> int | None:
    return next((index for index, column in enumerate(columns) if name is not None and column.name == name), None)
