"""Seeded samples of rows: an even one for a report, a density-aware one for the layouts.

A layout of a million points takes hours and shows a few dense clouds. Above `LAYOUT_LIMIT` points t-SNE and
UMAP therefore place `LAYOUT_SAMPLE` of them, drawn without replacement with weights that grow with the
distance to a near neighbor: density-biased sampling (Palmer and Faloutsos, SIGMOD 2000), so that sparse
regions stay visible and copies of one vector do not fill the picture. The weighted draw is that of Efraimidis and
Spirakis (Information Processing Letters 97, 2006): the rows with the largest u**(1 / weight) for uniform u.

The draws depend on the seed and on distances that are the same for any number of threads.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

LAYOUT_LIMIT = 200_000
LAYOUT_SAMPLE = 100_000
_NEIGHBOR = 10
_LEAST, _MOST = 0.1, 10.0


def layout_size(n: int, asked: int | Literal["all"] | None) -> int:
    """How many of n points the layouts place: those asked for, else all up to `LAYOUT_LIMIT`, else `LAYOUT_SAMPLE`."""
    if asked == "all":
        return n
    if asked is None:
        return n if n <= LAYOUT_LIMIT else LAYOUT_SAMPLE
    return min(n, asked)


def even_sample(n: int, size: int, seed: int) -> np.ndarray:
    """`size` <= n of the numbers 0..n-1, each as likely as any other: int64, ascending."""
    chosen = np.random.Generator(np.random.PCG64(seed)).choice(n, size, replace=False, shuffle=False)
    return np.sort(chosen).astype(np.int64)


def density_sample(distances: np.ndarray, size: int, seed: int) -> np.ndarray:
    """`size` <= n rows, those in sparse regions more likely: int64, ascending.

    The weight of a row is the distance to its tenth neighbor (the last one, where fewer are kept) in units of
    the median, at least 0.1 and at most 10, so that neither outliers take all places nor copies lose
    every one. A distance that is infinite counts as large, NaN as 0. Where all distances are 0 the sample is even.

    Args:
        distances: float32 (n, k), k >= 1, to the nearest neighbors, nearest first.
    """
    far = np.nan_to_num(distances[:, min(_NEIGHBOR, distances.shape[1]) - 1].astype(np.float64), nan=0.0, posinf=3.4e38)
    median = float(np.median(far))
    weights = np.clip(far / median, _LEAST, _MOST) if 0 < median < np.inf else np.ones(len(far))
    uniform = np.random.Generator(np.random.PCG64(seed)).random(len(far))
    keys = np.log1p(-uniform) / weights
    return np.sort(np.argsort(-keys, kind="stable")[:size]).astype(np.int64)
