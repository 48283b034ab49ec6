"""Point sets with a known nature, made on the spot from a seed."""

from __future__ import annotations

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
