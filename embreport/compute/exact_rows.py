"""Neighbors of single rows, searched in float64 with nothing left to chance.

For rows whose candidates could not be certified: many exact ties, or a spread too small for float32.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.candidates import CandidateTable, error_factor
from embreport.compute.distances import NumpyMeasure
from embreport.compute.geometry import Geometry
from embreport.compute.threads import Workers
from embreport.model import Metric

# Distances that float32 cannot tell apart: relative, and absolute among its denormal numbers.
_RELATIVE, _ABSOLUTE = 1e-6, 1e-44
_BOUNDS_BYTES = 48 << 20
_WHOLE_BYTES = 1 << 30


SearchChunk = Callable[[CandidateTable, np.ndarray, np.ndarray], None]


def search_rows(table: CandidateTable, rows: np.ndarray, search: SearchChunk, workers: Workers) -> None:
    """Writes the exact neighbors of `rows` into the table; any number of them, none included.

    Args:
        search: `search_in_numpy`, or its like compiled: of a table, some rows, and these rows times all.
    """
    if len(rows) == 0:
        return
    geometry = table.geometry
    n, d = geometry.points.shape
    whole = geometry.centered_rows(slice(None)) if n * d * 8 <= _WHOLE_BYTES else None

    def search_part(part: slice) -> None:
        search(table, rows[part], _products(geometry, rows[part], whole))

    workers.map(search_part, row_blocks(len(rows), rows_per_block(n * 8, budget=_BOUNDS_BYTES, most=256)))


def error_bound(d: int) -> tuple[float, float]:
    """Factor and floor: a float64 |a|**2 + |b|**2 - 2 a.b errs by less than factor (|a|**2 + |b|**2) + floor."""
    return error_factor(d, 2.0**-53), d * float(np.finfo(float).tiny)


def search_in_numpy(table: CandidateTable, rows: np.ndarray, products: np.ndarray) -> None:
    """Bounds all distances of the rows, and measures those that can be among the k nearest.

    Args:
        products: float64 (rows, n), the centered rows times all centered rows.
    """
    low, high = _bounds(table.geometry, table.metric, rows, products)
    high[np.arange(len(rows)), rows] = np.inf
    limit = np.partition(high, table.k - 1, axis=1)[:, table.k - 1]
    limit = limit * (1.0 + _RELATIVE) + _ABSOLUTE
    for position, row in enumerate(rows):
        others = np.flatnonzero(low[position] <= limit[position])
        nearest = _nearest(table, int(row), others[others != row], low[position])
        table.indices[row], table.distances[row] = nearest


def _nearest(table: CandidateTable, row: int, others: np.ndarray, low: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest of `others` (ascending, at least k): indices and float32 distances.

    Goes through them in order of row, and passes by those that can at best tie with the k-th found so
    far, since a tie goes to the lower row: thousands of equal distances cost no more than a few.
    """
    k, query, measure = table.k, np.array([row]), NumpyMeasure()
    found, reached = np.empty(0, np.int64), np.empty(0, np.float32)
    while len(others):
        batch, others = others[: 2 * k + 64], others[2 * k + 64 :]
        with np.errstate(over="ignore"):
            exact = table.measure(query, batch[None], measure)[0].astype(np.float32)
            found, reached = np.concatenate([found, batch]), np.concatenate([reached, exact])
            order = np.argsort(reached, kind="stable")[:k]
            found, reached = found[order], reached[order]
            others = others[(low[others] * (1 - 1e-12)).astype(np.float32) < reached[-1]]
    return found, reached


def _products(geometry: Geometry, rows: np.ndarray, whole: np.ndarray | None) -> np.ndarray:
    """The rows times all rows, centered: float64 (rows, n)."""
    if whole is not None:
        return np.asarray(whole[rows] @ whole.T)
    n, d = geometry.points.shape
    query = geometry.centered_rows(rows)
    products = np.empty((len(rows), n))
    for block in row_blocks(n, rows_per_block(d * 8)):
        products[:, block] = query @ geometry.centered_rows(block).T
    return products


def _bounds(
    geometry: Geometry, metric: Metric, rows: np.ndarray, products: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Least and largest possible distance of the rows to all rows: float64 (rows, n), raw units."""
    d = geometry.points.shape[1]
    sums = geometry.squares[rows][:, None] + geometry.squares
    middle = sums - 2.0 * products
    factor, floor = error_bound(d)
    error = factor * sums + floor
    if metric == "cosine":
        return _cosine_bounds(geometry, rows, middle, error)
    unit = geometry.exponent + geometry.spread
    low, high = np.sqrt(np.maximum(middle - error, 0.0)), np.sqrt(middle + error)
    return np.ldexp(low, unit), np.ldexp(high, unit)


def _cosine_bounds(
    geometry: Geometry, rows: np.ndarray, middle: np.ndarray, error: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    excess = geometry.excess
    middle -= (excess[rows][:, None] - excess) ** 2
    zero = geometry.zero[rows][:, None] | geometry.zero
    scale = 2.0 * geometry.lengths[rows][:, None] * geometry.lengths
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        low = np.where(zero, 1.0, np.maximum(middle - error, 0.0) / scale)
        high = np.where(zero, 1.0, (middle + error) / scale)
    low[~(scale > np.finfo(float).tiny) & ~zero] = 0.0
    high[~(scale > np.finfo(float).tiny) & ~zero] = 2.0
    return low, high
