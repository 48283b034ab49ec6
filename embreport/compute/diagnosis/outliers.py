"""Rows far from their neighbors, for how close these are among themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.diagnosis.distinct_neighbors import DistinctNeighborhoods
from embreport.compute.diagnosis.pair_distances import PairDistances
from embreport.compute.multiplicity import copies_of
from embreport.compute.threads import Workers
from embreport.diagnostics import MOST_LISTED, Outlier, Outliers
from embreport.model import Metric, NeighborTable

NEIGHBORS = 20
LIMIT = 1.5
# Rows can be unequal and yet 0 apart (parallel ones by cosine distance); such a heap counts as this wide instead.
_SMALLEST_REACH = 1e-3


@dataclass(frozen=True, kw_only=True)
class OutlierFactors:
    """`values` float64 (n,), of every row; `reach` float64 (n,), how far its k-th nearest distinct row is.

    Both are NaN where they are unknown.
    """

    metric: Metric
    k: int
    values: np.ndarray
    reach: np.ndarray


def outlier_factors(
    table: NeighborTable, first: np.ndarray, pairs: PairDistances, workers: Workers
) -> OutlierFactors | None:
    """The local outlier factor of every row with 20 neighbors (all, where there are or the table has fewer).

    Breunig, Kriegel, Ng and Sander, "LOF: Identifying Density-Based Local Outliers", SIGMOD 2000. As they define it,
    all rows no farther than the k-th neighbor are neighbors, so the order of rows that tie is of no account. Against
    duplicates, beside which everything would be infinitely far out, they tell to take the distance to the k-th of
    distinct places; here equal rows also count as one neighbor and have one factor. Without ties and equal rows it is
    what scikit-learn says. The copies of a row are as dense as it is: they come first among its k neighbors and count
    1 each, so that of a row with k copies is 1. A heap of equal rows is a matter of `exact_duplicates`.

    Cosine distances count as the chords between unit vectors, the square root of twice the distance: the factor is a
    ratio of lengths. The mean reachability distance of a row is taken as at least a thousandth of the median distance
    to the k-th neighbor (among those above 0): the place of scikit-learn's 1e-10. So about 1 is usual, and 1 is the
    factor of every row where all are equal. A factor is NaN where a neighborhood it needs is unknown
    (`DistinctNeighborhoods`). None for a table without columns.

    Args:
        table: of n finite rows.
        first: int64 (n,), for every row the first that equals it.
        pairs: measures the same rows.
    """
    n, width = table.indices.shape
    if width < 1:
        return None
    copies = copies_of(first)
    k = min(NEIGHBORS, width, len(copies.firsts) - 1)
    if k < 1:
        return OutlierFactors(metric=table.metric, k=min(NEIGHBORS, width), values=np.ones(n), reach=np.zeros(n))
    near = DistinctNeighborhoods(table, copies, pairs, k, workers)
    factors = _beside_copies(_factors(near, table.metric), np.diff(copies.starts) - 1, k)
    return OutlierFactors(metric=table.metric, k=k, values=factors[copies.group], reach=near.reach[copies.group])


def _beside_copies(factors: np.ndarray, others: np.ndarray, k: int) -> np.ndarray:
    """The factors of distinct rows, each of which has so many `others` that equal it among its k neighbors."""
    share = np.minimum(others, k) / k
    return np.where(others >= k, 1.0, share + (1.0 - share) * factors)


def _factors(near: DistinctNeighborhoods, metric: Metric) -> np.ndarray:
    reach = _lengths(near.reach, metric)
    known = reach[reach > 0]
    if len(known) == 0:
        return np.where(np.isnan(reach), np.nan, 1.0)
    mean_reachability = near.means(lambda distances, rows: np.maximum(_lengths(distances, metric), reach[rows]))
    reachability = np.maximum(mean_reachability, _SMALLEST_REACH * float(np.median(known)))
    density = 1.0 / reachability
    density_there = near.means(lambda distances, rows: np.broadcast_to(density[rows], distances.shape))
    return np.asarray(density_there * reachability)


def _lengths(distances: np.ndarray, metric: Metric) -> np.ndarray:
    if metric == "cosine":
        return np.asarray(np.sqrt(2.0 * distances))
    return np.asarray(np.minimum(distances, float(np.finfo(np.float32).max)))


def outliers(factors: OutlierFactors | None, rows: np.ndarray) -> Outliers | None:
    """Rows with a local outlier factor above 1.5, the largest first, equal ones by their row.

    1.5 is the cut of scikit-learn's LocalOutlierFactor unless told otherwise. None without neighbors, and where a
    factor is unknown.

    Args:
        factors: of n finite rows.
        rows: int (n,), their numbers in the source.
    """
    if factors is None or np.isnan(factors.values).any():
        return None
    values, reach = factors.values, factors.reach
    count = int((values > LIMIT).sum())
    most = np.argsort(-values, kind="stable")[: min(count, MOST_LISTED)]
    return Outliers(
        metric=factors.metric,
        k=factors.k,
        limit=LIMIT,
        outlier_rows=count,
        outlier_share=count / len(values),
        most=tuple(
            Outlier(
                row=int(rows[point]),
                factor=float(values[point]),
                distance=float(reach[point]) if np.isfinite(reach[point]) else None,
            )
            for point in most
        ),
    )
