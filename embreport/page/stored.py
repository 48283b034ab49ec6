"""A report read back: plain data, rows in the order of the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from embreport.model import Column, NeighborTable, Projection


@dataclass(frozen=True, kw_only=True)
class StoredEmbedding:
    """One embedding of a report, everything by source row.

    `shape` is (n, d). Coordinates are within 1/32768 of their axis' range, distances within 0.1 % of the
    row's largest, indices exact; rows without finite values have NaN coordinates, index -1, distance NaN.
    """

    id: str
    run: str
    tensor: str
    title: str
    shape: tuple[int, int]
    dtype: str
    source: str
    step: int | None
    sha256: str
    settings: Mapping[str, str]
    provenance: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    projections: tuple[Projection, ...]
    cosine: NeighborTable
    euclidean: NeighborTable
    left_out: int
    duplicates: int
    zero_rows: int


@dataclass(frozen=True, kw_only=True)
class StoredReport:
    """A report: `format` of its payload, `version` of the embreport that made it."""

    format: int
    version: str
    plotly_version: str
    title: str
    seed: int
    embeddings: tuple[StoredEmbedding, ...]
