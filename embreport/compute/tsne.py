"""t-SNE in two and three dimensions, all points placed.

In two dimensions the layout descends the Kullback-Leibler divergence of Student-t similarities with one
degree of freedom, q = 1 / (1 + d**2) (van der Maaten and Hinton 2008).

In three dimensions the similarity is the Student-t with two degrees of freedom, w = (1 + d**2 / 2)**-1.5
(van der Maaten 2009), and each pair pulls with (p - w / Z) * w * (y_i - y_j), Z the sum of all w. That is
the force scikit-learn applies. It is not the gradient of the divergence, whose last factor is w**(2/3), nor that of
any stated objective: it is weaker between far points, and keeps as many of the nearest neighbors or more (measured
by `benchmarks/force_laws.py`).

The schedule is momentum with gains (Jacobs 1988) from the principal components, with attraction exaggerated
12 times at first (van der Maaten and Hinton 2008), at a step of n / 12 (Belkina et al. 2019). Then the
exaggeration falls to 1 by the same factor every step, the step being n divided by it. Were it taken away at
once, the layout would burst, and points of a cloud without clusters be thrown out and never come back. The last,
plain steps are n / 2 in the plane and n / 6 in space.

While attraction is exaggerated, a layout without clusters shrinks: it would end as one place, out of which no force
leads. All forces are in proportion to a layout that is much smaller than 1, so it is enlarged meanwhile
whenever it has become too small, and arranges itself as it would have done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

EXAGGERATION = 12.0
LATE_RATE = {2: 1 / 2, 3: 1 / 6}
CHECK_EVERY = 50
_START_SPREAD = 1e-4
_REPORT_EVERY = 10
_LEAST_EXTENT, _ENLARGED_EXTENT = 1e-5, 1e-3
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
    """How many steps are taken with exaggerated attraction, how many while that falls, and how many after."""

    exaggerated: int
    falling: int
    plain: int

    @property
    def iterations(self) -> int:
        """All steps."""
        return self.exaggerated + self.falling + self.plain

    def exaggeration(self, step: int) -> float:
        """The factor on the attraction in a step counted from 0."""
        if step < self.exaggerated:
            return EXAGGERATION
        left = self.exaggerated + self.falling - step
        return EXAGGERATION ** (left / self.falling) if left > 0 else 1.0


SCHEDULES = {
    "full": Schedule(exaggerated=100, falling=200, plain=450),
    "fast": Schedule(exaggerated=50, falling=100, plain=200),
}


@dataclass(frozen=True, kw_only=True)
class Optimized:
    """A centered layout, float32 (n, dims), and the number of steps it took."""

    layout: np.ndarray
    steps: int


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
    settled: Callable[[np.ndarray, int], bool] = lambda layout, left: False,
) -> Optimized:
    """Runs the schedule from a float32 (n, dims) start.

    `report` gets the share of steps done every few steps; what it raises ends the run. `settled` gets the
    layout and the number of steps left, every `CHECK_EVERY` plain steps; the run ends early when it says so.
    """
    n, dims = start.shape
    layout = np.ascontiguousarray(start).copy()
    velocity, gains = np.zeros_like(layout), np.ones_like(layout)
    steps = 0
    while steps < schedule.iterations:
        exaggeration = schedule.exaggeration(steps)
        pull, push, total = forces.parts(layout)
        advance(
            layout.reshape(-1),
            velocity.reshape(-1),
            gains.reshape(-1),
            pull.reshape(-1),
            push.reshape(-1),
            np.float32(exaggeration),
            np.float32(1.0 / max(total, _LEAST_TOTAL * n)),
            np.float32(n * min(1.0 / exaggeration, LATE_RATE[dims])),
            np.float32(0.5 if steps < schedule.exaggerated else 0.8),
        )
        if steps % _REPORT_EVERY == 0:
            report(steps / schedule.iterations)
        if exaggeration > 1.0 and steps % _REPORT_EVERY == 0:
            _enlarge(layout, velocity)
        steps += 1
        plain = steps - schedule.exaggerated - schedule.falling
        if plain >= 0 and plain % CHECK_EVERY == 0 and settled(layout, schedule.iterations - steps):
            break
    return Optimized(layout=np.asarray(layout - layout.mean(axis=0, dtype=np.float64), np.float32), steps=steps)


def _enlarge(layout: np.ndarray, velocity: np.ndarray) -> None:
    """Scales a layout that has shrunk too far, about its middle and in place."""
    extent = float(np.ptp(layout, axis=0).max())
    if 0.0 < extent < _LEAST_EXTENT:
        scale = np.float32(_ENLARGED_EXTENT / extent)
        layout[:] = (layout - layout.mean(axis=0, dtype=np.float64)) * scale
        velocity *= scale
