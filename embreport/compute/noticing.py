"""Which notices the numbers of an embedding come with; `notices` has their sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embreport.compute import notices
from embreport.compute.forces import has_own_forces
from embreport.compute.layouts import FEWEST_FOR_LAYOUT, Layout, effective_perplexity
from embreport.compute.neighbors import NeighborTables
from embreport.compute.settings import ComputeSettings
from embreport.diagnostics import Diagnostics
from embreport.model import Notice, RowLabels

_MANY_TIED = 0.1


def of_rows(
    finite: np.ndarray, taken: np.ndarray | None, seed: int, *, zero_rows: int, duplicate_rows: int
) -> list[Notice]:
    """Of rows that are left out, zero or equal.

    Args:
        finite: bool (n,), rows that are computed with.
        taken: bool (n,), rows of the sample and those with NaN or Inf; None where all rows are taken.
    """
    said = []
    total, used = len(finite), int(finite.sum())
    bad = int((~finite).sum())
    if taken is not None:
        said.append(notices.rows_not_taken(used, total, seed))
        bad = int((taken & ~finite).sum())
    if bad:
        said.append(notices.rows_left_out(bad, total))
    if zero_rows:
        said.append(notices.zero_rows(zero_rows))
    if duplicate_rows == used - 1 and used > 1:
        said.append(notices.constant_rows(used))
    elif duplicate_rows:
        said.append(notices.duplicate_rows(duplicate_rows, used))
    return said


def of_search(tables: NeighborTables, n: int) -> list[Notice]:
    """Of tables of n points that may miss neighbors."""
    cosine, euclidean = tables.cosine.recall, tables.euclidean.recall
    if cosine is None or euclidean is None:
        return []
    width = tables.cosine.indices.shape[1]
    return [notices.approximate_neighbors(n, width, {"cosine": cosine, "euclidean": euclidean})]


def of_layouts(
    layouts: Sequence[Layout], placed: int, n: int, settings: ComputeSettings, supervision: RowLabels | None
) -> list[Notice]:
    """Of layouts that place `placed` of n points."""
    if layouts and placed < FEWEST_FOR_LAYOUT:
        return [notices.too_few_for_layout(placed)]
    said = []
    methods = list(dict.fromkeys(layout.method for layout in layouts))
    if methods and placed < n:
        named = " and ".join({"tsne": "t-SNE", "umap": "UMAP"}[method] for method in methods)
        said.append(notices.sampled_layouts(placed, n, named, settings.seed))
    if "umap" in methods and placed < settings.umap_neighbors:
        said.append(notices.fewer_umap_neighbors(settings.umap_neighbors, placed))
    if "tsne" in methods:
        said += _of_tsne(placed, settings, supervision)
    return said


def _of_tsne(placed: int, settings: ComputeSettings, supervision: RowLabels | None) -> list[Notice]:
    said = []
    if not has_own_forces(placed):
        said.append(notices.without_numba(placed))
        if supervision is not None:
            said.append(notices.unsupervised(supervision.column))
    for asked in dict.fromkeys(settings.perplexity):
        used = effective_perplexity(asked, placed)
        if used < asked:
            said.append(notices.lower_perplexity(asked, used, placed))
    return said


def of_ties(diagnostics: Diagnostics) -> list[Notice]:
    """Of rows that are equally far from others, where there are many or they leave something unknown."""
    tied, total, equal = diagnostics.tied_rows or 0, diagnostics.rows, diagnostics.exact_duplicates
    if equal is not None and equal.duplicate_rows == total - 1:
        return []  # constant rows have their own notice
    said = []
    if tied > _MANY_TIED * total:
        said.append(notices.tied_neighbors(tied, total, diagnostics.metric))
    unknown = [one.metric for one in diagnostics.hubness if one.hub_rows is None]
    if unknown:
        said.append(notices.unknown_hubness(" and ".join(unknown)))
    if total > 1 and diagnostics.outliers is None:
        said.append(notices.unknown_outliers(diagnostics.metric))
    return said


def of_tables(tables: NeighborTables, neighbors: int) -> list[Notice]:
    """Of the tables as they are shown, where `neighbors` were asked for."""
    said = []
    width = tables.cosine.indices.shape[1]
    if width < neighbors:
        said.append(notices.fewer_neighbors(neighbors, width))
    infinite = int(np.isinf(tables.euclidean.distances).any(axis=1).sum())
    if infinite:
        said.append(notices.distances_overflow(infinite))
    return said
