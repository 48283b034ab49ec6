"""Small reports made directly from arrays, with numbers that are exact but cheap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embreport.model import (
    Column,
    ColumnKind,
    Embedding,
    Metadata,
    NeighborTable,
    Notice,
    Numbers,
    Projection,
    Sprite,
    TensorSource,
)
from embreport.page import ReportInput
from embreport.page.render import Templates
from embreport.views import EmbeddingResult

PLAIN_TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ page.policy }}">
<title>{{ page.title }}</title><style>{{ page.css }}</style></head><body>
{% for embedding in page.embeddings %}
<article id="embedding-{{ embedding.id }}"><h1>{{ embedding.headline }}</h1><p>{{ embedding.caption }}</p>
{% if embedding.opening %}<img src="{{ embedding.opening.light }}" alt="{{ embedding.opening.alt }}">{% endif %}
{% if embedding.legend %}
{% for row in embedding.legend.rows %}<li>{{ row.label }} {{ row.count }}</li>{% endfor %}
{% endif %}
{% for row in embedding.provenance %}<dd>{{ row.text }}</dd>{% endfor %}</article>
{% endfor %}
{% for notice in page.notices %}<p>{{ notice }}</p>{% endfor %}
<script type="application/json" id="embreport-manifest">{{ page.manifest }}</script>
<script id="embreport-script">{{ page.script }}</script>
{% for block in page.blocks %}
<script type="application/octet-stream" id="{{ block.id }}">{{ block.text }}</script>
{% endfor %}
</body></html>
"""


def plain_templates(script: str = "export const ready = true;\n") -> Templates:
    """A page of the fewest elements, with one module."""
    return Templates(page=PLAIN_TEMPLATE, css="p { margin: 0 }", read_module={"boot.js": script}.__getitem__)


def exact_table(metric: str, values: np.ndarray, finite: np.ndarray, k: int) -> NeighborTable:
    """Neighbors by brute force in float64, ordered as the model promises."""
    rows = np.flatnonzero(finite)
    points = values[rows].astype(np.float64)
    if metric == "cosine":
        norms = np.linalg.norm(points, axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            distances = 1 - (points @ points.T) / np.outer(norms, norms)
        distances = np.maximum(np.where(np.isfinite(distances), distances, 1.0), 0)
    else:
        distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    shown = distances.astype(np.float32)
    np.fill_diagonal(shown, np.inf)
    width = max(0, min(k, len(rows) - 1))
    order = np.argsort(shown, axis=1, kind="stable")[:, :width]
    indices = np.full((len(values), width), -1, dtype=np.int32)
    lengths = np.full((len(values), width), np.nan, dtype=np.float32)
    if width:
        indices[rows] = rows[order]
        lengths[rows] = np.take_along_axis(shown, order, axis=1)
    return NeighborTable(metric="cosine" if metric == "cosine" else "euclidean", indices=indices, distances=lengths)


def make_column(name: str, cells: Sequence[str | None], kind: ColumnKind = "text") -> Column:
    return Column(name=name, cells=tuple(cells), kind=kind)


def make_sprite(count: int, width: int = 8, height: int = 8, channels: int = 3) -> Sprite:
    """A sheet whose tile i has one shade that tells its number."""
    columns = max(1, int(np.ceil(np.sqrt(count))))
    lines = max(1, -(-count // columns))
    sheet = np.zeros((lines * height, columns * width, channels), dtype=np.uint8)
    for number in range(count):
        top, left = number // columns * height, number % columns * width
        sheet[top : top + height, left : left + width] = (number % 250, number // 250, 90, 255)[:channels]
    return Sprite(path="sprite.png", sheet=sheet, tile_width=width, tile_height=height, columns=columns, count=count)


def make_result(
    rows: int = 60,
    dims: int = 8,
    *,
    k: int = 12,
    columns: Sequence[Column] = (),
    sprite: Sprite | None = None,
    left_out: Sequence[int] = (),
    methods: Sequence[str] = ("pca", "tsne2d", "tsne3d"),
    seed: int = 0,
    tensor: str = "words",
    run: str = ".",
    color_by: str | None = None,
    label_by: str | None = None,
    notices: tuple[Notice, ...] = (),
) -> EmbeddingResult:
    """A result with random vectors; layouts are random too, their quality is not at stake here."""
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(rows, dims)).astype(np.float32)
    values[list(left_out)] = np.nan
    finite = np.isfinite(values).all(axis=1)
    projections = [_projection(name, values, finite, draw) for name in methods]
    source = TensorSource(
        run=run,
        tensor=tensor,
        title=tensor,
        shape=(rows, dims),
        dtype="float32",
        source="checkpoint",
        path="model.ckpt-300",
        step=300,
    )
    metadata = Metadata(path="labels.tsv", columns=tuple(columns)) if columns else None
    return EmbeddingResult(
        embedding=Embedding(source=source, values=values, metadata=metadata, sprite=sprite),
        numbers=Numbers(
            finite=finite,
            projections=tuple(projections),
            cosine=exact_table("cosine", values, finite, k),
            euclidean=exact_table("euclidean", values, finite, k),
            zero_rows=0,
            duplicate_rows=0,
        ),
        settings={"metric": "cosine", "neighbors": str(k), "perplexity": "30", "seed": "0"},
        sha256="0" * 64,
        color_by=color_by,
        label_by=label_by,
        notices=notices,
    )


def make_report(*results: EmbeddingResult, title: str = "Words", notices: tuple[Notice, ...] = ()) -> ReportInput:
    return ReportInput(title=title, version="0.0.1", embeddings=results, notices=notices, seed=0)


def _projection(name: str, values: np.ndarray, finite: np.ndarray, draw: np.random.Generator) -> Projection:
    method = name.split("-")[0].rstrip("23d")
    dims = min(4, values.shape[1]) if method == "pca" else int(name.split("-")[0][-2])
    coordinates = (draw.normal(size=(len(values), dims)) * 40).astype(np.float32)
    coordinates[~finite] = np.nan
    share = np.linspace(0.4, 0.05, dims) if method == "pca" else None
    return Projection(
        name=name,
        method="pca" if method == "pca" else "tsne" if method == "tsne" else "umap",
        coordinates=coordinates,
        settings={} if method == "pca" else {"perplexity": 30.0, "metric": "cosine"},
        variance=share,
        neighbors_kept=0.48 if finite.sum() > 1 else None,
    )
