"""What the layouts are placed from: all points, or a sample of them with neighbors of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embreport.compute.layouts import neighbors_needed
from embreport.compute.sampling import density_sample, layout_size
from embreport.compute.settings import ComputeSettings
from embreport.model import NeighborTable


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The m points that layouts place: `chosen` int64 (m,), ascending, says which of all they are.

    `points` float (m, d), `scores` (m, c) of the principal components of all points, `table` the neighbors
    among the m in the metric of the layouts.
    """

    points: np.ndarray
    scores: np.ndarray
    table: NeighborTable
    chosen: np.ndarray


def is_sampled(n: int, settings: ComputeSettings) -> bool:
    """Whether layouts are asked for, and place only some of n points."""
    return set(settings.projections) != {"pca"} and layout_size(n, settings.layout_points) < n


def layout_ground(
    points: np.ndarray,
    table: NeighborTable,
    scores: np.ndarray,
    settings: ComputeSettings,
    search: Callable[[np.ndarray, int], NeighborTable],
) -> Ground:
    """The points to place. Neighbors of a sample are searched again among it: `search` gets it and the width.

    It finds those in the metric of the layouts.
    """
    n = len(points)
    if not is_sampled(n, settings):
        return Ground(points=points, scores=scores, table=table, chosen=np.arange(n))
    chosen = density_sample(table.distances, layout_size(n, settings.layout_points), settings.seed)
    sample = np.asarray(points)[chosen]
    width = max(settings.neighbors, neighbors_needed(settings, len(chosen)))
    return Ground(points=sample, scores=scores[chosen], table=search(sample, width), chosen=chosen)
