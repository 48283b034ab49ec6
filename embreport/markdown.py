"""The figures of a report for a CI job summary: GitHub-flavored Markdown, every name as text."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import TYPE_CHECKING

from embreport.model import Faithfulness, Projection
from embreport.outcome import Figure, Outcome, main_figures, outcomes
from embreport.plain_text import plain
from embreport.selection import sentence
from embreport.version import __version__
from embreport.views import EmbeddingResult, headline, opening_projection
from embreport.views.captions import variance_drawn
from embreport.views.figures import distinct_names, estimates_note
from embreport.views.wording import count, counted, percent, signed_zero_free

if TYPE_CHECKING:
    from embreport.pipeline import BuiltReport

_HARMLESS = frozenset(",;%?/'-.")
_STARTS_A_BLOCK = re.compile(r"^[0-9]*[^\w]")
_MOST_LINES = 50
_KEPT = (
    ("Neighbors kept", "neighbors_kept"),
    ("Trustworthiness", "trustworthiness"),
    ("Continuity", "continuity"),
)
_SHOWN_ABOVE = ("rows", "dims", "sha256", "step", "neighbors")


def markdown_summary(report: BuiltReport, *, file: str | None, strict: bool) -> str:
    """The summary. `file` is the name of the page; with `strict` it says whether the gate let the report through."""
    found = outcomes(report)
    size = f"{count(len(report.page.html.encode('utf-8')))} bytes"
    where = f"{escaped(file)}, {size}" if file is not None else f"The page has {size}"
    lines = [f"# {escaped(report.title)}", "", f"{where}; embreport {__version__}."]
    if strict:
        passed = report.is_clean
        lines += ["", "Strict: passed." if passed else "**Strict: failed. Something was skipped or warned of.**"]
    for item in found:
        if item.result is not None:
            lines += ["", *_embedding(item.result)]
    lines += _listed("Could not be built", [_named(item) for item in found if item.state == "failed"])
    lines += _listed("Notices", [f"{notice.severity}: {escaped(sentence(notice))}" for notice in report.notices])
    lines += _listed("Skipped", [_named(item) for item in found if item.state == "skipped"])
    return "\n".join(lines) + "\n"


def failed_summary(title: str, message: str) -> str:
    """The summary where no report could be made."""
    return f"# {escaped(title)}\n\n**No report was made.** {escaped(message)}\n"


def escaped(text: str) -> str:
    """Text as inline Markdown that shows it and nothing else, in a paragraph, a list item or a cell of a table.

    Punctuation becomes numeric character references, which CommonMark never takes for markup (section 6.2), also
    that of addresses, which some readers make links of. Control characters and line breaks are spelled out.
    """
    shown = plain(text).strip() or " "
    shown = re.sub(r"(?i)\bwww\.", lambda found: found[0].replace(".", "\0"), shown)
    block = _STARTS_A_BLOCK.match(shown)
    start = block.end() if block else 0
    return "".join(_reference(character, at < start) for at, character in enumerate(shown))


def _reference(character: str, starts: bool) -> str:
    if character == "\0":
        return "&#46;"
    if character not in string.punctuation or (not starts and character in _HARMLESS):
        return character
    return f"&#{ord(character)};"


def _embedding(result: EmbeddingResult) -> list[str]:
    source, numbers = result.embedding.source, result.numbers
    opening = opening_projection(numbers.projections)
    size = f"{counted(result.rows, 'row')}, {counted(result.dims, 'dimension')}"
    step = "" if source.step is None else f", step {source.step}"
    lines = [
        f"## {escaped(source.title)}",
        "",
        f"**{escaped(headline(result, opening))}.**",
        "",
        f"Run {escaped(source.run)}, tensor {escaped(source.tensor)}: {size}{step}.",
        "",
        *_projections(numbers.projections),
    ]
    figures = [(name, value) for name, value in main_figures(result) if "@" not in name and name not in _SHOWN_ABOVE]
    rows = [(name, _figure(value)) for name, value in figures]
    note = estimates_note(numbers.projections, result.finite_rows)
    about = ["", escaped(note)] if note else []
    return [*lines, *about, "", *_table(("Figure", "Value"), rows)]


def _figure(value: Figure) -> str:
    return signed_zero_free(f"{value:.3g}") if isinstance(value, float) else str(value)


def _projections(projections: Sequence[Projection]) -> list[str]:
    """What each picture keeps; a column without any figure is left out."""
    neighborhoods = sorted({one.k for projection in projections for one in projection.faithfulness})
    columns = [("Projection", distinct_names(projections))]
    for k in neighborhoods:
        for head, field in _KEPT:
            columns.append((f"{head} ({k})", [_share(projection, k, field) for projection in projections]))
    if not neighborhoods:
        kept = [projection.neighbors_kept for projection in projections]
        columns.append(("Neighbors kept (10)", ["" if share is None else percent(share) for share in kept]))
    drawn = [variance_drawn(projection) for projection in projections]
    columns.append(("Variance", ["" if share is None else percent(share) for share in drawn]))
    used = [(head, cells) for head, cells in columns if any(cells)]
    return _table([head for head, _ in used], list(zip(*(cells for _, cells in used), strict=True)))


def _share(projection: Projection, k: int, field: str) -> str:
    found: Faithfulness | None = next((one for one in projection.faithfulness if one.k == k), None)
    share = None if found is None else getattr(found, field)
    return "" if share is None else percent(share)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    lines = [heads, ["---"] * len(heads), *([escaped(cell) if cell else "" for cell in row] for row in rows)]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _listed(title: str, items: list[str]) -> list[str]:
    """A heading and a list, the rest of a long one as a count; nothing for no items."""
    if not items:
        return []
    rest = [f"- {len(items) - _MOST_LINES:,} more"] if len(items) > _MOST_LINES else []
    return ["", f"## {title}", "", *(f"- {item}" for item in items[:_MOST_LINES]), *rest]


def _named(item: Outcome) -> str:
    if item.run is None:
        return escaped(item.reason)
    return f"{escaped(item.tensor or 'everything')} in run {escaped(item.run)}: {escaped(item.reason)}"
