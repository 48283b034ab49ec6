"""How many directions the data use."""

from __future__ import annotations

import numpy as np

from embreport.diagnostics import Spectrum


def spectrum(squares: np.ndarray, n: int, d: int) -> Spectrum:
    """Effective rank and participation ratio of the centered rows, both from 1 to min(n - 1, d).

    The effective rank is the exponential of the entropy of the singular values as shares of their sum: Roy and
    Vetterli, "The effective rank", EUSIPCO 2007. The participation ratio of the variances, (sum v)**2 / sum v**2, is
    the dimension of Gao, Trautmann, Yu, Santhanam, Ryu, Shenoy and Ganguli (bioRxiv 214262, 2017). Both are 0
    where all rows are equal.

    Args:
        squares: float64, all squared singular values of the centered rows, in any order and unit; what rounding
            left of those that are 0 may be slightly negative.
    """
    full_rank = max(0, min(n - 1, d))
    largest = float(squares.max(initial=0.0))
    real = squares[squares > largest * max(n, d) * np.finfo(float).eps]
    if len(real) == 0:
        return Spectrum(full_rank=full_rank, effective_rank=0.0, participation_ratio=0.0)
    variances = real / real.sum()
    shares = np.sqrt(variances)
    shares /= shares.sum()
    return Spectrum(
        full_rank=full_rank,
        effective_rank=float(np.exp(-(shares * np.log(shares)).sum())),
        participation_ratio=float(1.0 / np.square(variances).sum()),
    )
