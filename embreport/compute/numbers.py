"""The one place that knows the order of the numbers: tables, components, then the layouts side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

import numpy as np

from embreport.compute import notices, noticing
from embreport.compute.approximate import is_searched_approximately
from embreport.compute.availability import availability_kept_in
from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.compiling_ahead import CompilingAhead, points_to_compile_for
from embreport.compute.diagnosis.diagnose import MOST_LABEL_COLUMNS, Subject, diagnose
from embreport.compute.diagnosis.faithfulness import NEIGHBORS, LayoutTruth
from embreport.compute.diagnosis.measured import measured_projections
from embreport.compute.diagnosis.stored_diagnosis import stored_diagnosis, stored_first_rows
from embreport.compute.diagnosis.stored_truths import stored_truths
from embreport.compute.duplicates import first_equal_rows
from embreport.compute.ground import Ground, is_sampled, layout_ground
from embreport.compute.kept_rows import kept_rows
from embreport.compute.layouts import (
    Layout,
    LayoutPlanner,
    PlacedLayout,
    neighbors_needed,
)
from embreport.compute.neighbors import NeighborTables, neighbor_table, neighbor_tables
from embreport.compute.pca import PrincipalComponents, Squares, principal_components
from embreport.compute.progress import Progress
from embreport.compute.sampling import even_sample
from embreport.compute.settings import ComputeSettings
from embreport.compute.source_rows import SourceRows, frozen
from embreport.compute.spherize import spherized_components
from embreport.compute.stored import StoredResults
from embreport.compute.stored_stages import stored_components, stored_layout, stored_table, stored_tables
from embreport.compute.threads import Workers, available_cores, single_threaded_blas
from embreport.compute.umap import UmapFailed, require_umap
from embreport.diagnostics import Diagnostics
from embreport.errors import UsageError
from embreport.model import NeighborTable, Notice, Numbers, Projection, RowFigure, RowLabels
from embreport.progress import ProgressCallback, ignore_progress
from embreport.result_store import ResultStore

_STARTING_UMAP = "Starting UMAP"


def compute_numbers(
    values: np.ndarray,
    settings: ComputeSettings,
    progress: ProgressCallback = ignore_progress,
    labels: tuple[RowLabels, ...] = (),
    supervision: RowLabels | None = None,
    store: ResultStore | None = None,
) -> Numbers:
    """All numbers of one embedding.

    The same values and settings give the same bits for any number of threads, on one kind of processor.

    Args:
        values: float32 or float64 (n, d), n >= 1, d >= 1; may be a memory map. Rows with NaN or Inf keep
            their place: NaN coordinates, neighbors -1 at distance NaN.
        progress: called on this thread with a phase ("Neighbors", "PCA", "t-SNE 3D") and how far it is;
            phases overlap. What it raises ends the computation.
        labels: classes of the n rows, one entry per metadata column of classes.
        supervision: classes of the n rows that t-SNE and UMAP heed, as `settings.supervise_strength` says.
        store: where results of earlier runs are found, and those of this one kept; they are the same without.

    Raises:
        UsageError: a setting, or the shape of `values`, makes no sense.
        MissingExtra: UMAP is asked for and umap-learn is not installed.
    """
    settings.check()
    if "umap" in settings.projections:
        require_umap()
    if values.ndim != 2 or 0 in values.shape:
        raise UsageError(f"An embedding has rows and dimensions; an array of shape {values.shape} was given.")
    # A memory map stays one: the plain view copies nothing, and blocks of it are read when they are used.
    values = np.ascontiguousarray(values, values.dtype if values.dtype in (np.float32, np.float64) else np.float64)
    workers = Workers(settings.jobs or available_cores())
    try:
        with single_threaded_blas(), availability_kept_in(store):
            return _Computation(values, settings, workers, Progress(progress), labels, supervision, store).run()
    finally:
        workers.close()


class _Computation:
    """One run over one embedding; `points` are its finite rows that are taken, `rows` where these are in the tensor."""

    def __init__(
        self,
        values: np.ndarray,
        settings: ComputeSettings,
        workers: Workers,
        progress: Progress,
        labels: tuple[RowLabels, ...],
        supervision: RowLabels | None,
        store: ResultStore | None,
    ) -> None:
        self.settings = settings
        self.workers = workers
        self.progress = progress
        self.labels = labels
        self.supervision = supervision if settings.supervise_strength > 0 else None
        self.finite = _finite_rows(values)
        self.rows = np.flatnonzero(self.finite)
        self.taken: np.ndarray | None = None
        if settings.max_points is not None and settings.max_points < len(self.rows):
            self.rows = self.rows[even_sample(len(self.rows), settings.max_points, settings.seed)]
            self.taken = ~self.finite
            self.taken[self.rows] = True
            self.finite &= self.taken
        self.points = values if len(self.rows) == len(values) else kept_rows(values, self.rows)
        self.source = SourceRows(rows=self.rows, total=len(self.finite))
        self.stored = StoredResults(store, self.points)
        self.notices: list[Notice] = []

    def run(self) -> Numbers:
        """Tables come first, since everything else uses them."""
        if len(self.rows) == 0:
            self.notices.append(notices.nothing_finite(len(self.finite)))
            return self._numbers(NeighborTables.of_nothing(), self._blank(), zero_rows=0, duplicate_rows=0)
        zero_rows = _zero_rows(self.points)
        first = stored_first_rows(self.stored, len(self.points), lambda: first_equal_rows(self.points))
        duplicate_rows = int((first != np.arange(len(self.points))).sum())
        self.notices += noticing.of_rows(
            self.finite, self.taken, self.settings.seed, zero_rows=zero_rows, duplicate_rows=duplicate_rows
        )
        with CompilingAhead() as ahead:
            tables = self._tables(ahead)
            components, spherized = self._components()
            projections, ground = self._projections(tables, components, spherized, ahead)
        projections, figures = self._measured(projections, ground, tables)
        diagnostics = self._diagnostics(tables, first, components.squares, figures)
        kept = tables.narrowed(min(self.settings.neighbors, len(self.points) - 1))
        self.notices += noticing.of_tables(kept, self.settings.neighbors)
        numbers = self._numbers(kept, projections, zero_rows=zero_rows, duplicate_rows=duplicate_rows)
        return dataclasses.replace(numbers, diagnostics=diagnostics)

    def _blank(self) -> tuple[Projection, ...]:
        """A PCA without a single coordinate, where it is asked for."""
        if "pca" not in self.settings.projections:
            return ()
        coordinates = frozen(np.full((len(self.finite), 1), np.nan, np.float32))
        return (Projection(name="pca", method="pca", coordinates=coordinates, variance=frozen(np.zeros(1))),)

    def _numbers(
        self, tables: NeighborTables, projections: tuple[Projection, ...], *, zero_rows: int, duplicate_rows: int
    ) -> Numbers:
        return Numbers(
            finite=frozen(self.finite),
            projections=projections,
            cosine=self.source.table(tables.cosine),
            euclidean=self.source.table(tables.euclidean),
            zero_rows=zero_rows,
            duplicate_rows=duplicate_rows,
            taken=None if self.taken is None else frozen(self.taken),
            notices=tuple(self.notices),
        )

    def _tables(self, ahead: CompilingAhead) -> NeighborTables:
        width = self.settings.neighbors
        if not is_sampled(len(self.points), self.settings):
            width = max(width, NEIGHBORS[-1] + 1, neighbors_needed(self.settings, len(self.points)))
        elif width in NEIGHBORS:
            width += 1  # or ties with the last one would not be seen
        report = self.progress.counter("Neighbors", len(self.points), "rows")

        def search() -> NeighborTables:
            ahead.start(points_to_compile_for(len(self.points), self.settings, self.workers.jobs))
            return neighbor_tables(self.points, width, self.workers, report, self.settings.seed)

        tables = stored_tables(self.stored, self.points, width, search, self._enters_search(self.points))
        self.progress.note("Neighbors", 1.0)
        self.notices += noticing.of_search(tables, len(self.points))
        return tables

    def _table_of_sample(self, sample: np.ndarray, width: int) -> NeighborTable:
        metric, report = self.settings.metric, partial(self.progress.note, "Neighbors of the placed points")
        width = max(width, NEIGHBORS[-1] + 1)
        return stored_table(
            self.stored.of(sample),
            metric,
            sample,
            width,
            lambda: neighbor_table(sample, metric, width, self.workers, report, self.settings.seed),
            self._enters_search(sample),
        )

    def _enters_search(self, points: np.ndarray) -> int | None:
        """What the neighbors of some points depend on besides these."""
        return self.settings.seed if is_searched_approximately(*points.shape) else None

    def _components(self) -> tuple[PrincipalComponents, PrincipalComponents | None]:
        """Those of the data, and of the spherized data where PCA is asked for."""
        self.progress.note("PCA", 0.0)
        spherized, points, workers = None, self.points, self.workers
        components = stored_components(self.stored, "pca", points, lambda: principal_components(points, workers))
        if "pca" in self.settings.projections:
            self.progress.note("PCA", 0.5)
            spherized = stored_components(
                self.stored, "pca-spherized", points, lambda: spherized_components(points, workers)
            )
        self.progress.note("PCA", 1.0)
        if components.exponent and "pca" in self.settings.projections:
            self.notices.append(notices.scaled_components(components.exponent))
        return components, spherized

    def _projections(
        self,
        tables: NeighborTables,
        components: PrincipalComponents,
        spherized: PrincipalComponents | None,
        ahead: CompilingAhead,
    ) -> tuple[tuple[Projection, ...], Ground]:
        table = tables.table(self.settings.metric)
        projections = []
        if "pca" in self.settings.projections:
            projections.append(self._pca_projection("pca", components))
        if spherized is not None:
            projections.append(self._pca_projection("pca-spherized", spherized))
        ground = layout_ground(self.points, table, components.scores, self.settings, self._table_of_sample)
        classes = _labels_of(self.supervision, self.rows[ground.chosen])
        with LayoutPlanner(
            ground.points, ground.table, ground.scores, self.settings, self.workers, classes, ahead.wait_for
        ) as planner:
            layouts = planner.layouts()
            chosen, n = len(ground.chosen), len(self.points)
            self.notices += noticing.of_layouts(layouts, chosen, n, self.settings, self.supervision)
            placed = self._place(layouts, ground, classes)
        projections += [
            self._layout_projection(layout, placed[layout.name], ground) for layout in layouts if layout.name in placed
        ]
        if not projections:
            projections.append(self._pca_projection("pca", components))
        return tuple(projections), ground

    def _measured(
        self, projections: tuple[Projection, ...], ground: Ground, tables: NeighborTables
    ) -> tuple[tuple[Projection, ...], tuple[RowFigure, ...]]:
        """The projections with what they keep, and the same of every row."""
        n, table = len(self.points), tables.table(self.settings.metric)
        everything = Ground(points=self.points, scores=ground.scores, table=table, chosen=np.arange(n))
        report = partial(self.progress.note, "Measuring the projections")

        def measure(of: Ground, layouts: list[np.ndarray], share: Callable[[float], None]) -> list[LayoutTruth]:
            return stored_truths(self.stored, of, layouts, self.settings.seed, self.workers, share)

        return measured_projections(projections, everything, ground, self.rows, measure, self.workers, report)

    def _diagnostics(
        self,
        tables: NeighborTables,
        first: np.ndarray,
        squares: Squares | None,
        figures: tuple[RowFigure, ...],
    ) -> Diagnostics:
        self.progress.note("Diagnosis", 0.0)
        if len(self.labels) > MOST_LABEL_COLUMNS:
            self.notices.append(notices.labels_not_compared(MOST_LABEL_COLUMNS, len(self.labels)))
        cosine = self.settings.metric == "cosine"
        subject = Subject(
            points=self.points,
            rows=self.rows,
            total=len(self.finite),
            table=tables.cosine if cosine else tables.euclidean,
            other_table=tables.euclidean if cosine else tables.cosine,
            first=first,
            squares=squares,
            labels=self.labels,
        )
        diagnostics = diagnose(subject, figures, self.workers, partial(stored_diagnosis, self.stored, subject))
        self.notices += noticing.of_ties(diagnostics)
        self.progress.note("Diagnosis", 1.0)
        return diagnostics

    def _place(self, layouts: list[Layout], ground: Ground, classes: RowLabels | None) -> dict[str, PlacedLayout]:
        """The layouts by name; those that UMAP failed at are not among them."""
        failures: dict[str, str] = {}

        def place(in_turn: list[Layout]) -> dict[str, PlacedLayout]:
            placed = {}
            for layout in in_turn:
                report = self._report_of(layout)
                try:
                    placed[layout.name] = stored_layout(self.stored, layout, ground, self.settings, classes, report)
                except UmapFailed as failure:
                    failures[layout.phase] = str(failure)
                    self.progress.note(_STARTING_UMAP, 1.0)
                self.progress.note(layout.phase, 1.0)
            return placed

        apart = [layout for layout in layouts if layout.runs == "apart"]
        chains = [[layout] for layout in layouts if layout.runs == "here"]
        together = [partial(place, in_turn) for in_turn in ([apart, *chains] if apart else chains)]
        found = self.workers.side_by_side(together, self.progress.tell, waiting=1 if apart else 0)
        self.progress.tell()
        found.append(place([layout for layout in layouts if layout.runs == "alone"]))
        if failures:
            self.notices.append(notices.umap_failed(failures))
        return {name: layout for placed in found for name, layout in placed.items()}

    def _report_of(self, layout: Layout) -> Callable[[float], None]:
        if layout.method == "umap":
            return self.progress.after_start(_STARTING_UMAP, layout.phase)
        steps = layout.settings.get("iterations")
        if isinstance(steps, int):
            return self.progress.counter(layout.phase, steps, "steps")
        return partial(self.progress.note, layout.phase)

    def _pca_projection(self, name: str, components: PrincipalComponents) -> Projection:
        settings: dict[str, str | int | float] = {"components": components.scores.shape[1]}
        if name == "pca-spherized":
            settings["rows"] = "centered, then scaled to length 1"
        return Projection(
            name=name,
            method="pca",
            coordinates=self.source.coordinates(components.scores),
            settings=settings,
            variance=frozen(components.variance),
        )

    def _layout_projection(self, layout: Layout, made: PlacedLayout, ground: Ground) -> Projection:
        coordinates, placed = made.coordinates, len(ground.chosen)
        whole = np.full((len(self.rows), coordinates.shape[1]), np.nan, np.float32)
        whole[ground.chosen] = coordinates
        return Projection(
            name=layout.name,
            method=layout.method,
            coordinates=self.source.coordinates(whole),
            settings=made.settings if placed == len(self.rows) else {**made.settings, "points": placed},
        )


def _finite_rows(values: np.ndarray) -> np.ndarray:
    n, d = values.shape
    finite = np.empty(n, bool)
    for rows in row_blocks(n, rows_per_block(d * values.itemsize)):
        finite[rows] = np.isfinite(values[rows]).all(axis=1)
    return finite


def _zero_rows(points: np.ndarray) -> int:
    n, d = points.shape
    return sum(int((~points[rows].any(axis=1)).sum()) for rows in row_blocks(n, rows_per_block(d * points.itemsize)))


def _labels_of(labels: RowLabels | None, rows: np.ndarray) -> RowLabels | None:
    return None if labels is None else dataclasses.replace(labels, codes=labels.codes[rows])
