"""Labels that stand in a tensor's own file."""

from __future__ import annotations

from dataclasses import dataclass

from embreport.assets import distinct_names
from embreport.model import MetadataSummary
from embreport.readers import StoredTensor


@dataclass(frozen=True, kw_only=True)
class OwnTable:
    """Labels that stand in the tensor's own file: one row per vector, None where a cell is missing."""

    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    def summary(self, path: str) -> MetadataSummary:
        """What `inspect` says of it."""
        first, last = (tuple(cell or "" for cell in self.rows[place]) for place in (0, -1))
        return MetadataSummary(path=path, columns=self.names, rows=len(self.rows), first=first, last=last)


def own_table(tensor: StoredTensor) -> OwnTable | None:
    """The labels that a text file has in front of its vectors, or the other columns of a data frame."""
    labels = getattr(tensor, "labels", None)
    found = labels() if labels else None
    if found:
        return OwnTable(names=("label",), rows=tuple((label,) for label in found))
    table = getattr(tensor, "table", None)
    names, rows = table() if table else ((), ())
    return OwnTable(names=distinct_names(names), rows=rows) if names and rows else None
