"""Means, second moments and products of a tall matrix, block by block in float64.

Blocks have a fixed size and are added in a fixed order; each may come from a memory map, and none of
the functions holds more than a few blocks at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.scaling import exponent_of, largest_magnitude, scaled_rows
from embreport.compute.threads import Workers

_PARTIAL_BYTES = 128 << 20


@dataclass(frozen=True)
class Centered:
    """A matrix (n, d) as it is used: `(values * 2**-exponent - center)`, in float64, by blocks.

    `remainder` (d,) is the mean that is left after subtracting the rounded center: it matters when
    the spread is tiny and the offset huge. Where there are `factors` (n,), each row is then multiplied
    by its own, and `shift` (d,) is subtracted from the outcome.
    """

    values: np.ndarray
    exponent: int
    center: np.ndarray
    remainder: np.ndarray
    factors: np.ndarray | None = None
    shift: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and dimensions."""
        return int(self.values.shape[0]), int(self.values.shape[1])

    def blocks(self) -> list[slice]:
        """The fixed blocks of rows that all sums go by."""
        n, d = self.shape
        return row_blocks(n, rows_per_block(d * 8, most=2048))

    def rows(self, rows: slice | np.ndarray) -> np.ndarray:
        """Some rows, scaled and centered: float64."""
        block = scaled_rows(self.values, rows, self.exponent)
        block -= self.center
        block -= self.remainder
        if self.factors is not None:
            block *= self.factors[rows, None]
        if self.shift is not None:
            block -= self.shift
        return block

    def columns(self, part: slice) -> Centered:
        """Some columns of the same matrix."""
        shift = None if self.shift is None else self.shift[part]
        return Centered(
            self.values[:, part], self.exponent, self.center[part], self.remainder[part], self.factors, shift
        )


def centered(values: np.ndarray, workers: Workers) -> Centered:
    """Finds scale and mean of a finite float array (n, d) with at least one row."""
    n, d = values.shape
    raw = Centered(values, exponent_of(largest_magnitude(values)), np.zeros(d), np.zeros(d))
    center = column_sums(raw, workers) / n
    once = Centered(values, raw.exponent, center, np.zeros(d))
    return Centered(values, raw.exponent, center, column_sums(once, workers) / n)


def column_sums(matrix: Centered, workers: Workers) -> np.ndarray:
    """The sum of every column of the centered matrix: float64 (d,)."""
    parts = workers.map(lambda rows: matrix.rows(rows).sum(axis=0), matrix.blocks())
    total = np.zeros(matrix.shape[1])
    for part in parts:
        total += part
    return total


def scatter_matrix(matrix: Centered, workers: Workers) -> np.ndarray:
    """X'X of the centered matrix: float64 (d, d)."""
    d = matrix.shape[1]
    blocks = matrix.blocks()
    strands = max(1, min(8, len(blocks), _PARTIAL_BYTES // (d * d * 8)))

    def strand(first: int) -> np.ndarray:
        total = np.zeros((d, d))
        for rows in blocks[first::strands]:
            block = matrix.rows(rows)
            total += block.T @ block
        return total

    parts = workers.map(strand, range(strands))
    return _in_order(parts)


def gram_matrix(matrix: Centered, workers: Workers) -> np.ndarray:
    """XX' of the centered matrix: float64 (n, n); for few rows only."""
    n, d = matrix.shape
    columns = row_blocks(d, rows_per_block(n * 8, most=4096))
    strands = max(1, min(8, len(columns), _PARTIAL_BYTES // (n * n * 8)))

    def strand(first: int) -> np.ndarray:
        total = np.zeros((n, n))
        for part in columns[first::strands]:
            narrow = matrix.columns(part).rows(slice(None))
            total += narrow @ narrow.T
        return total

    return _in_order(workers.map(strand, range(strands)))


def times(matrix: Centered, right: np.ndarray, workers: Workers) -> np.ndarray:
    """X @ right: float64 (n, columns)."""
    parts = workers.map(lambda rows: matrix.rows(rows) @ right, matrix.blocks())
    return np.concatenate(parts)


def transposed_times(matrix: Centered, left: np.ndarray, workers: Workers) -> np.ndarray:
    """X' @ left: float64 (d, columns)."""
    blocks = matrix.blocks()
    strands = min(8, len(blocks))

    def strand(first: int) -> np.ndarray:
        total = np.zeros((matrix.shape[1], left.shape[1]))
        for rows in blocks[first::strands]:
            total += matrix.rows(rows).T @ left[rows]
        return total

    return _in_order(workers.map(strand, range(strands)))


def normal_times(matrix: Centered, right: np.ndarray, workers: Workers) -> np.ndarray:
    """X'(X @ right): float64 (d, columns), with one look at each block of the rows."""
    blocks = matrix.blocks()
    strands = min(8, len(blocks))

    def strand(first: int) -> np.ndarray:
        total = np.zeros(right.shape)
        for rows in blocks[first::strands]:
            block = matrix.rows(rows)
            total += block.T @ (block @ right)
        return total

    return _in_order(workers.map(strand, range(strands)))


def gram_times(matrix: Centered, left: np.ndarray, workers: Workers) -> np.ndarray:
    """X(X' @ left): float64 (n, columns), with one look at each block of the dimensions; for fewer rows than these."""
    n, d = matrix.shape
    columns = row_blocks(d, rows_per_block(n * 8, most=4096))
    strands = min(8, len(columns))

    def strand(first: int) -> np.ndarray:
        total = np.zeros(left.shape)
        for part in columns[first::strands]:
            narrow = matrix.columns(part).rows(slice(None))
            total += narrow @ (narrow.T @ left)
        return total

    return _in_order(workers.map(strand, range(strands)))


def total_square(matrix: Centered, workers: Workers) -> float:
    """The sum of all squared entries of the centered matrix."""
    return float(sum(workers.map(lambda rows: float(np.square(matrix.rows(rows)).sum()), matrix.blocks())))


def _in_order(parts: list[np.ndarray]) -> np.ndarray:
    total = parts[0]
    for part in parts[1:]:
        total += part
    return total
