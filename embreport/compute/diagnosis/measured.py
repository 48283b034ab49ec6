"""Projections together with what they keep of the neighborhoods."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from embreport.compute.diagnosis.faithfulness import LayoutTruth
from embreport.compute.diagnosis.row_figures import figure_of_rows
from embreport.compute.ground import Ground
from embreport.compute.quality import neighbors_kept
from embreport.compute.threads import Workers
from embreport.model import Projection, RowFigure

_TITLES = {
    "neighbors_kept": "Neighbors kept",
    "trustworthiness": "Trustworthiness",
    "continuity": "Continuity",
}
_DRAWN_COMPONENTS = 3

MeasureLayouts = Callable[[Ground, list[np.ndarray], Callable[[float], None]], list[LayoutTruth]]


def measured_projections(
    projections: Sequence[Projection],
    everything: Ground,
    placed: Ground,
    rows: np.ndarray,
    measure: MeasureLayouts,
    workers: Workers,
    report: Callable[[float], None],
) -> tuple[tuple[Projection, ...], tuple[RowFigure, ...]]:
    """The projections with `faithfulness` and `neighbors_kept`, and what can be said of every row, in their order.

    PCA is measured in its first three components, as it is drawn. A projection that places only a sample is measured
    among the rows of the sample. `report` gets the share of the work that is done.

    Args:
        everything: all finite points.
        placed: those that the layouts place, which may be all.
        rows: int, the numbers of all finite points in the source.
        measure: `layout_truths`, or one that knows some answers, of layouts of the points of a ground.
    """
    whole = [one for one in projections if one.method == "pca" or len(placed.chosen) == len(everything.chosen)]
    sampled = [one for one in projections if one not in whole]
    truths: dict[str, LayoutTruth] = {}
    kept: dict[str, float | None] = {}
    for some, ground, start in ((whole, everything, 0.0), (sampled, placed, 0.5)):
        span = 1.0 if not sampled else 0.5
        layouts = [_drawn(one, rows[ground.chosen]) for one in some]
        found = measure(ground, layouts, partial(_share_of, report, start, span))
        for one, layout, truth in zip(some, layouts, found, strict=True):
            truths[one.name] = truth
            kept[one.name] = _kept_of_ten(layout, truth, ground, workers)
    report(1.0)
    figures: list[RowFigure] = []
    made = []
    for one in projections:
        truth = truths[one.name]
        made.append(dataclasses.replace(one, faithfulness=truth.overall, neighbors_kept=kept[one.name]))
        ground = everything if one in whole else placed
        figures += _figures(one, truth, rows[ground.chosen])
    return tuple(made), tuple(figures)


def _share_of(report: Callable[[float], None], start: float, span: float, share: float) -> None:
    report(start + span * share)


def _drawn(projection: Projection, rows: np.ndarray) -> np.ndarray:
    columns = _DRAWN_COMPONENTS if projection.method == "pca" else projection.dims
    return np.ascontiguousarray(projection.coordinates[rows, :columns])


def _kept_of_ten(layout: np.ndarray, truth: LayoutTruth, ground: Ground, workers: Workers) -> float | None:
    if truth.overall and truth.overall[0].k == 10:
        return truth.overall[0].neighbors_kept
    return neighbors_kept(layout, ground.table, workers)


def _figures(projection: Projection, truth: LayoutTruth, rows: np.ndarray) -> list[RowFigure]:
    made = []
    for name, shares in truth.per_point.items():
        base, k = name.rsplit("_", 1)
        figure = figure_of_rows(
            f"{name}@{projection.name}", f"{_TITLES[base]} ({k})", "share", shares, rows, len(projection.coordinates)
        )
        made.append(dataclasses.replace(figure, projection=projection.name))
    return made
