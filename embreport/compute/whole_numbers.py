"""Neighbors among rows of whole numbers, where ties are the rule: bits, one-hot codes, counts, quantised values.

Where all values are whole multiples of one unit and no row is long, float32 products in that unit are exact in any
order of summation. So every pair gets the float32 distance the table will hold, and with the number of the column
behind it a key of its own: the k least keys of a row are its neighbors in their promised order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.threads import Workers

# Sums of products up to this are exact in float32, by Cauchy and Schwarz all of rows whose squared length is no more.
_LONGEST = 2.0**24
_LARGEST = 2.0**12
_COLUMN_BITS = 20
MOST_ROWS = COLUMNS = 1 << _COLUMN_BITS
_LEAST_UNIT, _MOST_UNIT = 2.0**-60, 2.0**60
_UNIT_BITS = 41  # a unit of no more digits, times a number up to _LARGEST, is exact in float64
_TRIED_ROWS = 64
_BLOCK_ROWS = 128

Tables = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, kw_only=True)
class WholeRows:
    """Rows in whole units: `points` float32 (n, d), their squared lengths and lengths float64 (n,), the unit."""

    points: np.ndarray
    squares: np.ndarray
    lengths: np.ndarray
    unit: float


def whole_rows(values: np.ndarray) -> WholeRows | None:
    """The rows of a finite float32 or float64 array (n, d) in whole units; None where there is no such unit.

    None also where a squared length is above 2**24 units or n above 2**20.
    """
    n, d = values.shape
    unit = _unit_of(values)
    if unit is None or n > MOST_ROWS:
        return None
    points, squares = np.empty((n, d), np.float32), np.empty(n)
    for rows in row_blocks(n, rows_per_block(d * 8)):
        points[rows] = block = values[rows].astype(np.float64) / unit
        squares[rows] = np.einsum("ij,ij->i", block, block)
    return WholeRows(points=points, squares=squares, lengths=np.sqrt(squares), unit=unit)


def search_whole_in_numpy(rows: WholeRows, k: int, workers: Workers, report: Callable[[float], None]) -> Tables:
    """Indices int32 and distances float32 (n, k), first by cosine, then by euclidean distance; 1 <= k < n."""
    n = len(rows.points)
    keys = np.empty((2, n, k), np.int64)

    def search(block: slice) -> None:
        products = (rows.points[block] @ rows.points.T).astype(np.float64)
        for metric, distances in enumerate((_cosine(rows, block, products), _euclidean(rows, block, products))):
            own = distances.astype(np.float32).view(np.int32) * np.int64(COLUMNS) + np.arange(n)
            own[np.arange(len(own)), np.arange(block.start, block.stop)] = np.iinfo(np.int64).max
            keys[metric, block] = np.partition(own, k - 1, axis=1)[:, :k]
        report(block.stop / n)

    workers.map(search, row_blocks(n, _BLOCK_ROWS))
    return tables_of(keys[0]), tables_of(keys[1])


def tables_of(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices and distances of int64 keys (n, k): the bits of the distance, then the column."""
    keys = np.sort(keys, axis=1)
    return (keys % COLUMNS).astype(np.int32), (keys // COLUMNS).astype(np.int32).view(np.float32)


def _euclidean(rows: WholeRows, block: slice, products: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(rows.squares[block, None] + rows.squares - 2.0 * products) * rows.unit)


def _cosine(rows: WholeRows, block: slice, products: np.ndarray) -> np.ndarray:
    """1 - cos = (|a|**2 |b|**2 - (a.b)**2) / (|a| |b| (|a| |b| + a.b)), whose numerator is exact."""
    both = rows.squares[block, None] * rows.squares
    roots = rows.lengths[block, None] * rows.lengths
    with np.errstate(invalid="ignore"):
        sharp = (both - products**2) / (both + products * roots)
        blunt = 1.0 - products / roots
    return np.where(both == 0, 1.0, np.where(products > 0, sharp, blunt))


def _unit_of(values: np.ndarray) -> float | None:
    """The largest number of which all values are whole multiples, where no row is too long in it."""
    n, d = values.shape
    unit, longest = 0.0, 0.0
    for rows in [slice(0, min(n, _TRIED_ROWS)), *row_blocks(n, rows_per_block(d * 8))]:
        block = np.abs(values[rows].astype(np.float64))
        unit = _common_unit(np.append(block[block > 0], [unit] if unit else []))
        if not _LEAST_UNIT < unit < _MOST_UNIT:
            return None
        with np.errstate(over="ignore"):
            longest = max(longest, float(np.einsum("ij,ij->i", block, block).max()))
        if longest > _LONGEST * unit * unit:
            return None
    return unit


def _common_unit(numbers: np.ndarray) -> float:
    """The greatest common divisor of positive numbers, by Euclid's algorithm; 0 where it is far below them."""
    while len(numbers):
        unit = float(numbers.min())
        if numbers.max() > _LARGEST * unit:
            break
        if np.ldexp(np.frexp(unit)[0], _UNIT_BITS).is_integer():
            numbers = numbers[np.rint(numbers / unit) * unit != numbers]
        rest = np.fmod(numbers, unit)
        rest = rest[rest > 0]
        if len(rest) == 0:
            return unit
        numbers = np.append(rest, unit)
    return 0.0
