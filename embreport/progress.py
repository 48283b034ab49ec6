"""How far a build is: the one form in which every room tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PhaseProgress:
    """One phase of the work, and the share of it that is done.

    `phase` is in the user's words ("Neighbors", "t-SNE 3D", "Reading words"); phases may overlap, and come to an
    end at a share of 1. `total` is how many of `unit` ("rows", "steps") the whole phase has, None where nobody
    counts; a phase that ends early jumps to 1. `embedding` is its title where several are built.
    """

    phase: str
    share: float = 0.0
    total: int | None = None
    unit: str = ""
    embedding: str | None = None

    @property
    def name(self) -> str:
        """The phase, led by the embedding where there are several."""
        return self.phase if self.embedding is None else f"{self.embedding}: {self.phase}"

    @property
    def done(self) -> int | None:
        """How many of `total` are done."""
        return None if self.total is None else round(self.share * self.total)


ProgressCallback = Callable[[PhaseProgress], None]


def ignore_progress(progress: PhaseProgress) -> None:
    """Tells nobody."""
