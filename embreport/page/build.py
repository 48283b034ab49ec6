"""Builds the page: tries one rung of the size ladder after another until it fits."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from embreport.errors import ReportError
from embreport.page.context import EmbeddingContext, PageBlock, PageContext
from embreport.page.document import ArticleMaker, notice_sentence, skipped_rows
from embreport.page.kept_parts import KeptParts
from embreport.page.ladder import Plan, plans, size_text
from embreport.page.manifest import embedding_entry, manifest, manifest_text, with_size
from embreport.page.packing import EmbeddingPacker, part_sizes
from embreport.page.payload.blocks import Block
from embreport.page.payload.plotly_js import PlotlyScript, plotly_script
from embreport.page.render import Templates, content_policy, installed_templates, page_script, page_style, render_page
from embreport.page.report import Page, Part, ReportInput
from embreport.page.thinning import drawn_rows, thinned
from embreport.page.verify import verify_page
from embreport.progress import PhaseProgress, ProgressCallback, ignore_progress
from embreport.result_store import ResultStore

_SURELY = 0.8
_PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")


def build_page(
    report: ReportInput,
    *,
    max_bytes: int,
    progress: ProgressCallback = ignore_progress,
    templates: Templates | None = None,
    store: ResultStore | None = None,
) -> Page:
    """One HTML page of at most `max_bytes`, and what had to be given up for it.

    The same report gives the same bytes, with and without the `store` its parts are kept in. Raises ReportError when
    even the last rung is too large, saying what takes the room, and for templates that break a promise of the page.
    """
    progress(PhaseProgress("Writing the page"))
    builder = _PageBuilder(report, templates or installed_templates(), progress, KeptParts(store))
    smallest: tuple[int, tuple[Part, ...]] | None = None
    ladder = list(plans(report.embeddings, max_bytes, report.seed))
    for plan in ladder:
        if plan is not ladder[-1] and builder.surely_larger(plan, max_bytes):
            continue
        page = builder.page(plan)
        size = sum(part.page_bytes for part in page.parts)
        if size <= max_bytes:
            verify_page(page.html, max_bytes)
            progress(PhaseProgress("Writing the page", 1.0))
            return page
        if smallest is None or size < smallest[0]:
            smallest = (size, page.parts)
    raise _too_large(max_bytes, smallest)


class _PageBuilder:
    def __init__(self, report: ReportInput, templates: Templates, progress: ProgressCallback, kept: KeptParts) -> None:
        self.report = report
        self.templates = templates
        self.progress = progress
        self.script = page_script(templates, kept)
        self.style = page_style(templates)
        self.plotly: PlotlyScript = plotly_script(kept)
        self.articles: list[ArticleMaker] = []
        for number, result in enumerate(report.embeddings):
            self.articles.append(
                ArticleMaker(f"e{number}", result, report.version, self.plotly.version, report.seed, kept)
            )
        self._points: int | None = None
        self._kept = kept
        self._packers = [EmbeddingPacker(maker.id, maker.result, kept) for maker in self.articles]

    def packers(self, plan: Plan) -> list[EmbeddingPacker]:
        """One packer for each embedding; anew where a plan draws fewer points than the one before."""
        if plan.points is not None and plan.points != self._points:
            self._points = plan.points
            for number, maker in enumerate(self.articles):
                if maker.result.finite_rows > plan.points:
                    fewer = thinned(maker.result, drawn_rows(maker.result, plan.points, self.report.seed))
                    self._packers[number] = EmbeddingPacker(maker.id, fewer, self._kept)
        return self._packers

    def surely_larger(self, plan: Plan, max_bytes: int) -> bool:
        """Whether the blocks are larger than the page may be, or the neighbor tables, by a guess, so far that
        packing them would be a waste."""
        packers = self.packers(plan)
        room = max_bytes - len(self.plotly.block.text)
        if sum(packer.guessed_neighbor_bytes(plan) for packer in packers) * _SURELY > room:
            return True
        return sum(len(block.text) for packer in packers for block in packer.packed(plan).blocks) > room

    def page(self, plan: Plan) -> Page:
        """The page under a plan, whatever its size."""
        entries: list[dict[str, Any]] = []
        articles: list[EmbeddingContext] = []
        blocks: list[Block] = []
        notices = (*self.report.notices, *plan.notices)
        for number, (packer, maker) in enumerate(zip(self.packers(plan), self.articles, strict=True)):
            self.progress(PhaseProgress("Writing the page", number / max(len(self.articles), 1)))
            packed, article = packer.packed(plan), maker.article(plan, notices)
            kept = [p for p in packer.result.numbers.projections if plan.keeps(p)]
            captions = maker.captions(kept, packer.result) | maker.saved_captions()
            entries.append(embedding_entry(article, packer.result, packed.described, captions))
            articles.append(article)
            blocks += packed.blocks
        blocks.append(self.plotly.block)
        text = manifest_text(manifest(self.report, entries, blocks, self.plotly, notices))
        html = with_size(render_page(self.templates, self._context(articles, blocks, text, plan)))
        return Page(html=html, parts=self._parts(html, blocks, text), notices=plan.notices)

    def _context(self, articles: list[EmbeddingContext], blocks: list[Block], text: str, plan: Plan) -> PageContext:
        return PageContext(
            title=self.report.title,
            version=self.report.version,
            policy=content_policy(self.script, self.plotly.policy_hash),
            css=self.style,
            script=Markup(self.script),
            manifest=Markup(text),
            blocks=tuple(PageBlock(id=block.id, text=Markup(block.text)) for block in blocks),
            embeddings=tuple(articles),
            notices=tuple(notice_sentence(notice) for notice in (*self.report.notices, *plan.notices)),
            skipped=skipped_rows(self.report.skipped),
        )

    def _parts(self, html: str, blocks: list[Block], text: str) -> tuple[Part, ...]:
        """Bytes by part, the largest first; the document is what is left over."""
        parts = [Part(name=name, raw_bytes=raw, page_bytes=page) for name, raw, page in part_sizes(tuple(blocks))]
        sizes = {
            "still pictures": sum(len(found) for found in _PICTURE.findall(html)),
            "script and style": len(self.script.encode("utf-8")) + len(self.style.encode("utf-8")),
            "manifest": len(text.encode("utf-8")),
        }
        parts += [Part(name=name, raw_bytes=size, page_bytes=size) for name, size in sizes.items() if size]
        rest = len(html.encode("utf-8")) - sum(part.page_bytes for part in parts)
        parts.append(Part(name="document", raw_bytes=rest, page_bytes=rest))
        return tuple(sorted(parts, key=lambda part: (-part.page_bytes, part.name)))


def _too_large(max_bytes: int, smallest: tuple[int, tuple[Part, ...]] | None) -> ReportError:
    size, parts = smallest if smallest is not None else (0, ())
    largest = " and ".join(f"{part.name} {size_text(part.page_bytes)}" for part in parts[:2])
    return ReportError(
        f"The page would have {size_text(size)} where {size_text(max_bytes)} are allowed, though all that can be "
        f"given up is given up; {size_text(size - max_bytes)} are missing. Most goes to {largest}. "
        "Raise --max-size, or build fewer tensors with --tensor or --run."
    )
