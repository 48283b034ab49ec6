"""What can be asked of the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from embreport.errors import UsageError
from embreport.model import Metric

METHODS = ("pca", "tsne", "umap")
PRESETS = ("full", "fast")


@dataclass(frozen=True, kw_only=True)
class ComputeSettings:
    """How the numbers of one embedding are made.

    `projections` names methods; t-SNE and UMAP are placed in two and three dimensions each. `metric`
    is that of the layouts; both neighbor tables are always made, `neighbors` wide. The first perplexity
    gives "tsne2d" and "tsne3d"; each further one, which must differ within six digits, names its projections
    "tsne2d-p10". `max_points` rows are
    taken at most (None: all). `layout_points` is how many t-SNE and UMAP place, "all", or None for what
    `sampling.layout_size` says. `supervise_strength` is how much given classes weigh in t-SNE and UMAP, from 0, which
    is bit for bit as if there were none, to 100. `jobs` is the number of threads (None: as many as there are cores); it
    changes nothing but the time.
    """

    projections: tuple[str, ...] = ("pca", "tsne")
    metric: Metric = "cosine"
    neighbors: int = 100
    perplexity: tuple[float, ...] = (30.0,)
    umap_neighbors: int = 15
    umap_min_dist: float = 0.1
    supervise_strength: float = 50.0
    preset: Literal["full", "fast"] = "full"
    seed: int = 0
    max_points: int | None = None
    layout_points: int | Literal["all"] | None = None
    jobs: int | None = None

    def check(self) -> None:
        """Raises UsageError for a value that no embedding can be computed with."""
        unknown = [name for name in self.projections if name not in METHODS]
        _require(not unknown, f"There is no projection {', '.join(unknown)}; there are {', '.join(METHODS)}.")
        _require(self.metric in ("cosine", "euclidean"), f"The metric is cosine or euclidean, not {self.metric}.")
        _require(self.preset in PRESETS, f"The preset is full or fast, not {self.preset}.")
        _require(self.neighbors >= 1, f"At least 1 neighbor is kept per point; {self.neighbors} was asked for.")
        _require(len(self.perplexity) > 0, "At least one perplexity is needed.")
        _require(all(1 <= value < 1e6 for value in self.perplexity), "A perplexity is a number from 1 up.")
        twice = alike(self.perplexity)
        _require(not twice, f"The perplexities {' and '.join(map(repr, twice))} are equal to six digits.")
        _require(self.umap_neighbors >= 2, f"UMAP needs at least 2 neighbors, not {self.umap_neighbors}.")
        _require(0 <= self.umap_min_dist <= 1, f"UMAP's minimum distance is 0 to 1, not {self.umap_min_dist:g}.")
        _require(
            0 <= self.supervise_strength <= 100, f"The supervision is 0 to 100 strong, not {self.supervise_strength:g}."
        )
        _require(0 <= self.seed < 2**32, f"The seed is a whole number from 0 to 4,294,967,295, not {self.seed}.")
        points = [value for value in (self.max_points, self.layout_points) if isinstance(value, int)]
        _require(all(value >= 1 for value in points), "At least 1 point is needed.")
        _require(self.jobs is None or self.jobs >= 1, f"At least 1 job is needed, not {self.jobs}.")


def alike(perplexity: tuple[float, ...]) -> tuple[float, ...]:
    """The first two different perplexities that would be shown, and name their layouts, by the same six digits."""
    shown: dict[str, float] = {}
    for value in perplexity:
        before = shown.setdefault(f"{value:g}", value)
        if before != value:
            return before, value
    return ()


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise UsageError(message)
