"""The pull of the probabilities along the edges of the affinity matrix, and its share of the divergence.

The far ends of a row's edges are first copied side by side, so that the arithmetic runs with SIMD. The room for them is
the caller's: to compile an allocation takes as long as to compile the arithmetic.
"""

from __future__ import annotations

import math

import numpy as np

from embreport.compute.kernels.compiled import compiled

_BATCH = 512


def room_for_ends(dims: int) -> np.ndarray:
    """What `attraction_2d` or `attraction_3d` needs as `far`, one for each thread."""
    return np.empty(_BATCH, np.complex64) if dims == 2 else np.empty((3, _BATCH), np.float32)


@compiled
def attraction_2d(
    starts: np.ndarray,
    columns: np.ndarray,
    weights: np.ndarray,
    places: np.ndarray,
    first: int,
    last: int,
    far: np.ndarray,
    pull: np.ndarray,
) -> None:
    """Writes sum_j p_ij q_ij (y_i - y_j), q = 1 / (1 + d**2), into rows first..last of `pull` (n, 2).

    `places` is the layout as complex64 (n,), x + iy: most of the time goes into fetching far points, one load each.
    """
    one = np.float32(1)
    for i in range(first, last):
        x, y = places[i].real, places[i].imag
        pull_x, pull_y = np.float32(0), np.float32(0)
        for start in range(starts[i], starts[i + 1], _BATCH):
            ends = columns[start : starts[i + 1]][:_BATCH]
            shares = weights[start : start + len(ends)]
            for edge in range(len(ends)):
                far[edge] = places[ends[edge]]
            for edge in range(len(ends)):
                dx, dy = x - far[edge].real, y - far[edge].imag
                force = shares[edge] / (one + dx * dx + dy * dy)
                pull_x += force * dx
                pull_y += force * dy
        pull[i, 0], pull[i, 1] = pull_x, pull_y


@compiled
def attraction_3d(
    starts: np.ndarray,
    columns: np.ndarray,
    weights: np.ndarray,
    layout: np.ndarray,
    first: int,
    last: int,
    far: np.ndarray,
    pull: np.ndarray,
) -> None:
    """Writes sum_j p_ij w_ij (y_i - y_j), w = (1 + d**2 / 2)**-1.5, into rows first..last of `pull` (n, 3)."""
    one, half = np.float32(1), np.float32(0.5)
    far_x, far_y, far_z = far[0], far[1], far[2]
    for i in range(first, last):
        x, y, z = layout[i, 0], layout[i, 1], layout[i, 2]
        pull_x, pull_y, pull_z = np.float32(0), np.float32(0), np.float32(0)
        for start in range(starts[i], starts[i + 1], _BATCH):
            ends = columns[start : starts[i + 1]][:_BATCH]
            shares = weights[start : start + len(ends)]
            for edge in range(len(ends)):
                end = ends[edge]
                far_x[edge], far_y[edge], far_z[edge] = layout[end, 0], layout[end, 1], layout[end, 2]
            for edge in range(len(ends)):
                dx, dy, dz = x - far_x[edge], y - far_y[edge], z - far_z[edge]
                root = one / np.sqrt(one + half * (dx * dx + dy * dy + dz * dz))
                force = shares[edge] * root * root * root
                pull_x += force * dx
                pull_y += force * dy
                pull_z += force * dz
        pull[i, 0], pull[i, 1], pull[i, 2] = pull_x, pull_y, pull_z


@compiled
def cross_entropy(
    starts: np.ndarray,
    columns: np.ndarray,
    weights: np.ndarray,
    layout: np.ndarray,
    first: int,
    last: int,
    sums: np.ndarray,
) -> None:
    """Writes sum_j p_ij log(w_ij), w before normalising, into entries first..last of `sums` float64 (n,)."""
    flat = layout.shape[1] == 2
    for i in range(first, last):
        total = 0.0
        for edge in range(starts[i], starts[i + 1]):
            square = 0.0
            for axis in range(layout.shape[1]):
                difference = layout[i, axis] - layout[columns[edge], axis]
                square += difference * difference
            logarithm = -math.log(1.0 + square) if flat else -1.5 * math.log(1.0 + 0.5 * square)
            total += weights[edge] * logarithm
        sums[i] = total
