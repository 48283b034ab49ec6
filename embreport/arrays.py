"""An embedding from arrays that are already in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from embreport.assets import columns_from_table
from embreport.errors import UsageError
from embreport.model import Embedding, Metadata, Sprite, TensorSource

_SOURCE = "arrays"


def embedding_from_arrays(vectors: Any, metadata: Any, images: Any, *, tensor: str) -> Embedding:
    """An `Embedding` of (n, d) vectors with optional labels and images; raises UsageError when shapes disagree."""
    values = _as_values(vectors)
    rows, dims = values.shape
    source = TensorSource(
        run=".",
        tensor=tensor,
        title=tensor,
        shape=(rows, dims),
        dtype=str(values.dtype),
        source=_SOURCE,
        path=_SOURCE,
        listed=True,
        built=True,
    )
    return Embedding(
        source=source, values=values, metadata=_as_metadata(metadata, rows), sprite=_as_sprite(images, rows)
    )


def _as_values(vectors: Any) -> np.ndarray:
    """The vectors as float32 or float64, their own precision kept."""
    try:
        array = np.asarray(vectors)
        if array.dtype == np.float16 or (array.dtype.kind in "bui" and array.dtype.itemsize <= 2):
            array = array.astype(np.float32)
        elif array.dtype != np.float32:
            array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f"The vectors are not numbers in rows of equal length: {error}.") from error
    if array.ndim != 2 or 0 in array.shape:
        raise UsageError(f"The vectors have shape {array.shape}; expected (rows, dimensions), both at least 1.")
    values = np.array(array, order="C")
    values.flags.writeable = False
    return values


def _as_metadata(metadata: Any, rows: int) -> Metadata | None:
    if metadata is None:
        return None
    columns = _named_columns(metadata)
    for name, cells in columns.items():
        if len(cells) != rows:
            raise UsageError(f"The metadata column “{name}” has {len(cells):,} values for {rows:,} vectors.")
        if any(isinstance(cell, (list, tuple, dict)) or getattr(cell, "ndim", 0) for cell in cells):
            raise UsageError(f"The metadata column “{name}” holds lists or arrays; expected one value for each vector.")
    table = [[_spell(cell) for cell in row] for row in zip(*columns.values(), strict=True)]
    return Metadata(path=_SOURCE, columns=columns_from_table(tuple(columns), table)) if columns else None


def _named_columns(metadata: Any) -> dict[str, list[Any]]:
    """Columns by name from a mapping, a frame (anything with `columns` and item access), or a list of labels."""
    if not isinstance(metadata, Mapping) and not hasattr(metadata, "columns"):
        return {"label": list(metadata)}
    keys = list(metadata if isinstance(metadata, Mapping) else metadata.columns)
    names = [str(key) for key in keys]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"The metadata has two columns “{twice}”; each needs a name of its own.")
    return {name: list(metadata[key]) for name, key in zip(names, keys, strict=True)}


def _spell(cell: Any) -> str | None:
    """A cell as text; None and NaN are missing."""
    if cell is None or (isinstance(cell, (float, np.floating)) and np.isnan(cell)):
        return None
    return str(cell)


def _as_sprite(images: Any, rows: int) -> Sprite | None:
    """The images side by side in one sheet, as near to a square as tiles allow."""
    if images is None:
        return None
    stack = np.asarray(images)
    if stack.ndim == 3:
        stack = stack[..., None]
    if stack.ndim != 4 or len(stack) != rows or stack.shape[3] not in (1, 3, 4) or 0 in stack.shape:
        raise UsageError(
            f"The images have shape {np.shape(images)}; expected ({rows:,}, height, width) or with 1, 3 or 4 channels."
        )
    pixels = _as_bytes(stack)
    if pixels.shape[3] == 1:
        pixels = pixels.repeat(3, axis=3)
    _, height, width, channels = pixels.shape
    columns = int(np.ceil(np.sqrt(rows)))
    lines = -(-rows // columns)
    tiles = np.zeros((lines * columns, height, width, channels), np.uint8)
    tiles[:rows] = pixels
    sheet = tiles.reshape(lines, columns, height, width, channels).swapaxes(1, 2)
    sheet = np.ascontiguousarray(sheet.reshape(lines * height, columns * width, channels))
    return Sprite(path=_SOURCE, sheet=sheet, tile_width=width, tile_height=height, columns=columns, count=rows)


def _as_bytes(stack: np.ndarray) -> np.ndarray:
    """Pixels as uint8: floats run from 0 to 1, integers from 0 to 255."""
    if stack.dtype == np.uint8:
        return stack
    scale = 255.0 if stack.dtype.kind == "f" else 1.0
    return np.clip(np.nan_to_num(stack.astype(np.float64)) * scale + 0.5, 0, 255).astype(np.uint8)
