"""Sums over all eigenvalues of an operator that is too large to have them all found.

Stochastic Lanczos quadrature: Ubaru, Chen and Saad, "Fast Estimation of tr(f(A)) via Stochastic Lanczos Quadrature",
SIAM J. Matrix Anal. Appl. 2017. For a random vector z of signs, z'f(A)z is tr(f(A)) on average, and a few Lanczos
steps from z make a Gauss rule for it. Eigenvectors that are known are taken out of A first, and summed exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

PROBES = 32
STEPS = 40
_SEED = 21

Product = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class SampledSquares:
    """All squared singular values of a matrix, of which only some are known; float64, in any unit.

    `known` (k,) are those, `total` the sum of all of them, exactly. For a function f with f(0) = 0, the sum of f over
    all others is about `(weights[rule, probe] * f(nodes[rule, probe])).sum()` by each probe; nodes and weights are
    (2, probes, steps). Rule 0 is Gauss', rule 1 Gauss and Radau's with a node at 0: for a root the first is too large,
    the second too small. Over the probes the sums scatter about the truth.
    """

    known: np.ndarray
    total: float
    nodes: np.ndarray
    weights: np.ndarray


def sampled_squares(product: Product, known: np.ndarray, vectors: np.ndarray, total: float) -> SampledSquares:
    """Of a matrix X given by the product of X'X (or XX') with a block of columns, some of whose eigenpairs are known.

    The probes are seeded. Lanczos goes without reorthogonalization, which quadrature does not need (Greenbaum 1989).

    Args:
        known: float64 (k,), eigenvalues of that.
        vectors: float64 (size, k), their vectors.
        total: its trace.
    """
    diagonals, neighbors, sizes = _recurrences(product, vectors)
    rules = [_rule(diagonal, neighbors) for diagonal in (diagonals, _with_a_node_at_zero(diagonals, neighbors))]
    return SampledSquares(
        known=known,
        total=total,
        nodes=np.stack([nodes for nodes, _ in rules]),
        weights=np.stack([weights * sizes[:, None] for _, weights in rules]),
    )


def _recurrences(product: Product, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every probe: diagonal (probes, steps), off-diagonal (probes, steps - 1), and squared length of its start."""
    random = np.random.Generator(np.random.PCG64(_SEED))
    start = _without(vectors, random.integers(0, 2, (len(vectors), PROBES)) * 2.0 - 1.0)
    sizes = np.square(start).sum(axis=0)
    before, newest = np.zeros_like(start), _divided(start, np.sqrt(sizes))
    diagonals, neighbors = np.zeros((STEPS, PROBES)), np.zeros((STEPS, PROBES))
    length = np.zeros(PROBES)
    for step in range(STEPS):
        image = _without(vectors, product(newest)) - before * length
        diagonals[step] = (image * newest).sum(axis=0)
        image = _without(vectors, image - newest * diagonals[step])
        neighbors[step] = length = np.sqrt(np.square(image).sum(axis=0))
        before, newest = newest, _divided(image, length)
    return diagonals.T, neighbors[:-1].T, sizes


def _without(vectors: np.ndarray, block: np.ndarray) -> np.ndarray:
    return np.asarray(block - vectors @ (vectors.T @ block))


def _divided(block: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Columns at unit length; a column of zeros, at which a recurrence has ended, stays."""
    return np.asarray(block / np.where(lengths > 0, lengths, 1.0))


def _with_a_node_at_zero(diagonals: np.ndarray, neighbors: np.ndarray) -> np.ndarray:
    """The diagonals, with the last entry such that the matrix is singular: the last pivot of its elimination is 0.

    The entry is smaller than the one of a positive definite matrix. Where rounding says otherwise, the smallest
    eigenvalue is 0 already, and the entry stays.
    """
    pivot = diagonals[:, 0].copy()
    for step in range(1, diagonals.shape[1]):
        share = np.square(neighbors[:, step - 1]) / np.where(pivot > 0, pivot, np.inf)
        pivot = diagonals[:, step] - share
    changed = diagonals.copy()
    changed[:, -1] = np.where(pivot > 0, np.minimum(share, diagonals[:, -1]), diagonals[:, -1])
    return changed


def _rule(diagonals: np.ndarray, neighbors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights (probes, steps) of tridiagonal matrices, for a measure of mass 1 (Golub and Welsch 1969)."""
    probes, steps = diagonals.shape
    matrices = np.zeros((probes, steps, steps))
    place = np.arange(steps)
    matrices[:, place, place] = diagonals
    matrices[:, place[1:], place[:-1]] = neighbors
    matrices[:, place[:-1], place[1:]] = neighbors
    nodes, vectors = np.linalg.eigh(matrices)
    return nodes, np.square(vectors[:, 0, :])
