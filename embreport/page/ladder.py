"""What is given up until a page fits its size: the one place that decides it.

The order is that of `--max-size`: neighbors kept (100, 30, 10), further perplexities, the spherized PCA, UMAP, saved
views, quality of the thumbnails, their size, figures of single rows, bits of the coordinates, points drawn. Every
embedding is treated alike. A step that would change nothing is passed over, and each one taken is a notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from embreport.model import Notice, Projection, RowFigure
from embreport.page.payload.coordinates import FEWEST_BITS
from embreport.page.payload.sprites import GOOD_THUMBNAILS, ThumbnailQuality, tile_size
from embreport.views import EmbeddingResult
from embreport.views.wording import SPHERIZED, count, counted, is_spherized, verbal_name

FEWEST_NEIGHBORS = 10
FEWEST_POINTS = 1000
_NEIGHBOR_STEPS = (100, 30, FEWEST_NEIGHBORS)
_LOWER_QUALITY = 60
_SMALLER = 0.5
_WIDE_FIGURE = re.compile(r"[a-z_]+_30(?:[@:]|$)")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes into the page. `neighbors` is the most kept per point, `points` the most drawn; None for all."""

    neighbors: int | None = None
    variants: bool = True
    spherized: bool = True
    umap: bool = True
    views: bool = True
    wide_figures: bool = True
    figures: bool = True
    thumbnails: ThumbnailQuality = GOOD_THUMBNAILS
    bits: int = 16
    points: int | None = None
    notices: tuple[Notice, ...] = ()

    def keeps(self, projection: Projection) -> bool:
        """Whether a projection goes into the page."""
        further = projection.method == "tsne" and "-" in projection.name
        kept = (self.views or projection.method != "saved") and (self.spherized or not is_spherized(projection))
        return kept and (self.variants or not further) and (self.umap or projection.method != "umap")

    def keeps_figure(self, figure: RowFigure) -> bool:
        """Whether a figure of every row goes into the page, as far as it is not about a projection left out."""
        return self.figures and (self.wide_figures or not is_wide(figure))


def is_wide(figure: RowFigure) -> bool:
    """Whether a figure is about 30 neighbors, which says much the same as the one about 10."""
    return _WIDE_FIGURE.match(figure.name) is not None


def plans(results: Sequence[EmbeddingResult], max_bytes: int, seed: int) -> Iterator[Plan]:
    """Every rung in order, the full page first; each keeps what the ones before gave up. `seed` chooses points."""
    limit = size_text(max_bytes)
    plan = Plan()
    yield plan
    steps = (_fewer_neighbors, _fewer_projections, _plainer_thumbnails, _fewer_figures)
    for step in (step for kind in steps for step in kind(results)):
        plan = _taken(plan, step, limit)
        yield plan
    if results:
        coarser = _Step("size-coordinates", f"coordinates at {FEWEST_BITS} bits instead of 16", {"bits": FEWEST_BITS})
        plan = _taken(plan, coarser, limit)
        yield plan
    for step in _fewer_points(results, seed):
        plan = _taken(plan, step, limit)
        yield plan


def size_text(size: int) -> str:
    """Bytes in words: "14 MB", "900 kB"; units are powers of 1,000."""
    value, unit = (size / 1e6, "MB") if size >= 1_000_000 else (size / 1e3, "kB")
    return f"{value:,.1f}".removesuffix(".0") + f"\u00a0{unit}"


@dataclass(frozen=True)
class _Step:
    code: str
    says: str
    changes: dict[str, object]


def _taken(plan: Plan, step: _Step, limit: str) -> Plan:
    notice = Notice(code=step.code, severity="info", message=f"To stay under {limit}: {step.says}.")
    kept = tuple(one for one in plan.notices if one.code != step.code)
    return replace(plan, notices=(*kept, notice), **step.changes)  # type: ignore[arg-type]


def _fewer_neighbors(results: Sequence[EmbeddingResult]) -> Iterator[_Step]:
    widest = max((result.numbers.cosine.indices.shape[1] for result in results), default=0)
    for step in _NEIGHBOR_STEPS:
        if step < widest:
            says = f"{count(step)} neighbors kept instead of {count(widest)}"
            yield _Step("size-neighbors", says, {"neighbors": step})


def _fewer_projections(results: Sequence[EmbeddingResult]) -> Iterator[_Step]:
    projections = [projection for result in results for projection in result.numbers.projections]
    further = [p for p in projections if p.method == "tsne" and "-" in p.name]
    if further:
        names = ", ".join(dict.fromkeys(projection.name for projection in further))
        yield _Step("size-perplexities", f"further perplexities left out ({names})", {"variants": False})
    if any(is_spherized(projection) for projection in projections):
        yield _Step("size-spherized", f"the spherized PCA left out ({SPHERIZED})", {"spherized": False})
    umap = list(dict.fromkeys(verbal_name(p) for p in projections if p.method == "umap"))
    others = all(any(p.method != "umap" for p in result.numbers.projections) for result in results)
    if umap and others:
        yield _Step("size-umap", f"{' and '.join(umap)} left out", {"umap": False})
    saved = sum(len(result.embedding.views) for result in results)
    if saved:
        yield _Step("size-saved-views", f"{counted(saved, 'saved view')} left out", {"views": False})


def _plainer_thumbnails(results: Sequence[EmbeddingResult]) -> Iterator[_Step]:
    sprites = [result.embedding.sprite for result in results if result.embedding.sprite is not None]
    if sprites:
        lower = ThumbnailQuality(webp=_LOWER_QUALITY, lossless=False)
        yield _Step("size-thumbnail-quality", "thumbnails at lower quality", {"thumbnails": lower})
    if any(tile_size(sprite, _SMALLER) != tile_size(sprite) for sprite in sprites):
        smaller = ThumbnailQuality(webp=_LOWER_QUALITY, lossless=False, scale=_SMALLER)
        yield _Step("size-thumbnails", "thumbnails at half their size", {"thumbnails": smaller})


def _fewer_figures(results: Sequence[EmbeddingResult]) -> Iterator[_Step]:
    diagnostics = [result.numbers.diagnostics for result in results]
    figures = [figure for one in diagnostics if one is not None for figure in one.figures]
    wide = [is_wide(figure) for figure in figures]
    if any(wide) and not all(wide):
        says = "figures of single points left out where they are about 30 neighbors"
        yield _Step("size-figures", says, {"wide_figures": False})
    if figures:
        yield _Step("size-figures", "figures of single points left out", {"figures": False})


def _fewer_points(results: Sequence[EmbeddingResult], seed: int) -> Iterator[_Step]:
    """Numbers of points that start with 7, 5, 3, 2, 1.5 or 1, down to `FEWEST_POINTS`."""
    most = max((result.finite_rows for result in results), default=0)
    for power in range(9, 1, -1):
        for leading in (70, 50, 30, 20, 15, 10):
            points = leading * 10 ** (power - 1)
            if FEWEST_POINTS <= points < most:
                drawn = f"{count(points)} of {counted(most, 'point')}"
                if len(results) > 1:
                    drawn = f"at most {counted(points, 'point')} of each embedding"
                says = f"{drawn} drawn, chosen with seed {seed}; all rows are in the figures"
                yield _Step("size-points", says, {"points": points})
