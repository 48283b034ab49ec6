"""The figures of a report for machines: what `--json` writes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from embreport.diagnostics import diagnostics_to_data, faithfulness_to_data
from embreport.model import Projection
from embreport.version import __version__
from embreport.versions import package_versions
from embreport.views import EmbeddingResult

if TYPE_CHECKING:
    from embreport.pipeline import BuiltReport


def summarize(report: BuiltReport) -> dict[str, Any]:
    """One JSON-ready object: what was built, its figures, what was skipped, notices, and bytes per part of the page."""
    return {
        "version": __version__,
        "versions": dict(package_versions()),
        "title": report.title,
        "bytes": len(report.page.html.encode("utf-8")),
        "embeddings": [_embedding(result) for result in report.embeddings],
        "skipped": [dataclasses.asdict(item) for item in report.skipped],
        "notices": [dataclasses.asdict(notice) for notice in report.notices],
        "parts": [dataclasses.asdict(part) for part in report.page.parts],
    }


def _embedding(result: EmbeddingResult) -> dict[str, Any]:
    source, numbers = result.embedding.source, result.numbers
    return {
        "run": source.run,
        "tensor": source.tensor,
        "title": source.title,
        "shape": list(source.shape),
        "dtype": source.dtype,
        "step": source.step,
        "sha256": result.sha256,
        "settings": dict(result.settings),
        "neighbors": int(numbers.cosine.indices.shape[1]),
        "neighbors_recall": {table.metric: table.recall for table in (numbers.cosine, numbers.euclidean)},
        "points": int(numbers.finite.sum()),
        "nan_rows": numbers.nan_rows,
        "zero_rows": numbers.zero_rows,
        "duplicate_rows": numbers.duplicate_rows,
        "projections": [_projection(projection) for projection in numbers.projections],
        "diagnostics": None if numbers.diagnostics is None else diagnostics_to_data(numbers.diagnostics),
    }


def _projection(projection: Projection) -> dict[str, Any]:
    return {
        "name": projection.name,
        "settings": dict(projection.settings),
        "neighbors_kept": projection.neighbors_kept,
        "faithfulness": faithfulness_to_data(projection.faithfulness),
        "variance": None if projection.variance is None else [float(share) for share in projection.variance],
    }
