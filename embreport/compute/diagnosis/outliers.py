"""Rows far from their neighbors, for how close these are among themselves."""

from __future__ import annotations

import numpy as np

from embreport.diagnostics import MOST_LISTED, Outlier, Outliers
from embreport.model import NeighborTable

NEIGHBORS = 20
LIMIT = 1.5
# Beside a heap of equal rows every row would be infinitely far out; the heap counts as this wide instead.
_SMALLEST_REACH = 1e-3


def outlier_factors(table: NeighborTable) -> np.ndarray:
    """The local outlier factor of every row with 20 neighbors (all, where the table is narrower): float64 (n,).

    Breunig, Kriegel, Ng and Sander, "LOF: Identifying Density-Based Local Outliers", SIGMOD 2000, with exactly k
    neighbors per row, as scikit-learn has it (of rows that tie for the last place those with the lowest numbers).
    Cosine distances count as the chords between unit vectors, the square
    root of twice the distance: the factor is a ratio of lengths. The mean reachability distance of a row is taken
    as at least a thousandth of the median distance to the k-th neighbor
    (among those above 0): the place of scikit-learn's
    1e-10. So about 1 is usual, and 1 is the factor of every row where all are equal. NaN for a table without columns.
    """
    n, width = table.indices.shape
    k = min(NEIGHBORS, width)
    if k < 1:
        return np.full(n, np.nan)
    near = table.indices[:, :k]
    distances = np.nan_to_num(table.distances[:, :k].astype(np.float64), posinf=float(np.finfo(np.float32).max))
    if table.metric == "cosine":
        distances = np.sqrt(2.0 * distances)
    reach = distances[:, -1]
    if not (reach > 0).any():
        return np.ones(n)
    smallest = _SMALLEST_REACH * float(np.median(reach[reach > 0]))
    reachability = np.maximum(np.maximum(distances, reach[near]).mean(axis=1), smallest)
    factors = (1.0 / reachability)[near].mean(axis=1) * reachability
    return np.asarray(factors)


def outliers(table: NeighborTable, factors: np.ndarray, rows: np.ndarray) -> Outliers | None:
    """Rows with a local outlier factor above 1.5, the largest first, equal ones by their row.

    1.5 is the cut of scikit-learn's LocalOutlierFactor unless told otherwise. None for a table without columns.

    Args:
        table: of n finite rows.
        factors: `outlier_factors` of it.
        rows: int (n,), their numbers in the source.
    """
    n, width = table.indices.shape
    k = min(NEIGHBORS, width)
    if k < 1:
        return None
    count = int((factors > LIMIT).sum())
    most = np.argsort(-factors, kind="stable")[: min(count, MOST_LISTED)]
    reach = table.distances[:, k - 1]
    return Outliers(
        metric=table.metric,
        k=k,
        limit=LIMIT,
        outlier_rows=count,
        outlier_share=count / n,
        most=tuple(
            Outlier(
                row=int(rows[point]),
                factor=float(factors[point]),
                distance=float(reach[point]) if np.isfinite(reach[point]) else None,
            )
            for point in most
        ),
    )
