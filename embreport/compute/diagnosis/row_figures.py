"""Figures of points as figures of the rows of the source."""

from __future__ import annotations

import numpy as np

from embreport.model import FigureUnit, RowFigure


def figure_of_rows(
    name: str, title: str, unit: FigureUnit, values: np.ndarray, rows: np.ndarray, total: int
) -> RowFigure:
    """A figure with NaN in the rows that have no point, and where a value does not fit float32.

    Args:
        values: float (m,).
        rows: int (m,), the numbers of the points in a source of `total` rows.
    """
    whole = np.full(total, np.nan, np.float32)
    with np.errstate(over="ignore"):
        whole[rows] = values
    whole[np.isinf(whole)] = np.nan
    whole.flags.writeable = False
    return RowFigure(name=name, title=title, unit=unit, values=whole)
