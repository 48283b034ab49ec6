"""Equal rows at one place of a t-SNE layout.

Lists of neighbors end, and where rows tie at the end those with the lowest numbers are listed. So some of several equal
rows may be pulled by a row and others not, and they would come to lie apart. Here equal rows start at one place and
move as one, by the mean of their forces. As pulls add up, that is as if every row that lists some of them shared the
same probability among them all.

The pairs within a heap of m rows are m (m - 1) of similarity 1, their probability but m / n. Of a large heap left alone
they would be pushed apart, and held together they would keep all other points too near each other. So each row of a
heap counts no more equal ones than the perplexity, which is the number of neighbors it has in effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.duplicates import first_equal_rows
from embreport.compute.tsne import Forces
from embreport.model import NeighborTable


@dataclass(frozen=True, kw_only=True)
class EqualRows:
    """Groups of two or more: `rows` int64 (m,) group by group, ascending within one, `starts` where each begins."""

    rows: np.ndarray
    starts: np.ndarray

    def share_mean(self, values: np.ndarray) -> None:
        """Gives the rows of each group their mean, of a float32 (n, dims), in place."""
        sizes = self.sizes()[:, None]
        means = np.add.reduceat(values[self.rows].astype(np.float64), self.starts, axis=0) / sizes
        values[self.rows] = np.repeat(means.astype(np.float32), sizes[:, 0], axis=0)

    def share_first(self, values: np.ndarray) -> None:
        """Gives the rows of each group what the first has, of a (n, dims), in place."""
        values[self.rows] = np.repeat(values[self.rows[self.starts]], self.sizes(), axis=0)

    def sizes(self) -> np.ndarray:
        """How many rows each group has: int64 (groups,)."""
        return np.diff(self.starts, append=len(self.rows))


def equal_rows(points: np.ndarray, table: NeighborTable, codes: np.ndarray | None) -> EqualRows | None:
    """The groups of equal rows; None where there are none.

    Args:
        points: float (n, d), finite.
        table: of their neighbors.
        codes: int (n,); rows with different ones are not taken for equal. None: all are alike.
    """
    nearest = table.distances[:, 0]
    # Equal rows are 0 apart, but those that are all zero 1 by cosine distance.
    rows = np.flatnonzero((nearest == 0) | (nearest == 1) if table.metric == "cosine" else nearest == 0)
    if len(rows) == 0:
        return None
    kinds = first_equal_rows(points[rows])
    if codes is not None:
        kinds = np.unique(np.stack([kinds, codes[rows]], axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    rows, kinds = _repeated(rows, kinds)
    if len(rows) == 0:
        return None
    starts = np.flatnonzero(np.concatenate([[True], kinds[1:] != kinds[:-1]]))
    return EqualRows(rows=rows, starts=starts)


def _repeated(rows: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those rows that share their kind with others, and their kinds, kind by kind."""
    several = np.bincount(kinds)[kinds] > 1
    rows, kinds = rows[several], kinds[several]
    order = np.argsort(kinds, kind="stable")
    return rows[order], kinds[order]


class ForcesOnGroups:
    """The forces on rows of which equal ones have one place and move as one, at a perplexity."""

    def __init__(self, forces: Forces, equal: EqualRows, perplexity: float) -> None:
        self._forces = forces
        self._equal = equal
        others = equal.sizes() - 1
        counted = np.minimum(others, perplexity)
        self._counted = float(((others + 1) * counted).sum())
        self._not_counted = float(((others + 1) * (others - counted)).sum())

    def parts(self, layout: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """As `tsne.Forces.parts`."""
        pull, push, total = self._forces.parts(layout)
        self._equal.share_mean(pull)
        self._equal.share_mean(push)
        # The sum of similarities is rounded, or interpolated.
        return pull, push, max(total - self._not_counted, self._counted) if self._not_counted else total

    def divergence(self, layout: np.ndarray) -> float:
        """As `tsne.Forces.divergence`, of all pairs, also those that `parts` does not count."""
        return self._forces.divergence(layout)
