"""Point sets with a known nature, made on the spot from a seed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np


def gaussian(n: int, d: int, seed: int = 0) -> np.ndarray:
    """Independent standard normal entries: float64 (n, d)."""
    return np.random.default_rng(seed).normal(size=(n, d))


def clusters(n: int, d: int, groups: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points on curved four-dimensional patches, float32 (n, d), and the number of each one's patch."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, groups, n)
    inner = random.normal(size=(n, 4))
    bases, bends = random.normal(size=(2, groups, 4, d))
    points = 3 * random.normal(size=(groups, d))[labels]
    points += np.einsum("ni,nid->nd", inner, bases[labels]) + 0.5 * np.einsum(
        "ni,nid->nd", np.sin(2 * inner), bends[labels]
    )
    return points.astype(np.float32), labels


def centered_exactly(values: np.ndarray) -> np.ndarray:
    """Rows less their mean, which is taken of fractions; in a unit that is a power of two, near the largest of them."""
    power = int(np.frexp(np.abs(values).max())[1])
    columns = []
    for column in values.T:
        exact = [Fraction(value) for value in column.tolist()]
        mean = sum(exact) / len(exact)
        columns.append([float((value - mean) * Fraction(2) ** -power) for value in exact])
    return np.array(columns).T
