"""Polylines: a metadata column that names, for each point, the row of the next one on its line.

`__next__` comes before `__seq_next__`, as in TensorBoard's Projector (getSequenceNextPointIndex in
vz_projector/data.ts).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from embreport.model import Column, Embedding, Notice

NEXT_COLUMNS = ("__next__", "__seq_next__")
# pandas writes whole numbers beside missing ones as "3.0".
_ROW = re.compile(r"\s*(\d{1,9})(?:\.0*)?\s*", re.ASCII)


def next_column(columns: Sequence[Column]) -> int | None:
    """The place of the column that holds the next rows, None without one."""
    names = [column.name for column in columns]
    return next((names.index(name) for name in NEXT_COLUMNS if name in names), None)


def next_rows(column: Column) -> tuple[np.ndarray, int]:
    """The next row of every row, int32 (n,), -1 for none; and how many cells name no row of the tensor.

    An empty or missing cell ends a line, as does a row that names itself.
    """
    rows = len(column.cells)
    following = np.full(rows, -1, dtype=np.int32)
    bad = 0
    for row, cell in enumerate(column.cells):
        if cell is None or not cell.strip():
            continue
        found = _ROW.fullmatch(cell)
        if found is None or int(found.group(1)) >= rows:
            bad += 1
        elif int(found.group(1)) != row:
            following[row] = int(found.group(1))
    return following, bad


def line_column(columns: Sequence[Column]) -> int | None:
    """The place of the column that draws at least one line, None where nothing is to be drawn."""
    place = next_column(columns)
    return place if place is not None and bool((next_rows(columns[place])[0] >= 0).any()) else None


def polyline_notices(embedding: Embedding) -> tuple[Notice, ...]:
    """How many cells of the column name no row; nothing when all do."""
    metadata = embedding.metadata
    place = None if metadata is None else next_column(metadata.columns)
    if metadata is None or place is None:
        return ()
    column = metadata.columns[place]
    bad = next_rows(column)[1]
    if not bad:
        return ()
    cells = "1 cell" if bad == 1 else f"{bad:,} cells"
    message = (
        f"{cells} of the column “{column.name}” {'names' if bad == 1 else 'name'} no row, so no line starts there; "
        f"expected the row of the next point, 0 to {len(column.cells) - 1:,}."
    )
    return (Notice(code="polyline-target", severity="warning", message=message, where=metadata.path),)
