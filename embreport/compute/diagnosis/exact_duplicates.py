"""Rows that are equal, value for value: a plain count, with no definition but that."""

from __future__ import annotations

import numpy as np

from embreport.diagnostics import MOST_LISTED, ExactDuplicates, RowGroup

_ROWS_LISTED = 20


def exact_duplicates(first: np.ndarray, rows: np.ndarray) -> ExactDuplicates:
    """Groups of equal rows.

    Args:
        first: int64 (n,), n >= 1, for every row the first that equals it (`duplicates.first_equal_rows`).
        rows: int (n,), the rows' numbers in the source, ascending.
    """
    sizes = np.bincount(first, minlength=len(first))
    in_group = sizes[first] > 1
    repeated = int((first != np.arange(len(first))).sum())
    return ExactDuplicates(
        duplicate_rows=repeated,
        duplicate_share=repeated / len(first),
        grouped_rows=int(in_group.sum()),
        duplicate_groups=int((sizes > 1).sum()),
        largest=largest_groups(first, in_group, rows),
    )


def equal_counts(first: np.ndarray) -> np.ndarray:
    """How many other rows equal each row: int64 (n,), of `first` as `exact_duplicates` takes it."""
    return np.asarray(np.bincount(first, minlength=len(first))[first] - 1)


def largest_groups(group: np.ndarray, members: np.ndarray, rows: np.ndarray) -> tuple[RowGroup, ...]:
    """The largest groups, equally large ones by their first row.

    Args:
        group: int (n,), 0 or more, the group of every row; only those of `members` (bool) count.
    """
    inside = np.flatnonzero(members)
    inside = inside[np.argsort(group[inside], kind="stable")]
    labels = group[inside]
    starts = np.flatnonzero(np.append(True, labels[1:] != labels[:-1])[: len(labels)])
    sizes = np.diff(np.append(starts, len(labels)))
    order = np.lexsort((inside[starts], -sizes))[:MOST_LISTED]
    return tuple(
        RowGroup(
            size=int(sizes[one]),
            rows=tuple(int(rows[point]) for point in inside[starts[one] : starts[one] + min(sizes[one], _ROWS_LISTED)]),
        )
        for one in order
    )
