"""The part of the page that is readable without scripts, one article per embedding."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Sequence

import numpy as np

from embreport.model import Column, Notice, Projection, ProjectionMethod, Skipped
from embreport.page.context import (
    DigestItem,
    EmbeddingContext,
    FigureTable,
    Legend,
    LegendRow,
    ProvenanceRow,
    SkippedRow,
    StillPicture,
)
from embreport.page.kept_parts import KeptParts, MadePart, holds, plain_piece
from embreport.page.ladder import Plan
from embreport.views import (
    EmbeddingResult,
    LegendView,
    PointColors,
    alternative_text,
    caption,
    coloring,
    digest,
    draw_still,
    figure_rows,
    figures_note,
    headline,
    legend,
    opening_projection,
    overall_facts,
    point_colors,
    provenance,
    saved_caption,
    small_caption,
    where_line,
)
from embreport.views.colors import Theme
from embreport.views.stills import HEIGHT, SMALL_HEIGHT, SMALL_WIDTH, WIDTH

_PNG = "data:image/png;base64,"


class ArticleMaker:
    """Makes the article of one embedding; its pictures are drawn once, whatever the plan."""

    def __init__(
        self,
        embedding_id: str,
        result: EmbeddingResult,
        version: str,
        plotly_js: str,
        seed: int,
        kept: KeptParts | None = None,
    ) -> None:
        self.id = embedding_id
        self.result = result
        self.version = version
        self.plotly_js = plotly_js
        self.seed = seed
        self.column: Column | None = coloring(result)
        self.colors = point_colors(self.column, result.rows)
        self._kept = kept or KeptParts()
        self._stills: dict[tuple[str, bool], StillPicture] = {}

    def article(self, plan: Plan, noticed: Sequence[Notice] = ()) -> EmbeddingContext:
        """The article with the projections a plan keeps; `noticed` is what the page warns of beside it."""
        result, source = self.result, self.result.embedding.source
        projections = [p for p in result.numbers.projections if plan.keeps(p)]
        opening = opening_projection(projections)
        heads, rows = figure_rows(projections)
        drawn = opening is not None and result.finite_rows > 0
        return EmbeddingContext(
            id=self.id,
            run=source.run,
            tensor=source.tensor,
            title=source.title,
            where=where_line(result),
            headline=headline(result, opening),
            digest=tuple(DigestItem(**dataclasses.asdict(item)) for item in digest(result, noticed)),
            opening=self._still(opening, small=False) if drawn and opening is not None else None,
            caption=self.captions(projections, result).get(opening.name, "") if opening is not None else "",
            legend=self._legend(opening),
            stills=self._others(projections, opening) if drawn else (),
            figures=FigureTable(
                heads=heads,
                rows=rows,
                note=figures_note(projections, result.finite_rows),
                overall=tuple(ProvenanceRow(key=fact.key, text=fact.text) for fact in overall_facts(result)),
            ),
            provenance=tuple(
                ProvenanceRow(key=fact.key, text=fact.text, mono=fact.mono)
                for fact in provenance(result, self.version, self.plotly_js)
            ),
            notices=tuple(notice_sentence(notice) for notice in result.notices),
        )

    def captions(self, projections: Sequence[Projection], drawn: EmbeddingResult) -> dict[str, str]:
        """The caption of every projection by its name; `drawn` is the result with the points the page draws."""
        return {projection.name: caption(projection, drawn, self.seed) for projection in projections}

    def saved_captions(self) -> dict[str, str]:
        """The caption of every saved view by the name of its projection."""
        return {view.name: saved_caption(view, self.result) for view in self.result.embedding.views}

    def _legend(self, opening: Projection | None) -> Legend | None:
        """The legend of the opening picture, which may have a place for some rows only."""
        numbers = self.result.numbers
        drawn = numbers.finite
        if opening is not None:
            drawn = drawn & np.isfinite(opening.coordinates).all(axis=1)
        unplaced = int(numbers.finite.sum() - drawn.sum())
        return _legend(legend(self.column, drawn, numbers.nan_rows, unplaced))

    def _others(self, projections: Sequence[Projection], opening: Projection | None) -> tuple[StillPicture, ...]:
        """Small pictures of the other methods, each in the form it would open with."""
        pictures = []
        for method in dict.fromkeys(projection.method for projection in projections):
            if opening is not None and method != opening.method:
                chosen = opening_projection([p for p in projections if p.method == method])
                if chosen is not None:
                    pictures.append(self._still(chosen, small=True))
        return tuple(pictures)

    def _still(self, projection: Projection, *, small: bool) -> StillPicture:
        key = (projection.name, small)
        if key not in self._stills:
            classes = self.colors.classes
            drawn = self._kept.part(
                "still",
                _drawn_still,
                projection.method,
                projection.coordinates,
                projection.variance,
                self.colors,
                small,
                fits=holds(2),
            )
            light, dark = (_data_address(piece.data) for piece in drawn.pieces)
            self._stills[key] = StillPicture(
                projection=projection.name,
                light=light,
                dark=dark,
                width=SMALL_WIDTH if small else WIDTH,
                height=SMALL_HEIGHT if small else HEIGHT,
                alt=alternative_text(
                    projection,
                    self.result,
                    classes.names if classes is not None else (),
                    None if self.column is None else self.column.name,
                ),
                caption=small_caption(projection) if small else caption(projection, self.result, self.seed),
            )
        return self._stills[key]


def _drawn_still(
    method: ProjectionMethod, coordinates: np.ndarray, variance: np.ndarray | None, colors: PointColors, small: bool
) -> MadePart:
    """The picture of a projection on light and on dark paper."""
    projection = Projection(name=method, method=method, coordinates=coordinates, variance=variance)
    themes: tuple[Theme, ...] = ("light", "dark")
    pictures = (draw_still(projection, colors, theme, small=small) for theme in themes)
    return MadePart(pieces=tuple(plain_piece(png) for png in pictures), layout={})


def notice_sentence(notice: Notice) -> str:
    """A notice as one sentence, led by where it applies."""
    return f"{notice.where}: {notice.message}" if notice.where else notice.message


def skipped_rows(skipped: Sequence[Skipped]) -> tuple[SkippedRow, ...]:
    """What was not read, by run and tensor."""
    rows = []
    for item in skipped:
        parts = [part for part in (item.run if item.run != "." else "", item.tensor or "") if part]
        rows.append(SkippedRow(where=", ".join(parts) or "the log directory", reason=item.reason))
    return tuple(rows)


def _data_address(png: bytes) -> str:
    return _PNG + base64.b64encode(png).decode("ascii")


def _legend(view: LegendView | None) -> Legend | None:
    if view is None:
        return None
    rows = tuple(LegendRow(label=e.label, count=e.count, mark=e.mark, light=e.light, dark=e.dark) for e in view.entries)
    return Legend(
        by=view.by,
        rows=rows,
        scale_light=view.scale_light,
        scale_dark=view.scale_dark,
        low=view.low,
        high=view.high,
        note=view.note,
    )
