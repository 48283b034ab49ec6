"""Rows that are equal, value for value."""

from __future__ import annotations

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block


def first_equal_rows(values: np.ndarray) -> np.ndarray:
    """For every row the first row that equals it (itself, when none before does): int64 (n,).

    0.0 and -0.0 are equal. Rows are compared whole where their 64-bit sums agree.
    """
    n = len(values)
    keys = _keys(values)
    order = np.argsort(keys, kind="stable")
    first = np.arange(n)
    starts = np.flatnonzero(np.concatenate([[True], keys[order][1:] != keys[order][:-1]]))
    ends = np.append(starts[1:], n)
    for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        _settle(values, order[start:end], first)
    return first


def _settle(values: np.ndarray, rows: np.ndarray, first: np.ndarray) -> None:
    """Rows of equal key, ascending: nearly always all equal; groups them otherwise."""
    while len(rows) > 1:
        equal = np.concatenate([(values[part] == values[rows[0]]).all(axis=1) for part in _chunks(values, rows)])
        first[rows[equal]] = rows[0]
        rows = rows[~equal]


def _chunks(values: np.ndarray, rows: np.ndarray) -> list[np.ndarray]:
    size = rows_per_block(values.shape[1] * values.itemsize)
    return [rows[part] for part in row_blocks(len(rows), size)]


def _keys(values: np.ndarray) -> np.ndarray:
    n, d = values.shape
    words = values.itemsize // 4
    weights = np.random.Generator(np.random.PCG64(1)).integers(0, 2**63, d * words, dtype=np.uint64) * 2 + 1
    keys = np.empty(n, np.uint64)
    for rows in row_blocks(n, rows_per_block(d * words * 8)):
        block = np.ascontiguousarray(values[rows] + values.dtype.type(0))
        mixed = block.view(np.uint32).reshape(len(block), -1) * weights
        mixed ^= mixed >> np.uint64(29)
        keys[rows] = mixed.sum(axis=1, dtype=np.uint64)
    return keys
