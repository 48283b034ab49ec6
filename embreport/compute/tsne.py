"""t-SNE in two and three dimensions, all points placed.

In two dimensions the layout descends the Kullback-Leibler divergence of Student-t similarities with one
degree of freedom, q = 1 / (1 + d**2) (van der Maaten and Hinton 2008).

In three dimensions the similarity is the Student-t with two degrees of freedom, w = (1 + d**2 / 2)**-1.5
(van der Maaten 2009), and each pair pulls with (p - w / Z) * w * (y_i - y_j), Z the sum of all w. That is
the force scikit-learn applies. It vanishes where the gradient does, but is not that gradient, whose
last factor is w**(2/3): it is weaker between far points, and keeps more of the nearest neighbors.

The schedule is momentum with gains (Jacobs 1988) and early exaggeration 12 at a step of n / 12 (Belkina
et al. 2019), from the principal components. After that the step is n / 2 in the plane and n / 6 in
space: with larger ones, points of a cloud without clusters are thrown out and cannot come back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

EXAGGERATION = 12.0
LATE_RATE = {2: 1 / 2, 3: 1 / 6}
_START_SPREAD = 1e-4
_REPORT_EVERY = 10
_LEAST_TOTAL = 1e-6


class Forces(Protocol):
    """What pulls and pushes the points of one layout, at a float32 (n, dims) layout."""

    def parts(self, layout: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Pull, push (float32 (n, dims), may be overwritten by the next call) and the sum of similarities.

        The step direction (to be subtracted) is exaggeration * pull - push / sum.
        """

    def divergence(self, layout: np.ndarray) -> float:
        """The Kullback-Leibler divergence at a layout, by the similarity of the module's docstring."""


class Advance(Protocol):
    """One step of momentum with gains on flat arrays, in place; `kernels.step.advance` or its like in numpy."""

    def __call__(
        self,
        layout: np.ndarray,
        velocity: np.ndarray,
        gains: np.ndarray,
        pull: np.ndarray,
        push: np.ndarray,
        exaggeration: np.float32,
        inverse: np.float32,
        rate: np.float32,
        momentum: np.float32,
    ) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How many steps are taken with exaggerated attraction, and how many after."""

    exaggerated: int
    plain: int

    @property
    def iterations(self) -> int:
        """All steps."""
        return self.exaggerated + self.plain


SCHEDULES = {"full": Schedule(exaggerated=250, plain=500), "fast": Schedule(exaggerated=100, plain=250)}


def principal_layout(scores: np.ndarray, dims: int) -> np.ndarray:
    """Principal component scores (n, c) with a largest value of 1, missing axes 0: float32 (n, dims).

    What a layout shows of so few points that it has nothing to arrange.
    """
    layout = np.zeros((len(scores), dims))
    present = min(dims, scores.shape[1])
    layout[:, :present] = scores[:, :present]
    largest = float(np.abs(layout).max(initial=0.0))
    return (layout / largest if largest > 0 else layout).astype(np.float32)


def starting_layout(scores: np.ndarray, dims: int, seed: int) -> np.ndarray:
    """Principal component scores (n, c) scaled to a standard deviation of 1e-4: float32 (n, dims).

    Axes that are missing or have no spread are filled with seeded noise of the same size.
    """
    n = len(scores)
    noise = np.random.Generator(np.random.PCG64(seed)).standard_normal((n, dims))
    start = np.zeros((n, dims))
    present = min(dims, scores.shape[1])
    start[:, :present] = scores[:, :present]
    spread = start.std(axis=0)
    flat = spread <= 1e-6 * spread[0]
    start[:, ~flat] *= _START_SPREAD / spread[0] if spread[0] > 0 else 0.0
    start[:, flat] = noise[:, flat] * _START_SPREAD
    return start.astype(np.float32)


def optimize(
    forces: Forces,
    advance: Advance,
    start: np.ndarray,
    schedule: Schedule,
    report: Callable[[float], None] = lambda share: None,
) -> np.ndarray:
    """Runs the schedule from a float32 (n, dims) start; the centered layout, float32 (n, dims).

    `report` gets the share of steps done every few steps; what it raises ends the run.
    """
    n, dims = start.shape
    layout = np.ascontiguousarray(start).copy()
    velocity, gains = np.zeros_like(layout), np.ones_like(layout)
    for step in range(schedule.iterations):
        early = step < schedule.exaggerated
        pull, push, total = forces.parts(layout)
        advance(
            layout.reshape(-1),
            velocity.reshape(-1),
            gains.reshape(-1),
            pull.reshape(-1),
            push.reshape(-1),
            np.float32(EXAGGERATION if early else 1.0),
            np.float32(1.0 / max(total, _LEAST_TOTAL * n)),
            np.float32(n / EXAGGERATION if early else n * LATE_RATE[dims]),
            np.float32(0.5 if early else 0.8),
        )
        if step % _REPORT_EVERY == 0:
            report(step / schedule.iterations)
    return np.asarray(layout - layout.mean(axis=0, dtype=np.float64), np.float32)
