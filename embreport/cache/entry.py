"""One entry of the cache: named arrays in a file, with a checksum over all of it. Never a pickle.

    8 bytes   b"embcache"
    4 bytes   length of the description, little-endian
    ...       description, JSON: version of this format, stage, digest, [[name, dtype, [shape]], ...]
    ...       the arrays, row-major, little-endian, one after the other
    32 bytes  SHA-256 of everything before

An entry says itself which stage and digest it is for, so a renamed one is not taken for another.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

FORMAT = 1
_MAGIC = b"embcache"
_LONGEST_DESCRIPTION = 1 << 16
_DTYPES = ("|b1", "|u1", "<i4", "<i8", "<u4", "<f4", "<f8")
_MOST_AXES = 3


class DamagedEntry(Exception):
    """The file is not what was once written; the message says why. Never leaves this room."""


def entry_parts(stage: str, digest: str, arrays: Mapping[str, np.ndarray]) -> Iterator[bytes | memoryview]:
    """The bytes of an entry, in pieces. Arrays are of the types above."""
    whole = [(name, np.asarray(array, order="C")) for name, array in arrays.items()]
    described = {
        "format": FORMAT,
        "stage": stage,
        "digest": digest,
        "arrays": [[name, array.dtype.newbyteorder("<").str, list(array.shape)] for name, array in whole],
    }
    text = json.dumps(described).encode("ascii")
    yield _MAGIC + len(text).to_bytes(4, "little") + text
    for _, array in whole:
        yield array.astype(array.dtype.newbyteorder("<"), copy=False).reshape(-1).view(np.uint8).data


def entry_size(stage: str, digest: str, arrays: Mapping[str, np.ndarray]) -> int:
    """How many bytes `write_entry` writes."""
    return sum(len(part) for part in entry_parts(stage, digest, arrays)) + hashlib.sha256().digest_size


def write_entry(stream: BinaryIO, stage: str, digest: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write an entry and its checksum."""
    checksum = hashlib.sha256()
    for part in entry_parts(stage, digest, arrays):
        checksum.update(part)
        stream.write(part)
    stream.write(checksum.digest())


def read_entry(path: Path, stage: str, digest: str) -> dict[str, np.ndarray]:
    """The arrays of an entry, writable. Sizes are checked against the file's before anything is allocated.

    Raises DamagedEntry for anything but a whole entry of this stage and digest, OSError where it cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DamagedEntry("it is no file")
        return _read(stream, status.st_size, stage, digest)


def _read(stream: io.BufferedReader, size: int, stage: str, digest: str) -> dict[str, np.ndarray]:
    head = stream.read(12)
    length = int.from_bytes(head[8:], "little")
    if head[:8] != _MAGIC or length > min(_LONGEST_DESCRIPTION, size):
        raise DamagedEntry("it does not begin like one")
    text = stream.read(length)
    forms = _forms(text, stage, digest)
    expected = 12 + length + sum(math.prod(shape) * dtype.itemsize for _, dtype, shape in forms) + 32
    if size != expected:
        raise DamagedEntry(f"it has {size:,} bytes where {expected:,} were written")
    checksum = hashlib.sha256(head + text)
    arrays: dict[str, np.ndarray] = {}
    for name, dtype, shape in forms:
        array = np.empty(math.prod(shape), dtype)
        data = array.view(np.uint8).data
        if stream.readinto(data) != len(data):
            raise DamagedEntry("it ends early")
        checksum.update(data)
        arrays[name] = array.reshape(shape)
    if stream.read(33) != checksum.digest():
        raise DamagedEntry("its checksum does not match")
    return arrays


def _forms(text: bytes, stage: str, digest: str) -> list[tuple[str, np.dtype[Any], tuple[int, ...]]]:
    try:
        described = json.loads(text)
        if (described["format"], described["stage"], described["digest"]) != (FORMAT, stage, digest):
            raise DamagedEntry("it is another entry")
        return [_form(name, dtype, shape) for name, dtype, shape in described["arrays"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedEntry("its description cannot be read") from error


def _form(name: object, dtype: object, shape: object) -> tuple[str, np.dtype[Any], tuple[int, ...]]:
    sizes = isinstance(shape, list) and len(shape) <= _MOST_AXES and all(type(n) is int and n >= 0 for n in shape)
    if not isinstance(name, str) or dtype not in _DTYPES or not isinstance(shape, list) or not sizes:
        raise DamagedEntry("its description makes no sense")
    return name, np.dtype(str(dtype)), tuple(shape)
