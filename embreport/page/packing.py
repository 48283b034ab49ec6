"""Packs one embedding: its blocks, and what the manifest says of it.

Everything is packed at most once per setting, so that the size ladder can try a rung after another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from embreport.diagnostics import diagnostics_to_data, faithfulness_to_data
from embreport.model import Column, Projection, RowFigure
from embreport.page.coded_parts import (
    ListedNeighbors,
    coded_column,
    coded_coordinates,
    coded_figure,
    coded_neighbors,
    coded_rows,
    coded_thumbnails,
    guessed_neighbors,
    ordered_rows,
)
from embreport.page.kept_parts import KeptParts, MadePart, holds
from embreport.page.ladder import Plan
from embreport.page.payload.blocks import Block, Packing, block_of, pack
from embreport.page.payload.neighbors import LEVELS
from embreport.page.payload.order import draw_stride
from embreport.page.payload.sprites import ThumbnailQuality
from embreport.page.saved_views import described_view
from embreport.views import (
    EmbeddingResult,
    color_column,
    color_figure,
    label_column,
    line_column,
    opening_projection,
    placed_points,
    saved_projections,
)

_SAMPLED_ROWS = 1000
_WORTH_GUESSING = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Blocks in the order the page wants them, and their description in the manifest."""

    blocks: tuple[Block, ...]
    described: dict[str, Any]


