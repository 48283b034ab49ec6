"""The push between all pairs of points, exactly."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled


@compiled
def repulsion_2d(
    x: np.ndarray,
    y: np.ndarray,
    first: int,
    last: int,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    """Writes sum_j q**2 (y_i - y_j) and sum_j q, j = i included, q = 1 / (1 + d**2), for rows first..last.

    Args:
        x, y: coordinates, float32 (n,).
        push: float32 (n, 2). similarity: float32 (n,).
    """
    one = np.float32(1)
    for i in range(first, last):
        here_x, here_y = x[i], y[i]
        push_x, push_y, total = np.float32(0), np.float32(0), np.float32(0)
        for j in range(x.shape[0]):
            dx, dy = here_x - x[j], here_y - y[j]
            q = one / (one + dx * dx + dy * dy)
            total += q
            q *= q
            push_x += q * dx
            push_y += q * dy
        push[i, 0], push[i, 1], similarity[i] = push_x, push_y, total


@compiled
def repulsion_3d(
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    first: int,
    last: int,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    """Writes sum_j w**2 (y_i - y_j) and sum_j w, j = i included, w = (1 + d**2 / 2)**-1.5, for rows first..last."""
    one, half = np.float32(1), np.float32(0.5)
    for i in range(first, last):
        here_x, here_y, here_z = x[i], y[i], z[i]
        push_x, push_y, push_z, total = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
        for j in range(x.shape[0]):
            dx, dy, dz = here_x - x[j], here_y - y[j], here_z - z[j]
            root = one / np.sqrt(one + half * (dx * dx + dy * dy + dz * dz))
            w = root * root * root
            total += w
            w *= w
            push_x += w * dx
            push_y += w * dy
            push_z += w * dz
        push[i, 0], push[i, 1], push[i, 2], similarity[i] = push_x, push_y, push_z, total
