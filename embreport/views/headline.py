"""The headline: what the opening picture is worth, in one true sentence; and the counts beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from embreport.diagnostics import Diagnostics
from embreport.model import Notice, Projection
from embreport.views.results import EmbeddingResult
from embreport.views.wording import count, counted, percent, verbal_name

JUDGED_NEIGHBORS = 10
_MOST_COUNTS = 3


@dataclass(frozen=True, kw_only=True)
class Count:
    """A count worth a look: `code` is stable, `text` goes on after the formatted `count`.

    `figure` names the figure of the rows that shows which ones are meant, "" for none.
    """

    code: str
    count: str
    text: str
    figure: str = ""


def headline(result: EmbeddingResult, opening: Projection | None) -> str:
    """What a reader should know first. Says nothing of faithfulness where ten neighbors are everybody."""
    rows, finite = result.rows, result.finite_rows
    if finite == 0:
        return "Nothing to draw: every row holds NaN or Inf" if rows else "Nothing to draw: there are no rows"
    if finite == 1:
        return "One point: nothing to compare it with"
    if result.numbers.duplicate_rows == finite - 1:
        return f"Collapsed: all {count(finite)} points are equal"
    size = f"{count(finite)} points in {counted(result.dims, 'dimension')}"
    if finite <= JUDGED_NEIGHBORS + 1:
        return f"{size}, too few to judge a picture by"
    if opening is None or opening.neighbors_kept is None:
        return size
    kept = percent(opening.neighbors_kept)
    return f"{verbal_name(opening)} keeps {kept} of each point’s {JUDGED_NEIGHBORS} nearest neighbors"


def digest(result: EmbeddingResult, noticed: Sequence[Notice] = ()) -> tuple[Count, ...]:
    """The three gravest counts above zero, then how many warnings the page has: of this embedding and in `noticed`.

    Gravest first: rows left out, labels to check, exact and near duplicates, all-zero rows, outliers.
    """
    numbers = result.numbers
    found = [
        _count("left-out", numbers.nan_rows, "row left out", "rows left out"),
        *_labels_to_check(numbers.diagnostics),
        _count("duplicates", numbers.duplicate_rows, "exact duplicate", "exact duplicates", figure="equal_rows"),
        *_near_duplicates(numbers.diagnostics),
        _count("zero-rows", numbers.zero_rows, "all-zero row", "all-zero rows"),
        *_outliers(numbers.diagnostics),
    ]
    warnings = sum(notice.severity != "info" for notice in (*result.notices, *noticed))
    counts = [one for one in found if one is not None][:_MOST_COUNTS]
    warned = _count("warnings", warnings, "warning", "warnings")
    return (*counts, *([] if warned is None else [warned]))


def _labels_to_check(diagnostics: Diagnostics | None) -> Iterator[Count | None]:
    """Of the column with most of them, the first where several have as many."""
    if diagnostics is not None and diagnostics.labels:
        worst = max(diagnostics.labels, key=lambda labels: labels.suspected_rows)
        figure = f"suspected_label_{worst.k}:{worst.column}"
        yield _count("suspected-labels", worst.suspected_rows, "label to check", "labels to check", figure=figure)


def _near_duplicates(diagnostics: Diagnostics | None) -> Iterator[Count | None]:
    near = None if diagnostics is None else diagnostics.near_duplicates
    if near is not None:
        words = ("near duplicate", "near duplicates")
        found = _count("near-duplicates", near.near_duplicate_rows, *words, figure="near_duplicates")
        yield replace(found, count=f"at least {found.count}") if found is not None and near.at_least else found


def _outliers(diagnostics: Diagnostics | None) -> Iterator[Count | None]:
    outliers = None if diagnostics is None else diagnostics.outliers
    if outliers is not None:
        figure = f"outlier_factor_{outliers.k}"
        yield _count("outliers", outliers.outlier_rows, "outlier", "outliers", figure=figure)


def _count(code: str, number: int, one: str, many: str, *, figure: str = "") -> Count | None:
    if number == 0:
        return None
    return Count(code=code, count=count(number), text=one if number == 1 else many, figure=figure)
