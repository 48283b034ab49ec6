"""Keeps the best scores of the rows of a task while the cells they probe pass by; buffers as in `select`."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled, part
from embreport.compute.kernels.masks import CHUNK
from embreport.compute.kernels.select import offer_line


@compiled
def offer_cell(
    products: np.ndarray,
    members: np.ndarray,
    member_halves: np.ndarray,
    cell_halves: np.ndarray,
    start: int,
    own: int,
    width: int,
    scores: np.ndarray,
    columns: np.ndarray,
    counts: np.ndarray,
    thresholds: np.ndarray,
) -> None:
    """Offers half the negative squared distances of some rows of a task to all points of a cell.

    Args:
        products: float32 (members, points of the cell). members: int64, rows of the task.
        member_halves, cell_halves: float32, half the squared lengths of both.
        start: the position of the cell's first point. own: the position of the task's first row.
    """
    across = products.shape[1]
    line = np.full((across // CHUNK + 1) * CHUNK, -np.inf, np.float32)
    for r in range(products.shape[0]):
        tile_row, half, row = products[r], member_halves[r], members[r]
        for c in range(across):
            line[c] = tile_row[c] - cell_halves[c] - half
        same = own + row - start
        if 0 <= same < across:
            line[same] = -np.inf
        offer_line(row, start, line, width, scores, columns, counts, thresholds)


@compiled
def improve(
    points: np.ndarray, lists: np.ndarray, first: int, last: int, join: int, stamps: np.ndarray, result: np.ndarray
) -> None:
    """Writes the nearest of each position's list and of its first `join` neighbors' first `join` into `result`.

    Args:
        points: float32 (m, d). lists: int32 (m, width), nearest first, -1 where there is none.
        stamps: int32 (m,), zeros. result: int32 (last - first, width), in order; ties by position.
    """
    width = lists.shape[1]
    reached = np.empty(width, np.float32)
    for i in range(first, last):
        found, kept = 0, result[i - first]
        stamp = np.int32(i - first + 1)
        stamps[i] = stamp
        for source in range(-1, join):
            via = i if source < 0 else lists[i, source]
            if via < 0:
                continue
            for place in range(width if source < 0 else join):
                j = lists[via, place]
                if j < 0 or stamps[j] == stamp:
                    continue
                stamps[j] = stamp
                square = _square_between(points[i], points[j])
                if found < width or square < reached[width - 1] or (square == reached[width - 1] and j < kept[-1]):
                    found = _insert(kept, reached, found, j, square)
        for place in range(found, width):
            kept[place] = -1


@part
def _square_between(here: np.ndarray, there: np.ndarray) -> np.float32:
    total = np.float32(0)
    for axis in range(len(here)):
        step = here[axis] - there[axis]
        total += step * step
    return total


@compiled
def _insert(kept: np.ndarray, reached: np.ndarray, found: int, j: int, square: float) -> int:
    place = min(found, len(kept) - 1)
    while place > 0 and (square < reached[place - 1] or (square == reached[place - 1] and j < kept[place - 1])):
        kept[place], reached[place] = kept[place - 1], reached[place - 1]
        place -= 1
    kept[place], reached[place] = j, square
    return min(found + 1, len(kept))
