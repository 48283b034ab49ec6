"""How much of the truth an approximate search finds: a seeded sample of rows is searched exactly beside it."""

from __future__ import annotations

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.search_space import Frame, point_blocks
from embreport.compute.threads import Workers

_STRANDS = 16


def true_neighbors(frame: Frame, rows: np.ndarray, sample: np.ndarray, width: int, workers: Workers) -> np.ndarray:
    """The nearest rows of some rows, by float64 products of all pairs.

    Args:
        rows: int64 (m,), all rows that are searched. sample: int64 (s,), places in `rows`.
        width: at most m - 1.

    Returns:
        int64 (s, width), places in `rows`, nearest first.
    """
    query = frame.points(rows[sample])
    blocks = point_blocks(len(rows), query.shape[1])

    def search(strand: list[slice]) -> tuple[np.ndarray, np.ndarray]:
        best = np.full((len(sample), width), -np.inf)
        found = np.full((len(sample), width), -1, np.int64)
        for block in strand:
            points = frame.points(rows[block])
            scores = query @ points.T
            scores -= 0.5 * np.einsum("ij,ij->i", points, points)
            inside = (sample >= block.start) & (sample < block.stop)
            scores[inside, sample[inside] - block.start] = -np.inf
            _keep_better(best, found, scores, block.start)
        return best, found

    size = -(-len(blocks) // _STRANDS)
    parts = workers.map(search, [blocks[part] for part in row_blocks(len(blocks), size)])
    scores = np.concatenate([best for best, _ in parts], axis=1)
    found = np.concatenate([found for _, found in parts], axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :width]
    return np.take_along_axis(found, order, 1)


def _keep_better(best: np.ndarray, found: np.ndarray, scores: np.ndarray, start: int) -> None:
    """Takes the scores of a block into the best so far."""
    hits = scores > best.min(axis=1)[:, None]
    width = best.shape[1]
    for query in np.flatnonzero(hits.any(axis=1)):
        columns = np.flatnonzero(hits[query])
        together = np.concatenate([best[query], scores[query, columns]])
        names = np.concatenate([found[query], start + columns])
        kept = np.argpartition(together, len(together) - width)[-width:]
        best[query], found[query] = together[kept], names[kept]


def share_found(table: np.ndarray, truth: np.ndarray) -> float:
    """The mean share of the true neighbors that a search found, of float32 distances (s, k) of both, ascending.

    What was found counts when it is no farther than the farthest true one: of neighbors equally far any will do.
    """
    return float((table <= truth[:, -1:]).mean())
