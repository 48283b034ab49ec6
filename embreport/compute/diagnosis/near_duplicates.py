"""Rows that are not equal but all but equal."""

from __future__ import annotations

import numpy as np

from embreport.compute.diagnosis.exact_duplicates import largest_groups
from embreport.diagnostics import MOST_LISTED, ClosePair, NearDuplicates
from embreport.model import NeighborTable

RELATIVE_LIMIT = 0.1
_TYPICAL_NEIGHBOR = 10


def near_duplicates(table: NeighborTable, first: np.ndarray, rows: np.ndarray) -> NearDuplicates | None:
    """Pairs of rows that are not equal, at most a tenth as far apart as a row and its tenth neighbor typically are.

    Typical is the median over all rows (over those above 0, where more than half of them are 0; over the last
    neighbor, where fewer than ten are kept). A limit relative to the median distance of neighbors, not to the scale of
    the data, is the rule of cleanlab's Datalab for near duplicates, too, with 0.13 of the median distance to the
    nearest one. In few dimensions some pairs are that close by chance. None without neighbors, and where distances are
    too large for float32.

    Args:
        table: the euclidean table of n finite rows.
        first: int64 (n,), for every row the first that equals it.
        rows: int (n,), the rows' numbers in the source, ascending.
    """
    n, width = table.indices.shape
    typical = _typical(table)
    if typical is None:
        return None
    limit = RELATIVE_LIMIT * typical
    pairs, distances = _close_pairs(table, first, limit)
    partners = np.zeros(n, bool)
    partners[pairs.ravel()] = True
    group = _joined(pairs, first)
    holding = np.zeros(n, bool)
    holding[group[pairs[:, 0]]] = True
    members = holding[group]
    nearest = np.lexsort((pairs[:, 1], pairs[:, 0], distances))[:MOST_LISTED]
    return NearDuplicates(
        relative_limit=RELATIVE_LIMIT,
        typical_distance=typical,
        limit=limit,
        near_duplicate_rows=int(partners.sum()),
        near_duplicate_share=int(partners.sum()) / n,
        near_duplicate_pairs=len(pairs),
        near_duplicate_groups=int(holding.sum()),
        at_least=bool(width < n - 1 and limit > 0 and (table.distances[:, -1] <= limit).any()),
        closest=tuple(
            ClosePair(rows=(int(rows[pairs[one, 0]]), int(rows[pairs[one, 1]])), distance=float(distances[one]))
            for one in nearest
        ),
        largest=largest_groups(group, members, rows),
    )


def near_duplicate_counts(table: NeighborTable, first: np.ndarray) -> np.ndarray | None:
    """How many near duplicates each row has, as far as the lists show: int64 (n,); None where `near_duplicates` is."""
    typical = _typical(table)
    if typical is None:
        return None
    return np.bincount(_close_pairs(table, first, RELATIVE_LIMIT * typical)[0].ravel(), minlength=len(first))


def _typical(table: NeighborTable) -> float | None:
    width = table.indices.shape[1]
    if width < 1:
        return None
    distances = table.distances[:, min(_TYPICAL_NEIGHBOR, width) - 1].astype(np.float64)
    median = float(np.median(distances))
    if median == 0 and (distances > 0).any():
        median = float(np.median(distances[distances > 0]))
    return median if np.isfinite(median) else None


def _close_pairs(table: NeighborTable, first: np.ndarray, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Each pair once, the lower row first: int64 (pairs, 2), ascending, and their distances."""
    n = len(first)
    point, place = np.nonzero(table.distances <= limit) if limit > 0 else (np.empty(0, int), np.empty(0, int))
    other = table.indices[point, place].astype(np.int64)
    unequal = first[point] != first[other]
    point, other, place = point[unequal], other[unequal], place[unequal]
    keys, where = np.unique(np.minimum(point, other) * n + np.maximum(point, other), return_index=True)
    return np.stack([keys // n, keys % n], axis=1), table.distances[point[where], place[where]]


def _joined(pairs: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The group of every row: rows joined by pairs, or equal, have the same number below n."""
    n = len(first)
    if len(pairs) == 0:
        return first
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends = np.concatenate([pairs, np.stack([np.arange(n), first], axis=1)])
    edges = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(n, n))
    return np.asarray(connected_components(edges, directed=False)[1], np.int64)
