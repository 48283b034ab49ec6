"""Packs one embedding: its blocks, and what the manifest says of it.

Everything is packed at most once per setting, so that the size ladder can try a rung after another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from embreport.diagnostics import diagnostics_to_data, faithfulness_to_data
from embreport.model import Column, Projection, RowFigure
from embreport.page.ladder import Plan
from embreport.page.payload.blocks import Block, Deflate, Packing, deflate, pack
from embreport.page.payload.coordinates import encode_coordinates
from embreport.page.payload.figures import encode_figure
from embreport.page.payload.neighbors import (
    LEVELS,
    encode_beside,
    encode_distances,
    encode_offsets,
    stored_table,
)
from embreport.page.payload.order import draw_stride, stored_order
from embreport.page.payload.sequence import encode_rows
from embreport.page.payload.sprites import ThumbnailQuality, make_thumbnails
from embreport.page.payload.text import encode_column
from embreport.page.saved_views import described_view
from embreport.views import (
    EmbeddingResult,
    color_column,
    color_figure,
    frame_of,
    label_column,
    line_column,
    opening_projection,
    placed_points,
    saved_projections,
)
from embreport.views.colors import numeric_cells

_SAMPLED_ROWS = 1000
_WORTH_GUESSING = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Blocks in the order the page wants them, and their description in the manifest."""

    blocks: tuple[Block, ...]
    described: dict[str, Any]


