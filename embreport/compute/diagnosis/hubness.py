"""Hubness: some rows are neighbors of very many others, many rows of none."""

from __future__ import annotations

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.diagnosis.pair_distances import PairDistances
from embreport.compute.diagnosis.ties import tie_at
from embreport.compute.multiplicity import copies_of
from embreport.compute.threads import Workers
from embreport.diagnostics import MOST_LISTED, Hub, Hubness
from embreport.model import NeighborTable

NEIGHBORS = 10
_DEVIATIONS = 2.0
_BLOCK = 1 << 15
_PAIRS = 1 << 18
_MOST_VALUES = 4e9
# Sums of shares that are equal differ by less.
_ROUNDING = 1e-9


def neighbor_counts(
    table: NeighborTable, first: np.ndarray, pairs: PairDistances, workers: Workers
) -> np.ndarray | None:
    """How many rows have each row among their 10 nearest neighbors (all, where the table is narrower): float64 (n,).

    Where more rows are as far as the tenth than there are places left, these share the places evenly: the count is the
    expected one if ties were broken at random, and need not be whole. Where the list of a row ends before its tie does,
    the distances to all distinct rows tell who shares. None where these would be too many, or there are no neighbors.

    Args:
        table: of n finite rows.
        first: int64 (n,), for every row the first that equals it.
        pairs: measures the same rows.
    """
    n, width = table.indices.shape
    if width < 1:
        return None
    k = min(NEIGHBORS, width)
    counts, open_rows, places = np.zeros(n), [], []
    for block in row_blocks(n, _BLOCK):
        tie = tie_at(table.distances[block], k, n - 1)
        end = int(tie.end.max())
        near, shares = table.indices[block, :end], tie.shares(end)
        shares[tie.is_open[:, None] & (np.arange(end) >= tie.nearer[:, None])] = 0.0
        counts += np.bincount(near.ravel(), weights=shares.ravel(), minlength=n)
        open_rows.append(block.start + np.flatnonzero(tie.is_open))
        places.append((k - tie.nearer)[tie.is_open])
    rows = np.concatenate(open_rows)
    if len(rows) == 0:
        return counts
    further = _counts_of_open_ties(table, first, pairs, rows, np.concatenate(places), workers)
    return None if further is None else counts + further


def _counts_of_open_ties(
    table: NeighborTable,
    first: np.ndarray,
    pairs: PairDistances,
    rows: np.ndarray,
    places: np.ndarray,
    workers: Workers,
) -> np.ndarray | None:
    """What rows that tie share of the last places[i] of rows[i], whose list ends before they do: float64 (n,)."""
    copies = copies_of(first)
    sizes = np.diff(copies.starts)
    asking, at, times = np.unique(copies.group[rows], return_index=True, return_counts=True)
    if float(len(asking)) * len(sizes) * pairs.raw.values.shape[1] > _MOST_VALUES:
        return None
    reach = table.distances[rows[at], min(NEIGHBORS, table.indices.shape[1]) - 1]

    def share(part: slice) -> np.ndarray:
        own = asking[part]
        others = np.repeat(copies.firsts[None], len(own), axis=0)
        with np.errstate(over="ignore"):
            distances = pairs.between(table.metric, copies.firsts[own], others).astype(np.float32)
        tied = (distances == reach[part, None]) * sizes.astype(np.float64)
        itself = tied[np.arange(len(own)), own] > 0
        part_of_each = places[at[part]] / np.maximum(tied.sum(axis=1) - itself, 1)
        given = (times[part] * part_of_each)[:, None] * (tied > 0)
        given[np.arange(len(own)), own] -= itself * part_of_each
        return np.asarray(given.sum(axis=0))

    total = np.zeros(len(sizes))
    for given in workers.map(share, row_blocks(len(asking), max(1, _PAIRS // len(sizes)))):
        total += given
    return np.asarray(total[copies.group])


def hubness(table: NeighborTable, counts: np.ndarray | None, rows: np.ndarray) -> Hubness | None:
    """The distribution of `neighbor_counts`; None for a table without columns, figures of None where counts are.

    Skewness, hubs (more than two standard deviations above the mean) and antihubs (0) as in Radovanović, Nanopoulos
    and Ivanović, "Hubs in Space", JMLR 11 (2010). Standard deviations are of all rows, not of a sample. Hubs are listed
    by their count, equal ones by their row.

    Args:
        table: of n finite rows.
        counts: `neighbor_counts` of it.
        rows: int (n,), their numbers in the source.
    """
    n, width = table.indices.shape
    if width < 1:
        return None
    k = min(NEIGHBORS, width)
    if counts is None:
        return Hubness(metric=table.metric, k=k)
    deviations = counts - counts.mean()
    spread = float(np.sqrt(np.mean(deviations**2)))
    uneven = spread > _ROUNDING
    far = deviations > _DEVIATIONS * spread if uneven else np.zeros(n, bool)
    antihubs = int((counts == 0).sum())
    largest = np.argsort(-counts, kind="stable")[: min(MOST_LISTED, int(far.sum()))]
    return Hubness(
        metric=table.metric,
        k=k,
        skewness=float(np.mean(deviations**3)) / spread**3 if uneven else None,
        hub_rows=int(far.sum()),
        antihub_rows=antihubs,
        antihub_share=antihubs / n,
        hubs=tuple(Hub(row=int(rows[point]), times=float(counts[point])) for point in largest),
    )
