"""Exact t-SNE forces of a few hundred points in numpy alone: nothing to compile, all pairs at once."""

from __future__ import annotations

import numpy as np

from embreport.compute.affinities import Affinities
from embreport.compute.blocks import row_blocks

_BLOCK_ROWS = 128


class DenseForces:
    """Forces from the full matrix of probabilities; memory n * n * 4 bytes, so for small n only.

    `parts` and `divergence` are those of `tsne.Forces`.
    """

    def __init__(self, joint: Affinities, dims: int) -> None:
        self._joint = joint.dense()
        self._entropy = joint.entropy()
        self._dims = dims
        self._blocks = row_blocks(joint.n, _BLOCK_ROWS)

    def parts(self, layout: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """As `tsne.Forces.parts`."""
        homogeneous = np.concatenate([layout, np.ones((len(layout), 1), np.float32)], axis=1)
        attraction, repulsion = np.empty_like(homogeneous), np.empty_like(homogeneous)
        total = -float(len(layout))
        for rows in self._blocks:
            kernel = self._kernel(layout, rows)
            total += float(kernel.sum(dtype=np.float64))
            attraction[rows] = (self._joint[rows] * kernel) @ homogeneous
            kernel *= kernel
            repulsion[rows] = kernel @ homogeneous
        pull = layout * attraction[:, -1:] - attraction[:, :-1]
        push = layout * repulsion[:, -1:] - repulsion[:, :-1]
        return pull, push, total

    def divergence(self, layout: np.ndarray) -> float:
        """The Kullback-Leibler divergence of the layout's similarities from the probabilities."""
        total, cross = -float(len(layout)), 0.0
        for rows in self._blocks:
            kernel = self._kernel(layout, rows)
            total += float(kernel.sum(dtype=np.float64))
            cross += float((self._joint[rows] * np.log(kernel)).sum(dtype=np.float64))
        return self._entropy - cross + float(np.log(total))

    def _kernel(self, layout: np.ndarray, rows: slice) -> np.ndarray:
        """The similarity of a block of rows to all rows, before normalising; 1 on the diagonal."""
        kernel = np.ones((len(layout[rows]), len(layout)), np.float32)
        scale = np.float32(1.0 if self._dims == 2 else 0.5)
        for axis in range(self._dims):
            difference = layout[rows, axis, None] - layout[:, axis]
            difference *= difference
            difference *= scale
            kernel += difference
        np.divide(np.float32(1.0), kernel, out=kernel)
        if self._dims == 3:
            kernel *= np.sqrt(kernel)
        return kernel


def advance(
    layout: np.ndarray,
    velocity: np.ndarray,
    gains: np.ndarray,
    pull: np.ndarray,
    push: np.ndarray,
    exaggeration: np.float32,
    inverse: np.float32,
    rate: np.float32,
    momentum: np.float32,
) -> None:
    """As `step.advance`, in numpy; arrays of any one shape."""
    direction = exaggeration * pull - inverse * push
    same = (direction > 0) == (velocity > 0)
    gains[...] = np.where(same, np.maximum(gains * np.float32(0.8), np.float32(0.01)), gains + np.float32(0.2))
    velocity *= momentum
    velocity -= rate * gains * direction
    layout += velocity
