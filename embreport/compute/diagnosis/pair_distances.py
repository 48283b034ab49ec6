"""Exact distances of chosen pairs of rows, the same to the last bit as those in the neighbor tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embreport.compute.geometry import RawRows, prepare_raw_rows
from embreport.compute.measures import Measure, exact_distances
from embreport.compute.neighbors import measure_for
from embreport.compute.threads import Workers
from embreport.model import Metric


@dataclass(frozen=True, kw_only=True)
class PairDistances:
    """Measures pairs of n rows."""

    raw: RawRows
    measure: Measure

    def between(self, metric: Metric, query: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Distances of rows query[i] and others[i, j]: float64 of the shape of `others`."""
        return exact_distances(metric, *self.raw.of_pairs(query, others), self.measure)


def pair_distances(points: np.ndarray, workers: Workers) -> PairDistances:
    """Of a finite float32 or float64 array (n, d)."""
    return PairDistances(raw=prepare_raw_rows(points, workers), measure=measure_for(len(points)))
