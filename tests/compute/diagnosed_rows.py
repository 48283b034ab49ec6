"""Rows to diagnose, their tables, and what is said of them."""

from __future__ import annotations

import numpy as np

from embreport.compute import ComputeSettings, compute_numbers
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.threads import Workers
from embreport.diagnostics import Diagnostics
from embreport.model import Metric, NeighborTable, RowLabels

PCA_ONLY = ComputeSettings(projections=("pca",), jobs=2)


def random(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def table_of(points: np.ndarray, workers: Workers, metric: Metric = "euclidean", k: int = 30) -> NeighborTable:
    return neighbor_tables(points, k, workers).table(metric)


def labels_of(codes: list[int], values: tuple[str, ...] = ("a", "b", "c")) -> RowLabels:
    return RowLabels(column="class", codes=np.array(codes, np.int32), values=values)


def diagnosed(values: np.ndarray, labels: tuple[RowLabels, ...] = ()) -> Diagnostics:
    diagnostics = compute_numbers(values, PCA_ONLY, labels=labels).diagnostics
    assert diagnostics is not None
    return diagnostics


def tying_rows(kind: str) -> np.ndarray:
    rng = np.random.default_rng(2)
    strewn = random(0, 200, 5)
    strewn[40:90] = strewn[40]
    strewn[[7, 130]] = 0
    return {
        "whole numbers": rng.integers(-2, 3, (120, 3)).astype(float),
        "one-hot": np.eye(12)[rng.integers(0, 12, 150)],
        "each row another": np.eye(60),
        "heaps": np.repeat(random(3, 20, 4), 7, axis=0),
        "a heap among others, and zeros": strewn,
        "parallel heaps": np.concatenate([np.repeat(random(0, 1, 4), 40, axis=0) * length for length in (1, 2)]),
    }[kind]
