"""The push of far groups of points, by their centers: a tree code over groups of neighboring targets.

A balanced kd-tree cuts the points into leaves of at most 2**-depth of all. All targets of a leaf share
one list of sources: points of near leaves, and centers of nodes whose radius is below theta times their
distance from the nearest possible target (Barnes and Hut 1986, with the grouping of Barnes 1990). The
list is summed with SIMD. Node b of level l holds the points of ranks b * n >> l up to (b + 1) * n >> l;
nodes are numbered as in a heap, from 1.
"""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled

_BATCH = 2048


@compiled
def sort_into_leaves(x: np.ndarray, y: np.ndarray, z: np.ndarray, depth: int, order: np.ndarray) -> None:
    """Permutes `order` int32 (n,) so that every node of the tree is a consecutive range of it.

    Nodes are halved at the median of their widest axis, by quickselect.
    """
    n = order.shape[0]
    for level in range(depth):
        for node in range(1 << level):
            start, stop = (node * n) >> level, ((node + 1) * n) >> level
            middle = ((2 * node + 1) * n) >> (level + 1)
            if stop - start > 1:
                _halve(_widest(x, y, z, order, start, stop), order, start, stop, middle)


@compiled
def _widest(x: np.ndarray, y: np.ndarray, z: np.ndarray, order: np.ndarray, start: int, stop: int) -> np.ndarray:
    first = order[start]
    low_x = high_x = x[first]
    low_y = high_y = y[first]
    low_z = high_z = z[first]
    for rank in range(start, stop):
        i = order[rank]
        low_x, high_x = min(low_x, x[i]), max(high_x, x[i])
        low_y, high_y = min(low_y, y[i]), max(high_y, y[i])
        low_z, high_z = min(low_z, z[i]), max(high_z, z[i])
    wide_x, wide_y, wide_z = high_x - low_x, high_y - low_y, high_z - low_z
    if wide_x >= wide_y and wide_x >= wide_z:
        return x
    return y if wide_y >= wide_z else z


