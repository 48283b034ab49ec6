"""How many directions the data use."""

from __future__ import annotations

import numpy as np

from embreport.compute.quadrature import SampledSquares
from embreport.diagnostics import Spectrum

_DEVIATIONS = 2.0


def spectrum(squares: np.ndarray | SampledSquares, n: int, d: int) -> Spectrum:
    """Effective rank and participation ratio of the centered rows, both from 1 to min(n - 1, d).

    The effective rank is the exponential of the entropy of the singular values as shares of their sum: Roy and
    Vetterli, "The effective rank", EUSIPCO 2007. The participation ratio of the variances, (sum v)**2 / sum v**2, is
    the dimension of Gao, Trautmann, Yu, Santhanam, Ryu, Shenoy and Ganguli (bioRxiv 214262, 2017). Both are 0
    where all rows are equal.

    Args:
        squares: float64, all squared singular values of the centered rows, in any order and unit; what rounding
            left of those that are 0 may be slightly negative. Or a sample of them: the figures are estimates then
            (`compute.quadrature`), with an error that is two standard deviations over the probes and, for the
            effective rank, half the distance between the two rules besides.
    """
    full_rank = max(0, min(n - 1, d))
    if isinstance(squares, SampledSquares):
        return _estimated(squares, full_rank, max(n, d) * np.finfo(float).eps)
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


def _estimated(squares: SampledSquares, full_rank: int, rounding: float) -> Spectrum:
    """All in units of the sum of the squares, which is known."""
    known, nodes, weights = squares.known / squares.total, squares.nodes / squares.total, squares.weights
    least = rounding * max(known.max(initial=0.0), nodes.max())
    known, nodes = np.where(known > least, known, 0.0), np.where(nodes > least, nodes, 0.0)
    missed = (weights[0] * nodes[0]).sum(axis=1) - (1.0 - known.sum())
    (entropy, deviation), (other, _) = (_entropy(known, nodes[rule], weights[rule], missed) for rule in (0, 1))
    doubt = abs(entropy - other) / 2 + _DEVIATIONS * deviation
    concentrations = np.square(known).sum() + (weights[0] * np.square(nodes[0])).sum(axis=1)
    concentration, spread = _mean(concentrations, missed)
    rank, ratio = min(np.exp((entropy + other) / 2), full_rank), min(1.0 / concentration, full_rank)
    return Spectrum(
        full_rank=full_rank,
        effective_rank=float(rank),
        participation_ratio=float(ratio),
        effective_rank_error=float(rank * np.expm1(doubt)),
        participation_ratio_error=float(ratio * _DEVIATIONS * spread / concentration),
    )


def _entropy(known: np.ndarray, nodes: np.ndarray, weights: np.ndarray, missed: np.ndarray) -> tuple[float, float]:
    """Entropy of the singular values as shares of their sum, and its standard deviation.

    With the sums S of the singular values s and T of s log s it is log S - T / S, which is moved by either sum as its
    derivatives say.
    """
    roots = np.sqrt(known).sum() + (weights * np.sqrt(nodes)).sum(axis=1)
    logarithms = _root_times_log(known).sum() + (weights * _root_times_log(nodes)).sum(axis=1)
    (root, _), (logarithm, _) = _mean(roots, missed), _mean(logarithms, missed)
    moved = roots * (1.0 / root + logarithm / root**2) - logarithms / root
    return float(np.log(root) - logarithm / root), _mean(moved, missed)[1]


def _root_times_log(squares: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(squares) * np.log(np.where(squares > 0, squares, 1.0)) / 2)


def _mean(estimates: np.ndarray, missed: np.ndarray) -> tuple[float, float]:
    """The mean over the probes and its standard deviation, corrected by what each missed of a sum that is known.

    A control variate: the least-squares line through (missed, estimate), read where nothing is missed.
    """
    probes = len(estimates)
    apart = missed - missed.mean()
    spread = float(apart @ apart)
    slope = float(estimates @ apart) / spread if spread > 0 else 0.0
    residuals = estimates - estimates.mean() - slope * apart
    deviation = float(np.sqrt(residuals @ residuals / ((probes - 2) * probes)))
    return float(estimates.mean() - slope * missed.mean()), deviation
