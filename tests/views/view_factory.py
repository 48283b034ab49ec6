"""Results for the views, with numbers that are simply stated: the views compute none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embreport.model import (
    Column,
    ColumnKind,
    Embedding,
    Metadata,
    NeighborTable,
    Numbers,
    Projection,
    Sprite,
    TensorSource,
)
from embreport.views import EmbeddingResult


def column(name: str, cells: Sequence[str | None], kind: ColumnKind = "text") -> Column:
    return Column(name=name, cells=tuple(cells), kind=kind)


def projection(
    name: str = "tsne3d",
    rows: int = 30,
    *,
    kept: float | None = 0.48,
    variance: Sequence[float] | None = None,
    coordinates: np.ndarray | None = None,
    settings: dict[str, str | int | float] | None = None,
) -> Projection:
    method = name.split("-")[0].rstrip("23d")
    dims = 3 if method == "pca" else int(name.split("-")[0][-2])
    if coordinates is None:
        coordinates = np.random.default_rng(0).normal(size=(rows, dims)).astype(np.float32)
    default: dict[str, str | int | float] = {} if method == "pca" else {"perplexity": 30.0, "metric": "cosine"}
    return Projection(
        name=name,
        method="pca" if method == "pca" else "tsne" if method == "tsne" else "umap",
        coordinates=coordinates,
        settings=default if settings is None else settings,
        variance=None if variance is None else np.array(variance),
        neighbors_kept=kept,
    )


def result(
    rows: int = 30,
    dims: int = 256,
    *,
    finite: int | None = None,
    columns: Sequence[Column] = (),
    projections: Sequence[Projection] | None = None,
    zero: int = 0,
    duplicates: int = 0,
    sprite: Sprite | None = None,
    color_by: str | None = None,
    label_by: str | None = None,
    path: str = "encoder.ckpt-4000",
    run: str = "train",
    step: int | None = 4000,
) -> EmbeddingResult:
    shown = np.arange(rows) < (rows if finite is None else finite)
    empty = NeighborTable(
        metric="cosine", indices=np.empty((rows, 0), np.int32), distances=np.empty((rows, 0), np.float32)
    )
    source = TensorSource(
        run=run,
        tensor="encoder/embedding",
        title="encoder/embedding",
        shape=(rows, dims),
        dtype="float32",
        source="checkpoint",
        path=path,
        step=step,
    )
    return EmbeddingResult(
        embedding=Embedding(
            source=source,
            values=np.zeros((rows, dims), np.float32),
            metadata=Metadata(path="labels.tsv", columns=tuple(columns)) if columns else None,
            sprite=sprite,
        ),
        numbers=Numbers(
            finite=shown,
            projections=tuple(projections if projections is not None else [projection(rows=rows)]),
            cosine=empty,
            euclidean=empty,
            zero_rows=zero,
            duplicate_rows=duplicates,
        ),
        settings={"metric": "cosine", "neighbors": "100", "perplexity": "30", "seed": "0"},
        sha256="9f2c",
        color_by=color_by,
        label_by=label_by,
    )
