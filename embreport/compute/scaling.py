"""Scaling by powers of two, which is exact, so that squares neither overflow nor vanish."""

from __future__ import annotations

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block


def largest_magnitude(values: np.ndarray) -> float:
    """The largest absolute value of a finite (n, d) array; 0.0 when it is empty."""
    blocks = row_blocks(len(values), rows_per_block(values.shape[1] * values.itemsize))
    return max((float(np.abs(values[rows]).max(initial=0.0)) for rows in blocks), default=0.0)


def exponent_of(magnitude: float) -> int:
    """The e for which magnitude * 2**-e lies in [0.5, 1); 0 for zero."""
    return int(np.frexp(magnitude)[1]) if magnitude > 0 else 0


def scaled_rows(values: np.ndarray, rows: slice | np.ndarray, exponent: int) -> np.ndarray:
    """`values[rows] * 2**-exponent` as float64 (a new array)."""
    block = values[rows].astype(np.float64)
    return np.asarray(np.ldexp(block, -exponent, out=block)) if exponent else block
