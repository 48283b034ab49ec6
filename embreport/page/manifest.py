"""The manifest: JSON that says what the page holds and how its blocks are packed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from embreport.model import Notice
from embreport.page.context import EmbeddingContext
from embreport.page.document import skipped_rows
from embreport.page.payload.blocks import Block
from embreport.page.payload.plotly_js import PlotlyScript
from embreport.page.report import FORMAT, ReportInput
from embreport.views import EmbeddingResult, opening_projection, palette

MANIFEST_ID = "embreport-manifest"
SIZE_PLACE = '"bytes":           0'
"""Where the size of the whole page is filled in; JSON takes the blanks, so the size does not change it."""


def manifest(
    report: ReportInput,
    embeddings: Sequence[dict[str, Any]],
    blocks: Sequence[Block],
    plotly: PlotlyScript,
    notices: Sequence[Notice],
) -> dict[str, Any]:
    """The manifest as plain data, except for the size of the page."""
    return {
        "format": FORMAT,
        "version": report.version,
        "versions": dict(report.versions),
        "title": report.title,
        "seed": report.seed,
        "notices": [_notice(notice) for notice in notices],
        "skipped": [{"where": row.where, "reason": row.reason} for row in skipped_rows(report.skipped)],
        "palette": palette(),
        "plotly": {"version": plotly.version, "block": plotly.block.id},
        "blocks": {block.id: block.described for block in blocks},
        "embeddings": list(embeddings),
    }


def embedding_entry(
    article: EmbeddingContext, result: EmbeddingResult, described: dict[str, Any], captions: dict[str, str]
) -> dict[str, Any]:
    """One embedding in the manifest: what the payload reader needs, and the words of its article."""
    source = result.embedding.source
    projections = [{**one, "caption": captions[one["name"]]} for one in described["projections"]]
    there = {one["name"] for one in projections}
    kept = [p for p in result.numbers.projections if p.name in there]
    opening = opening_projection(kept)
    return {
        "id": article.id,
        "run": source.run,
        "tensor": source.tensor,
        "title": source.title,
        "where": article.where,
        "rows": result.rows,
        "dims": result.dims,
        "dtype": source.dtype,
        "source": source.source,
        "step": source.step,
        "steps": list(source.steps),
        "sha256": result.sha256,
        "settings": dict(result.settings),
        "leftOut": result.numbers.nan_rows,
        "notTaken": result.numbers.not_taken,
        "duplicates": result.numbers.duplicate_rows,
        "zeroRows": result.numbers.zero_rows,
        "headline": article.headline,
        "digest": [dataclasses.asdict(item) for item in article.digest],
        "provenance": [[row.key, row.text] for row in article.provenance],
        "notices": [_notice(notice) for notice in result.notices],
        "opensWith": None if opening is None else opening.name,
        **described,
        "projections": projections,
    }


def manifest_text(data: dict[str, Any]) -> str:
    """The manifest as JSON that is safe inside a script element, with the place for the page's size."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return "{" + SIZE_PLACE + "," + script_safe(_without_surrogates(body[1:]))


def script_safe(text: str) -> str:
    """JSON in which no character means anything to an HTML parser or an old JavaScript one."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def with_size(html: str) -> str:
    """The page with its own size, in bytes, in the manifest.

    A lone surrogate, as the name of a folder that is no UTF-8 has it, becomes a question mark.
    """
    try:
        size = len(html.encode("utf-8"))
    except UnicodeEncodeError:
        html = _without_surrogates(html)
        size = len(html.encode("utf-8"))
    return html.replace(SIZE_PLACE, f'"bytes":{size:>12}', 1)


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _notice(notice: Notice) -> dict[str, str | None]:
    return {"code": notice.code, "severity": notice.severity, "message": notice.message, "where": notice.where}
