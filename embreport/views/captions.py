"""What stands under the pictures, and the sentence a screen reader gets in their place."""

from __future__ import annotations

import numpy as np

from embreport.model import Projection
from embreport.views.results import EmbeddingResult, placed_points
from embreport.views.wording import (
    count,
    counted,
    drawn_dims,
    is_spherized,
    method_name,
    percent,
    projection_name,
    sentence,
    settings_phrase,
    shortened,
    tied,
    verbal_name,
)

_MOST_NAMED_CLASSES = 12


def variance_drawn(projection: Projection) -> float | None:
    """The share of the variance in the drawn components, None where there is none."""
    if projection.variance is None or not len(projection.variance):
        return None
    share = float(np.sum(projection.variance[: drawn_dims(projection)]))
    return min(1.0, share) if np.isfinite(share) else None


def caption(projection: Projection, result: EmbeddingResult, seed: int) -> str:
    """Method and settings, points drawn of points read: "t-SNE 3D, perplexity 30, cosine, seed 0. 5,995 of 6,000 …"."""
    return f"{_method_sentence(projection, seed)} {_points_sentence(result, placed_points(projection))}"


def small_caption(projection: Projection) -> str:
    """Under a small still picture: what it is, and how many neighbors it keeps."""
    about = [projection_name(projection), *_without(settings_phrase(projection.settings), ("seed", "metric"))]
    variance = variance_drawn(projection)
    parts = []
    if variance is not None:
        about[0] = f"PCA, {_components(projection)}"
        parts.append(f"{percent(variance)} of the variance")
    if projection.neighbors_kept is not None:
        parts.append(f"keeps {percent(projection.neighbors_kept)} of {tied(10, 'neighbor')}")
    named = ", ".join(about)
    return sentence(f"{named}: {', '.join(parts)}" if parts else named)


def alternative_text(projection: Projection, result: EmbeddingResult, classes: tuple[str, ...], by: str | None) -> str:
    """One or two sentences for those who do not see the picture."""
    points = counted(placed_points(projection), "point")
    title = shortened(result.embedding.source.title)
    first = f"{verbal_name(projection)} of {points} of {title}"
    if by is None:
        return sentence(first)
    colored = f"{sentence(first)} Colored by {shortened(by)}"
    if not classes:
        return sentence(colored)
    named = ", ".join(shortened(name, 30) for name in classes[:_MOST_NAMED_CLASSES])
    more = len(classes) - _MOST_NAMED_CLASSES
    return sentence(f"{colored}: {named}" + (f" and {count(more)} more" if more > 0 else ""))


def _method_sentence(projection: Projection, seed: int) -> str:
    phrases = settings_phrase(projection.settings)
    variance = variance_drawn(projection)
    if variance is not None:
        rows = " of the centered, normalized rows" if is_spherized(projection) else ""
        named = f"{method_name(projection.method)} {drawn_dims(projection)}D{rows}"
        return sentence(f"{named}: {percent(variance)} of the variance")
    if projection.method != "pca" and "seed" not in projection.settings:
        phrases.append(f"seed {seed}")
    return sentence(", ".join([projection_name(projection), *phrases]))


def _points_sentence(result: EmbeddingResult, drawn: int) -> str:
    rows = result.rows
    points = tied(rows, "point") if drawn == rows else f"{count(drawn)} of {tied(rows, 'point')}"
    if drawn < result.finite_rows:
        points += " placed"
    return f"{points}, {tied(result.dims, 'dimension')}."


def _components(projection: Projection) -> str:
    drawn = drawn_dims(projection)
    return "component 1" if drawn == 1 else "components 1 and 2" if drawn == 2 else f"components 1 to {drawn}"


def _without(phrases: list[str], words: tuple[str, ...]) -> list[str]:
    return [phrase for phrase in phrases if phrase.split(" ")[0] not in (*words, "cosine", "euclidean")]
