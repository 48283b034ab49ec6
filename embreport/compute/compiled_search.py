"""The second, exact search by compiled kernels; as `exact_rows.search_in_numpy`."""

from __future__ import annotations

import numpy as np

from embreport.compute.candidates import CandidateTable
from embreport.compute.exact_rows import error_bound
from embreport.compute.kernels import exact_search


def search_compiled(table: CandidateTable, rows: np.ndarray, products: np.ndarray) -> None:
    """Writes the exact neighbors of some rows into the table.

    Args:
        products: float64 (rows, n), the centered rows times all centered rows.
    """
    geometry = table.geometry
    factor, floor = error_bound(geometry.points.shape[1])
    if table.metric == "euclidean":
        unit = geometry.exponent + geometry.spread
        exact_search.search_euclidean(
            products, rows, geometry.squares, factor, floor, unit, geometry.values, table.indices, table.distances
        )
        return
    exact_search.search_cosine(
        products,
        rows,
        geometry.squares,
        factor,
        floor,
        geometry.excess,
        geometry.lengths,
        geometry.directions,
        geometry.norms,
        table.indices,
        table.distances,
    )
