"""Which layouts an embedding gets, by which names, and how each is made from the shared tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np

from embreport.compute.affinities import Affinities, affinities
from embreport.compute.forces import forces_for, has_own_forces
from embreport.compute.settings import ComputeSettings
from embreport.compute.sklearn_tsne import sklearn_layout
from embreport.compute.threads import Workers
from embreport.compute.tsne import SCHEDULES, optimize, principal_layout, starting_layout
from embreport.compute.umap import umap_layout
from embreport.model import NeighborTable

DIMENSIONS = (2, 3)
FEWEST_FOR_LAYOUT = 6
OBJECTIVE = {
    2: ("minimizes", "the KL divergence under a Student-t kernel"),
    3: ("follows", "the forces of scikit-learn's 3D t-SNE, which are the gradient of no stated objective"),
}

Report = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One layout to be made: `place` gives float32 (points, dims) and reports the share done.

    `alone` marks one made by a package that cannot be stopped from another thread.
    """

    name: str
    method: Literal["tsne", "umap"]
    dims: int
    settings: dict[str, str | int | float]
    alone: bool
    place: Callable[[Report], np.ndarray] = field(repr=False)

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


class LayoutPlanner:
    """Makes layouts of n >= 2 points that share a start and, per perplexity, one affinity matrix.

    Args:
        points: float (n, d), finite.
        table: neighbors in the metric of the layouts, `neighbors_needed` wide or wider.
        scores: principal component scores (n, c).
    """

    def __init__(
        self,
        points: np.ndarray,
        table: NeighborTable,
        scores: np.ndarray,
        settings: ComputeSettings,
        workers: Workers,
    ) -> None:
        self._points = points
        self._table = table
        self._scores = scores
        self._settings = settings
        self._workers = workers

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
        joints: dict[float, Affinities] = {}
        for number, asked in enumerate(dict.fromkeys(self._settings.perplexity)):
            used = effective_perplexity(asked, len(self._points))
            if used not in joints and len(self._points) >= FEWEST_FOR_LAYOUT and has_own_forces(len(self._points)):
                joints[used] = affinities(self._table, used, self._workers)
            suffix = f"-p{asked:g}" if number else ""
            for dims in DIMENSIONS:
                place = partial(self._place_tsne, joints.get(used), used, dims)
                planned.append(
                    Layout(
                        name=f"tsne{dims}d{suffix}",
                        method="tsne",
                        dims=dims,
                        settings=self._tsne_settings(dims, used),
                        alone=not has_own_forces(len(self._points)),
                        place=place,
                    )
                )
        return planned

    def _tsne_settings(self, dims: int, perplexity: float) -> dict[str, str | int | float]:
        if len(self._points) < FEWEST_FOR_LAYOUT:
            return {"metric": self._settings.metric, "placed by": "PCA"}
        return {
            "perplexity": perplexity,
            "metric": self._settings.metric,
            "iterations": SCHEDULES[self._settings.preset].iterations,
            OBJECTIVE[dims][0]: OBJECTIVE[dims][1],
        }

    def _place_tsne(self, joint: Affinities | None, perplexity: float, dims: int, report: Report) -> np.ndarray:
        settings = self._settings
        schedule = SCHEDULES[settings.preset]
        if len(self._points) < FEWEST_FOR_LAYOUT:
            return principal_layout(self._scores, dims)
        start = starting_layout(self._scores, dims, settings.seed)
        if joint is None:
            report(0.0)
            return sklearn_layout(
                self._points,
                start,
                metric=settings.metric,
                perplexity=perplexity,
                iterations=schedule.iterations,
                seed=settings.seed,
            )

        def checked(share: float) -> None:
            self._workers.check()
            report(share)

        forces, advance = forces_for(joint, dims, self._workers)
        return optimize(forces, advance, start, schedule, checked)

    def _umap(self, dims: int) -> Layout:
        settings = self._settings
        neighbors = min(settings.umap_neighbors, len(self._points))
        return Layout(
            name=f"umap{dims}d",
            method="umap",
            dims=dims,
            settings={"neighbors": neighbors, "minimum distance": settings.umap_min_dist, "metric": settings.metric},
            alone=True,
            place=partial(self._place_umap, dims),
        )

    def _place_umap(self, dims: int, report: Report) -> np.ndarray:
        if len(self._points) < FEWEST_FOR_LAYOUT:
            return principal_layout(self._scores, dims)
        report(0.0)
        return umap_layout(
            self._points,
            self._table,
            starting_layout(self._scores, dims, self._settings.seed),
            dims=dims,
            neighbors=self._settings.umap_neighbors,
            min_dist=self._settings.umap_min_dist,
            seed=self._settings.seed,
        )
