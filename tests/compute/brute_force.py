"""Neighbor tables by comparing every pair, in extended precision where the machine has it."""

from __future__ import annotations

import numpy as np


def exact_distances(values: np.ndarray, metric: str) -> np.ndarray:
    """All distances of the raw rows: long double (n, n), or float64 where whole numbers make that exact."""
    whole = np.array_equal(values, np.round(values)) and np.abs(values).max(initial=0) < 1000
    rows = values.astype(np.float64 if whole else np.longdouble)
    if metric == "euclidean":
        return np.stack([np.sqrt(np.square(rows - row).sum(axis=1)) for row in rows])
    lengths = np.sqrt(np.square(rows).sum(axis=1))
    products = lengths[:, None] * lengths
    zero = products == 0
    distances = 1 - (rows @ rows.T) / np.where(zero, 1, products)
    distances[np.abs(distances) < (1e-15 if whole else 1e-17)] = 0
    distances[zero] = 1
    return distances


def nearest(distances: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices and float32 distances by the promised order: float32 distance, then row; the row left out."""
    with np.errstate(over="ignore"):
        rounded = distances.astype(np.float32)
    indices = []
    for row, line in enumerate(rounded):
        order = np.argsort(line, kind="stable")
        indices.append(order[order != row][:k])
    table = np.array(indices).reshape(len(rounded), -1)
    return table, np.take_along_axis(rounded, table, 1)


def true_neighbors(values: np.ndarray, count: int) -> np.ndarray:
    """The nearest rows by euclidean distance: int (n, count)."""
    return nearest(exact_distances(values, "euclidean"), count)[0]


def share_kept(layout: np.ndarray, neighbors: np.ndarray) -> float:
    """Mean share of the true neighbors that are among as many nearest in a layout."""
    found = true_neighbors(layout, neighbors.shape[1])
    return float(np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(found, neighbors, strict=True)]))
