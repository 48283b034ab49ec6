"""Lengths and centered copies of the rows, as the neighbor search needs them.

Centered rows are in units of 2**(exponent + spread), so that none is longer than 1. The cosine
distance is read off the same centered products as the euclidean one, by the identity

    1 - cos(a, b) = (|a - b|**2 - (|a| - |b|)**2) / (2 |a| |b|),

with |a| - |b| taken as a difference of excesses over the length of the center: so an offset far larger
than the spread costs no digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.covariance import centered
from embreport.compute.scaling import exponent_of, scaled_rows
from embreport.compute.threads import Workers

_SAFE = 1e140


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Finite rows (n, d) prepared for the search; all lengths float64 (n,).

    `points` float32 (n, d) are the centered rows; `squares` their squared lengths before rounding to
    float32. `lengths` are the lengths of the raw rows in the same units and `excess` these minus the
    length of the center. `zero` (bool) marks rows of zeros. `directions` (n, d) are the raw rows, each
    scaled by a power of two where its squares would not fit float64; `norms` are their lengths.
    """

    values: np.ndarray
    exponent: int
    spread: int
    center: np.ndarray
    points: np.ndarray
    squares: np.ndarray
    lengths: np.ndarray
    excess: np.ndarray
    zero: np.ndarray
    directions: np.ndarray
    norms: np.ndarray

    def centered_rows(self, rows: slice | np.ndarray) -> np.ndarray:
        """Some centered rows in float64 (a new array)."""
        return _centered_rows(self.values, rows, self.exponent, self.spread, self.center)


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """Rows whose distances are measured, as in `Geometry`."""

    values: np.ndarray
    directions: np.ndarray
    norms: np.ndarray


@dataclass(frozen=True, kw_only=True)
class RawRows:
    """What of a `Geometry` distances are measured on, for rows too many for the rest of it.

    `norms` float64 (n,) are lengths of the rows times 2**-powers; `powers` is None where no square overflows.
    """

    values: np.ndarray
    norms: np.ndarray
    powers: np.ndarray | None

    def of_pairs(self, query: np.ndarray, others: np.ndarray) -> tuple[Excerpt, np.ndarray, np.ndarray]:
        """Rows in which query (m,) and others (m, j) can be measured, and where they are there.

        All rows as they are, or a scaled copy of those named alone.
        """
        if self.powers is None:
            return Excerpt(values=self.values, directions=self.values, norms=self.norms), query, others
        rows, places = np.unique(np.concatenate([query, others.reshape(-1)]), return_inverse=True)
        values = self.values[rows]
        excerpt = Excerpt(values=values, directions=_directions(values, self.powers[rows]), norms=self.norms[rows])
        return excerpt, places[: len(query)], places[len(query) :].reshape(others.shape)


def prepare_raw_rows(values: np.ndarray, workers: Workers) -> RawRows:
    """Of a finite float32 or float64 array (n, d), of which nothing is copied."""
    n, d = values.shape
    blocks = row_blocks(n, rows_per_block(d * 8))
    norms, largest = np.empty(n), np.empty(n)

    def measure(rows: slice) -> None:
        block = values[rows].astype(np.float64)
        largest[rows] = np.abs(block).max(axis=1)
        with np.errstate(over="ignore", under="ignore"):
            norms[rows] = _lengths(block)

    workers.map(measure, blocks)
    present = largest[largest > 0]
    if len(present) == 0 or (present.min() > 1 / _SAFE and present.max() < _SAFE):
        return RawRows(values=values, norms=norms, powers=None)
    powers = np.frexp(largest)[1]
    for rows in blocks:
        norms[rows] = _lengths(_directions(values[rows], powers[rows]))
    return RawRows(values=values, norms=norms, powers=powers)


def prepare_geometry(values: np.ndarray, workers: Workers) -> Geometry:
    """Prepares a finite float32 or float64 array (n, d), n >= 1, d >= 1."""
    n, d = values.shape
    frame = centered(values, workers)
    center = frame.center + frame.remainder
    blocks = row_blocks(n, rows_per_block(d * 8))
    squares, lengths, excess = np.empty(n), np.empty(n), np.empty(n)
    center_length = float(np.sqrt(center @ center))

    def measure(rows: slice) -> float:
        raw = scaled_rows(values, rows, frame.exponent)
        lengths[rows] = _lengths(raw)
        raw -= center
        return float(_lengths(raw).max())

    spread = exponent_of(max(workers.map(measure, blocks)))
    np.ldexp(lengths, -spread, out=lengths)
    center_in_units = np.ldexp(center, -spread)
    center_length = float(np.ldexp(center_length, -spread))
    points = np.empty((n, d), np.float32)

    def fill(rows: slice) -> None:
        block = _centered_rows(values, rows, frame.exponent, spread, center)
        points[rows] = block
        squares[rows] = np.einsum("ij,ij->i", block, block)
        total = lengths[rows] + center_length
        excess[rows] = (2.0 * (block @ center_in_units) + squares[rows]) / np.where(total > 0, total, 1.0)

    workers.map(fill, blocks)
    raw = prepare_raw_rows(values, workers)
    return Geometry(
        values=values,
        exponent=frame.exponent,
        spread=spread,
        center=center,
        points=points,
        squares=squares,
        lengths=lengths,
        excess=excess,
        zero=raw.norms == 0.0,
        directions=values if raw.powers is None else _directions(values, raw.powers),
        norms=raw.norms,
    )


def _centered_rows(
    values: np.ndarray, rows: slice | np.ndarray, exponent: int, spread: int, center: np.ndarray
) -> np.ndarray:
    block = scaled_rows(values, rows, exponent)
    block -= center
    return np.asarray(np.ldexp(block, -spread, out=block))


def _lengths(block: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", block, block)))


def _directions(values: np.ndarray, powers: np.ndarray) -> np.ndarray:
    block = values.astype(np.float64)
    return np.asarray(np.ldexp(block, -powers[:, None], out=block))
