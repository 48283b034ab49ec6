"""What became of everything a build found: built, failed or skipped; and its main figures, by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from embreport.diagnostics import Diagnostics
from embreport.model import Notice
from embreport.selection import sentence
from embreport.views import EmbeddingResult

if TYPE_CHECKING:
    from embreport.pipeline import BuiltReport

Figure = int | float | str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One embedding, or with `tensor` None a whole run, or with `run` None too something else that was noticed.

    `failed` is what should have been built and could not be, `skipped` what is no embedding or was not asked for.
    `warnings` are the notices of a built embedding that are more than information. `reason` is of the others.
    """

    state: Literal["built", "failed", "skipped", "warned"]
    run: str | None
    tensor: str | None
    reason: str = ""
    warnings: tuple[str, ...] = ()
    result: EmbeddingResult | None = None


def outcomes(report: BuiltReport) -> tuple[Outcome, ...]:
    """The built embeddings in the order of the report, then what failed or was skipped, then what else was noticed.

    Every notice that is more than information, and everything skipped, is in exactly one of them.
    """
    serious = dict.fromkeys(notice for notice in report.notices if notice.severity != "info")
    errors = {sentence(notice) for notice in serious if notice.severity == "error"}
    made: list[Outcome] = []
    told: set[str] = set()
    for result in report.embeddings:
        source = result.embedding.source
        warnings = tuple(sentence(notice) for notice in result.notices if notice in serious)
        told.update(warnings)
        made.append(Outcome(state="built", run=source.run, tensor=source.tensor, warnings=warnings, result=result))
    for item in report.skipped:
        state: Literal["failed", "skipped"] = "failed" if item.reason in errors else "skipped"
        told.add(item.reason)
        made.append(Outcome(state=state, run=item.run, tensor=item.tensor, reason=item.reason))
    made += [_noticed(notice) for notice in serious if sentence(notice) not in told]
    return tuple(made)


def _noticed(notice: Notice) -> Outcome:
    state: Literal["failed", "warned"] = "failed" if notice.severity == "error" else "warned"
    return Outcome(state=state, run=None, tensor=notice.code, reason=sentence(notice))


def main_figures(result: EmbeddingResult) -> tuple[tuple[str, Figure], ...]:
    """Stable names and values, unknown ones left out: ("rows", 6000), ("trustworthiness_10@tsne3d", 0.93)."""
    source, numbers = result.embedding.source, result.numbers
    figures: list[tuple[str, Figure | None]] = [
        ("rows", result.rows),
        ("dims", result.dims),
        ("step", source.step),
        ("sha256", result.sha256 or None),
        ("nan_rows", numbers.nan_rows),
        ("zero_rows", numbers.zero_rows),
        ("duplicate_rows", numbers.duplicate_rows),
        ("neighbors", int(numbers.cosine.indices.shape[1])),
        *_kept_figures(result),
        *_diagnostic_figures(numbers.diagnostics),
    ]
    return tuple((name, value) for name, value in figures if value is not None)


def _kept_figures(result: EmbeddingResult) -> Iterator[tuple[str, Figure | None]]:
    for projection in result.numbers.projections:
        if not projection.faithfulness:
            yield f"neighbors_kept_10@{projection.name}", projection.neighbors_kept
        for one in projection.faithfulness:
            yield f"neighbors_kept_{one.k}@{projection.name}", one.neighbors_kept
            yield f"trustworthiness_{one.k}@{projection.name}", one.trustworthiness
            yield f"continuity_{one.k}@{projection.name}", one.continuity
        if projection.variance is not None:
            yield f"variance_3@{projection.name}", float(projection.variance[:3].sum())


def _diagnostic_figures(diagnostics: Diagnostics | None) -> Iterator[tuple[str, Figure | None]]:
    if diagnostics is None:
        return
    yield "tied_rows", diagnostics.tied_rows
    for hubness in diagnostics.hubness[:1]:
        yield f"hubness_skewness_{hubness.k}", hubness.skewness
        yield "hub_rows", hubness.hub_rows
        yield "antihub_rows", hubness.antihub_rows
    if diagnostics.near_duplicates is not None:
        yield "near_duplicate_rows", diagnostics.near_duplicates.near_duplicate_rows
    if diagnostics.outliers is not None:
        yield "outlier_rows", diagnostics.outliers.outlier_rows
    for labels in diagnostics.labels:
        yield f"label_agreement_{labels.k}:{labels.column}", labels.agreement
        yield f"suspected_rows:{labels.column}", labels.suspected_rows
    if diagnostics.spectrum is not None:
        yield "effective_rank", diagnostics.spectrum.effective_rank
        yield "effective_rank_error", diagnostics.spectrum.effective_rank_error
    if diagnostics.isotropy is not None:
        yield "mean_cosine", diagnostics.isotropy.mean_cosine
