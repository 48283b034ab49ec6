"""The push of near points and of far nodes of a tree on all points of one of its nodes, with SIMD.

A far node counts as its points do, to the second order in their distance from its center (the quadrupole of tree codes,
Hernquist 1987). C being their covariance, d the offset from the center and t = d**2, a point's mean similarity g(t) is

    g + g' trace(C) + 2 g'' d.C.d

and its mean push h(t) d, with h = g**2, is

    (h + h' trace(C) + 2 h'' d.C.d) d + 2 h' C.d
"""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels import groups
from embreport.compute.kernels.compiled import compiled, part


@part
def _add_points_2d(
    x: np.ndarray,
    y: np.ndarray,
    start: int,
    stop: int,
    count: int,
    batch: np.ndarray,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    one = np.float32(1)
    sx, sy = batch[0], batch[1]
    for i in range(start, stop):
        here_x, here_y = x[i], y[i]
        push_x, push_y, total = np.float32(0), np.float32(0), np.float32(0)
        for j in range(count):
            dx, dy = here_x - sx[j], here_y - sy[j]
            w = one / (one + dx * dx + dy * dy)
            total += w
            w *= w
            push_x += w * dx
            push_y += w * dy
        push[i, 0], push[i, 1] = push[i, 0] + push_x, push[i, 1] + push_y
        similarity[i] += total


@part
def _add_nodes_2d(
    x: np.ndarray,
    y: np.ndarray,
    start: int,
    stop: int,
    count: int,
    batch: np.ndarray,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    one = np.float32(1)
    sx, sy, mass, sxx, sxy, syy = batch[0], batch[1], batch[3], batch[4], batch[5], batch[7]
    for i in range(start, stop):
        here_x, here_y = x[i], y[i]
        push_x, push_y, total = np.float32(0), np.float32(0), np.float32(0)
        for j in range(count):
            dx, dy = here_x - sx[j], here_y - sy[j]
            q = one / (one + dx * dx + dy * dy)
            wide_x, wide_y = sxx[j] * dx + sxy[j] * dy, sxy[j] * dx + syy[j] * dy
            along, trace = q * (wide_x * dx + wide_y * dy), sxx[j] + syy[j]
            weighted = mass[j] * q
            total += weighted * (one + q * (np.float32(4) * along - trace))
            weighted *= q
            outward = weighted * (one + q * (np.float32(12) * along - np.float32(2) * trace))
            bent = weighted * q * np.float32(4)
            push_x += outward * dx - bent * wide_x
            push_y += outward * dy - bent * wide_y
        push[i, 0], push[i, 1] = push[i, 0] + push_x, push[i, 1] + push_y
        similarity[i] += total


@compiled
def repulsion_groups_2d(
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    depth: int,
    top: int,
    up: int,
    theta: float,
    tree: np.ndarray,
    first: int,
    last: int,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    """As `all_pairs.repulsion_2d`, in tree order, for the targets of nodes first..last of level depth - up."""
    n, level = x.shape[0], depth - up
    nodes, leaves, stack = np.empty(2 << depth, np.int32), np.empty(1 << depth, np.int32), np.empty(64, np.int32)
    batch = np.empty((10, groups.BATCH), np.float32)
    for group in range(first, last):
        start, stop = (group * n) >> level, ((group + 1) * n) >> level
        push[start:stop] = 0
        similarity[start:stop] = 0
        far, near = groups.list_sources((1 << level) + group, depth, top, theta, tree, stack, nodes, leaves)
        for taken in range(0, far, groups.BATCH):
            some = nodes[taken : min(taken + groups.BATCH, far)]
            groups.gather_nodes(some, n, tree, batch)
            _add_nodes_2d(x, y, start, stop, len(some), batch, push, similarity)
        leaf, inner = 0, 0
        while leaf < near:
            count, leaf, inner = groups.gather_points(leaf, inner, leaves[:near], depth, x, y, z, batch)
            _add_points_2d(x, y, start, stop, count, batch, push, similarity)


@part
def _add_points_3d(
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    start: int,
    stop: int,
    count: int,
    batch: np.ndarray,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    one, half = np.float32(1), np.float32(0.5)
    sx, sy, sz = batch[0], batch[1], batch[2]
    for i in range(start, stop):
        here_x, here_y, here_z = x[i], y[i], z[i]
        push_x, push_y, push_z, total = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
        for j in range(count):
            dx, dy, dz = here_x - sx[j], here_y - sy[j], here_z - sz[j]
            root = one / np.sqrt(one + half * (dx * dx + dy * dy + dz * dz))
            w = root * root * root
            total += w
            w *= w
            push_x += w * dx
            push_y += w * dy
            push_z += w * dz
        push[i, 0], push[i, 1], push[i, 2] = push[i, 0] + push_x, push[i, 1] + push_y, push[i, 2] + push_z
        similarity[i] += total


@part
def _add_nodes_3d(
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    start: int,
    stop: int,
    count: int,
    batch: np.ndarray,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    one, half = np.float32(1), np.float32(0.5)
    sx, sy, sz, mass, sxx, sxy, sxz = batch[0], batch[1], batch[2], batch[3], batch[4], batch[5], batch[6]
    syy, syz, szz = batch[7], batch[8], batch[9]
    for i in range(start, stop):
        here_x, here_y, here_z = x[i], y[i], z[i]
        push_x, push_y, push_z, total = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
        for j in range(count):
            dx, dy, dz = here_x - sx[j], here_y - sy[j], here_z - sz[j]
            u = one / (one + half * (dx * dx + dy * dy + dz * dz))
            wide_x = sxx[j] * dx + sxy[j] * dy + sxz[j] * dz
            wide_y = sxy[j] * dx + syy[j] * dy + syz[j] * dz
            wide_z = sxz[j] * dx + syz[j] * dy + szz[j] * dz
            along, trace = u * (wide_x * dx + wide_y * dy + wide_z * dz), sxx[j] + syy[j] + szz[j]
            w = u * np.sqrt(u)
            weighted = mass[j] * w
            total += weighted * (one + u * (np.float32(1.875) * along - np.float32(0.75) * trace))
            weighted *= w
            outward = weighted * (one + u * (np.float32(6) * along - np.float32(1.5) * trace))
            bent = weighted * u * np.float32(3)
            push_x += outward * dx - bent * wide_x
            push_y += outward * dy - bent * wide_y
            push_z += outward * dz - bent * wide_z
        push[i, 0], push[i, 1], push[i, 2] = push[i, 0] + push_x, push[i, 1] + push_y, push[i, 2] + push_z
        similarity[i] += total


@compiled
def repulsion_groups_3d(
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    depth: int,
    top: int,
    up: int,
    theta: float,
    tree: np.ndarray,
    first: int,
    last: int,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    """As `all_pairs.repulsion_3d`, in tree order, for the targets of nodes first..last of level depth - up."""
    n, level = x.shape[0], depth - up
    nodes, leaves, stack = np.empty(2 << depth, np.int32), np.empty(1 << depth, np.int32), np.empty(64, np.int32)
    batch = np.empty((10, groups.BATCH), np.float32)
    for group in range(first, last):
        start, stop = (group * n) >> level, ((group + 1) * n) >> level
        push[start:stop] = 0
        similarity[start:stop] = 0
        far, near = groups.list_sources((1 << level) + group, depth, top, theta, tree, stack, nodes, leaves)
        for taken in range(0, far, groups.BATCH):
            some = nodes[taken : min(taken + groups.BATCH, far)]
            groups.gather_nodes(some, n, tree, batch)
            _add_nodes_3d(x, y, z, start, stop, len(some), batch, push, similarity)
        leaf, inner = 0, 0
        while leaf < near:
            count, leaf, inner = groups.gather_points(leaf, inner, leaves[:near], depth, x, y, z, batch)
            _add_points_3d(x, y, z, start, stop, count, batch, push, similarity)
