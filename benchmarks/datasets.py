"""The data the figures are measured on: made from a seed, or scikit-learn's digits."""

from __future__ import annotations

import numpy as np


def patches(n: int, d: int, seed: int = 0) -> np.ndarray:
    """Twenty clusters, each on a curved eight-dimensional patch with a little noise: float32 (n, d)."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 20, n)
    values = np.empty((n, d), np.float32)
    bases, bends = random.normal(size=(2, 20, 8, d)) / np.sqrt(8)
    centers = random.normal(size=(20, d))
    for group in range(20):
        rows = np.flatnonzero(labels == group)
        inner = random.normal(size=(len(rows), 8))
        noise = 0.1 * random.normal(size=(len(rows), d))
        values[rows] = centers[group] + inner @ bases[group] + 0.5 * np.sin(2 * inner) @ bends[group] + noise
    return values


def falling_spectrum(n: int, d: int, seed: int = 0) -> np.ndarray:
    """One cloud without clusters whose variances fall as 1 / j, as those of word vectors do: float32 (n, d)."""
    return (np.random.default_rng(seed).normal(size=(n, d)) / np.sqrt(np.arange(1, d + 1))).astype(np.float32)


def load(name: str) -> np.ndarray:
    """`digits`, `ROWSxDIMS` for patches of that shape, or `spectrum-ROWSxDIMS` for a falling spectrum."""
    if name == "digits":
        from sklearn.datasets import load_digits

        return np.asarray(load_digits().data, np.float32)
    make = falling_spectrum if name.startswith("spectrum-") else patches
    n, d = (int(part) for part in name.removeprefix("spectrum-").split("x"))
    return make(n, d)
