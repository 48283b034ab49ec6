"""All diagnostics of one embedding, put together."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embreport.compute.diagnosis.exact_duplicates import exact_duplicates
from embreport.compute.diagnosis.hubness import hubness, neighbor_counts
from embreport.compute.diagnosis.isotropy import isotropy
from embreport.compute.diagnosis.label_agreement import agreeing_shares, label_agreement
from embreport.compute.diagnosis.near_duplicates import near_duplicates
from embreport.compute.diagnosis.norms import norm_distribution, row_norms
from embreport.compute.diagnosis.outliers import outlier_factors, outliers
from embreport.compute.diagnosis.row_figures import figure_of_rows
from embreport.compute.diagnosis.spectrum import spectrum
from embreport.compute.pca import Squares
from embreport.compute.threads import Workers
from embreport.diagnostics import Diagnostics, LabelAgreement
from embreport.model import FigureUnit, NeighborTable, RowFigure, RowLabels

MOST_LABEL_COLUMNS = 20
_TENTH = 10


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


def diagnose(subject: Subject, figures: Sequence[RowFigure], workers: Workers) -> Diagnostics:
    """Every diagnosis; `figures` of the projections come last among the figures of the rows."""
    rows, table = subject.rows, subject.table
    euclidean = table if table.metric == "euclidean" else subject.other_table
    norms = row_norms(subject.points, workers)
    factors = outlier_factors(table)
    made = [*_neighbor_figures(subject, factors), _figure(subject, "norm", "Length", "norm", norms)]
    agreements: list[LabelAgreement] = []
    for labels in subject.labels[:MOST_LABEL_COLUMNS]:
        own = dataclasses.replace(labels, codes=labels.codes[rows])
        shares = agreeing_shares(table, own.codes)
        agreement = label_agreement(table, own, shares, rows)
        if agreement is not None:
            agreements.append(agreement)
            made.append(
                _figure(
                    subject,
                    f"label_agreement_10:{labels.column}",
                    f"Neighbors that agree (10): {labels.column}",
                    "share",
                    shares,
                )
            )
    hubs = (hubness(one, rows) for one in (table, subject.other_table))
    return Diagnostics(
        metric=table.metric,
        rows=len(rows),
        hubness=tuple(one for one in hubs if one is not None),
        exact_duplicates=exact_duplicates(subject.first, rows),
        near_duplicates=near_duplicates(euclidean, subject.first, rows),
        outliers=outliers(table, factors, rows),
        labels=tuple(agreements),
        norms=norm_distribution(norms),
        spectrum=None if subject.squares is None else spectrum(subject.squares, *subject.points.shape),
        isotropy=isotropy(subject.points, norms, workers),
        figures=(*made, *figures),
    )


def _neighbor_figures(subject: Subject, factors: np.ndarray) -> list[RowFigure]:
    table = subject.table
    width = table.indices.shape[1]
    if width < 1:
        return []
    reach = table.distances[:, min(_TENTH, width) - 1]
    return [
        _figure(subject, "hubness_10", "Times a neighbor (of 10)", "count", neighbor_counts(table)),
        _figure(subject, "neighbor_distance_10", "Distance to neighbor 10", "distance", reach),
        _figure(subject, "outlier_factor_20", "Local outlier factor (20)", "ratio", factors),
    ]


def _figure(subject: Subject, name: str, title: str, unit: FigureUnit, values: np.ndarray) -> RowFigure:
    return figure_of_rows(name, title, unit, values, subject.rows, subject.total)
