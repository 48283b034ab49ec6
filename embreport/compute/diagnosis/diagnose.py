"""All diagnostics of one embedding, put together."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from embreport.compute.diagnosis.exact_duplicates import equal_counts, exact_duplicates
from embreport.compute.diagnosis.hubness import hubness, neighbor_counts
from embreport.compute.diagnosis.isotropy import isotropy
from embreport.compute.diagnosis.label_agreement import agreeing_shares, label_agreement, suspected_shares
from embreport.compute.diagnosis.near_duplicates import near_duplicate_counts, near_duplicates
from embreport.compute.diagnosis.norms import norm_distribution, row_norms
from embreport.compute.diagnosis.outliers import OutlierFactors, outlier_factors, outliers
from embreport.compute.diagnosis.pair_distances import pair_distances
from embreport.compute.diagnosis.row_figures import figure_of_rows
from embreport.compute.diagnosis.spectrum import spectrum
from embreport.compute.diagnosis.ties import tied_rows
from embreport.compute.pca import Squares
from embreport.compute.threads import Workers
from embreport.diagnostics import Diagnostics, LabelAgreement
from embreport.model import FigureUnit, NeighborTable, RowFigure, RowLabels

MOST_LABEL_COLUMNS = 20
_TENTH = 10

RecallDiagnosis = Callable[[Callable[[], Diagnostics]], Diagnostics]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is diagnosed: m >= 1 finite points, which are the given `rows` of a source of `total` rows.

    `table` is in the metric of the layouts, `other_table` in the other one. `first` int64 (m,) says for every point
    the first that equals it. `squares` are all squared singular values of the centered points or a sample, None where
    unknown. `labels` have codes of all rows of the source.
    """

    points: np.ndarray
    rows: np.ndarray
    total: int
    table: NeighborTable
    other_table: NeighborTable
    first: np.ndarray
    squares: Squares | None
    labels: Sequence[RowLabels]


def diagnose(
    subject: Subject, figures: Sequence[RowFigure], workers: Workers, recall: RecallDiagnosis | None = None
) -> Diagnostics:
    """Every diagnosis; `figures` of the projections come last among the figures of the rows.

    `recall` gets a function that diagnoses the points without their labels, and may know its answer.
    """
    make = partial(diagnose_points, subject, workers)
    of_points = make() if recall is None else recall(make)
    agreements, of_labels = _by_labels(subject)
    return dataclasses.replace(of_points, labels=agreements, figures=(*of_points.figures, *of_labels, *figures))


def diagnose_points(subject: Subject, workers: Workers) -> Diagnostics:
    """What can be said without labels and projections."""
    rows, table = subject.rows, subject.table
    euclidean = table if table.metric == "euclidean" else subject.other_table
    norms = row_norms(subject.points, workers)
    pairs = pair_distances(subject.points, workers)
    factors = outlier_factors(table, subject.first, pairs, workers)
    counts = [neighbor_counts(one, subject.first, pairs, workers) for one in (table, subject.other_table)]
    hubs = [hubness(one, of_one, rows) for one, of_one in zip((table, subject.other_table), counts, strict=True)]
    tied = tied_rows(table, _TENTH)
    own = [*_neighbor_figures(subject, counts[0], factors), _figure(subject, "norm", "Length", "norm", norms)]
    return Diagnostics(
        metric=table.metric,
        rows=len(rows),
        tied_rows=tied,
        tied_share=None if tied is None else tied / len(rows),
        hubness=tuple(one for one in hubs if one is not None),
        exact_duplicates=exact_duplicates(subject.first, rows),
        near_duplicates=near_duplicates(euclidean, subject.first, rows),
        outliers=outliers(factors, rows),
        norms=norm_distribution(norms),
        spectrum=None if subject.squares is None else spectrum(subject.squares, *subject.points.shape),
        isotropy=isotropy(subject.points, norms, workers),
        figures=(*own, *_duplicate_figures(subject, euclidean)),
    )


def _by_labels(subject: Subject) -> tuple[tuple[LabelAgreement, ...], list[RowFigure]]:
    """What the neighbors say of each column of labels, and of the label of every row."""
    agreements: list[LabelAgreement] = []
    made = []
    for labels in subject.labels[:MOST_LABEL_COLUMNS]:
        own = dataclasses.replace(labels, codes=labels.codes[subject.rows])
        shares = agreeing_shares(subject.table, own.codes)
        agreement = label_agreement(subject.table, own, shares, subject.rows)
        if agreement is None:
            continue
        agreements.append(agreement)
        name, title = f"label_agreement_10:{labels.column}", f"Neighbors that agree (10): {labels.column}"
        made.append(_figure(subject, name, title, "share", shares))
        if agreement.suspected_rows:
            name, title = f"suspected_label_10:{labels.column}", f"Label to check (10): {labels.column}"
            made.append(_figure(subject, name, title, "share", suspected_shares(subject.table, own.codes)))
    return tuple(agreements), made


def _neighbor_figures(subject: Subject, counts: np.ndarray | None, factors: OutlierFactors | None) -> list[RowFigure]:
    table = subject.table
    width = table.indices.shape[1]
    if width < 1:
        return []
    made = []
    if counts is not None:
        whole = (np.float32(counts) == np.rint(counts)).all()
        title = "Times a neighbor (of 10)"
        made.append(_figure(subject, "hubness_10", title, "count" if whole else "ratio", counts))
    reach = table.distances[:, min(_TENTH, width) - 1]
    made.append(_figure(subject, "neighbor_distance_10", "Distance to neighbor 10", "distance", reach))
    if factors is not None and not np.isnan(factors.values).all():
        made.append(_figure(subject, "outlier_factor_20", "Local outlier factor (20)", "ratio", factors.values))
    return made


def _duplicate_figures(subject: Subject, euclidean: NeighborTable) -> list[RowFigure]:
    """How many rows equal each, exactly and nearly; each only where there are any."""
    equal, near = equal_counts(subject.first), near_duplicate_counts(euclidean, subject.first)
    made = []
    if equal.any():
        made.append(_figure(subject, "equal_rows", "Equal rows", "count", equal))
    if near is not None and near.any():
        made.append(_figure(subject, "near_duplicates", "Near duplicates", "count", near))
    return made


def _figure(subject: Subject, name: str, title: str, unit: FigureUnit, values: np.ndarray) -> RowFigure:
    return figure_of_rows(name, title, unit, values, subject.rows, subject.total)
