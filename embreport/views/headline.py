"""The headline: what the opening picture is worth, in one true sentence; and the counts beside it."""

from __future__ import annotations

from dataclasses import dataclass

from embreport.model import Projection
from embreport.views.results import EmbeddingResult
from embreport.views.wording import count, counted, percent, verbal_name

JUDGED_NEIGHBORS = 10


@dataclass(frozen=True, kw_only=True)
class Count:
    """A count worth a look: `code` is stable, `text` goes on after the formatted `count`."""

    code: str
    count: str
    text: str


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


def digest(result: EmbeddingResult) -> tuple[Count, ...]:
    """The counts above zero: rows left out, exact duplicates, all-zero rows."""
    counts = (
        ("left-out", result.numbers.nan_rows, "row left out", "rows left out"),
        ("duplicates", result.numbers.duplicate_rows, "exact duplicate", "exact duplicates"),
        ("zero-rows", result.numbers.zero_rows, "all-zero row", "all-zero rows"),
    )
    return tuple(
        Count(code=code, count=count(number), text=one if number == 1 else many)
        for code, number, one, many in counts
        if number > 0
    )
