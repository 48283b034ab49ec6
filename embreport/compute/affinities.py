"""The joint probabilities p_ij of t-SNE, from a neighbor table.

Each row gets a Gaussian whose width gives its neighbors the wanted perplexity (van der Maaten and
Hinton 2008); the conditional probabilities are symmetrised and normalised to sum 1. The squared
distance is the euclidean one, or 2 (1 - cos), which is the squared euclidean distance of unit vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.threads import Workers
from embreport.model import NeighborTable

_BLOCK_ROWS = 2048
_BLOCK_EDGES = 4 << 20
_STEPS = 64
_TOLERANCE = 1e-6
_WIDEST = 2.0**60


@dataclass(frozen=True, kw_only=True)
class Affinities:
    """A symmetric sparse matrix (n, n) in rows: `starts` int64 (n + 1,), `columns` uint32, `weights` float32.

    Columns ascend within a row; the diagonal is empty; the weights sum to 1.
    """

    starts: np.ndarray
    columns: np.ndarray
    weights: np.ndarray

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.starts) - 1

    def dense(self) -> np.ndarray:
        """The whole matrix, float32 (n, n); for small n."""
        matrix = np.zeros((self.n, self.n), np.float32)
        matrix[np.repeat(np.arange(self.n), np.diff(self.starts)), self.columns] = self.weights
        return matrix

    def entropy(self) -> float:
        """The sum of p log p."""
        weights = self.weights.astype(np.float64)
        return float((weights * np.log(np.maximum(weights, 1e-300))).sum())


def affinities(table: NeighborTable, perplexity: float, workers: Workers) -> Affinities:
    """Joint probabilities from the first min(3 * perplexity, k) columns of a table without NaN rows.

    The perplexity must be at least 1. Rows with more neighbors at their least distance than the
    perplexity share equally among these.
    """
    n, k = table.indices.shape
    width = min(k, max(1, int(3 * perplexity)))
    conditional = np.empty((n, width))

    def fill(rows: slice) -> None:
        conditional[rows] = _conditional(_squares(table, rows, width), perplexity)

    workers.map(fill, row_blocks(n, _BLOCK_ROWS))
    return _symmetric(table.indices[:, :width], conditional, workers)


def _squares(table: NeighborTable, rows: slice, width: int) -> np.ndarray:
    distances = np.minimum(table.distances[rows, :width].astype(np.float64), np.finfo(np.float32).max)
    return 2.0 * distances if table.metric == "cosine" else np.square(distances)


def _conditional(squares: np.ndarray, perplexity: float) -> np.ndarray:
    """Rows of exp(-beta d**2) / sum with entropy log(perplexity), by bisection on beta: float64."""
    excess = squares - squares[:, :1]
    scale = excess.mean(axis=1, keepdims=True)
    excess /= np.where(scale > 0, scale, 1.0)
    target = np.log(perplexity)
    low, high = np.zeros(len(excess)), np.full(len(excess), np.inf)
    beta = np.ones(len(excess))
    for _ in range(_STEPS):
        weights = np.exp(-excess * beta[:, None])
        total = weights.sum(axis=1)
        entropy = np.log(total) + beta * np.einsum("ij,ij->i", excess, weights) / total
        if np.all((np.abs(entropy - target) < _TOLERANCE) | (beta >= _WIDEST)):
            break
        flat = entropy > target
        low, high = np.where(flat, beta, low), np.where(flat, high, beta)
        beta = np.where(np.isinf(high), np.minimum(beta * 2.0, _WIDEST), (low + high) / 2.0)
    weights = np.exp(-excess * beta[:, None])
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _symmetric(indices: np.ndarray, conditional: np.ndarray, workers: Workers) -> Affinities:
    """The mean of the matrix and its transpose, over n; by blocks of its rows, so that little is held beside it."""
    n, width = indices.shape
    parts = workers.map(
        lambda rows: _symmetric_rows(indices, conditional, rows), row_blocks(n, max(1, _BLOCK_EDGES // width))
    )
    counts, columns, weights = (np.concatenate(pieces) for pieces in zip(*parts, strict=True))
    return Affinities(starts=np.concatenate([[0], np.cumsum(counts)]), columns=columns, weights=weights)


def _symmetric_rows(
    indices: np.ndarray, conditional: np.ndarray, rows: slice
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Some rows of the symmetric matrix: entries per row, columns uint32 and weights float32, row by row."""
    n, width = indices.shape
    many = rows.stop - rows.start
    own = np.repeat(np.arange(many, dtype=np.int64), width) * n + indices[rows].ravel()
    pointed, weights_back = _pointing_into(indices, conditional, rows)
    keys = np.concatenate([own, pointed])
    weights = np.concatenate([conditional[rows].ravel(), weights_back])
    order = np.argsort(keys, kind="stable")
    keys, weights = keys[order], weights[order]
    places = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    summed = np.add.reduceat(weights, places) / (2.0 * n)
    keys = keys[places]
    counts = np.bincount(keys // n, minlength=many)
    return counts, (keys % n).astype(np.uint32), summed.astype(np.float32)


def _pointing_into(indices: np.ndarray, conditional: np.ndarray, rows: slice) -> tuple[np.ndarray, np.ndarray]:
    """The entries of the transpose in some rows: (row in the block) * n + column, int64, and their weights."""
    n, width = indices.shape
    keys, weights = [], []
    for part in row_blocks(n, max(1, _BLOCK_EDGES // width)):
        targets = indices[part].ravel()
        places = np.flatnonzero((targets >= rows.start) & (targets < rows.stop))
        sources = part.start + places // width
        keys.append((targets[places].astype(np.int64) - rows.start) * n + sources)
        weights.append(conditional[part].ravel()[places])
    return np.concatenate(keys), np.concatenate(weights)
