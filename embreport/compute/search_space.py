"""Rows as points whose euclidean distances order as a metric's distances do, cut into cells of near points.

For the cosine distance the points are the unit vectors: |u - v|**2 = 2 (1 - cos). The points are centered on
the medians of a sample, so that neither an offset nor single far rows cost the others their digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.scaling import exponent_of
from embreport.compute.threads import Workers
from embreport.model import Metric

_FRAME_ROWS = 4096
_FARTHEST = 1e15


@dataclass(frozen=True, kw_only=True)
class Frame:
    """How rows become points: scaled by a power of two, made unit vectors for the cosine, centered, scaled again."""

    values: np.ndarray
    metric: Metric
    exponent: int
    center: np.ndarray
    spread: int

    def points(self, rows: np.ndarray | slice) -> np.ndarray:
        """The points of some rows: float64 (rows, d), none with a coordinate beyond 1e15."""
        block = _scaled(self.values, rows, self.metric, self.exponent)
        block -= self.center
        np.ldexp(block, -self.spread, out=block)
        return np.asarray(np.clip(block, -_FARTHEST, _FARTHEST, out=block))


@dataclass(frozen=True, kw_only=True)
class SearchSpace:
    """Points of the searched rows in the order of their cells; a place in that order is a position.

    `points` is float32 (m, d); `places` int64 (m,) says which of the searched rows is at each position, `starts`
    int64 (cells + 1,) where each cell begins; `centroids` is float32 (cells, d).
    """

    frame: Frame
    points: np.ndarray
    places: np.ndarray
    starts: np.ndarray
    centroids: np.ndarray


def prepare_frame(values: np.ndarray, rows: np.ndarray, metric: Metric, random: np.random.Generator) -> Frame:
    """A frame for the rows named (at least one, for the cosine none of zeros)."""
    sample = np.sort(random.choice(rows, min(len(rows), _FRAME_ROWS), replace=False))
    magnitude = float(np.abs(values[sample]).max())
    exponent = exponent_of(magnitude)
    block = _scaled(values, sample, metric, exponent)
    center = np.median(block, axis=0)
    spread = exponent_of(float(np.abs(block - center).max()))
    return Frame(values=values, metric=metric, exponent=exponent, center=center, spread=spread)


def fill_space(
    frame: Frame, rows: np.ndarray, labels: np.ndarray, centroids: np.ndarray, workers: Workers
) -> SearchSpace:
    """The rows in the order of their cells' numbers; within a cell as they come."""
    places = np.argsort(labels, kind="stable")
    points = np.empty((len(rows), frame.values.shape[1]), np.float32)

    def fill(block: slice) -> None:
        points[block] = frame.points(rows[places[block]])

    workers.map(fill, point_blocks(len(rows), points.shape[1]))
    starts = np.concatenate([[0], np.cumsum(np.bincount(labels, minlength=len(centroids)))])
    return SearchSpace(frame=frame, points=points, places=places, starts=starts, centroids=centroids)


def point_blocks(count: int, d: int) -> list[slice]:
    """The blocks in which points are made."""
    return row_blocks(count, rows_per_block(d * 8, budget=8 << 20))


def _scaled(values: np.ndarray, rows: np.ndarray | slice, metric: Metric, exponent: int) -> np.ndarray:
    block = values[rows].astype(np.float64)
    if metric == "euclidean":
        return np.asarray(np.ldexp(block, -exponent, out=block))
    block = np.ldexp(block, -np.frexp(np.abs(block).max(axis=1))[1][:, None])
    block /= np.sqrt(np.einsum("ij,ij->i", block, block))[:, None]
    return np.asarray(block)
