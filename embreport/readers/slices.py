"""Partitioned tensors: stored in slices, put together when read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embreport.errors import FormatError
from embreport.readers.ordered_code import WHOLE_AXIS

Extents = tuple[tuple[int, int], ...]
"""(start, length) for each dimension; the length of a whole axis is `WHOLE_AXIS`."""


def slice_shape(extents: Extents, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a slice of a tensor of `shape`."""
    return tuple(size if length == WHOLE_AXIS else length for (_, length), size in zip(extents, shape, strict=True))


def check_extents(extents: Extents, shape: tuple[int, ...], *, tensor: str, where: str) -> None:
    """FormatError when a slice does not lie within a tensor of `shape`."""
    fits = len(extents) == len(shape) and all(
        length == WHOLE_AXIS or (start >= 0 and length >= 0 and start + length <= size)
        for (start, length), size in zip(extents, shape, strict=False)
    )
    if not fits:
        raise FormatError(f"A slice of the tensor “{tensor}” does not lie within its shape.", where=where)


def assemble(
    parts: Sequence[tuple[Extents, np.ndarray]], shape: tuple[int, ...], *, tensor: str, where: str
) -> np.ndarray:
    """The tensor of `shape` that the slices, checked by `check_extents`, cover exactly once; else FormatError."""
    held = sum(values.size for _, values in parts)
    expected = int(np.prod(shape, dtype=object))
    if held != expected or not parts:
        raise FormatError(
            f"The {len(parts):,} slices of the tensor “{tensor}” hold {held:,} values; {expected:,} were expected.",
            where=where,
        )
    whole = np.empty(shape, parts[0][1].dtype)
    covered = np.zeros(shape, bool)
    for extents, values in parts:
        place = tuple(
            slice(None) if length == WHOLE_AXIS else slice(start, start + length) for start, length in extents
        )
        whole[place] = values
        covered[place] = True
    if not covered.all():
        raise FormatError(f"The slices of the tensor “{tensor}” overlap.", where=where)
    return whole
