"""The parts of an embedding's payload, each made from its inputs alone: see `kept_parts`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from embreport.model import Column, FigureUnit, Sprite
from embreport.page.kept_parts import MadePart, packed_piece, plain_piece
from embreport.page.payload.blocks import deflate
from embreport.page.payload.coordinates import encode_coordinates
from embreport.page.payload.figures import encode_figure
from embreport.page.payload.neighbors import encode_beside, encode_distances, encode_offsets, stored_table
from embreport.page.payload.order import stored_order
from embreport.page.payload.sequence import encode_rows
from embreport.page.payload.sprites import ThumbnailQuality, make_thumbnails
from embreport.page.payload.text import encode_column
from embreport.views import frame_of
from embreport.views.colors import numeric_cells


def ordered_rows(coordinates: np.ndarray, finite: np.ndarray, taken: np.ndarray | None) -> MadePart:
    """The order along a picture (n, dims): int64 (n,). Rows not `finite` come last, those not `taken` after these."""
    order = stored_order(coordinates, finite)
    drawn, others = order[finite[order]], order[~finite[order]]
    there = np.ones(len(others), bool) if taken is None else taken[others]
    ordered = np.concatenate([drawn, others[there], others[~there]])
    return MadePart(pieces=(plain_piece(ordered.astype(np.int64).tobytes()),), layout={})


def coded_rows(order: np.ndarray) -> MadePart:
    """The source rows in stored order."""
    raw, layout = encode_rows(order)
    return MadePart(pieces=(packed_piece(raw),), layout=layout)


def coded_coordinates(coordinates: np.ndarray, order: np.ndarray, bits: int) -> MadePart:
    """A projection, and the frame it is drawn in."""
    raw, axes = encode_coordinates(coordinates[order], bits)
    frame = frame_of(coordinates)
    described = {"reach": frame.reach, "halfWidth": frame.half_width, "halfHeight": frame.half_height}
    return MadePart(pieces=(packed_piece(raw),), layout={"axes": axes, "frame": described})


def coded_column(column: Column, order: np.ndarray, absent: int) -> MadePart:
    """A metadata column; the cells of the `absent` rows that are not in the page are not missing."""
    raw, layout = encode_column(column, order)
    return MadePart(pieces=(packed_piece(raw),), layout={"summary": _summary(column, absent), "layout": layout})


def coded_figure(values: np.ndarray, unit: FigureUnit, order: np.ndarray) -> MadePart:
    """One figure of every row."""
    raw, layout = encode_figure(values[order], unit)
    return MadePart(pieces=(packed_piece(raw),), layout=layout)


@dataclass(frozen=True, kw_only=True)
class ListedNeighbors:
    """Both neighbor tables of some stored rows, every `step`-th of the first `finite`, in stored order.

    Indices are source rows, `order` all source rows in stored order. The `nan_rows` stored rows after the first
    `finite` have no lists and are in none.
    """

    cosine: np.ndarray
    cosine_distances: np.ndarray
    euclidean: np.ndarray
    euclidean_distances: np.ndarray
    order: np.ndarray
    finite: int
    nan_rows: int
    step: int


def coded_neighbors(listed: ListedNeighbors) -> MadePart:
    """Both tables; the pieces are indices and distances of the cosine table, then of the euclidean one."""
    coded = _coded_tables(listed)
    pieces = [packed_piece(raw) for indices, _, distances in coded for raw in (indices, distances)]
    layout = {metric: layout for metric, (_, layout, _) in zip(("cosine", "euclidean"), coded, strict=True)}
    return MadePart(pieces=tuple(pieces), layout=layout)


def guessed_neighbors(listed: ListedNeighbors) -> MadePart:
    """About how many bytes the tables of all rows take in the page, from those of some."""
    coded = _coded_tables(listed)
    sampled = sum(len(deflate(indices)) + len(deflate(distances)) for indices, _, distances in coded)
    return MadePart(layout={"bytes": sampled * listed.step * 4 // 3})


def _coded_tables(listed: ListedNeighbors) -> list[tuple[bytes, dict[str, Any], bytes]]:
    """Of the cosine and the euclidean table: indices, their layout, distances."""
    rows = np.arange(0, listed.finite, listed.step)
    nameless = range(listed.finite, listed.finite + listed.nan_rows)
    tables = [stored_table(indices, listed.order, nameless) for indices in (listed.cosine, listed.euclidean)]
    indices = (encode_offsets(tables[0], rows), encode_beside(tables[1], tables[0], rows))
    distances = [encode_distances(lengths) for lengths in (listed.cosine_distances, listed.euclidean_distances)]
    return [(raw, layout, far) for (raw, layout), far in zip(indices, distances, strict=True)]


def coded_thumbnails(sprite: Sprite, stored: np.ndarray, quality: ThumbnailQuality) -> MadePart:
    """The sheets of a sprite, one piece each; `stored` are the source rows in stored order."""
    made = make_thumbnails(sprite, stored, quality)
    return MadePart(
        pieces=tuple(plain_piece(sheet.data) for sheet in made.sheets),
        layout={
            "width": made.tile_width,
            "height": made.tile_height,
            "smooth": made.smooth,
            "columns": made.columns,
            "perSheet": made.per_sheet,
            "sheets": [{"type": sheet.kind, "width": sheet.width, "height": sheet.height} for sheet in made.sheets],
        },
    )


def _summary(column: Column, absent: int) -> dict[str, Any]:
    """What a column holds; the cells of the `absent` rows that are not in the page are not missing."""
    present = [cell for cell in column.cells if cell is not None]
    summary: dict[str, Any] = {
        "missing": len(column.cells) - len(present) - absent,
        "distinct": len(set(present)),
        "min": None,
        "max": None,
    }
    if column.kind == "number":
        values = numeric_cells(column)
        values = values[np.isfinite(values)]
        if len(values):
            summary |= {"min": float(values.min()), "max": float(values.max())}
    return summary
