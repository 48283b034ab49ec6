"""Exact nearest neighbors of every row, for both metrics, from one sweep of matrix products.

1. A blocked float32 product of the centered, scaled rows scores every pair for both metrics. The score
   of a pair is optimistic: the bound of its rounding error is already in its favor.
2. The best k and a few more are measured again in float64, on the raw rows, and put in order.
3. A certificate compares the k-th distance with the least distance any pair left out can have. Rows
   that fail it are searched again in float64 (`exact_rows`).

So the tables are those of brute force in float64, whatever the block size, the BLAS or the threads.

Rows that are equal are searched once (`multiplicity`). Rows of whole numbers, whose distances tie, have a search of
their own (`whole_numbers`). Very many rows are searched approximately (`approximate`): the distances are exact, the
lists may miss neighbors, and the tables say how many they miss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from embreport.compute.approximate import is_searched_approximately, search_approximately
from embreport.compute.availability import numba_is_installed
from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.candidates import CosineTable, EuclideanTable
from embreport.compute.distances import NumpyMeasure
from embreport.compute.duplicates import first_equal_rows
from embreport.compute.exact_rows import SearchChunk, search_in_numpy, search_rows
from embreport.compute.geometry import prepare_geometry, prepare_raw_rows
from embreport.compute.measures import Measure
from embreport.compute.multiplicity import Copies, copies_of, spread_over_copies
from embreport.compute.numpy_sweep import sweep_in_numpy
from embreport.compute.threads import Workers
from embreport.compute.whole_numbers import Tables, WholeRows, search_whole_in_numpy, whole_rows
from embreport.model import Metric, NeighborTable

COMPILED_FROM = 4000  # below, numpy takes less than compiling does, and not a second

WholeSearch = Callable[[WholeRows, int, Workers, Callable[[float], None]], Tables]
Sweep = Callable[[Sequence[CosineTable | EuclideanTable], Workers, Callable[[float], None]], None]
Report = Callable[[float], None]

_CANDIDATES: dict[Metric, type[CosineTable] | type[EuclideanTable]] = {
    "cosine": CosineTable,
    "euclidean": EuclideanTable,
}


@dataclass(frozen=True, kw_only=True)
class NeighborTables:
    """Both tables, and how many of their rows had to be searched again in float64."""

    cosine: NeighborTable
    euclidean: NeighborTable
    repeated: int

    def table(self, metric: Metric) -> NeighborTable:
        """The table of a metric."""
        return self.cosine if metric == "cosine" else self.euclidean

    def narrowed(self, k: int) -> NeighborTables:
        """The first k columns of both."""
        return NeighborTables(
            cosine=narrowed(self.cosine, k), euclidean=narrowed(self.euclidean, k), repeated=self.repeated
        )

    @staticmethod
    def of_nothing() -> NeighborTables:
        """Tables of no rows and no columns."""
        return NeighborTables(cosine=_empty("cosine", 0), euclidean=_empty("euclidean", 0), repeated=0)


def narrowed(table: NeighborTable, k: int) -> NeighborTable:
    """The first k columns of a table."""
    if k >= table.indices.shape[1]:
        return table
    return _table(table.metric, table.indices[:, :k].copy(), table.distances[:, :k].copy(), table.recall)


def neighbor_tables(
    values: np.ndarray,
    k: int,
    workers: Workers,
    report: Report = lambda share: None,
    seed: int = 0,
) -> NeighborTables:
    """The k nearest neighbors of every row of a finite float32 or float64 array (n, d), n >= 1, d >= 1.

    The tables are min(k, n - 1) wide. Cosine distance is 1 - cos, 1 where either row is zero;
    euclidean the L2 norm of the difference; both of the raw rows. Order: by the distance rounded to
    float32, then by row. The row itself is left out, duplicates are kept. `report` gets the share done.

    Where the distinct rows are too many to compare all pairs (`approximate.is_searched_approximately`), the
    tables miss neighbors: their `recall` says how many they have, and `seed` has a part in which. A memory map
    is then copied once at a time, as float32.
    """
    (cosine, euclidean), repeated = _search(values, ("cosine", "euclidean"), k, workers, report, seed)
    return NeighborTables(cosine=cosine, euclidean=euclidean, repeated=repeated)


def neighbor_table(
    values: np.ndarray,
    metric: Metric,
    k: int,
    workers: Workers,
    report: Report = lambda share: None,
    seed: int = 0,
) -> NeighborTable:
    """One table alone, the same as that of `neighbor_tables`."""
    (table,), _ = _search(values, (metric,), k, workers, report, seed)
    return table


def _search(
    values: np.ndarray, metrics: tuple[Metric, ...], k: int, workers: Workers, report: Report, seed: int
) -> tuple[list[NeighborTable], int]:
    """A table for each metric, and how many of all their rows had to be searched again in float64."""
    n = len(values)
    k = min(k, n - 1)
    if k < 1:
        return [_empty(metric, n) for metric in metrics], 0
    copies = copies_of(first_equal_rows(values))
    firsts = copies.firsts
    near = min(k, len(firsts) - 1)
    if near < len(firsts) - 1 and is_searched_approximately(len(firsts), values.shape[1]):
        tables, repeated = _approximate_tables(values, firsts, metrics, near, seed, workers, report), 0
    else:
        distinct = values if len(firsts) == n else values[firsts]
        tables, repeated = _exact_tables(distinct, metrics, near, workers, report)
    if len(firsts) < n:
        zero = _zero_rows(values, firsts)
        tables = [_spread(table, copies, zero, k) for table in tables]
    return tables, repeated


def _zero_rows(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    blocks = row_blocks(len(rows), rows_per_block(values.shape[1] * values.itemsize))
    return np.concatenate([~values[rows[block]].any(axis=1) for block in blocks])


def _spread(table: NeighborTable, copies: Copies, zero: np.ndarray, k: int) -> NeighborTable:
    """The table of all rows from that of the distinct ones; `zero` says which of these are zero."""
    own = np.where(zero & (table.metric == "cosine"), np.float32(1), np.float32(0))
    indices, distances = spread_over_copies(table.indices, table.distances, own, copies, k)
    return _table(table.metric, indices, distances, table.recall)


def _approximate_tables(
    values: np.ndarray,
    rows: np.ndarray,
    metrics: tuple[Metric, ...],
    k: int,
    seed: int,
    workers: Workers,
    report: Report,
) -> list[NeighborTable]:
    raw, measure = prepare_raw_rows(values, workers), measure_for(len(rows))

    def search(number: int, metric: Metric) -> NeighborTable:
        found = search_approximately(
            raw, rows, metric, k, measure, seed, workers, lambda share: report((number + share) / len(metrics))
        )
        return _table(metric, found.indices, found.distances, found.recall)

    return [search(number, metric) for number, metric in enumerate(metrics)]


def _exact_tables(
    values: np.ndarray, metrics: tuple[Metric, ...], k: int, workers: Workers, report: Report
) -> tuple[list[NeighborTable], int]:
    n = len(values)
    if k < 1:
        return [_empty(metric, n) for metric in metrics], 0
    whole = whole_rows(values)
    if whole is not None:
        pairs = dict(zip(("cosine", "euclidean"), _whole_search_for(n)(whole, k, workers, report), strict=True))
        return [_table(metric, *pairs[metric]) for metric in metrics], 0
    geometry = prepare_geometry(values, workers)
    candidates = [_CANDIDATES[metric](geometry, k) for metric in metrics]
    sweep, search = _ways_for(n)
    sweep(candidates, workers, report)
    repeated = 0
    for table in candidates:
        failed = np.flatnonzero(~table.certified)
        search_rows(table, failed, search, workers)
        repeated += len(failed)
    return [_table(table.metric, table.indices, table.distances) for table in candidates], repeated


def _ways_for(n: int) -> tuple[Sweep, SearchChunk]:
    """How all pairs, and then single rows, are searched: compiled, where numba is there and the rows are worth it."""
    if n < COMPILED_FROM or not numba_is_installed():
        return sweep_in_numpy, search_in_numpy
    from embreport.compute.compiled_search import search_compiled
    from embreport.compute.compiled_sweep import sweep_compiled

    return sweep_compiled, search_compiled


def _whole_search_for(n: int) -> WholeSearch:
    if n < COMPILED_FROM or not numba_is_installed():
        return search_whole_in_numpy
    from embreport.compute.compiled_whole_numbers import search_whole_compiled

    return search_whole_compiled


def measure_for(n: int) -> Measure:
    """What measures the distances in the tables of n rows: compiled where that is worth it."""
    if n < COMPILED_FROM or not numba_is_installed():
        return NumpyMeasure()
    from embreport.compute.kernels.compiled_measure import CompiledMeasure

    return CompiledMeasure()


def _empty(metric: Metric, n: int) -> NeighborTable:
    return _table(metric, np.empty((n, 0), np.int32), np.empty((n, 0), np.float32))


def _table(metric: Metric, indices: np.ndarray, distances: np.ndarray, recall: float | None = None) -> NeighborTable:
    indices.flags.writeable = False
    distances.flags.writeable = False
    return NeighborTable(metric=metric, indices=indices, distances=distances, recall=recall)
