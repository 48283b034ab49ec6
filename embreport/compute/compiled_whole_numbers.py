"""The search among whole numbers by compiled kernels; as `whole_numbers.search_whole_in_numpy`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from embreport.compute.compiled_sweep import Kept, sweep_tiles
from embreport.compute.kernels import whole
from embreport.compute.threads import Workers
from embreport.compute.whole_numbers import Tables, WholeRows, tables_of


def search_whole_compiled(rows: WholeRows, k: int, workers: Workers, report: Callable[[float], None]) -> Tables:
    """Indices int32 and distances float32 (n, k), first by cosine, then by euclidean distance; 1 <= k < n.

    Memory: about 24 * 2 * k * n bytes.
    """
    n = len(rows.points)
    cosine, euclidean = Kept(n, k, np.float64), Kept(n, k, np.float64)

    def offer(tile: np.ndarray, row: int, column: int) -> None:
        whole.offer_whole_euclidean(tile, row, column, rows.squares, rows.unit, *euclidean.buffers())
        whole.offer_whole_cosine(tile, row, column, rows.squares, rows.lengths, *cosine.buffers())

    sweep_tiles(rows.points, offer, workers, report)
    return tables_of(cosine.best_keys()), tables_of(euclidean.best_keys())
