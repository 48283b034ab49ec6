"""Ranks of chosen points by distance, counted rather than sorted."""

from __future__ import annotations

import numpy as np

from embreport.compute.kernels.compiled import compiled

CHUNK = 128
_SLACK = 1e-9


@compiled
def count_below(squares: np.ndarray, limits: np.ndarray, counts: np.ndarray) -> None:
    """Adds to int64 counts[i, j] how many of squares[i] are below limits[i, j]; a limit of 0 or less counts nothing."""
    for i in range(squares.shape[0]):
        for j in range(limits.shape[1]):
            limit = limits[i, j]
            if limit > 0.0:
                below = 0
                for other in range(squares.shape[1]):
                    if squares[i, other] < limit:
                        below += 1
                counts[i, j] += below


@compiled
def squared_distances(
    values: np.ndarray, factors: np.ndarray, query: np.ndarray, others: np.ndarray, result: np.ndarray
) -> None:
    """Squared distances of rows query[i] and others[i], each times its factor, into float64 `result`."""
    for i in range(len(query)):
        here, there = values[query[i]], values[others[i]]
        factor, other_factor = factors[query[i]], factors[others[i]]
        total = np.float64(0)
        for axis in range(len(here)):
            difference = np.float64(here[axis]) * factor - np.float64(there[axis]) * other_factor
            total += difference * difference
        result[i] = total


@compiled
def chunk_distances(
    columns: np.ndarray, low: np.ndarray, high: np.ndarray, row: int, least: np.ndarray, most: np.ndarray
) -> None:
    """The least and largest squared distance of a point to the boxes low..high (dims, chunks)."""
    least[:] = 0.0
    most[:] = 0.0
    for axis in range(len(columns)):
        here = columns[axis, row]
        for chunk in range(len(least)):
            below, above = low[axis, chunk] - here, high[axis, chunk] - here
            near = max(max(below, -above), 0.0)
            far = max(-below, above)
            least[chunk] += near * near
            most[chunk] += far * far


@compiled
def count_in_layout(
    columns: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    order: np.ndarray,
    query: np.ndarray,
    neighbors: np.ndarray,
    nearest: np.ndarray,
    ranks: np.ndarray,
) -> None:
    """As `diagnosis.ranks.layout_ranks`, of points sorted so that those of a chunk of `CHUNK` are close together.

    Point i of float64 columns (dims, n) is row order[i]; low and high (dims, chunks) are the boxes of the chunks.
    query and neighbors name points, nearest gets rows. A chunk that is farther than all that is asked for is passed
    over, one that is nearer as a whole is counted as a whole.
    """
    dims, n = columns.shape
    chunks, wanted, kept = low.shape[1], neighbors.shape[1], nearest.shape[1]
    least, most = np.empty(chunks), np.empty(chunks)
    squares = np.empty(CHUNK)
    limits = np.empty(wanted)
    best = np.empty(kept)
    for i in range(len(query)):
        row = query[i]
        for j in range(wanted):
            total = 0.0
            for axis in range(dims):
                difference = columns[axis, neighbors[i, j]] - columns[axis, row]
                total += difference * difference
            limits[j] = total * (1.0 - _SLACK)
            ranks[i, j] = 1
        largest = limits.max()
        best[:] = np.inf
        nearest[i] = n
        chunk_distances(columns, low, high, row, least, most)
        home = row // CHUNK
        for turn in range(chunks):
            chunk = (home + turn) % chunks
            if least[chunk] >= largest and least[chunk] > best[kept - 1]:
                continue
            start = chunk * CHUNK
            size = min(CHUNK, n - start)
            scan = least[chunk] <= best[kept - 1]
            for j in range(wanted):
                if most[chunk] < limits[j]:
                    ranks[i, j] += size - (1 if chunk == home else 0)
                elif least[chunk] < limits[j]:
                    scan = True
            if not scan:
                continue
            squares[:] = 0.0
            for axis in range(dims):
                here = columns[axis, row]
                for other in range(size):
                    difference = columns[axis, start + other] - here
                    squares[other] += difference * difference
            if chunk == home:
                squares[row - start] = np.inf
            for j in range(wanted):
                if least[chunk] < limits[j] <= most[chunk]:
                    below = 0
                    for other in range(size):
                        if squares[other] < limits[j]:
                            below += 1
                    ranks[i, j] += below
            for other in range(size):
                if squares[other] <= best[kept - 1]:
                    _insert(squares[other], order[start + other], best, nearest[i])


@compiled
def _insert(square: float, row: int, best: np.ndarray, rows: np.ndarray) -> None:
    """Puts a row among the nearest, by distance, then by row, where it belongs there."""
    place = len(best)
    while place > 0 and (square < best[place - 1] or (square == best[place - 1] and row < rows[place - 1])):
        place -= 1
        if place + 1 < len(best):
            best[place + 1] = best[place]
            rows[place + 1] = rows[place]
    if place < len(best):
        best[place] = square
        rows[place] = row
