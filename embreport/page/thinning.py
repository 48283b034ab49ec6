"""A result with fewer points: what the last steps of the size ladder put into the page.

The points that stay keep their row numbers, cells, figures and exact neighbor lists, which may name rows that are
gone. Whatever is about the whole (diagnostics, shares, counts) stays as it is. Which points stay is a seeded draw
among those that all layouts place, then among the others; a smaller draw is a part of every larger one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from embreport.diagnostics import Diagnostics
from embreport.model import Column, Metadata, NeighborTable, Numbers, Projection, SavedView
from embreport.views import EmbeddingResult


def drawn_rows(result: EmbeddingResult, points: int, seed: int) -> np.ndarray:
    """Which rows are drawn when there is room for `points`: bool (n,)."""
    numbers = result.numbers
    placed = np.ones(result.rows, bool)
    for projection in numbers.projections:
        placed &= np.isfinite(projection.coordinates).all(axis=1)
    lots = np.random.Generator(np.random.PCG64(seed)).random(result.rows)
    order = np.lexsort((lots, ~placed, ~numbers.finite))
    drawn = np.zeros(result.rows, bool)
    drawn[order[: min(points, result.finite_rows)]] = True
    return drawn


def thinned(result: EmbeddingResult, drawn: np.ndarray) -> EmbeddingResult:
    """The result with the points in `drawn` (bool (n,), all finite) alone; the others count as not taken."""
    embedding = result.embedding
    stays = drawn | ~(result.numbers.finite | _absent(result.numbers))
    views = tuple(_view(view, drawn) for view in embedding.views)
    metadata = None if embedding.metadata is None else _metadata(embedding.metadata, stays)
    return replace(
        result,
        embedding=replace(embedding, metadata=metadata, views=views),
        numbers=_numbers(result.numbers, drawn, stays),
    )


def _absent(numbers: Numbers) -> np.ndarray:
    return np.zeros(len(numbers.finite), bool) if numbers.taken is None else ~numbers.taken


def _numbers(numbers: Numbers, drawn: np.ndarray, stays: np.ndarray) -> Numbers:
    return replace(
        numbers,
        finite=drawn,
        taken=stays,
        projections=tuple(_projection(projection, drawn) for projection in numbers.projections),
        cosine=_table(numbers.cosine, drawn),
        euclidean=_table(numbers.euclidean, drawn),
        diagnostics=None if numbers.diagnostics is None else _diagnostics(numbers.diagnostics, drawn),
    )


def _only(values: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    return np.where(drawn if values.ndim == 1 else drawn[:, None], values, np.float32(np.nan))


def _projection(projection: Projection, drawn: np.ndarray) -> Projection:
    return replace(projection, coordinates=_only(projection.coordinates, drawn))


def _view(view: SavedView, drawn: np.ndarray) -> SavedView:
    return replace(view, coordinates=_only(view.coordinates, drawn))


def _table(table: NeighborTable, drawn: np.ndarray) -> NeighborTable:
    indices = np.where(drawn[:, None], table.indices, np.int32(-1))
    return replace(table, indices=indices, distances=_only(table.distances, drawn))


def _diagnostics(diagnostics: Diagnostics, drawn: np.ndarray) -> Diagnostics:
    figures = tuple(replace(figure, values=_only(figure.values, drawn)) for figure in diagnostics.figures)
    return replace(diagnostics, figures=figures)


def _metadata(metadata: Metadata, stays: np.ndarray) -> Metadata:
    return replace(metadata, columns=tuple(_column(column, stays.tolist()) for column in metadata.columns))


def _column(column: Column, stays: Sequence[bool]) -> Column:
    return replace(column, cells=tuple(cell if here else None for cell, here in zip(column.cells, stays, strict=True)))
