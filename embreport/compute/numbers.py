"""The one place that knows the order of the numbers: tables, components, then the layouts side by side."""

from __future__ import annotations

from functools import partial

import numpy as np

from embreport.compute import notices
from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.duplicates import first_equal_rows
from embreport.compute.forces import has_own_forces
from embreport.compute.layouts import (
    FEWEST_FOR_LAYOUT,
    Layout,
    LayoutPlanner,
    effective_perplexity,
    neighbors_needed,
)
from embreport.compute.neighbors import NeighborTables, neighbor_tables
from embreport.compute.pca import PrincipalComponents, principal_components
from embreport.compute.progress import Progress, ProgressCallback
from embreport.compute.quality import neighbors_kept
from embreport.compute.settings import ComputeSettings
from embreport.compute.threads import Workers, available_cores, single_threaded_blas
from embreport.compute.umap import require_umap
from embreport.errors import UsageError
from embreport.model import NeighborTable, Notice, Numbers, Projection


def ignore_progress(phase: str, share: float) -> None:
    """Tells nobody."""


def compute_numbers(
    values: np.ndarray, settings: ComputeSettings, progress: ProgressCallback = ignore_progress
) -> Numbers:
    """All numbers of one embedding.

    The same values and settings give the same bits for any number of threads, on one kind of processor.

    Args:
        values: float32 or float64 (n, d), n >= 1, d >= 1; may be a memory map. Rows with NaN or Inf keep
            their place: NaN coordinates, neighbors -1 at distance NaN.
        progress: called on this thread with the phase ("Neighbors", "PCA", "t-SNE 3D") and the share of
            that phase that is done, 0 to 1; phases overlap. What it raises ends the computation.

    Raises:
        UsageError: a setting, or the shape of `values`, makes no sense.
        MissingExtra: UMAP is asked for and umap-learn is not installed.
    """
    settings.check()
    if "umap" in settings.projections:
        require_umap()
    if values.ndim != 2 or 0 in values.shape:
        raise UsageError(f"An embedding has rows and dimensions; an array of shape {values.shape} was given.")
    values = np.ascontiguousarray(values, values.dtype if values.dtype in (np.float32, np.float64) else np.float64)
    workers = Workers(settings.jobs or available_cores())
    try:
        with single_threaded_blas():
            return _Computation(values, settings, workers, Progress(progress)).run()
    finally:
        workers.close()