class EmbeddingPacker:
    """Packs the embedding with the page's `id` ("e0"); `kept` is where parts made before are found."""

    def __init__(self, embedding_id: str, result: EmbeddingResult, kept: KeptParts | None = None) -> None:
        self.id = embedding_id
        self._kept = kept or KeptParts()
        self.result = result
        self.label_by = label_column(result)
        self.color_by = color_column(result)
        self.color_figure = color_figure(result)
        self.lines = line_column(result.columns)
        self.saved = saved_projections(result)
        self.finite: int = result.finite_rows
        self.order = _order(result, self._kept)
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

    def _blocks(self, part: MadePart, named: dict[str, str], packed: Packing = "deflate-raw") -> list[Block]:
        """The pieces as blocks; `named` has a name and a line in the table of bytes for each, in their order."""
        return [
            block_of(f"{self.id}-{name}", line, piece.data, piece.raw_bytes, packed)
            for (name, line), piece in zip(named.items(), part.pieces, strict=True)
        ]

    def _rows(self) -> Packed:
        if ("rows",) not in self._cache:
            coded = self._kept.part("rows", coded_rows, self.order, fits=holds(1))
            (block,) = self._blocks(coded, {"order": "row order"})
            described = {
                "finite": self.finite,
                "stride": draw_stride(len(self.order)),
                "labelBy": self.label_by,
                "colorBy": self.color_by,
                "colorByFigure": None if self.color_figure is None else self.color_figure.name,
                "lines": self.lines,
                "order": {"block": block.id, **coded.layout},
            }
            self._cache["rows",] = Packed(blocks=(block,), described=described)
        return self._cache["rows",]

    def _coordinates(self, projection: Projection, bits: int) -> Packed:
        key = ("coordinates", projection.name, bits)
        if key not in self._cache:
            coded = self._kept.part(
                "coordinates",
                coded_coordinates,
                projection.coordinates,
                self.order,
                bits,
                fits=holds(1, "axes", "frame"),
            )
            (block,) = self._blocks(coded, {projection.name: "coordinates"})
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
                "frame": coded.layout["frame"],
                "block": block.id,
                "axes": coded.layout["axes"],
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
            coded = self._kept.part(
                "column",
                coded_column,
                replace(column, name=""),
                self.order,
                self.result.numbers.not_taken,
                fits=holds(1, "summary", "layout"),
            )
            (block,) = self._blocks(coded, {f"column{index}": "text columns"})
            described = {
                "name": column.name,
                "kind": column.kind,
                **coded.layout["summary"],
                "block": block.id,
                **coded.layout["layout"],
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
        listed = self._listed(width, max(1, self.finite // _SAMPLED_ROWS))
        guessed = self._kept.part("guess", guessed_neighbors, listed, fits=holds(0, "bytes"))
        return int(guessed.layout["bytes"])

    def _width(self, most: int | None) -> int:
        numbers = self.result.numbers
        k = int(min(numbers.cosine.indices.shape[1], numbers.euclidean.indices.shape[1]))
        return k if most is None else min(k, most)

    def _listed(self, k: int, step: int) -> ListedNeighbors:
        numbers = self.result.numbers
        rows = self.order[: self.finite : step]
        return ListedNeighbors(
            cosine=numbers.cosine.indices[rows, :k],
            cosine_distances=numbers.cosine.distances[rows, :k],
            euclidean=numbers.euclidean.indices[rows, :k],
            euclidean_distances=numbers.euclidean.distances[rows, :k],
            order=self.order,
            finite=self.finite,
            nan_rows=numbers.nan_rows,
            step=step,
        )

    def _neighbors(self, most: int | None) -> Packed:
        k = self._width(most)
        key = ("neighbors", k)
        if key not in self._cache:
            names = ("cosine", "euclidean")
            coded = self._kept.part("neighbors", coded_neighbors, self._listed(k, 1), fits=holds(4, *names))
            lines = {
                f"{name}-{what}": f"neighbors, {name} {what}" for name in names for what in ("indices", "distances")
            }
            blocks = self._blocks(coded, lines)
            described: dict[str, Any] = {"k": k}
            for table, indices, lengths in zip(
                (self.result.numbers.cosine, self.result.numbers.euclidean), blocks[::2], blocks[1::2], strict=True
            ):
                described[table.metric] = {
                    "recall": table.recall,
                    "indices": {"block": indices.id, **coded.layout[table.metric]},
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
            coded = self._kept.part("figure", coded_figure, figure.values, figure.unit, self.order, fits=holds(1))
            (block,) = self._blocks(coded, {f"figure{number}": "figures of single points"})
            named = {
                "name": figure.name,
                "title": figure.title,
                "unit": figure.unit,
                "projection": figure.projection,
            }
            self._cache[key] = Packed(blocks=(block,), described={**named, "block": block.id, **coded.layout})
        return self._cache[key]

    def _diagnostics(self) -> Packed:
        key = ("diagnostics",)
        diagnostics = self.result.numbers.diagnostics
        if diagnostics is None:
            return Packed(blocks=(), described={})
        if key not in self._cache:
            raw = json.dumps(diagnostics_to_data(diagnostics), separators=(",", ":"), allow_nan=False).encode("ascii")
            block = pack(f"{self.id}-diagnostics", "diagnostics", raw)
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
        coded = self._kept.part(
            "thumbnails", coded_thumbnails, replace(sprite, path=""), stored, quality, fits=_holds_sheets
        )
        sheets = coded.layout["sheets"]
        named = {f"sheet{number}": "thumbnails" for number in range(len(sheets))}
        blocks = self._blocks(coded, named, "none")
        described = {
            **{name: value for name, value in coded.layout.items() if name != "sheets"},
            "below": sprite.count,
            "stored": len(stored),
            "sheets": [{"block": block.id, **sheet} for block, sheet in zip(blocks, sheets, strict=True)],
        }
        return Packed(blocks=tuple(blocks), described=described)


def finite_or_none(value: float) -> float | None:
    """The number, or None where JSON has no word for it."""
    return value if np.isfinite(value) else None


def _order(result: EmbeddingResult, kept: KeptParts) -> np.ndarray:
    """Along the opening picture, or, where that one places a sample, along the first that places more.

    Rows with NaN or Inf come after those that are drawn; at the end come rows that are not in the page.
    """
    opening = opening_projection(result.numbers.projections)
    numbers, coordinates = result.numbers, np.zeros((result.rows, 1))
    if opening is not None and opening.dims:
        coordinates = max((opening, *numbers.projections), key=placed_points).coordinates
    made = kept.part("order", ordered_rows, coordinates, numbers.finite, numbers.taken, fits=_is_order_of(result.rows))
    return np.frombuffer(made.pieces[0].data, np.int64)


def _is_order_of(rows: int) -> Callable[[MadePart], bool]:
    """Whether a part holds each of so many rows once."""

    def fits(part: MadePart) -> bool:
        if [len(piece.data) for piece in part.pieces] != [8 * rows]:
            return False
        return np.array_equal(np.sort(np.frombuffer(part.pieces[0].data, np.int64)), np.arange(rows))

    return fits


def _holds_sheets(part: MadePart) -> bool:
    sheets = part.layout.get("sheets")
    return isinstance(sheets, list) and len(sheets) == len(part.pieces) and all(isinstance(one, dict) for one in sheets)


def part_sizes(blocks: tuple[Block, ...]) -> Iterator[tuple[str, int, int]]:
    """Raw and page bytes of each part, in order of first appearance."""
    totals: dict[str, list[int]] = {}
    for block in blocks:
        total = totals.setdefault(block.part, [0, 0])
        total[0] += block.raw_bytes
        total[1] += len(block.text)
    for part, (raw, page) in totals.items():
        yield part, raw, page
