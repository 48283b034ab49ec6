"""What the numbers say of an embedding beyond its pictures: plain data, beside `model`.

All of it is about the rows that are finite, under their numbers in the source. Names that end in `_rows`, `_pairs`,
`_groups` or `count` are whole numbers, names that end in `_share` are shares: of `Diagnostics.rows`, those of a row's
neighbors (`neighbor_share`, `nearest_other_share`) of these. Lists of rows are cut (`MOST_LISTED`), the counts beside
them never. How each figure is made, and after whom, stands with the function
in `compute.diagnosis` that makes it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from embreport.errors import ReportError
from embreport.model import Faithfulness, Metric, RowFigure
from embreport.plain_data import from_plain, to_plain

MOST_LISTED = 100
MOST_CONFUSED = 50
MOST_CLASSES = 1000
ROW_FIGURES = ("hubness_10", "neighbor_distance_10", "outlier_factor_20", "norm", "equal_rows", "near_duplicates")
"""Names of figures of every row."""
LABEL_FIGURES = ("label_agreement_10", "suspected_label_10")
"""Names of figures of every row by a column of classes, which follows them: "label_agreement_10:class"."""
PICTURE_FIGURES = tuple(f"{name}_{k}" for name in ("neighbors_kept", "trustworthiness", "continuity") for k in (10, 30))
"""Names of figures of every row in a picture, which follows them: "trustworthiness_10@tsne3d"."""


@dataclass(frozen=True, kw_only=True)
class Hub:
    """A row, and how many times it is among the k nearest neighbors of a row; not whole where rows tie."""

    row: int
    times: float


@dataclass(frozen=True, kw_only=True)
class Hubness:
    """How unevenly the rows are neighbors of others, by one metric.

    `skewness` is that of the number of rows that have a row among their k nearest neighbors, None where these
    numbers are all equal. `hub_rows` counts those more than two standard deviations above the mean, `antihub_rows`
    those that are nobody's neighbor. `hubs` are the rows with the largest numbers, the largest first. Rows that tie
    for the last of k places share them. Where neighbor lists end before ties do, hubness is unknown: all figures are
    None.
    """

    metric: Metric
    k: int
    skewness: float | None = None
    hub_rows: int | None = None
    antihub_rows: int | None = None
    antihub_share: float | None = None
    hubs: tuple[Hub, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RowGroup:
    """Rows that belong together, ascending: `size` of them, of which `rows` lists the first 20."""

    size: int
    rows: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ExactDuplicates:
    """Rows that are equal, value for value.

    `duplicate_rows` counts the rows that equal an earlier one, `grouped_rows` all that equal some other,
    `largest` the largest groups.
    """

    duplicate_rows: int
    duplicate_share: float
    grouped_rows: int
    duplicate_groups: int
    largest: tuple[RowGroup, ...]


@dataclass(frozen=True, kw_only=True)
class ClosePair:
    """Two rows, the lower first, and their euclidean distance."""

    rows: tuple[int, int]
    distance: float


@dataclass(frozen=True, kw_only=True)
class NearDuplicates:
    """Rows that are not equal, yet at most `limit` apart (euclidean).

    `limit` is `relative_limit` times `typical_distance`. `near_duplicate_rows` counts the rows that have such a
    partner. A group is held together by near duplicates and equal rows. `at_least`: more pairs may exist than the
    neighbor table shows, since the whole list of some row lies within the limit.
    """

    relative_limit: float
    typical_distance: float
    limit: float
    near_duplicate_rows: int
    near_duplicate_share: float
    near_duplicate_pairs: int
    near_duplicate_groups: int
    at_least: bool
    closest: tuple[ClosePair, ...]
    largest: tuple[RowGroup, ...]


@dataclass(frozen=True, kw_only=True)
class Outlier:
    """A row, its local outlier factor, and how far its k-th unequal neighbor is in the metric (None: beyond 3.4e38)."""

    row: int
    factor: float
    distance: float | None


@dataclass(frozen=True, kw_only=True)
class Outliers:
    """Rows that lie far from their neighbors, for how close these are among themselves.

    `outlier_rows` counts the local outlier factors above `limit`; `most` are the largest of these. Equal rows count as
    one neighbor and have one factor; rows as far as the k-th neighbor are all neighbors.
    """

    metric: Metric
    k: int
    limit: float
    outlier_rows: int
    outlier_share: float
    most: tuple[Outlier, ...]


@dataclass(frozen=True, kw_only=True)
class ClassAgreement:
    """One class: its rows, the mean share of their neighbors in it, and the other class most among these.

    `agreement` is None where no row of the class has a labeled neighbor; `nearest_other` is None where no neighbor
    bears another label. `nearest_other_share` is a share of all labeled neighbors of the class.
    """

    value: str
    rows: int
    agreement: float | None
    nearest_other: str | None
    nearest_other_share: float


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """Labels of rows against labels of their neighbors: `counts[i][j]` neighbors of label j, of rows of label i.

    `values` are the most frequent labels; all further ones are taken together in a last line and column
    where `has_other`.
    """

    values: tuple[str, ...]
    has_other: bool
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class SuspectedLabel:
    """A row, its label, and the label of `neighbor_share` of its neighbors."""

    row: int
    label: str
    suggested: str
    neighbor_share: float


@dataclass(frozen=True, kw_only=True)
class LabelAgreement:
    """How well the neighbors agree with the labels of one metadata column.

    `agreement` is the mean over all labeled rows of the share of their labeled neighbors that bear the same label,
    `expected_agreement` what it would be if the labels were shuffled; None where there is nothing to compare.
    `suspected_rows` counts rows of which at least `suspect_from` of k neighbors bear one and the same other label. The
    neighbors are those that the list shows; of rows that tie with the last of them, those with the lowest numbers.
    """

    column: str
    metric: Metric
    k: int
    labeled_rows: int
    unlabeled_rows: int
    class_count: int
    agreement: float | None
    expected_agreement: float | None
    classes: tuple[ClassAgreement, ...]
    confusion: Confusion
    suspect_from: int
    suspected_rows: int
    suspected_share: float
    suspected: tuple[SuspectedLabel, ...]


@dataclass(frozen=True, kw_only=True)
class Norms:
    """The lengths (L2) of the raw rows. `variation` is standard deviation over mean, None where all are zero."""

    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float
    mean: float
    standard_deviation: float
    variation: float | None


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """How many directions the centered rows use, of at most `full_rank`.

    Both figures are 0 where all rows are equal. They are exact where rows or dimensions are at most 4,096, with errors
    of None; else they are estimates, which are off by more than their errors in about one case of 20.
    """

    full_rank: int
    effective_rank: float
    participation_ratio: float
    effective_rank_error: float | None = None
    participation_ratio_error: float | None = None


@dataclass(frozen=True, kw_only=True)
class Isotropy:
    """Whether the rows point every way (0) or all the same way (1).

    `mean_cosine` is the mean cosine of all pairs of two rows, `mean_direction` the length of the mean of the unit
    vectors. Both are of the raw rows that are not zero, None where there are fewer than two.
    """

    mean_cosine: float | None
    mean_direction: float | None


@dataclass(frozen=True, kw_only=True)
class Diagnostics:
    """All of it for one embedding; a part is None (or empty) where there are too few rows for it.

    `rows` counts the finite rows. `metric` is that of the layouts, and of every figure of neighbors that does not
    name another. `tied_rows` counts the rows with further neighbors as far as the 10th, None where lists end there.
    `hubness` has both metrics, that of the layouts first. `labels` has one entry per column of classes, `figures` what
    can be said of every single row.
    """

    metric: Metric
    rows: int
    tied_rows: int | None = None
    tied_share: float | None = None
    hubness: tuple[Hubness, ...] = ()
    exact_duplicates: ExactDuplicates | None = None
    near_duplicates: NearDuplicates | None = None
    outliers: Outliers | None = None
    labels: tuple[LabelAgreement, ...] = ()
    norms: Norms | None = None
    spectrum: Spectrum | None = None
    isotropy: Isotropy | None = None
    figures: tuple[RowFigure, ...] = ()


def diagnostics_to_data(diagnostics: Diagnostics) -> dict[str, Any]:
    """Everything but `figures` as plain data for JSON, under the names of the fields; numbers are all finite."""
    data = to_plain(diagnostics)
    del data["figures"]
    return dict(data)


def diagnostics_from_data(data: object, figures: tuple[RowFigure, ...] = ()) -> Diagnostics:
    """What `diagnostics_to_data` made, with the figures of the rows that were kept beside it.

    Unknown names are passed over, a missing name takes its default. Raises ReportError where `data` is no such thing.
    """
    if isinstance(data, dict):
        data = {name: value for name, value in data.items() if name != "figures"}
    return dataclasses.replace(from_plain(Diagnostics, data), figures=figures)


def faithfulness_to_data(faithfulness: tuple[Faithfulness, ...]) -> list[dict[str, Any]]:
    """What a projection keeps, as plain data for JSON, under the names of the fields."""
    return [to_plain(one) for one in faithfulness]


def faithfulness_from_data(data: object) -> tuple[Faithfulness, ...]:
    """What `faithfulness_to_data` made; raises ReportError where `data` is no such thing."""
    if not isinstance(data, list):
        raise ReportError("What a projection keeps is not as embreport writes it: a list was expected.")
    return tuple(from_plain(Faithfulness, one) for one in data)
