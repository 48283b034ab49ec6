"""How true the pictures are: what each layout keeps of the neighborhoods, overall and point by point.

Trustworthiness and continuity: Venna and Kaski, "Neighborhood Preservation in Nonlinear Projection Methods", ICANN
2001. With n points, k neighbors and the ranks r of one point's neighbors in the one space among all points in the
other, a point loses 2 / (k (2 n - 3 k - 1)) for every place that a rank is beyond k:

    trustworthiness   neighbors in the layout, by their ranks in the data: what the picture invents
    continuity        neighbors in the data, by their ranks in the layout: what the picture tears apart

1 is perfect, and both are defined for n > 2 k. A rank is one more than the number of points that are nearer, so ties
count for the picture. Ranks are exact: they are read off the neighbor table or counted against all points. That takes
time in n per point, so above 5,000 points a seeded sample of 5,000 is measured, above 100,000 points one of
500,000,000 / n points (at least 500); the others have NaN. How many neighbors are kept is known of every point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from embreport.compute.availability import numba_is_installed
from embreport.compute.blocks import row_blocks
from embreport.compute.diagnosis.metric_space import MetricSpace, metric_space
from embreport.compute.diagnosis.ranks import NumpyRanks, Ranks
from embreport.compute.quality import kept_shares
from embreport.compute.sampling import even_sample
from embreport.compute.threads import Workers
from embreport.model import Faithfulness, NeighborTable

NEIGHBORS = (10, 30)
MEASURED_ROWS = 5000
_FEWEST_MEASURED, _MOST_PAIRS = 500, 500_000_000
_COMPILED_FROM = 4000
_SLACK, _ROUNDING = 1e-9, 1e-14
_STRANDS = 8
_QUERIES, _REFERENCES = 512, 2048


@dataclass(frozen=True, kw_only=True)
class LayoutTruth:
    """What one layout of n points keeps: `overall` per k, and per point under "neighbors_kept_10" and so on.

    Per point: float32 (n,), NaN for points that were not measured.
    """

    overall: tuple[Faithfulness, ...]
    per_point: dict[str, np.ndarray]


def layout_truths(
    points: np.ndarray,
    table: NeighborTable,
    layouts: Sequence[np.ndarray],
    seed: int,
    workers: Workers,
    report: Callable[[float], None] = lambda share: None,
) -> list[LayoutTruth]:
    """Measures layouts of the same points against their neighbors; one answer per layout.

    There is an entry for k = 10 and for k = 30 where there are more than k points and the table is that wide; with 2 k
    points or fewer trustworthiness and continuity are None, and there is no column of them. `report` gets the share
    of the work that is done.

    Args:
        points: finite float (n, d).
        table: neighbors of the same n points, in the metric that counts.
        layouts: float32 (n, dims) each, all finite.
    """
    n = len(points)
    counts = [k for k in NEIGHBORS if k <= min(n - 1, table.indices.shape[1])]
    if not counts or not layouts:
        return [LayoutTruth(overall=(), per_point={}) for _ in layouts]
    kept = []
    for number, layout in enumerate(layouts):
        kept.append(kept_shares(layout, table.indices, counts, workers))
        report(0.3 * (number + 1) / len(layouts))
    query = even_sample(n, min(n, MEASURED_ROWS, max(_FEWEST_MEASURED, _MOST_PAIRS // n)), seed)
    measured = [k for k in counts if 2 * k < n]
    ranks = _both_ranks(points, table, layouts, query, measured[-1], workers, report) if measured else []
    return [
        _truth(n, query, dict(zip(counts, shares, strict=True)), measured, ranks[number] if ranks else None)
        for number, shares in enumerate(kept)
    ]


def _truth(
    n: int,
    query: np.ndarray,
    kept: dict[int, np.ndarray],
    measured: list[int],
    ranks: tuple[np.ndarray, np.ndarray] | None,
) -> LayoutTruth:
    shares = {("neighbors_kept", k): of_points for k, of_points in kept.items()}
    for name, side in zip(("trustworthiness", "continuity"), ranks or (), strict=False):
        for k in measured:
            beyond = np.maximum(side[:, :k] - k, 0).sum(axis=1)
            shares[name, k] = 1.0 - 2.0 / (k * (2.0 * n - 3.0 * k - 1.0)) * beyond
    means = {key: float(of_points.mean()) for key, of_points in shares.items()}
    overall = tuple(
        Faithfulness(
            k=k,
            neighbors_kept=means["neighbors_kept", k],
            trustworthiness=means.get(("trustworthiness", k)),
            continuity=means.get(("continuity", k)),
            sampled_rows=len(query) if len(query) < n else None,
        )
        for k in kept
    )
    per_point = {}
    for one in overall:
        for name in figures_of(one):
            of_points = shares[name, one.k]
            per_point[f"{name}_{one.k}"] = np.full(n, np.nan, np.float32)
            per_point[f"{name}_{one.k}"][... if len(of_points) == n else query] = of_points
    return LayoutTruth(overall=overall, per_point=per_point)


def figures_of(overall: Faithfulness) -> list[str]:
    """The names of what was measured of every point, too, in the order of `Faithfulness`."""
    names = ("neighbors_kept", "trustworthiness", "continuity")
    return [name for name in names if getattr(overall, name) is not None]


def _both_ranks(
    points: np.ndarray,
    table: NeighborTable,
    layouts: Sequence[np.ndarray],
    query: np.ndarray,
    k: int,
    workers: Workers,
    report: Callable[[float], None],
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Per layout, for the queried points: ranks in the data of the k nearest of the layout, and the other way round.

    Both int64 (queries, k), nearest first.
    """
    ranks = _ranks_for(len(points))
    neighbors = table.indices[query, :k].astype(np.int64)
    parts = row_blocks(len(query), _QUERIES)
    nearest, there = [], []
    for number, layout in enumerate(layouts):
        of_layout = ranks.layout(layout).ranks
        found = workers.map(partial(_of_part, of_layout, query, neighbors), parts)
        nearest.append(np.concatenate([of_part[0] for of_part in found]))
        there.append(np.concatenate([of_part[1] for of_part in found]))
        report(0.3 + 0.2 * (number + 1) / len(layouts))
    space = metric_space(points, table.metric, workers)
    here = _ranks_in_data(space, table, query, np.concatenate(nearest, axis=1), ranks, workers)
    report(1.0)
    return list(zip(np.split(here, len(layouts), axis=1), there, strict=True))


