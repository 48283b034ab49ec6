"""A span of a file as bytes: read, or, where it is large, mapped, so that the system can page it in and out."""

from __future__ import annotations

import mmap
import os
from typing import BinaryIO

MAPPED_FROM = 64 << 20
"""Bytes from which a tensor is mapped instead of loaded."""


def read_span(stream: BinaryIO, offset: int, size: int) -> bytes | memoryview:
    """The `size` bytes from `offset` on, fewer where the file ends before; read-only.

    A mapped file must not be cut short while the result is used: the system ends the process that touches a page
    beyond its end. What grows or is replaced by another file does no harm.
    """
    if size >= MAPPED_FROM and offset + size <= os.fstat(stream.fileno()).st_size:
        try:
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            pass  # Not every file system maps files.
        else:
            return memoryview(mapped)[offset : offset + size]
    stream.seek(offset)
    return stream.read(size)
