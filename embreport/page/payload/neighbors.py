"""Neighbor tables: indices exactly, distances to 0.1 % of the row's largest.

Offsets: neighbor minus row, in stored order, zigzag, row after row. Positions, for the euclidean table,
whose lists are mostly the cosine ones a little rearranged: 0 for a neighbor the cosine list does not have
(its offset follows in a list of its own), else 1 + its place among those of the cosine list that were not
named yet. Equal lists are all ones and cost nothing; the smaller of the two codings is taken.

Distances: per row a scale of the form 2**(c/128), the smallest at or above the row's largest distance,
stored as 1 + c + 149 * 128 (0: all distances are 0). A distance is 512ths of its scale, so it is off by at
most 0.0982 % of the largest. Stored is by how much each rank exceeds the one before, all rows of a rank
together; the value 1023 stands for infinity.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from embreport.errors import ReportError
from embreport.page.payload.blocks import cost, from_planes, to_planes, unzigzag, width_for, zigzag

LEVELS = 512
INFINITE = 1023
_FINENESS = 128
_SMALLEST = 149 * _FINENESS


def stored_table(indices: np.ndarray, order: np.ndarray, nameless: range) -> np.ndarray:
    """The neighbors of some rows, as stored rows: int64 (m, k) from their indices as source rows.

    Raises ReportError when an index is not that of a row, or that of a stored row in `nameless`, which have no values.
    """
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    if indices.size and (indices.min() < 0 or indices.max() >= len(order)):
        raise ReportError("A neighbor table names a row that does not exist.")
    table: np.ndarray = place[indices]
    if ((table >= nameless.start) & (table < nameless.stop)).any():
        raise ReportError("A neighbor table names a row without finite values.")
    return table


def encode_offsets(table: np.ndarray, rows: np.ndarray) -> tuple[bytes, dict[str, Any]]:
    """The table (m, k) of some stored rows (m,) as offsets, and its description."""
    offsets = zigzag(table - rows[:, None])
    width = width_for(int(offsets.max(initial=0)))
    return to_planes(offsets, width), {"coding": "offsets", "width": width}


def decode_offsets(raw: bytes, rows: int, k: int, width: int) -> np.ndarray:
    """The inverse of `encode_offsets`: int64 (rows, k)."""
    return unzigzag(from_planes(raw, 0, rows * k, width)).reshape(rows, k) + np.arange(rows)[:, None]


def encode_beside(table: np.ndarray, other: np.ndarray, rows: np.ndarray) -> tuple[bytes, dict[str, Any]]:
    """A stored table as positions in `other` or as offsets, whichever is smaller."""
    offsets, described = encode_offsets(table, rows)
    positions, as_positions = _encode_positions(table, other, rows)
    if cost(positions) < cost(offsets):
        return positions, as_positions
    return offsets, described


def decode_positions(raw: bytes, other: np.ndarray, described: dict[str, Any]) -> np.ndarray:
    """The inverse of the coding "positions": int64 (rows, k). ValueError when a place does not exist."""
    rows, k = other.shape
    width = int(described["width"])
    codes = from_planes(raw, 0, rows * k, width).reshape(rows, k).astype(np.int64)
    escapes = from_planes(raw, rows * k * width, int(described["escapes"]), int(described["escapeWidth"]))
    left = other.copy()
    table = np.empty((rows, k), dtype=np.int64)
    every = np.arange(rows)
    remaining = np.full(rows, k)
    for rank in range(k):
        places = codes[:, rank] - 1
        if (places >= remaining).any():
            raise ValueError("a neighbor list names a place that does not exist")
        known = places >= 0
        remaining -= known
        table[known, rank] = left[every[known], places[known]]
        _close_gaps(left, places)
    unknown = codes == 0
    if unknown.sum() != len(escapes):
        raise ValueError("a neighbor table has the wrong number of own neighbors")
    table[unknown] = unzigzag(escapes) + np.nonzero(unknown)[0]
    return table


def encode_distances(distances: np.ndarray) -> bytes:
    """Distances float (m, k), ascending in each row, at least 0 (less counts as 0)."""
    values = np.maximum(distances.astype(np.float64), 0)
    if np.isnan(values).any():
        raise ReportError("A neighbor table has a row with finite values but without distances.")
    scales = _scale_codes(values)
    largest = scale_values(scales)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        levels = np.where(largest > 0, np.rint(values / largest * LEVELS), 0)
    levels = np.where(np.isinf(values), INFINITE, levels).astype(np.int64)
    growth = np.maximum(np.diff(np.maximum.accumulate(levels, axis=1), axis=1, prepend=0), 0)
    return to_planes(scales, 2) + to_planes(growth.T, 2)


def decode_distances(raw: bytes, rows: int, k: int) -> np.ndarray:
    """The inverse of `encode_distances`: float32 (rows, k)."""
    scales = scale_values(from_planes(raw, 0, rows, 2))
    growth = from_planes(raw, rows * 2, rows * k, 2).reshape(k, rows).T
    levels = np.cumsum(growth, axis=1)
    values = levels * (scales[:, None] / LEVELS)
    return np.where(levels >= INFINITE, np.inf, values).astype(np.float32)


def scale_values(codes: np.ndarray) -> np.ndarray:
    """The scale each code stands for: float64, 0 for code 0."""
    exponents = (codes.astype(np.float64) - 1 - _SMALLEST) / _FINENESS
    return np.where(codes == 0, 0.0, np.exp2(exponents))


def _scale_codes(values: np.ndarray) -> np.ndarray:
    finite = np.where(np.isfinite(values), values, 0.0)
    largest = finite.max(axis=1, initial=0.0)
    with np.errstate(divide="ignore"):
        codes = np.ceil(np.log2(largest) * _FINENESS) + 1 + _SMALLEST
    return np.where(largest > 0, np.clip(codes, 1, 65535), 0).astype(np.int64)


def _encode_positions(table: np.ndarray, other: np.ndarray, rows: np.ndarray) -> tuple[bytes, dict[str, Any]]:
    k = table.shape[1]
    places = _places(table, other)
    known = places < k
    codes = places + 1
    for rank in range(1, k):
        earlier = (places[:, :rank] < places[:, rank : rank + 1]) & known[:, :rank]
        codes[:, rank] -= earlier.sum(axis=1)
    codes[~known] = 0
    offsets = zigzag((table - rows[:, None])[~known])
    width, escape_width = width_for(int(codes.max(initial=0))), width_for(int(offsets.max(initial=0)))
    described = {"coding": "positions", "width": width, "escapes": len(offsets), "escapeWidth": escape_width}
    return to_planes(codes, width) + to_planes(offsets, escape_width), described


def _places(table: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where each entry stands in the same row of `other`; k where it does not."""
    rows, k = table.shape
    stride = int(max(table.max(initial=0), other.max(initial=0))) + 1
    base = np.arange(rows)[:, None] * stride
    ranks = np.argsort(other, axis=1, kind="stable")
    keys = (np.take_along_axis(other, ranks, axis=1) + base).reshape(-1)
    wanted = (table + base).reshape(-1)
    found = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    hit = keys[found] == wanted
    return np.where(hit, ranks.reshape(-1)[found], k).reshape(rows, k)


def _close_gaps(left: np.ndarray, places: np.ndarray) -> None:
    """Take the entry at each row's place out of `left`; what follows moves up. A place of -1 takes nothing."""
    k = left.shape[1]
    columns = np.arange(k - 1)
    moved = (places[:, None] >= 0) & (columns >= places[:, None])
    left[:, :-1] = np.where(moved, left[:, 1:], left[:, :-1])
