"""Hubness: some rows are neighbors of very many others, many rows of none."""

from __future__ import annotations

import numpy as np

from embreport.diagnostics import MOST_LISTED, Hub, Hubness
from embreport.model import NeighborTable

NEIGHBORS = 10
_DEVIATIONS = 2.0


def neighbor_counts(table: NeighborTable) -> np.ndarray:
    """How many rows have each row among their 10 nearest neighbors (all, where the table is narrower): int64 (n,)."""
    near = table.indices[:, :NEIGHBORS]
    return np.bincount(near.ravel(), minlength=len(near))


def hubness(table: NeighborTable, rows: np.ndarray) -> Hubness | None:
    """The distribution of `neighbor_counts`; None for a table without columns.

    Skewness, hubs (more than two standard deviations above the mean) and antihubs (0) as in Radovanović, Nanopoulos
    and Ivanović, "Hubs in Space", JMLR 11 (2010). Standard deviations are of all rows, not of a sample. Hubs are listed
    by their count, equal ones by their row.

    Args:
        table: of n finite rows.
        rows: int (n,), their numbers in the source.
    """
    n, width = table.indices.shape
    if width < 1:
        return None
    counts = neighbor_counts(table)
    deviations = counts - counts.mean()
    spread = float(np.sqrt(np.mean(deviations**2)))
    far = deviations > _DEVIATIONS * spread if spread > 0 else np.zeros(n, bool)
    antihubs = int((counts == 0).sum())
    largest = np.argsort(-counts, kind="stable")[: min(MOST_LISTED, int(far.sum()))]
    return Hubness(
        metric=table.metric,
        k=min(NEIGHBORS, width),
        skewness=float(np.mean(deviations**3)) / spread**3 if spread > 0 else None,
        hub_rows=int(far.sum()),
        antihub_rows=antihubs,
        antihub_share=antihubs / n,
        hubs=tuple(Hub(row=int(rows[point]), count=int(counts[point])) for point in largest),
    )
