"""What the figures say of an embedding as a whole, in a few plain sentences for the document."""

from __future__ import annotations

from collections.abc import Iterator

from embreport.diagnostics import Diagnostics, Hubness, LabelAgreement
from embreport.views.provenance import Fact
from embreport.views.results import EmbeddingResult
from embreport.views.wording import MINUS, count, counted, percent, shortened, signed_zero_free

_MOST_COLUMNS = 3


def overall_facts(result: EmbeddingResult) -> tuple[Fact, ...]:
    """Rank, direction, hubs, duplicates, labels, and how neighbors were found; each only where it was measured."""
    diagnostics = result.numbers.diagnostics
    facts = [] if diagnostics is None else [*_shape(diagnostics), *_rows(diagnostics), *_labels(diagnostics)]
    return (*facts, *_search(result))


def _shape(diagnostics: Diagnostics) -> Iterator[Fact]:
    spectrum, isotropy = diagnostics.spectrum, diagnostics.isotropy
    if spectrum is not None:
        error = spectrum.effective_rank_error
        about = "" if error is None else f" (estimated, ± {_decimal(error)})"
        rank = f"{_decimal(spectrum.effective_rank)} of {counted(spectrum.full_rank, 'direction')}{about}"
        yield Fact(key="Effective rank", text=rank)
    if isotropy is not None and isotropy.mean_cosine is not None:
        cosine = _decimal(isotropy.mean_cosine, 2)
        ends = "0: they point every way, 1: all the same way"
        yield Fact(key="Isotropy", text=f"mean cosine of two rows {cosine} ({ends})")


def _rows(diagnostics: Diagnostics) -> Iterator[Fact]:
    if diagnostics.hubness:
        yield Fact(key="Hubness", text=_hubness(diagnostics.hubness[0]))
    exact, near = diagnostics.exact_duplicates, diagnostics.near_duplicates
    if exact is not None and exact.duplicate_rows == 0 and (near is None or near.near_duplicate_rows == 0):
        yield Fact(key="Duplicates", text="none, exact or near")
    elif exact is not None:
        close = ""
        if near is not None:
            least = "at least " if near.at_least else ""
            close = f", {least}{count(near.near_duplicate_rows)} nearly equal to another"
        equal = f"{counted(exact.duplicate_rows, 'row')} equal to an earlier one"
        yield Fact(key="Duplicates", text=f"{equal}{close}")


def _hubness(hubness: Hubness) -> str:
    if hubness.hub_rows is None or hubness.antihub_rows is None:
        return "not known: more rows are equally far than the neighbor lists hold"
    skewness = "no skewness" if hubness.skewness is None else f"skewness {_decimal(hubness.skewness)}"
    alone = f"{counted(hubness.antihub_rows, 'row is', 'rows are')} among nobody’s {hubness.k} nearest"
    return f"{skewness}; {counted(hubness.hub_rows, 'hub')}; {alone}"


def _labels(diagnostics: Diagnostics) -> Iterator[Fact]:
    known = [labels for labels in diagnostics.labels if labels.agreement is not None]
    for labels in known[:_MOST_COLUMNS]:
        yield Fact(key=f"Purity by {shortened(labels.column, 30)}", text=_agreement(labels))


def _agreement(labels: LabelAgreement) -> str:
    share = percent(labels.agreement or 0.0)
    chance = "" if labels.expected_agreement is None else f", {percent(labels.expected_agreement)} by chance"
    suspected = f"; {counted(labels.suspected_rows, 'label')} to check" if labels.suspected_rows else ""
    return f"{share} of the {count(labels.k)} nearest neighbors bear the same label{chance}{suspected}"


def _search(result: EmbeddingResult) -> Iterator[Fact]:
    """Says of approximate neighbors what share of the true ones they hold."""
    tables = (result.numbers.cosine, result.numbers.euclidean)
    found = [f"{percent(table.recall)} ({table.metric})" for table in tables if table.recall is not None]
    if found:
        yield Fact(key="Neighbors", text=f"approximate: {' and '.join(found)} of the true ones found")


def _decimal(value: float, digits: int = 1) -> str:
    return signed_zero_free(f"{value:,.{digits}f}").replace("-", MINUS)
