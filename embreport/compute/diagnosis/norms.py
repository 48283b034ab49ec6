"""The lengths of the rows, with the quantiles of Hyndman and Fan 1996, type 7."""

from __future__ import annotations

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.threads import Workers
from embreport.diagnostics import Norms

_LARGEST = float(np.finfo(float).max)


def row_norms(values: np.ndarray, workers: Workers) -> np.ndarray:
    """The L2 norm of every row of a finite float array (n, d): float64 (n,), at most the largest float64.

    Rows are scaled by powers of two first, so that squares neither overflow nor vanish.
    """
    n, d = values.shape
    norms = np.empty(n)

    def measure(rows: slice) -> None:
        block = values[rows].astype(np.float64)
        powers = np.frexp(np.abs(block).max(axis=1))[1]
        block = np.ldexp(block, -powers[:, None])
        with np.errstate(over="ignore"):
            norms[rows] = np.ldexp(np.sqrt(np.einsum("ij,ij->i", block, block)), powers)

    workers.map(measure, row_blocks(n, rows_per_block(d * 8)))
    return np.minimum(norms, _LARGEST)


def norm_distribution(norms: np.ndarray) -> Norms | None:
    """Quartiles (by linear interpolation), mean and deviation of n lengths; None of none.

    The deviation is that of all rows, not of a sample; the variation is the coefficient of variation, Pearson (1896).
    """
    if len(norms) == 0:
        return None
    largest = float(norms.max())
    power = int(np.frexp(largest)[1])
    scaled = np.ldexp(norms, -power)
    mean, deviation = float(scaled.mean()), float(scaled.std())
    lower, median, upper = (
        min(float(np.ldexp(one, power)), _LARGEST) for one in np.quantile(scaled, [0.25, 0.5, 0.75])
    )
    return Norms(
        minimum=float(norms.min()),
        lower_quartile=lower,
        median=median,
        upper_quartile=upper,
        maximum=largest,
        mean=min(float(np.ldexp(mean, power)), _LARGEST),
        standard_deviation=float(np.ldexp(deviation, power)),
        variation=deviation / mean if mean > 0 else None,
    )
