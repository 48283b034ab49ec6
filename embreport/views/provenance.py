"""Where an embedding comes from: source, checksum, metadata, images, settings, program.

Paths are those relative to the log directory; of any other path only the last part is shown, so a report
does not depend on the folder it was built in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from embreport.views.figures import distinct_names
from embreport.views.results import EmbeddingResult
from embreport.views.wording import NO_BREAK, count, counted, further_settings

_SAID = {
    "projections": "",
    "metric": "{}",
    "neighbors": "k {}",
    "umap_neighbors": "UMAP neighbors {}",
    "umap_min_dist": "UMAP min. distance {}",
    "supervise_by": "supervised by {}",
    "supervise_ignore": "ignored label {}",
    "supervise_strength": "strength {}",
    "max_points": "rows taken {}",
    "layout_points": "points placed {}",
}
_METHOD_OF = {"perplexity": "tsne", "preset": "tsne", "umap_neighbors": "umap", "umap_min_dist": "umap"}
_TIMES = f"{NO_BREAK}×{NO_BREAK}"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One row: `mono` asks for the monospace face."""

    key: str
    text: str
    mono: bool = False


def provenance(result: EmbeddingResult, version: str, plotly_js: str) -> tuple[Fact, ...]:
    """The rows in the order to show; those that do not apply are left out."""
    facts = (
        Fact(key="Source", text=_source(result)),
        Fact(key="SHA-256", text=result.sha256, mono=True),
        Fact(key="Metadata", text=_metadata(result)),
        Fact(key="Images", text=_images(result)),
        Fact(key="Settings", text=settings_line(result.settings)),
        *_layouts(result),
        Fact(key="Made with", text=f"embreport {version}, plotly.js {plotly_js} (MIT License)"),
    )
    return tuple(fact for fact in facts if fact.text)


def where_line(result: EmbeddingResult) -> str:
    """Run, title of the tensor and step: "train, encoder/embedding, step 4,000"; the run `.` is not named."""
    source = result.embedding.source
    parts = [source.run] if source.run not in (".", "") else []
    parts.append(source.title)
    if source.step is not None:
        parts.append(f"step {count(source.step)}")
    return ", ".join(parts)


def settings_line(settings: Mapping[str, str | None]) -> str:
    """ "cosine, k 100, perplexity 30, preset full, seed 0", without those of a method that was not asked for."""
    asked = (settings.get("projections") or "tsne, umap").split(", ")
    parts = []
    for key, value in settings.items():
        if value and _METHOD_OF.get(key, asked[0]) in asked:
            parts.append(_SAID.get(key, f"{key.replace('_', ' ')} {{}}").format(value))
    return ", ".join(part for part in parts if part)


def shown_path(path: str) -> str:
    """The path when it is relative and stays below the log directory, else its last part."""
    plain = path.replace("\\", "/")
    windows_root = len(plain) > 1 and plain[1] == ":"
    if plain.startswith("/") or windows_root or ".." in plain.split("/"):
        return PurePosixPath(plain).name
    return plain


def _source(result: EmbeddingResult) -> str:
    source = result.embedding.source
    rows, dims = source.shape
    return f"{shown_path(source.path)}, tensor {source.tensor}, {count(rows)}{_TIMES}{count(dims)}, {source.dtype}"


def _metadata(result: EmbeddingResult) -> str:
    metadata = result.embedding.metadata
    if metadata is None:
        return ""
    return f"{shown_path(metadata.path)}, {counted(len(metadata.columns), 'column')}, {counted(result.rows, 'row')}"


def _layouts(result: EmbeddingResult) -> list[Fact]:
    """How each layout was made, beyond what the user chose."""
    facts = []
    projections = result.numbers.projections
    for projection, name in zip(projections, distinct_names(projections), strict=True):
        further = ", ".join(further_settings(projection.settings))
        facts.append(Fact(key=name, text=further))
    return facts


def _images(result: EmbeddingResult) -> str:
    sprite = result.embedding.sprite
    if sprite is None:
        return ""
    size = f"{sprite.tile_width}{_TIMES}{sprite.tile_height}"
    return f"{shown_path(sprite.path)}, {counted(sprite.count, 'tile')} of {size}"
