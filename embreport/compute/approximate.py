"""Near neighbors of very many rows, found without comparing every pair.

Per metric: the rows become points (`search_space`), the points fall into cells (`cells`), each point looks into
those nearest to it (`probing`), then at its neighbors' neighbors (`joining`). What is kept is measured in float64
on the raw rows, so every distance is exact; only that a true neighbor may be missing.

How many cells are looked into is settled beforehand on a seeded sample of rows that is searched exactly; how many
of the true neighbors were found is measured afterwards on another one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.cells import build_cells, half_squares
from embreport.compute.geometry import RawRows
from embreport.compute.joining import improved
from embreport.compute.measures import Measure, exact_distances
from embreport.compute.probing import probe_cells
from embreport.compute.recall import share_found, true_neighbors
from embreport.compute.search_space import SearchSpace, prepare_frame
from embreport.compute.threads import Workers
from embreport.model import Metric

# Comparing all pairs of n rows of d dimensions costs about n * n * (d + PAIR_COST); up to this it is done.
EXACT_COST = 8e12
PAIR_COST = 100

SAMPLED_ROWS = 1000
_TUNING_ROWS = 300
_PROBES = (6, 10, 16, 24, 36, 54, 80, 120, 180, 270)
_COVERED = 0.97
_PROBED_COST = 1.2e13  # of one metric, counted as EXACT_COST
_JOINED = 16
_SETTLE_ROWS = 1024

Report = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Found:
    """Neighbors int32 (m, k) and their float32 distances, nearest first, ties by row; the share of the true ones."""

    indices: np.ndarray
    distances: np.ndarray
    recall: float


def is_searched_approximately(n: int, d: int) -> bool:
    """Whether the pairs of n rows of d dimensions are too many to compare them all."""
    return float(n) * n * (d + PAIR_COST) > EXACT_COST


def search_approximately(
    raw: RawRows,
    rows: np.ndarray,
    metric: Metric,
    k: int,
    measure: Measure,
    seed: int,
    workers: Workers,
    report: Report,
) -> Found:
    """The k near neighbors of some rows among themselves.

    Args:
        rows: int64 (m,), ascending, no two of them equal; m is above k + 1.

    Returns:
        Of each of the rows; the indices are places in `rows`.
    """
    random = np.random.Generator(np.random.PCG64([seed, ("cosine", "euclidean").index(metric)]))
    searched = np.flatnonzero(raw.norms[rows] > 0) if metric == "cosine" else np.arange(len(rows))
    names = rows[searched]
    width = min(len(names) - 1, k + max(8, k // 8))
    chosen = random.permutation(len(names))[: SAMPLED_ROWS + _TUNING_ROWS]
    frame = prepare_frame(raw.values, names, metric, random)
    truth = true_neighbors(frame, names, chosen, width, workers)
    report(0.1)
    space = build_cells(frame, names, random, workers)
    report(0.2)
    probes = _probes_needed(space, names, chosen[:_TUNING_ROWS], truth[:_TUNING_ROWS, :k])
    lists = probe_cells(space, width, probes, workers, lambda share: report(0.2 + 0.5 * share))
    lists = improved(space, _filled(lists, k), 0, workers, lambda share: None)
    lists = improved(space, lists, _JOINED, workers, lambda share: report(0.7 + 0.2 * share))
    indices, distances = np.empty((len(rows), k), np.int32), np.empty((len(rows), k), np.float32)

    zero = np.setdiff1d(np.arange(len(rows)), searched)  # one row at most; at distance 1 from all others

    def settle(own: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        offered = np.column_stack([searched[others], np.repeat(zero[None], len(own), axis=0)])
        return _nearest(raw, metric, rows, searched[own], offered, k, measure)

    def fill(block: slice) -> None:
        own, others = space.places[block], lists[block]
        others = np.where(others < 0, own[:, None], space.places[others])
        indices[searched[own]], distances[searched[own]] = settle(own, others)

    workers.map(fill, row_blocks(len(names), _SETTLE_ROWS))
    for row in zero:
        indices[row], distances[row] = np.delete(np.arange(k + 1), min(row, k)), 1.0
    checked = chosen[_TUNING_ROWS:] if len(chosen) > 2 * _TUNING_ROWS else chosen
    true = settle(checked, truth[-len(checked) :])[1]
    report(1.0)
    return Found(indices=indices, distances=distances, recall=share_found(distances[searched[checked]], true))


def _nearest(
    raw: RawRows, metric: Metric, rows: np.ndarray, own: np.ndarray, others: np.ndarray, k: int, measure: Measure
) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest of the candidates of some rows, as places in `rows`, and their float32 distances."""
    others = np.sort(others, axis=1)
    with np.errstate(over="ignore"):
        reached = exact_distances(metric, *raw.of_pairs(rows[own], rows[others]), measure).astype(np.float32)
    reached[others == own[:, None]] = np.inf
    order = np.argsort(reached, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(others, order, 1), np.take_along_axis(reached, order, 1)


def _probes_needed(space: SearchSpace, names: np.ndarray, sample: np.ndarray, neighbors: np.ndarray) -> int:
    """The fewest cells to look into that hold nearly all true neighbors of a sample; bounded by what it costs."""
    points = space.frame.points(names[sample]).astype(np.float32)
    scores = points @ space.centroids.T - half_squares(space.centroids)
    positions = np.empty(len(space.places), np.int64)
    positions[space.places] = np.arange(len(positions))
    cells = np.searchsorted(space.starts, positions[neighbors], side="right") - 1
    reached = np.take_along_axis(scores, cells, 1)
    ranks = np.array([np.sum(line > own[:, None], axis=1) for line, own in zip(scores, reached, strict=True)])
    m, d = space.points.shape
    per_probe = float(m) * m / len(space.centroids) * (d + PAIR_COST)
    for probes in _PROBES:
        if np.mean(ranks < probes) >= _COVERED or (probes + 1) * per_probe > _PROBED_COST:
            break
    return probes


def _filled(lists: np.ndarray, k: int) -> np.ndarray:
    """The lists, those with fewer than k entries completed by the positions next to theirs."""
    m, width = lists.shape
    for row in np.flatnonzero((lists >= 0).sum(axis=1) < k):
        near = np.clip(row - width, 0, max(0, m - 3 * width - 1)) + np.arange(min(m, 3 * width + 1))
        near = np.setdiff1d(near[near != row], lists[row])
        near = near[np.argsort(np.abs(near - row), kind="stable")]
        empty = np.flatnonzero(lists[row] < 0)[: len(near)]
        lists[row, empty] = near[: len(empty)]
    return lists
