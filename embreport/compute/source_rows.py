"""From the points that are computed with back to the rows of the source, most or all of which they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.model import NeighborTable


@dataclass(frozen=True, kw_only=True)
class SourceRows:
    """Which of `total` rows the points are: `rows` int64 (points,), ascending."""

    rows: np.ndarray
    total: int

    def coordinates(self, coordinates: np.ndarray) -> np.ndarray:
        """Those of all rows, float32 (total, c) and read-only: NaN for rows that are no points."""
        whole = np.full((self.total, coordinates.shape[1]), np.nan, np.float32)
        whole[self.rows] = coordinates
        return frozen(whole)

    def table(self, table: NeighborTable) -> NeighborTable:
        """The neighbors of all rows, by their numbers there: -1 at distance NaN for rows that are no points."""
        if len(self.rows) == self.total:
            return table
        shape = (self.total, table.indices.shape[1])
        indices, distances = np.full(shape, -1, np.int32), np.full(shape, np.nan, np.float32)
        indices[self.rows] = self.rows[table.indices]
        distances[self.rows] = table.distances
        indices, distances = frozen(indices), frozen(distances)
        return NeighborTable(metric=table.metric, indices=indices, distances=distances, recall=table.recall)


def frozen(array: np.ndarray) -> np.ndarray:
    """The same array, read-only from now on."""
    array.flags.writeable = False
    return array
