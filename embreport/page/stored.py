"""A report read back: plain data, rows in the order of the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from embreport.diagnostics import Diagnostics
from embreport.model import Column, NeighborTable, Projection, RowFigure


@dataclass(frozen=True, kw_only=True)
class StoredEmbedding:
    """One embedding of a report, everything by source row.

    `shape` is (n, d). Coordinates are within 1/32768 of their axis' range, distances within 0.1 % of the
    row's largest, indices exact; rows without finite values have NaN coordinates, index -1, distance NaN.
    `left_out` counts the rows with NaN or Inf, `not_taken` those that `--max-points` left out. The figures of
    single rows are those that fitted the page: shares within 0.0005, counts exact up to 65,533.
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
    settings: Mapping[str, str | None]
    provenance: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    projections: tuple[Projection, ...]
    cosine: NeighborTable
    euclidean: NeighborTable
    left_out: int
    not_taken: int
    duplicates: int
    zero_rows: int
    diagnostics: Diagnostics | None

    @property
    def figures(self) -> tuple[RowFigure, ...]:
        """The figures of single rows, by source row."""
        return () if self.diagnostics is None else self.diagnostics.figures


@dataclass(frozen=True, kw_only=True)
class StoredReport:
    """A report: `format` of its payload, `version` of the embreport that made it, `versions` of what it used."""

    format: int
    version: str
    versions: Mapping[str, str | None]
    plotly_version: str
    title: str
    seed: int
    embeddings: tuple[StoredEmbedding, ...]