def _of_part(
    ranks: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    query: np.ndarray,
    neighbors: np.ndarray,
    part: slice,
) -> tuple[np.ndarray, np.ndarray]:
    return ranks(query[part], neighbors[part])


def _ranks_for(n: int) -> Ranks:
    if n < _COMPILED_FROM or not numba_is_installed():
        return NumpyRanks()
    from embreport.compute.diagnosis.compiled_ranks import CompiledRanks

    return CompiledRanks()


def _ranks_in_data(
    space: MetricSpace,
    table: NeighborTable,
    query: np.ndarray,
    others: np.ndarray,
    ranks: Ranks,
    workers: Workers,
) -> np.ndarray:
    """The rank of others[i, j] by distance from query[i] among all points, from 1, the best among equals: int64."""
    known = np.zeros(others.shape, np.int64)
    limits = np.zeros(others.shape)

    def prepare(part: slice) -> None:
        known[part] = _ranks_in_table(table, query[part], others[part])
        place, column = np.nonzero(known[part] == 0)
        squares = space.squared_distances(query[part][place], others[part][place, column], ranks)
        own = np.square(space.rows(query[part])).sum(axis=1)[place]
        limits[part][place, column] = squares * (1.0 - _SLACK) - _ROUNDING * (own + squares)

    workers.map(prepare, row_blocks(len(query), _QUERIES))
    # The open places of each query to the front, so that few columns are counted.
    front = np.argsort(known > 0, axis=1, kind="stable")[:, : int((known == 0).sum(axis=1).max())]
    counts = _counts_below(space, query, np.take_along_axis(limits, front, axis=1), ranks, workers)
    read = np.take_along_axis(known, front, axis=1)
    np.put_along_axis(known, front, np.where(read == 0, counts + 1, read), axis=1)
    return known


def _ranks_in_table(table: NeighborTable, query: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Ranks of those others that the table lists, 0 for the rest: int64 of the shape of `others`.

    An approximate table knows no rank for sure.
    """
    ranks = np.zeros(others.shape, np.int64)
    if table.recall is not None:
        return ranks
    for i, row in enumerate(query):
        listed = table.indices[row]
        order = np.argsort(listed)
        place = order[np.minimum(np.searchsorted(listed, others[i], sorter=order), len(listed) - 1)]
        known = listed[place] == others[i]
        distances = table.distances[row]
        ranks[i, known] = np.searchsorted(distances, distances[place[known]], side="left") + 1
    return ranks


def _counts_below(
    space: MetricSpace, query: np.ndarray, limits: np.ndarray, ranks: Ranks, workers: Workers
) -> np.ndarray:
    """How many other points are nearer to query[i] than limits[i, j] (squared): int64 of the shape of `limits`."""
    n = space.matrix.shape[0]
    blocks = row_blocks(n, _REFERENCES)
    strands = min(_STRANDS, len(blocks))
    parts = row_blocks(len(query), _QUERIES)
    chosen = [space.rows(query[part]) for part in parts]
    lengths = [np.einsum("ij,ij->i", rows, rows) for rows in chosen]

    def strand(first: int) -> np.ndarray:
        counts = np.zeros(limits.shape, np.int64)
        for block in blocks[first::strands]:
            rows = space.rows(block)
            squares_of_rows = np.einsum("ij,ij->i", rows, rows)
            for part, queries, own in zip(parts, chosen, lengths, strict=True):
                squares = queries @ rows.T
                squares *= -2.0
                squares += squares_of_rows
                squares += own[:, None]
                space.mend_zero_rows(squares, query[part], block)
                inside = np.flatnonzero((query[part] >= block.start) & (query[part] < block.stop))
                squares[inside, query[part][inside] - block.start] = np.inf
                ranks.count_below(squares, limits[part], counts[part])
        return counts

    total = np.zeros(limits.shape, np.int64)
    for counts in workers.map(strand, range(strands)):
        total += counts
    return total