class _Computation:
    """One run over one embedding; `points` are its finite rows, `rows` where these are in the tensor."""

    def __init__(self, values: np.ndarray, settings: ComputeSettings, workers: Workers, progress: Progress) -> None:
        self.settings = settings
        self.workers = workers
        self.progress = progress
        self.finite = _finite_rows(values)
        self.rows = np.flatnonzero(self.finite)
        self.points = values if len(self.rows) == len(values) else values[self.rows]
        self.notices: list[Notice] = []

    def run(self) -> Numbers:
        """Tables come first, since everything else uses them."""
        if len(self.rows) == 0:
            self.notices.append(notices.nothing_finite(len(self.finite)))
            return self._numbers(NeighborTables.of_nothing(), self._blank(), zero_rows=0, duplicate_rows=0)
        zero_rows = int((~self.points.any(axis=1)).sum())
        duplicate_rows = int((first_equal_rows(self.points) != np.arange(len(self.points))).sum())
        self._describe_rows(zero_rows, duplicate_rows)
        tables = self._tables()
        components = self._components()
        projections = self._projections(tables, components)
        kept = tables.narrowed(min(self.settings.neighbors, len(self.points) - 1))
        self._describe_tables(kept)
        return self._numbers(kept, projections, zero_rows=zero_rows, duplicate_rows=duplicate_rows)

    def _blank(self) -> tuple[Projection, ...]:
        """A PCA without a single coordinate, where it is asked for."""
        if "pca" not in self.settings.projections:
            return ()
        coordinates = _frozen(np.full((len(self.finite), 1), np.nan, np.float32))
        return (Projection(name="pca", method="pca", coordinates=coordinates, variance=_frozen(np.zeros(1))),)

    def _numbers(
        self, tables: NeighborTables, projections: tuple[Projection, ...], *, zero_rows: int, duplicate_rows: int
    ) -> Numbers:
        return Numbers(
            finite=_frozen(self.finite),
            projections=projections,
            cosine=self._in_source_rows(tables.cosine),
            euclidean=self._in_source_rows(tables.euclidean),
            zero_rows=zero_rows,
            duplicate_rows=duplicate_rows,
            notices=tuple(self.notices),
        )

    def _tables(self) -> NeighborTables:
        width = max(self.settings.neighbors, neighbors_needed(self.settings, len(self.points)))
        self.progress.note("Neighbors", 0.0)
        tables = neighbor_tables(self.points, width, self.workers, partial(self.progress.note, "Neighbors"))
        self.progress.note("Neighbors", 1.0)
        return tables

    def _components(self) -> PrincipalComponents:
        self.progress.note("PCA", 0.0)
        components = principal_components(self.points, self.workers)
        self.progress.note("PCA", 1.0)
        if components.exponent and "pca" in self.settings.projections:
            self.notices.append(notices.scaled_components(components.exponent))
        return components

    def _projections(self, tables: NeighborTables, components: PrincipalComponents) -> tuple[Projection, ...]:
        table = tables.table(self.settings.metric)
        projections = []
        if "pca" in self.settings.projections:
            projections.append(self._pca_projection(components, table))
        planner = LayoutPlanner(self.points, table, components.scores, self.settings, self.workers)
        layouts = planner.layouts()
        self._describe_layouts(layouts)
        for layout, coordinates in zip(layouts, self._place(layouts), strict=True):
            projections.append(self._layout_projection(layout, coordinates, table))
        return tuple(projections)

    def _place(self, layouts: list[Layout]) -> list[np.ndarray]:
        def place(layout: Layout) -> np.ndarray:
            coordinates = layout.place(partial(self.progress.note, layout.phase))
            self.progress.note(layout.phase, 1.0)
            return coordinates

        together = [layout for layout in layouts if not layout.alone]
        placed = self.workers.side_by_side([partial(place, layout) for layout in together], self.progress.tell)
        self.progress.tell()
        found = {layout.name: coordinates for layout, coordinates in zip(together, placed, strict=True)}
        found.update((layout.name, place(layout)) for layout in layouts if layout.alone)
        return [found[layout.name] for layout in layouts]

    def _pca_projection(self, components: PrincipalComponents, table: NeighborTable) -> Projection:
        return Projection(
            name="pca",
            method="pca",
            coordinates=self._for_all_rows(components.scores),
            settings={"components": components.scores.shape[1]},
            variance=_frozen(components.variance),
            neighbors_kept=neighbors_kept(components.scores[:, :3], table.indices, self.workers),
        )

    def _layout_projection(self, layout: Layout, coordinates: np.ndarray, table: NeighborTable) -> Projection:
        return Projection(
            name=layout.name,
            method=layout.method,
            coordinates=self._for_all_rows(coordinates),
            settings=layout.settings,
            neighbors_kept=neighbors_kept(coordinates, table.indices, self.workers),
        )

    def _for_all_rows(self, coordinates: np.ndarray) -> np.ndarray:
        whole = np.full((len(self.finite), coordinates.shape[1]), np.nan, np.float32)
        whole[self.rows] = coordinates
        return _frozen(whole)

    def _in_source_rows(self, table: NeighborTable) -> NeighborTable:
        if len(self.rows) == len(self.finite):
            return table
        shape = (len(self.finite), table.indices.shape[1])
        indices, distances = np.full(shape, -1, np.int32), np.full(shape, np.nan, np.float32)
        indices[self.rows] = self.rows[table.indices]
        distances[self.rows] = table.distances
        return NeighborTable(metric=table.metric, indices=_frozen(indices), distances=_frozen(distances))

    def _describe_rows(self, zero_rows: int, duplicate_rows: int) -> None:
        total, finite = len(self.finite), len(self.points)
        if finite < total:
            self.notices.append(notices.rows_left_out(total - finite, total))
        if zero_rows:
            self.notices.append(notices.zero_rows(zero_rows))
        if duplicate_rows == finite - 1 and finite > 1:
            self.notices.append(notices.constant_rows(finite))
        elif duplicate_rows:
            self.notices.append(notices.duplicate_rows(duplicate_rows, finite))

    def _describe_layouts(self, layouts: list[Layout]) -> None:
        n = len(self.points)
        if layouts and n < FEWEST_FOR_LAYOUT:
            self.notices.append(notices.too_few_for_layout(n))
            return
        if not any(layout.method == "tsne" for layout in layouts):
            return
        if not has_own_forces(n):
            self.notices.append(notices.without_numba(n))
        for asked in dict.fromkeys(self.settings.perplexity):
            used = effective_perplexity(asked, n)
            if used < asked:
                self.notices.append(notices.lower_perplexity(asked, used, n))

    def _describe_tables(self, tables: NeighborTables) -> None:
        width = tables.cosine.indices.shape[1]
        if width < self.settings.neighbors:
            self.notices.append(notices.fewer_neighbors(self.settings.neighbors, width))
        infinite = int(np.isinf(tables.euclidean.distances).any(axis=1).sum())
        if infinite:
            self.notices.append(notices.distances_overflow(infinite))


def _finite_rows(values: np.ndarray) -> np.ndarray:
    n, d = values.shape
    finite = np.empty(n, bool)
    for rows in row_blocks(n, rows_per_block(d * values.itemsize)):
        finite[rows] = np.isfinite(values[rows]).all(axis=1)
    return finite


def _frozen(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array