@compiled
def _halve(key: np.ndarray, order: np.ndarray, start: int, stop: int, middle: int) -> None:
    low, high = start, stop - 1
    while low < high:
        pivot = key[order[(low + high) // 2]]
        i, j = low, high
        while i <= j:
            while key[order[i]] < pivot:
                i += 1
            while key[order[j]] > pivot:
                j -= 1
            if i <= j:
                order[i], order[j] = order[j], order[i]
                i += 1
                j -= 1
        if middle <= j:
            high = j
        elif middle >= i:
            low = i
        else:
            return


@compiled
def measure_nodes(
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    depth: int,
    top: int,
    centers: np.ndarray,
    radii: np.ndarray,
) -> None:
    """Writes center, float32 (nodes, 3), and radius, float32 (nodes,), of the nodes of levels top..depth.

    Args:
        x, y, z: coordinates in tree order, float32 (n,).
    """
    n = x.shape[0]
    for level in range(top, depth + 1):
        for node in range(1 << level):
            start, stop = (node * n) >> level, ((node + 1) * n) >> level
            share = np.float32(1) / np.float32(stop - start)
            cx, cy, cz = np.float32(0), np.float32(0), np.float32(0)
            for i in range(start, stop):
                cx += x[i]
                cy += y[i]
                cz += z[i]
            cx, cy, cz = cx * share, cy * share, cz * share
            farthest = np.float32(0)
            for i in range(start, stop):
                farthest = max(farthest, (x[i] - cx) ** 2 + (y[i] - cy) ** 2 + (z[i] - cz) ** 2)
            number = (1 << level) + node
            centers[number, 0], centers[number, 1], centers[number, 2] = cx, cy, cz
            radii[number] = np.sqrt(farthest)


@compiled
def _list_sources(
    target: int,
    depth: int,
    top: int,
    theta: float,
    centers: np.ndarray,
    radii: np.ndarray,
    stack: np.ndarray,
    nodes: np.ndarray,
    leaves: np.ndarray,
) -> tuple[int, int]:
    """Fills `nodes` with far nodes and `leaves` with near leaves as seen from a node; their two numbers."""
    far, near, waiting = 0, 0, 0
    tx, ty, tz, reach = centers[target, 0], centers[target, 1], centers[target, 2], radii[target]
    for number in range(1 << top, 2 << top):
        stack[0] = number
        waiting = 1
        while waiting:
            waiting -= 1
            node = stack[waiting]
            dx, dy, dz = tx - centers[node, 0], ty - centers[node, 1], tz - centers[node, 2]
            distance = np.sqrt(dx * dx + dy * dy + dz * dz) - reach
            if radii[node] < theta * distance:
                nodes[far] = node
                far += 1
            elif node >= 1 << depth:
                leaves[near] = node - (1 << depth)
                near += 1
            else:
                stack[waiting] = 2 * node + 1
                stack[waiting + 1] = 2 * node
                waiting += 2
    return far, near


@compiled
def _gather(
    taken: int,
    inner: int,
    far: int,
    near: int,
    nodes: np.ndarray,
    leaves: np.ndarray,
    n: int,
    depth: int,
    centers: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    sx: np.ndarray,
    sy: np.ndarray,
    sz: np.ndarray,
    mass: np.ndarray,
) -> tuple[int, int, int]:
    """Fills the batch with sources from number `taken` on, `inner` points into it; batch size, taken, inner."""
    count = 0
    while taken < far and count < _BATCH:
        node = nodes[taken]
        sx[count], sy[count], sz[count] = centers[node, 0], centers[node, 1], centers[node, 2]
        mass[count] = _points_in(node, n)
        count += 1
        taken += 1
    while far <= taken < far + near and count < _BATCH:
        leaf = leaves[taken - far]
        begin, end = ((leaf * n) >> depth) + inner, ((leaf + 1) * n) >> depth
        many = min(end - begin, _BATCH - count)
        for i in range(many):
            sx[count + i], sy[count + i], sz[count + i] = x[begin + i], y[begin + i], z[begin + i]
            mass[count + i] = np.float32(1)
        count += many
        inner += many
        if begin + many == end:
            taken += 1
            inner = 0
    return count, taken, inner


@compiled
def _points_in(node: int, n: int) -> int:
    level = 0
    while (2 << level) <= node:
        level += 1
    place = node - (1 << level)
    return (((place + 1) * n) >> level) - ((place * n) >> level)


@compiled
def repulsion_groups_2d(
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    depth: int,
    top: int,
    up: int,
    theta: float,
    centers: np.ndarray,
    radii: np.ndarray,
    first: int,
    last: int,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    """As `all_pairs.repulsion_2d`, in tree order, for the targets of nodes first..last of level depth - up."""
    n, level, one = x.shape[0], depth - up, np.float32(1)
    nodes, leaves, stack = np.empty(2 << depth, np.int32), np.empty(1 << depth, np.int32), np.empty(64, np.int32)
    batch = np.empty((4, _BATCH), np.float32)
    sx, sy, sz, mass = batch[0], batch[1], batch[2], batch[3]
    for group in range(first, last):
        start, stop = (group * n) >> level, ((group + 1) * n) >> level
        push[start:stop] = 0
        similarity[start:stop] = 0
        far, near = _list_sources((1 << level) + group, depth, top, theta, centers, radii, stack, nodes, leaves)
        taken, inner = 0, 0
        while taken < far + near:
            count, taken, inner = _gather(
                taken, inner, far, near, nodes, leaves, n, depth, centers, x, y, z, sx, sy, sz, mass
            )
            for i in range(start, stop):
                here_x, here_y = x[i], y[i]
                push_x, push_y, total = np.float32(0), np.float32(0), np.float32(0)
                for j in range(count):
                    dx, dy = here_x - sx[j], here_y - sy[j]
                    q = one / (one + dx * dx + dy * dy)
                    weighted = mass[j] * q
                    total += weighted
                    weighted *= q
                    push_x += weighted * dx
                    push_y += weighted * dy
                push[i, 0] += push_x
                push[i, 1] += push_y
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
    centers: np.ndarray,
    radii: np.ndarray,
    first: int,
    last: int,
    push: np.ndarray,
    similarity: np.ndarray,
) -> None:
    """As `all_pairs.repulsion_3d`, in tree order, for the targets of nodes first..last of level depth - up."""
    n, level, one, half = x.shape[0], depth - up, np.float32(1), np.float32(0.5)
    nodes, leaves, stack = np.empty(2 << depth, np.int32), np.empty(1 << depth, np.int32), np.empty(64, np.int32)
    batch = np.empty((4, _BATCH), np.float32)
    sx, sy, sz, mass = batch[0], batch[1], batch[2], batch[3]
    for group in range(first, last):
        start, stop = (group * n) >> level, ((group + 1) * n) >> level
        push[start:stop] = 0
        similarity[start:stop] = 0
        far, near = _list_sources((1 << level) + group, depth, top, theta, centers, radii, stack, nodes, leaves)
        taken, inner = 0, 0
        while taken < far + near:
            count, taken, inner = _gather(
                taken, inner, far, near, nodes, leaves, n, depth, centers, x, y, z, sx, sy, sz, mass
            )
            for i in range(start, stop):
                here_x, here_y, here_z = x[i], y[i], z[i]
                push_x, push_y, push_z, total = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
                for j in range(count):
                    dx, dy, dz = here_x - sx[j], here_y - sy[j], here_z - sz[j]
                    root = one / np.sqrt(one + half * (dx * dx + dy * dy + dz * dz))
                    w = root * root * root
                    weighted = mass[j] * w
                    total += weighted
                    weighted *= w
                    push_x += weighted * dx
                    push_y += weighted * dy
                    push_z += weighted * dz
                push[i, 0] += push_x
                push[i, 1] += push_y
                push[i, 2] += push_z
                similarity[i] += total
