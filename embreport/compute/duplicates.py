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
    starts = np.concatenate([[True], keys[order][1:] != keys[order][:-1]])
    leaders = order[np.flatnonzero(starts)[np.cumsum(starts) - 1]]
    first = np.arange(n)
    rows, leaders = order[~starts], leaders[~starts]
    equal = _are_equal(values, rows, leaders)
    first[rows[equal]] = leaders[equal]
    strangers = np.sort(rows[~equal])
    for row in strangers:
        # Another row with the same sum came before: look through all of that sum, of which there are few.
        same = strangers[(strangers < row) & (first[strangers] == strangers)]
        match = same[_are_equal(values, same, np.full(len(same), row))]
        if len(match):
            first[row] = match[0]
    return first


def _are_equal(values: np.ndarray, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether row rows[i] equals row others[i]: bool."""
    equal = np.empty(len(rows), bool)
    for part in row_blocks(len(rows), rows_per_block(values.shape[1] * values.itemsize)):
        equal[part] = (values[rows[part]] == values[others[part]]).all(axis=1)
    return equal


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
