"""UMAP (McInnes, Healy and Melville 2018) through the umap-learn package, with our exact neighbors.

umap-learn is imported only when a layout is asked for. A seeded layout runs on one thread.
"""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

import numpy as np

from embreport.errors import MissingExtra
from embreport.model import NeighborTable

PIP_LINE = "pip install 'embreport[umap]'"


def umap_is_installed() -> bool:
    """Whether umap-learn can be imported, without importing it."""
    return importlib.util.find_spec("umap") is not None


def require_umap() -> None:
    """Raises MissingExtra when umap-learn is not installed."""
    if not umap_is_installed():
        raise MissingExtra(f"UMAP needs the umap-learn package. Type: {PIP_LINE}")


def umap_layout(
    values: np.ndarray,
    table: NeighborTable,
    start: np.ndarray,
    *,
    dims: int,
    neighbors: int,
    min_dist: float,
    seed: int,
    classes: np.ndarray | None = None,
) -> np.ndarray:
    """A UMAP layout of finite rows: float32 (n, dims).

    Args:
        values: float (n, d), n at least dims + 2; used for its shape and type only.
        table: exact neighbors in the metric of the layout, at least min(neighbors, n) - 1 wide.
        start: where the points begin, float32 (n, dims).
        neighbors: size of a neighborhood, the point itself included; lowered to n.
        classes: int (n,), -1 where unlabeled; points of different classes are then moved apart, as
            umap-learn's supervised dimension reduction does at its default weight.

    Raises:
        MissingExtra: umap-learn is not installed.
    """
    n = len(values)
    width = min(neighbors, n)
    reducer = _umap_class()(
        n_components=dims,
        n_neighbors=width,
        min_dist=min_dist,
        metric=table.metric,
        init=start * np.float32(10.0 / max(float(np.abs(start).max()), 1e-30)),
        random_state=seed,
        n_jobs=1,
        precomputed_knn=_with_self(table, width),
        force_approximation_algorithm=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.ascontiguousarray(reducer.fit_transform(values, y=classes), np.float32)


def _umap_class() -> Any:
    require_umap()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from umap import UMAP
    return UMAP


def _with_self(table: NeighborTable, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The table as umap-learn wants it: every row first in its own list."""
    n = len(table.indices)
    indices = np.concatenate([np.arange(n, dtype=np.int32)[:, None], table.indices[:, : width - 1]], axis=1)
    distances = np.concatenate([np.zeros((n, 1), np.float32), table.distances[:, : width - 1]], axis=1)
    return indices, distances
