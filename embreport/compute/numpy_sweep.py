"""All pairs of rows scored block by block, in numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.candidates import CosineTable, EuclideanTable
from embreport.compute.distances import NumpyMeasure
from embreport.compute.threads import Workers
from embreport.compute.topk import largest_columns

_BLOCK_ROWS = 256


def sweep_in_numpy(
    tables: Sequence[CosineTable | EuclideanTable], workers: Workers, report: Callable[[float], None]
) -> None:
    """Fills the tables, all of the same points, block by block. Memory: a few blocks of 256 rows of scores a thread."""
    points = tables[0].geometry.points
    n = len(points)
    measure = NumpyMeasure()

    def sweep(block: slice) -> None:
        products = points[block] @ points.T
        for table in tables:
            scores = table.scores(block, products)
            scores[np.arange(len(scores)), np.arange(block.start, block.stop)] = -np.inf
            candidates, cut = largest_columns(scores, table.width)
            table.settle(block, candidates, cut, measure)
        report(block.stop / n)

    workers.map(sweep, row_blocks(n, _BLOCK_ROWS))
