"""What is given up until a page fits its size: the one place that decides it.

The order is that of `--max-size`: neighbors kept (100, 30, 10), further perplexities, UMAP, saved views, quality of the
thumbnails, their size, bits of the coordinates. Every embedding is treated alike. A step that would change
nothing is passed over, and each one taken is a notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from embreport.model import Notice, Projection
from embreport.page.payload.coordinates import FEWEST_BITS
from embreport.page.payload.sprites import GOOD_THUMBNAILS, ThumbnailQuality, tile_size
from embreport.views import EmbeddingResult
from embreport.views.wording import count, counted, verbal_name

FEWEST_NEIGHBORS = 10
_NEIGHBOR_STEPS = (100, 30, FEWEST_NEIGHBORS)
_LOWER_QUALITY = 60
_SMALLER = 0.5


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes into the page. `neighbors` is the most kept per point, None for all there are."""

    neighbors: int | None = None
    variants: bool = True
    umap: bool = True
    views: bool = True
    thumbnails: ThumbnailQuality = GOOD_THUMBNAILS
    bits: int = 16
    notices: tuple[Notice, ...] = ()

    def keeps(self, projection: Projection) -> bool:
        """Whether a projection goes into the page."""
        further = projection.method == "tsne" and "-" in projection.name
        kept = self.views or projection.method != "saved"
        return kept and (self.variants or not further) and (self.umap or projection.method != "umap")


def plans(results: Sequence[EmbeddingResult], max_bytes: int) -> Iterator[Plan]:
    """Every rung in order, the full page first; each keeps what the ones before gave up."""
    limit = size_text(max_bytes)
    plan = Plan()
    yield plan
    for step in (*_fewer_neighbors(results), *_fewer_projections(results), *_plainer_thumbnails(results)):
        plan = _taken(plan, step, limit)
        yield plan
    if results:
        coarser = _Step("size-coordinates", f"coordinates at {FEWEST_BITS} bits instead of 16", {"bits": FEWEST_BITS})
        yield _taken(plan, coarser, limit)


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
