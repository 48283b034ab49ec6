"""What a page is built from, and what is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from embreport.model import Notice, Skipped
from embreport.views import EmbeddingResult

FORMAT = 1
"""Version of the payload's format; a reader refuses a newer one."""


@dataclass(frozen=True, kw_only=True)
class ReportInput:
    """Everything a page shows. `notices` and `skipped` are those of the whole log directory.

    `versions` are those of the packages that made the numbers, by name, None for what is not installed.
    """

    title: str
    version: str
    embeddings: tuple[EmbeddingResult, ...]
    notices: tuple[Notice, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    seed: int = 0
    versions: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A line of the table of bytes: before packing, and as it stands in the page."""

    name: str
    raw_bytes: int
    page_bytes: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """A finished page. `parts` add up to its size; `notices` are those of the size ladder."""

    html: str
    parts: tuple[Part, ...]
    notices: tuple[Notice, ...]
