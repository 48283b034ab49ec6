"""What the document and the page are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from embreport.model import Column, Embedding, Notice, Numbers, Projection


@dataclass(frozen=True, kw_only=True)
class EmbeddingResult:
    """An embedding with all that was computed for it.

    `settings` are the options it was made with, as they are typed, in the order to show. `color_by` and `label_by` are
    column names the user asked for, None for the best guess.
    """

    embedding: Embedding
    numbers: Numbers
    settings: Mapping[str, str | None] = field(default_factory=dict)
    sha256: str = ""
    color_by: str | None = None
    label_by: str | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The metadata columns; none without metadata."""
        metadata = self.embedding.metadata
        return metadata.columns if metadata is not None else ()

    @property
    def rows(self) -> int:
        """Number of rows, those left out included."""
        return int(self.embedding.values.shape[0])

    @property
    def dims(self) -> int:
        """Number of dimensions of the vectors."""
        return int(self.embedding.values.shape[1])

    @property
    def finite_rows(self) -> int:
        """Number of rows that take part: without NaN or Inf, and not left out by `--max-points`."""
        return int(self.numbers.finite.sum())


def placed_points(projection: Projection) -> int:
    """How many rows have a place in a projection."""
    return int(np.isfinite(projection.coordinates).all(axis=1).sum())
