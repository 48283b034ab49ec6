"""Sequences of integers: as they are, or as differences, whichever deflates better."""

from __future__ import annotations

import numpy as np

from embreport.page.payload.blocks import cost, from_planes, to_planes, unzigzag, width_for, zigzag


def encode_rows(rows: np.ndarray) -> tuple[bytes, dict[str, int | bool]]:
    """Row numbers (n,), and how they are coded: {"width", "delta"}."""
    plain_width = width_for(int(rows.max(initial=0)))
    plain = to_planes(rows, plain_width)
    steps = zigzag(np.diff(rows.astype(np.int64), prepend=0))
    delta_width = width_for(int(steps.max(initial=0)))
    delta = to_planes(steps, delta_width)
    if cost(delta) < cost(plain):
        return delta, {"width": delta_width, "delta": True}
    return plain, {"width": plain_width, "delta": False}


def decode_rows(raw: bytes, count: int, width: int, delta: bool) -> np.ndarray:
    """The inverse of `encode_rows`: int64 (count,)."""
    values = from_planes(raw, 0, count, width)
    return np.cumsum(unzigzag(values)) if delta else values.astype(np.int64)


def encode_axis(steps: np.ndarray) -> tuple[bytes, bool]:
    """One axis of 16-bit steps (n,), and whether differences are stored."""
    plain = to_planes(steps, 2)
    jumps: np.ndarray = np.diff(steps.astype(np.int64), prepend=0)
    wrapped = (jumps + 32768) % 65536 - 32768
    delta = to_planes(zigzag(wrapped), 2)
    return (delta, True) if cost(delta) < cost(plain) else (plain, False)


def decode_axis(raw: bytes, offset: int, count: int, delta: bool) -> np.ndarray:
    """The inverse of `encode_axis`: int64 (count,) of 0..65535."""
    values = from_planes(raw, offset, count, 2)
    if not delta:
        return values.astype(np.int64)
    return np.asarray(np.cumsum(unzigzag(values)) % 65536)
