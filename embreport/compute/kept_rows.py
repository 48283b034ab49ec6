"""Some rows of a matrix, in a file that has no name where the matrix itself is a mapped file."""

from __future__ import annotations

import contextlib
import mmap
import os
import tempfile
from typing import BinaryIO

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block

FILED_FROM = 16 << 20
"""Bytes from which the rows go to a file."""
_DISK = "/var/tmp"  # Often a disk where /tmp is memory.
_VARIABLES = ("TMPDIR", "TEMP", "TMP")


def kept_rows(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """`values[rows]`, which is not held in memory where `values` is mapped and the outcome is large.

    The rows are copied block by block to a temporary file without a name, which is mapped, read-only: it ends with the
    last array that shows it, or with the process, however that ends. Where no folder has room for it, or none maps
    files, the rows come into memory.

    Args:
        values: (n, d), of any type that numpy maps.
        rows: int (m,), ascending.
    """
    size = len(rows) * values.shape[1] * values.itemsize
    if size >= FILED_FROM and is_mapped(values):
        for folder in _folders():
            try:
                return _filed(values, rows, folder)
            except (OSError, ValueError):
                continue
    return np.asarray(values[rows])


def is_mapped(values: np.ndarray) -> bool:
    """Whether an array shows a mapped file, directly or as a view."""
    owner: object = values
    while isinstance(owner, np.ndarray | memoryview):
        owner = owner.base if isinstance(owner, np.ndarray) else owner.obj
    return isinstance(owner, mmap.mmap)


def _folders() -> list[str]:
    """Where the file may be: where the user says, else on a disk, else wherever temporary files are."""
    told = any(os.environ.get(name) for name in _VARIABLES)
    folders = [_DISK] if not told and os.path.isdir(_DISK) else []
    with contextlib.suppress(OSError):  # there may be none that can be written
        folders.append(tempfile.gettempdir())
    return list(dict.fromkeys(folders))


def _filed(values: np.ndarray, rows: np.ndarray, folder: str) -> np.ndarray:
    with tempfile.TemporaryFile(dir=folder) as file:
        _write(file, values, rows)
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(mapped, values.dtype).reshape(len(rows), values.shape[1])


def _write(file: BinaryIO, values: np.ndarray, rows: np.ndarray) -> None:
    """Every byte is written before any is mapped, so a full disk is an error here and not the end of the process."""
    d = values.shape[1]
    for part in row_blocks(len(rows), rows_per_block(d * values.itemsize, budget=4 << 20)):
        file.write(np.ascontiguousarray(values[rows[part]]).data)
    file.flush()
