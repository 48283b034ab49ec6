"""Whether neighbors bear the same label, and which labels they bear instead.

Neighbors are those that the lists show: of rows that tie for the last place the ones with the lowest numbers.
"""

from __future__ import annotations

import numpy as np

from embreport.diagnostics import (
    MOST_CLASSES,
    MOST_CONFUSED,
    MOST_LISTED,
    ClassAgreement,
    Confusion,
    LabelAgreement,
    SuspectedLabel,
)
from embreport.model import NeighborTable, RowLabels

NEIGHBORS = 10
SUSPECT_FROM = 9
_DENSE_COUNTS = 1 << 22


def agreeing_shares(table: NeighborTable, codes: np.ndarray) -> np.ndarray:
    """Per row the share of its labeled neighbors, among the 10 nearest, with its own label: float64 (n,).

    The neighborhood hit of Paulovich, Nonato, Minghim and Levkowitz (IEEE TVCG 14, 2008), of the data itself.
    NaN where the row has no label or none of its neighbors has one.

    Args:
        table: of n finite rows.
        codes: int32 (n,), -1 for a missing label.
    """
    near = codes[table.indices[:, :NEIGHBORS]]
    labeled = (near >= 0).sum(axis=1)
    same = (near == codes[:, None]).sum(axis=1)
    there = (codes >= 0) & (labeled > 0)
    return np.where(there, same / np.maximum(labeled, 1), np.nan)


def suspected_shares(table: NeighborTable, codes: np.ndarray) -> np.ndarray:
    """Per row the share of its 10 nearest neighbors with one and the same other label, where that makes its label
    suspected, else 0: float64 (n,). NaN where the row has no label.

    Args:
        table: of n finite rows.
        codes: int32 (n,), -1 for a missing label.
    """
    k = min(NEIGHBORS, table.indices.shape[1])
    labeled = np.flatnonzero(codes >= 0)
    shares = np.full(len(codes), np.nan)
    shares[labeled] = 0.0
    if k >= SUSPECT_FROM:
        suspects, _, votes = _suspects(codes[labeled], codes[table.indices[labeled, :k]])
        shares[labeled[suspects]] = votes / k
    return shares


def label_agreement(
    table: NeighborTable, labels: RowLabels, shares: np.ndarray, rows: np.ndarray
) -> LabelAgreement | None:
    """Agreement, confusion and suspected labels by one column; None for a table without columns or no labeled row.

    A label is suspected when at least 9 of the 10 nearest neighbors bear one and the same other label (a missing one
    agrees with none): a nearly unanimous vote in the edited nearest neighbor rule of Wilson (IEEE SMC 2, 1972). With
    fewer than 9 neighbors none is. Suspects are listed by their neighbors' share, equal ones by their row.

    Args:
        table: of n finite rows.
        labels: of the same n rows.
        shares: `agreeing_shares` of both.
        rows: int (n,), the rows' numbers in the source.
    """
    codes = labels.codes
    k = min(NEIGHBORS, table.indices.shape[1])
    labeled = np.flatnonzero(codes >= 0)
    if k < 1 or len(labeled) == 0:
        return None
    near = codes[table.indices[labeled, :k]]
    sizes = np.bincount(codes[labeled], minlength=len(labels.values))
    own, other, counts = _label_pairs(codes[labeled], near, len(labels.values))
    measured = shares[~np.isnan(shares)]
    suspects, suggested, votes = _suspects(codes[labeled], near)
    order = np.argsort(-votes, kind="stable")[:MOST_LISTED]
    return LabelAgreement(
        column=labels.column,
        metric=table.metric,
        k=k,
        labeled_rows=len(labeled),
        unlabeled_rows=len(codes) - len(labeled),
        class_count=int((sizes > 0).sum()),
        agreement=float(measured.mean()) if len(measured) else None,
        expected_agreement=_expected(sizes),
        classes=_classes(labels, shares, sizes, own, other, counts),
        confusion=_confusion(labels.values, own, other, counts),
        suspect_from=SUSPECT_FROM,
        suspected_rows=len(suspects),
        suspected_share=len(suspects) / len(codes),
        suspected=tuple(
            SuspectedLabel(
                row=int(rows[labeled[suspects[one]]]),
                label=labels.values[codes[labeled[suspects[one]]]],
                suggested=labels.values[suggested[one]],
                neighbor_share=int(votes[one]) / k,
            )
            for one in order
        ),
    )


def _expected(sizes: np.ndarray) -> float | None:
    """The chance that two different labeled rows bear the same label."""
    total = int(sizes.sum())
    if total < 2:
        return None
    return float((sizes * (sizes - 1.0)).sum() / (total * (total - 1.0)))


def _label_pairs(codes: np.ndarray, near: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How often a neighbor of label `other` is that of a row of label `own`: three arrays, by own, then other."""
    keys = (codes[:, None].astype(np.int64) * classes + near)[near >= 0]
    if classes * classes <= _DENSE_COUNTS:
        counts = np.bincount(keys, minlength=classes * classes)
        keys = np.flatnonzero(counts)
        return keys // classes, keys % classes, counts[keys]
    keys, counts = np.unique(keys, return_counts=True)
    return keys // classes, keys % classes, counts


def _classes(
    labels: RowLabels, shares: np.ndarray, sizes: np.ndarray, own: np.ndarray, other: np.ndarray, counts: np.ndarray
) -> tuple[ClassAgreement, ...]:
    """The classes that have rows, in the order of their codes."""
    size = len(labels.values)
    there = ~np.isnan(shares)
    members = np.bincount(labels.codes[there], minlength=size)
    sums = np.bincount(labels.codes[there], weights=shares[there], minlength=size)
    neighbors = np.bincount(own, weights=counts, minlength=size)
    foreign = np.flatnonzero(own != other)
    foreign = foreign[np.lexsort((other[foreign], -counts[foreign], own[foreign]))]
    leading = dict(zip(own[foreign][::-1].tolist(), foreign[::-1].tolist(), strict=True))
    made = []
    for code in np.flatnonzero(sizes)[:MOST_CLASSES].tolist():
        pair = leading.get(code)
        made.append(
            ClassAgreement(
                value=labels.values[code],
                rows=int(sizes[code]),
                agreement=float(sums[code] / members[code]) if members[code] else None,
                nearest_other=None if pair is None else labels.values[other[pair]],
                nearest_other_share=0.0 if pair is None else float(counts[pair] / neighbors[code]),
            )
        )
    return tuple(made)


def _confusion(values: tuple[str, ...], own: np.ndarray, other: np.ndarray, counts: np.ndarray) -> Confusion:
    named = min(len(values), MOST_CONFUSED)
    size = min(len(values), MOST_CONFUSED + 1)
    table = np.zeros((size, size), np.int64)
    np.add.at(table, (np.minimum(own, named), np.minimum(other, named)), counts)
    return Confusion(values=values[:named], has_other=size > named, counts=tuple(map(tuple, table.tolist())))


def _suspects(codes: np.ndarray, near: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows whose neighbors agree on another label, that label, and how many of them do."""
    sorted_labels = np.sort(near, axis=1)
    suggested = np.full(len(codes), -1)
    for first in range(near.shape[1] - SUSPECT_FROM + 1):
        label = sorted_labels[:, first]
        agrees = (label == sorted_labels[:, first + SUSPECT_FROM - 1]) & (label >= 0) & (label != codes)
        suggested[agrees] = label[agrees]
    chosen = np.flatnonzero(suggested >= 0)
    votes = (near[chosen] == suggested[chosen, None]).sum(axis=1)
    return chosen, suggested[chosen], votes
