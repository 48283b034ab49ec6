"""Cells of near points by k-means (Lloyd, Least squares quantization in PCM, 1982) on a seeded sample.

Deterministic: fixed blocks, sums in the order of the sample, a fixed number of rounds.
"""

from __future__ import annotations

import math

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.search_space import Frame, SearchSpace, fill_space, point_blocks
from embreport.compute.threads import Workers

_SAMPLED_PER_CELL = 32
_ROUNDS = 6
_LARGEST = 4  # times the mean size
_SPLITS = 6


def build_cells(frame: Frame, rows: np.ndarray, random: np.random.Generator, workers: Workers) -> SearchSpace:
    """The space of the rows in about 2 sqrt(m) cells, none of them many times larger than the mean.

    Args:
        rows: int64 (m,), ascending.
    """
    m = len(rows)
    count = max(1, min(m, round(2.0 * math.sqrt(m))))
    sample = _sample(frame, rows, _SAMPLED_PER_CELL * count, random)
    centroids = find_centroids(sample, count, workers)
    del sample
    labels = np.empty(m, np.int32)

    def label(block: slice) -> None:
        labels[block] = nearest_centroid(frame.points(rows[block]).astype(np.float32), centroids)

    workers.map(label, point_blocks(m, frame.values.shape[1]))
    labels, centroids = _split_large(frame, rows, labels, centroids, random, workers)
    return fill_space(frame, rows, labels, centroids, workers)


def find_centroids(sample: np.ndarray, count: int, workers: Workers) -> np.ndarray:
    """Centroids float32 (count, d) of a sample (rows in random order, at least `count`)."""
    centroids = sample[:count].copy()
    labels = np.empty(len(sample), np.int64)

    def label(block: slice) -> None:
        labels[block] = nearest_centroid(sample[block], centroids)

    for _ in range(_ROUNDS):
        workers.map(label, row_blocks(len(sample), 4096))
        order = np.argsort(labels, kind="stable")
        present, starts, sizes = np.unique(labels[order], return_index=True, return_counts=True)
        sums = np.add.reduceat(sample[order], starts, axis=0)
        centroids[present] = sums / sizes[:, None].astype(np.float32)
    return centroids


def nearest_centroid(points: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """The number of the nearest centroid of each point: intp (rows,)."""
    labels = np.empty(len(points), np.intp)
    halves = half_squares(centroids)
    for block in row_blocks(len(points), rows_per_block(len(centroids) * 4, budget=4 << 20)):
        scores = points[block] @ centroids.T
        scores -= halves
        labels[block] = scores.argmax(axis=1)
    return labels


def half_squares(points: np.ndarray) -> np.ndarray:
    """Half of the squared lengths, float32."""
    return np.asarray(0.5 * np.einsum("ij,ij->i", points, points), np.float32)


def _sample(frame: Frame, rows: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    chosen = random.permutation(len(rows))[:count]
    return np.concatenate(
        [frame.points(rows[chosen[block]]).astype(np.float32) for block in row_blocks(len(chosen), 4096)]
    )


def _split_large(
    frame: Frame,
    rows: np.ndarray,
    labels: np.ndarray,
    centroids: np.ndarray,
    random: np.random.Generator,
    workers: Workers,
) -> tuple[np.ndarray, np.ndarray]:
    """Cuts cells far above the mean size by k-means of their own; by row where their points coincide."""
    mean = max(1, len(rows) // len(centroids))
    for _ in range(_SPLITS):
        large = np.flatnonzero(np.bincount(labels, minlength=len(centroids)) > _LARGEST * mean)
        if len(large) == 0:
            break
        for cell in large:
            members = np.flatnonzero(labels == cell)
            parts = -(-len(members) // mean)
            sample = _sample(frame, rows[members], _SAMPLED_PER_CELL * parts, random)
            inner = find_centroids(sample, parts, workers)
            blocks = row_blocks(len(members), 4096)
            found = np.concatenate(
                [nearest_centroid(frame.points(rows[members[b]]).astype(np.float32), inner) for b in blocks]
            )
            if np.bincount(found).max() > 0.9 * len(members):
                inner = np.repeat(centroids[cell : cell + 1], parts, axis=0)
                found = np.arange(len(members)) * parts // len(members)
            labels[members] = np.where(found == 0, cell, len(centroids) + found - 1)
            centroids = np.concatenate([centroids, inner[1:]])
            centroids[cell] = inner[0]
    return labels, centroids
