"""A tree over the points of a layout, and what the points of one of its nodes are pushed by.

A balanced kd-tree cuts the points into leaves of at most 2**-depth of all. All targets of a node share
one list of sources: points of near leaves, and whole nodes, as coarse as they may be, whose radius is below theta times
their distance from the nearest possible target (Barnes and Hut 1986, with the grouping of Barnes 1990). The
list is summed by `group_sums`. Node b of level l holds the points of ranks b * n >> l up to (b + 1) * n >> l;
nodes are numbered as in a heap, from 1.
"""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled, part

BATCH = 2048


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
def measure_nodes(x: np.ndarray, y: np.ndarray, z: np.ndarray, depth: int, top: int, tree: np.ndarray) -> None:
    """Writes the nodes of levels top..depth into `tree` float32 (nodes, 10).

    Columns: center x, y, z; radius; covariance xx, xy, xz, yy, yz, zz.

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
            xx, xy, xz = np.float32(0), np.float32(0), np.float32(0)
            yy, yz, zz = np.float32(0), np.float32(0), np.float32(0)
            for i in range(start, stop):
                dx, dy, dz = x[i] - cx, y[i] - cy, z[i] - cz
                farthest = max(farthest, dx * dx + dy * dy + dz * dz)
                xx += dx * dx
                xy += dx * dy
                xz += dx * dz
                yy += dy * dy
                yz += dy * dz
                zz += dz * dz
            entry = tree[(1 << level) + node]
            entry[0], entry[1], entry[2], entry[3] = cx, cy, cz, np.sqrt(farthest)
            entry[4], entry[5], entry[6] = xx * share, xy * share, xz * share
            entry[7], entry[8], entry[9] = yy * share, yz * share, zz * share


@part
def list_sources(
    target: int,
    depth: int,
    top: int,
    theta: float,
    tree: np.ndarray,
    stack: np.ndarray,
    nodes: np.ndarray,
    leaves: np.ndarray,
) -> tuple[int, int]:
    """Fills `nodes` with far nodes and `leaves` with near leaves as seen from a node; their two numbers."""
    far, near, waiting = 0, 0, 0
    tx, ty, tz, reach = tree[target, 0], tree[target, 1], tree[target, 2], tree[target, 3]
    for number in range(1 << top, 2 << top):
        stack[0] = number
        waiting = 1
        while waiting:
            waiting -= 1
            node = stack[waiting]
            dx, dy, dz = tx - tree[node, 0], ty - tree[node, 1], tz - tree[node, 2]
            distance = np.sqrt(dx * dx + dy * dy + dz * dz) - reach
            if tree[node, 3] < theta * distance:
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
def gather_nodes(nodes: np.ndarray, n: int, tree: np.ndarray, batch: np.ndarray) -> None:
    """Fills a batch float32 (10, >= len(nodes)) with what `measure_nodes` wrote, but in row 3 the number of points."""
    for k in range(len(nodes)):
        for column in range(10):
            batch[column, k] = tree[nodes[k], column]
        batch[3, k] = _points_in(nodes[k], n)


@compiled
def gather_points(
    taken: int,
    inner: int,
    leaves: np.ndarray,
    depth: int,
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    batch: np.ndarray,
) -> tuple[int, int, int]:
    """Fills a batch with points from leaf number `taken` on, `inner` points into it; batch size, taken, inner."""
    n, count = x.shape[0], 0
    while taken < len(leaves) and count < BATCH:
        leaf = leaves[taken]
        begin, end = ((leaf * n) >> depth) + inner, ((leaf + 1) * n) >> depth
        many = min(end - begin, BATCH - count)
        for i in range(many):
            batch[0, count + i], batch[1, count + i], batch[2, count + i] = x[begin + i], y[begin + i], z[begin + i]
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