class EmbeddingPacker:
    """Packs the embedding with the page's `id` ("e0"); `deflated` as `blocks.pack` takes it."""

    def __init__(self, embedding_id: str, result: EmbeddingResult, deflated: Deflate | None = None) -> None:
        self.id = embedding_id
        self._deflated = deflated
        self.result = result
        self.label_by = label_column(result)
        self.color_by = color_column(result)
        self.color_figure = color_figure(result)
        self.lines = line_column(result.columns)
        self.saved = saved_projections(result)
        self.finite: int = result.finite_rows
        self.order = _order(result)
        self._cache: dict[tuple[object, ...], Packed] = {}

    def packed(self, plan: Plan) -> Packed:
        """All parts under a plan. `described` has the keys of `manifest` that the payload reader needs."""
        projections = [p for p in self.result.numbers.projections if plan.keeps(p)]
        opening = opening_projection(projections)
        saved = [p for p in self.saved if plan.keeps(p)]
        projections += saved
        ordered = sorted(projections, key=lambda projection: projection is not opening)
        coordinates = {p.name: self._coordinates(p, plan.bits) for p in ordered}
        neighbors = self._neighbors(plan.neighbors)
        figures = [self._figure(at, one) for at, one in self._kept_figures(plan, set(coordinates))]
        parts = [
            self._rows(),
            *coordinates.values(),
            *self._columns(),
            neighbors,
            *figures,
            self._diagnostics(),
            self._sprite(plan.thumbnails),
        ]
        described = {
            **self._rows().described,
            "columns": [column.described for column in self._columns()],
            "projections": [coordinates[p.name].described for p in projections],
            "savedViews": [described_view(v, self.result) for v in self.result.embedding.views] if saved else [],
            "neighbors": neighbors.described,
            "figures": [figure.described for figure in figures],
            "diagnostics": self._diagnostics().described.get("block"),
            "sprite": self._sprite(plan.thumbnails).described or None,
        }
        return Packed(blocks=tuple(block for part in parts for block in part.blocks), described=described)

    def _block(self, name: str, part: str, raw: bytes, packed: Packing = "deflate-raw") -> Block:
        return pack(f"{self.id}-{name}", part, raw, packed, self._deflated)

    def _rows(self) -> Packed:
        if ("rows",) not in self._cache:
            raw, layout = encode_rows(self.order)
            block = self._block("order", "row order", raw)
            described = {
                "finite": self.finite,
                "stride": draw_stride(len(self.order)),
                "labelBy": self.label_by,
                "colorBy": self.color_by,
                "colorByFigure": None if self.color_figure is None else self.color_figure.name,
                "lines": self.lines,
                "order": {"block": block.id, **layout},
            }
            self._cache["rows",] = Packed(blocks=(block,), described=described)
        return self._cache["rows",]

    def _coordinates(self, projection: Projection, bits: int) -> Packed:
        key = ("coordinates", projection.name, bits)
        if key not in self._cache:
            raw, axes = encode_coordinates(projection.coordinates[self.order], bits)
            block = self._block(f"{projection.name}", "coordinates", raw)
            frame = frame_of(projection.coordinates)
            variance = projection.variance
            described = {
                "name": projection.name,
                "method": projection.method,
                "dims": projection.dims,
                "variance": None if variance is None else [finite_or_none(float(share)) for share in variance],
                "kept": projection.neighbors_kept,
                "faithfulness": faithfulness_to_data(projection.faithfulness),
                "points": placed_points(projection),
                "settings": dict(projection.settings),
                "frame": {"reach": frame.reach, "halfWidth": frame.half_width, "halfHeight": frame.half_height},
                "block": block.id,
                "axes": axes,
            }
            self._cache[key] = Packed(blocks=(block,), described=described)
        return self._cache[key]

    def _columns(self) -> list[Packed]:
        return [self._column(index, column) for index, column in enumerate(self.result.columns)]

    def _column(self, index: int, column: Column) -> Packed:
        key = ("column", index)
        if key not in self._cache:
            if index == self.color_by and column.kind == "text":
                column = replace(column, kind="category")
            raw, layout = encode_column(column, self.order)
            block = self._block(f"column{index}", "text columns", raw)
            described = {
                "name": column.name,
                "kind": column.kind,
                **_summary(column, self.result.numbers.not_taken),
                "block": block.id,
                **layout,
            }
            self._cache[key] = Packed(blocks=(block,), described=described)
        return self._cache[key]

    def guessed_neighbor_bytes(self, plan: Plan) -> int:
        """About how much the neighbor tables take in the page under a plan, guessed from a sample of rows.

        0 for tables so small that packing them is as quick as guessing.
        """
        width = self._width(plan.neighbors)
        if self.finite * width < _WORTH_GUESSING:
            return 0
        step = max(1, self.finite // _SAMPLED_ROWS)
        coded = self._coded_tables(width, np.arange(0, self.finite, step))
        sampled = sum(len(deflate(indices)) + len(deflate(distances)) for indices, _, distances in coded)
        return sampled * step * 4 // 3

    def _width(self, most: int | None) -> int:
        numbers = self.result.numbers
        k = int(min(numbers.cosine.indices.shape[1], numbers.euclidean.indices.shape[1]))
        return k if most is None else min(k, most)

    def _coded_tables(self, k: int, rows: np.ndarray) -> list[tuple[bytes, dict[str, Any], bytes]]:
        """Of the cosine and the euclidean table: indices, their layout, distances."""
        pair = (self.result.numbers.cosine, self.result.numbers.euclidean)
        tables = [stored_table(table.indices[:, :k], self.order, self._nameless(), rows) for table in pair]
        indices = (encode_offsets(tables[0], rows), encode_beside(tables[1], tables[0], rows))
        distances = [encode_distances(table.distances[self.order[rows], :k]) for table in pair]
        return [(raw, layout, far) for (raw, layout), far in zip(indices, distances, strict=True)]

    def _nameless(self) -> range:
        """The stored rows that no neighbor list may name: those with NaN or Inf."""
        return range(self.finite, self.finite + self.result.numbers.nan_rows)

    def _neighbors(self, most: int | None) -> Packed:
        k = self._width(most)
        key = ("neighbors", k)
        if key not in self._cache:
            blocks: list[Block] = []
            described: dict[str, Any] = {"k": k}
            coded = self._coded_tables(k, np.arange(self.finite))
            for name, (raw, layout, far) in zip(("cosine", "euclidean"), coded, strict=True):
                indices = self._block(f"{name}-indices", f"neighbors, {name} indices", raw)
                lengths = self._block(f"{name}-distances", f"neighbors, {name} distances", far)
                blocks += [indices, lengths]
                table = self.result.numbers.cosine if name == "cosine" else self.result.numbers.euclidean
                described[name] = {
                    "recall": table.recall,
                    "indices": {"block": indices.id, **layout},
                    "distances": {"block": lengths.id, "levels": LEVELS},
                }
            self._cache[key] = Packed(blocks=tuple(blocks), described=described)
        return self._cache[key]

    def _kept_figures(self, plan: Plan, projections: set[str]) -> list[tuple[int, RowFigure]]:
        """The figures of single rows that a plan keeps, with their number among all."""
        diagnostics = self.result.numbers.diagnostics
        return [
            (number, figure)
            for number, figure in enumerate(diagnostics.figures if diagnostics is not None else ())
            if plan.keeps_figure(figure) and (figure.projection is None or figure.projection in projections)
        ]

    def _figure(self, number: int, figure: RowFigure) -> Packed:
        key = ("figure", number)
        if key not in self._cache:
            raw, layout = encode_figure(figure.values[self.order], figure.unit)
            block = self._block(f"figure{number}", "figures of single points", raw)
            named = {
                "name": figure.name,
                "title": figure.title,
                "unit": figure.unit,
                "projection": figure.projection,
            }
            self._cache[key] = Packed(blocks=(block,), described={**named, "block": block.id, **layout})
        return self._cache[key]

    def _diagnostics(self) -> Packed:
        key = ("diagnostics",)
        diagnostics = self.result.numbers.diagnostics
        if diagnostics is None:
            return Packed(blocks=(), described={})
        if key not in self._cache:
            raw = json.dumps(diagnostics_to_data(diagnostics), separators=(",", ":"), allow_nan=False).encode("ascii")
            block = self._block("diagnostics", "diagnostics", raw)
            self._cache[key] = Packed(blocks=(block,), described={"block": block.id})
        return self._cache[key]

    def _sprite(self, quality: ThumbnailQuality) -> Packed:
        key = ("sprite", quality)
        if key not in self._cache:
            self._cache[key] = self._packed_sprite(quality)
        return self._cache[key]

    def _packed_sprite(self, quality: ThumbnailQuality) -> Packed:
        sprite = self.result.embedding.sprite
        if sprite is None or not len(self.order):
            return Packed(blocks=(), described={})
        stored = self.order[: self.finite + self.result.numbers.nan_rows]
        thumbnails = make_thumbnails(sprite, stored, quality)
        blocks, sheets = [], []
        for number, sheet in enumerate(thumbnails.sheets):
            block = self._block(f"sheet{number}", "thumbnails", sheet.data, "none")
            blocks.append(block)
            sheets.append({"block": block.id, "type": sheet.kind, "width": sheet.width, "height": sheet.height})
        described = {
            "width": thumbnails.tile_width,
            "height": thumbnails.tile_height,
            "smooth": thumbnails.smooth,
            "columns": thumbnails.columns,
            "perSheet": thumbnails.per_sheet,
            "below": sprite.count,
            "stored": len(stored),
            "sheets": sheets,
        }
        return Packed(blocks=tuple(blocks), described=described)


def finite_or_none(value: float) -> float | None:
    """The number, or None where JSON has no word for it."""
    return value if np.isfinite(value) else None


def _order(result: EmbeddingResult) -> np.ndarray:
    """Along the opening picture, or, where that one places a sample, along the first that places more.

    Rows with NaN or Inf come after those that are drawn; at the end come rows that are not in the page.
    """
    opening = opening_projection(result.numbers.projections)
    if opening is None or not opening.dims:
        return stored_order(np.zeros((result.rows, 1)), result.numbers.finite)
    fullest = max((opening, *result.numbers.projections), key=placed_points)
    order = stored_order(fullest.coordinates, result.numbers.finite)
    numbers = result.numbers
    finite = numbers.finite[order]
    drawn, others = order[finite], order[~finite]
    there = np.ones(len(others), bool) if numbers.taken is None else numbers.taken[others]
    return np.concatenate([drawn, others[there], others[~there]])


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


def part_sizes(blocks: tuple[Block, ...]) -> Iterator[tuple[str, int, int]]:
    """Raw and page bytes of each part, in order of first appearance."""
    totals: dict[str, list[int]] = {}
    for block in blocks:
        total = totals.setdefault(block.part, [0, 0])
        total[0] += block.raw_bytes
        total[1] += len(block.text)
    for part, (raw, page) in totals.items():
        yield part, raw, page
