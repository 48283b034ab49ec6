"""Which layouts an embedding gets, by which names, and how each is made from the shared tables."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Literal

import numpy as np

from embreport.compute.affinities import Affinities, affinities
from embreport.compute.equal_places import EqualRows, ForcesOnGroups, equal_rows
from embreport.compute.forces import forces_for, has_own_forces
from embreport.compute.settings import ComputeSettings
from embreport.compute.settling import Settling
from embreport.compute.sklearn_tsne import sklearn_layout
from embreport.compute.supervision import supervised
from embreport.compute.threads import Workers
from embreport.compute.tsne import SCHEDULES, Optimized, Schedule, optimize, principal_layout, starting_layout
from embreport.compute.umap import UmapProcess
from embreport.model import NeighborTable, RowLabels

DIMENSIONS = (2, 3)
FEWEST_FOR_LAYOUT = 6
OBJECTIVE = {
    2: ("minimizes", "the KL divergence under a Student-t kernel"),
    3: ("follows", "the forces of scikit-learn's 3D t-SNE, which are the gradient of no stated objective"),
}

Report = Callable[[float], None]
Settings = dict[str, str | int | float]


@dataclass(frozen=True, kw_only=True)
class PlacedLayout:
    """Coordinates, float32 (points, dims), and how they were made, as it is shown."""

    coordinates: np.ndarray
    settings: Settings


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One layout to be made: `place` makes it and reports the share done.

    `settings` are the planned ones; a run that ends early has fewer iterations. `runs` says where it is made: "here"
    on threads beside others, "apart" in the one process of UMAP, or "alone" by a package that cannot be stopped from
    another thread.
    """

    name: str
    method: Literal["tsne", "umap"]
    dims: int
    settings: Settings
    runs: Literal["here", "apart", "alone"]
    place: Callable[[Report], PlacedLayout] = field(repr=False)

    @property
    def phase(self) -> str:
        """What progress calls it: "t-SNE 3D"."""
        title = "t-SNE" if self.method == "tsne" else "UMAP"
        suffix = self.name.partition("-")[2]
        return f"{title} {self.dims}D" + (f" ({suffix})" if suffix else "")


def effective_perplexity(asked: float, n: int) -> float:
    """The perplexity n points allow: at most a third of the other points, at least 1."""
    return max(1.0, min(float(asked), (n - 1) / 3.0))


def neighbors_needed(settings: ComputeSettings, n: int) -> int:
    """How wide the tables must be for the layouts asked for, besides what is kept."""
    needed = 1
    if "tsne" in settings.projections:
        needed = max([needed, *(int(3 * effective_perplexity(value, n)) for value in settings.perplexity)])
    if "umap" in settings.projections:
        needed = max(needed, settings.umap_neighbors - 1)
    return min(needed, n - 1)


