"""The options that numbers depend on, as a report states them: in the page, in `--json` and in `extract`."""

from __future__ import annotations

from typing import Any

from embreport.compute import ComputeSettings
from embreport.options import BuildOptions


def stated_settings(settings: ComputeSettings, options: BuildOptions) -> dict[str, str | None]:
    """By the option's name in Python, spelled as it is typed, in the order to show.

    None is what was not asked for: no column, no label, no sample, the default number of placed points. The number of
    threads, which changes nothing, is not among them.
    """
    supervised = options.supervise_by is not None
    stated: dict[str, Any] = {
        "projections": settings.projections,
        "metric": settings.metric,
        "neighbors": settings.neighbors,
        "perplexity": settings.perplexity,
        "preset": settings.preset,
        "umap_neighbors": settings.umap_neighbors,
        "umap_min_dist": settings.umap_min_dist,
        "supervise_by": options.supervise_by,
        "supervise_ignore": options.supervise_ignore,
        "supervise_strength": settings.supervise_strength if supervised else None,
        "layout_points": settings.layout_points,
        "max_points": settings.max_points,
        "seed": settings.seed,
    }
    return {name: None if value is None else _spelled(value) for name, value in stated.items()}


def _spelled(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_spelled, value))
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return str(value)