class _Shared:
    """Affinities that layouts share, made by the first that needs them; not at all where every layout is stored."""

    def __init__(self, make: Callable[[], Affinities]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Affinities | None = None

    def get(self) -> Affinities:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made


class LayoutPlanner:
    """Makes layouts of n >= 2 points that share a start and, per perplexity, one affinity matrix.

    Args:
        points: float (n, d), finite.
        table: neighbors in the metric of the layouts, `neighbors_needed` wide or wider.
        scores: principal component scores (n, c).
        supervision: classes of the n points that t-SNE and UMAP heed; none if not given.
        await_kernels: gets 2 or 3 before a layout of so many dimensions is placed, and a tick to call meanwhile.

    A context, which no process of UMAP outlives.
    """

    def __init__(
        self,
        points: np.ndarray,
        table: NeighborTable,
        scores: np.ndarray,
        settings: ComputeSettings,
        workers: Workers,
        supervision: RowLabels | None = None,
        await_kernels: Callable[[int, Callable[[], None]], None] = lambda dims, tick: None,
    ) -> None:
        self._points = points
        self._table = table
        self._scores = scores
        self._settings = settings
        self._workers = workers
        self._supervision = supervision if settings.supervise_strength > 0 else None
        self._await_kernels = await_kernels
        self._umap_process = UmapProcess()

    def __enter__(self) -> LayoutPlanner:
        return self

    def __exit__(self, *exception: object) -> None:
        self._umap_process.close()

    def layouts(self) -> list[Layout]:
        """All layouts, in the order of the report."""
        planned: list[Layout] = []
        if "tsne" in self._settings.projections:
            planned += self._tsne()
        if "umap" in self._settings.projections:
            planned += [self._umap(dims) for dims in DIMENSIONS]
        return planned

    def _tsne(self) -> list[Layout]:
        planned = []
        joints: dict[float, _Shared] = {}
        for number, asked in enumerate(dict.fromkeys(self._settings.perplexity)):
            used = effective_perplexity(asked, len(self._points))
            if used not in joints and len(self._points) >= FEWEST_FOR_LAYOUT and has_own_forces(len(self._points)):
                joints[used] = _Shared(partial(self._joint, used))
            suffix = f"-p{asked:g}" if number else ""
            for dims in DIMENSIONS:
                settings = self._tsne_settings(dims, used)
                planned.append(
                    Layout(
                        name=f"tsne{dims}d{suffix}",
                        method="tsne",
                        dims=dims,
                        settings=settings,
                        runs="here" if has_own_forces(len(self._points)) else "alone",
                        place=partial(self._place_tsne, joints.get(used), used, dims, settings),
                    )
                )
        return planned

    def _joint(self, perplexity: float) -> Affinities:
        joint = affinities(self._table, perplexity, self._workers)
        return supervised(joint, self._supervision, self._settings.supervise_strength / 100.0)

    def _tsne_settings(self, dims: int, perplexity: float) -> Settings:
        if len(self._points) < FEWEST_FOR_LAYOUT:
            return {"metric": self._settings.metric, "placed by": "PCA"}
        return {
            "perplexity": perplexity,
            "metric": self._settings.metric,
            **self._supervised_by(has_own_forces(len(self._points))),
            "iterations": SCHEDULES[self._settings.preset].iterations,
            OBJECTIVE[dims][0]: OBJECTIVE[dims][1],
        }

    def _supervised_by(self, possible: bool = True) -> Settings:
        if self._supervision is None or not possible:
            return {}
        return {"supervised by": self._supervision.column, "supervision strength": self._settings.supervise_strength}

    def _place_tsne(
        self, joint: _Shared | None, perplexity: float, dims: int, planned: Settings, report: Report
    ) -> PlacedLayout:
        settings = self._settings
        schedule = SCHEDULES[settings.preset]
        if len(self._points) < FEWEST_FOR_LAYOUT:
            return PlacedLayout(coordinates=principal_layout(self._scores, dims), settings=planned)
        start = starting_layout(self._scores, dims, settings.seed)
        if joint is None:
            report(0.0)
            coordinates = sklearn_layout(
                self._points,
                start,
                metric=settings.metric,
                perplexity=perplexity,
                iterations=schedule.iterations,
                seed=settings.seed,
            )
            return PlacedLayout(coordinates=coordinates, settings=planned)

        probabilities = joint.get()
        self._await_kernels(dims, partial(self._checked(report), 0.0))
        made = self._optimized(probabilities, perplexity, start, schedule, self._checked(report))
        return PlacedLayout(coordinates=made.layout, settings={**planned, "iterations": made.steps})

    def _optimized(
        self, joint: Affinities, perplexity: float, start: np.ndarray, schedule: Schedule, report: Report
    ) -> Optimized:
        forces, advance = forces_for(joint, start.shape[1], self._workers)
        # Classes pull the layout away from the neighbors, so these cannot say when it is done.
        watch = {} if self._supervision else {"settled": Settling(self._table.indices).settled}
        equal = self._equal_rows
        if equal is None:
            return optimize(forces, advance, start, schedule, report, **watch)
        equal.share_first(start)
        made = optimize(ForcesOnGroups(forces, equal, perplexity), advance, start, schedule, report, **watch)
        equal.share_first(made.layout)  # a step may round them differently
        return made

    @cached_property
    def _equal_rows(self) -> EqualRows | None:
        """Rows that share a place: equal ones, of one class where classes have a part in the layout."""
        return equal_rows(self._points, self._table, None if self._supervision is None else self._supervision.codes)

    def _umap(self, dims: int) -> Layout:
        settings = self._settings
        planned: Settings = {"metric": settings.metric, "placed by": "PCA"}
        if len(self._points) >= FEWEST_FOR_LAYOUT:
            planned = {
                "neighbors": min(settings.umap_neighbors, len(self._points)),
                "minimum distance": settings.umap_min_dist,
                "metric": settings.metric,
                **self._supervised_by(),
            }
        return Layout(
            name=f"umap{dims}d",
            method="umap",
            dims=dims,
            settings=planned,
            runs="apart",
            place=partial(self._place_umap, dims, planned),
        )

    def _place_umap(self, dims: int, planned: Settings, report: Report) -> PlacedLayout:
        if len(self._points) < FEWEST_FOR_LAYOUT:
            return PlacedLayout(coordinates=principal_layout(self._scores, dims), settings=planned)
        coordinates = self._umap_process.place(
            self._table,
            starting_layout(self._scores, dims, self._settings.seed),
            neighbors=self._settings.umap_neighbors,
            min_dist=self._settings.umap_min_dist,
            seed=self._settings.seed,
            classes=None if self._supervision is None else self._supervision.codes,
            strength=self._settings.supervise_strength / 100.0,
            report=self._checked(report),
        )
        return PlacedLayout(coordinates=coordinates, settings=planned)

    def _checked(self, report: Report) -> Report:
        """The same report, which ends a layout once all work has been given up."""

        def checked(share: float) -> None:
            self._workers.check()
            report(share)

        return checked
