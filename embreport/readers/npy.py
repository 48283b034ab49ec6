"""NumPy's `.npy` and `.npz` files (numpy/lib/format.py); pickled objects are never read."""

from __future__ import annotations

import ast
import math
import os
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import numpy as np

from embreport.errors import FormatError, InputError, LimitExceeded
from embreport.readers.dtypes import as_values, spelled_shape
from embreport.readers.files import InputFile
from embreport.readers.flat_tensor import FlatTensor
from embreport.readers.stored_tensor import StoredTensor, StoredTensors, Unreadable

_LONGEST_HEADER = 10_000
_VERSIONS = (b"\x01\x00", b"\x02\x00", b"\x03\x00")
_NUMBERS = re.compile(r"[<>|=]?(?:f[248]|[iu][1248]|b1|f16|g)")
_HIGHEST_RANK = 64
NPY_MAGIC = b"\x93NUMPY"
_MOST_MEMBERS = 10_000
# A member that unpacks to more than this, and to far more than it takes packed, is a decompression bomb.
_LARGE = 1 << 28
_DENSEST = 200


@dataclass(frozen=True, kw_only=True)
class NpzTensor:
    """One array of an `.npz` archive."""

    file: InputFile
    name: str
    member: str
    layout: FlatTensor

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""
        return self.layout.shape

    @property
    def dtype(self) -> str:
        """The array's dtype."""
        return self.layout.dtype

    def read(self) -> np.ndarray:
        """The values as float32 or float64; the archive's checksum is verified."""
        with _archive(self.file) as archive, archive.open(self.member) as stream:
            stream.read(self.layout.offset)
            data = stream.read(self.layout.size)
            rest = stream.read(1)
        if len(data) != self.layout.size or rest:
            raise FormatError(f"The array “{self.name}” has another size than it announces.", where=self.file.label)
        order = "F" if self.layout.column_major else "C"
        stored = np.frombuffer(data, self.layout.stored).reshape(self.shape, order=order)  # type: ignore[call-overload]
        return as_values(stored, self.dtype)


def read_npy(file: InputFile, name: str) -> StoredTensors:
    """The one array of an `.npy` file, which gets the name `name`."""
    with file.open() as stream:
        tensor = _header(stream, file, name)
        tensor.check_room(os.fstat(stream.fileno()).st_size)
    return StoredTensors(source="npy", tensors={name: tensor})


def read_npz(file: InputFile) -> StoredTensors:
    """The arrays of an `.npz` archive by name; those that cannot be used are in `unreadable`."""
    tensors: dict[str, StoredTensor] = {}
    unreadable: dict[str, Unreadable] = {}
    with _archive(file) as archive:
        members = archive.infolist()
        if len(members) > _MOST_MEMBERS:
            raise LimitExceeded(f"The archive has {len(members):,} members.", where=file.label)
        for member in members:
            name = member.filename.removesuffix(".npy")
            try:
                with archive.open(member) as stream:
                    layout = _header(stream, file, name)
                _check_member(member, layout, file.label)
            except InputError as error:
                unreadable[name] = Unreadable(error=error)
                continue
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
                damaged = FormatError(f"The array “{name}” is damaged: {str(error)[:200]}.", where=file.label)
                unreadable[name] = Unreadable(error=damaged)
                continue
            tensors[name] = NpzTensor(file=file, name=name, member=member.filename, layout=layout)
    return StoredTensors(source="npz", tensors=tensors, unreadable=unreadable)


@contextmanager
def _archive(file: InputFile) -> Iterator[zipfile.ZipFile]:
    with file.open() as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                yield archive
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, KeyError) as error:
            raise FormatError(f"The archive is damaged: {str(error)[:200]}.", where=file.label) from error
        except (UnicodeDecodeError, OverflowError, MemoryError) as error:
            raise FormatError("The archive is damaged.", where=file.label) from error


def _check_member(member: zipfile.ZipInfo, layout: FlatTensor, where: str) -> None:
    if layout.offset + layout.size != member.file_size:
        raise FormatError(
            f"The array “{layout.name}” of shape {spelled_shape(layout.shape)} needs "
            f"{layout.offset + layout.size:,} bytes; the archive announces {member.file_size:,}.",
            where=where,
        )
    if member.file_size > _LARGE and member.file_size > _DENSEST * member.compress_size:
        raise LimitExceeded(
            f"The array “{layout.name}” unpacks from {member.compress_size:,} to {member.file_size:,} bytes.",
            where=where,
        )


def _header(stream: IO[bytes], file: InputFile, name: str) -> FlatTensor:
    """The array's shape, dtype and order from the header that `stream` starts with."""
    start = stream.read(12)
    wide = start[6:7] > b"\x01"
    length = int.from_bytes(start[8:12] if wide else start[8:10], "little")
    if start[:6] != NPY_MAGIC or start[6:8] not in _VERSIONS or length > _LONGEST_HEADER:
        raise FormatError("The file does not start with a valid .npy header.", where=file.label)
    text = (b"" if wide else start[10:]) + stream.read(length if wide else max(0, length - 2))
    shape, column_major, dtype = _parse_header(text, file.label)
    if dtype.itemsize > 8:
        raise FormatError(
            f"The array “{name}” has the dtype {dtype}; expected real numbers of at most 64 bits.", where=file.label
        )
    return FlatTensor(
        file=file,
        name=name,
        shape=shape,
        dtype=dtype.name,
        stored=dtype.str,
        offset=(12 if wide else 10) + length,
        column_major=column_major,
    )


def _parse_header(text: bytes, where: str) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    """Shape, whether columns come first, and dtype from a header: the text of a Python dictionary."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = ast.literal_eval(text.decode("latin-1").strip(" \n"))
        shape, column_major, described = header["shape"], header["fortran_order"], header["descr"]
        if len(header) > 3 or not isinstance(column_major, bool):
            raise ValueError("more than the format has")
    except (ValueError, TypeError, SyntaxError, LookupError, RecursionError, MemoryError) as error:
        raise FormatError("The file does not start with a valid .npy header.", where=where) from error
    if not isinstance(described, str) or not _NUMBERS.fullmatch(described):
        raise FormatError(f"The array holds {str(described)[:40]!r}; expected plain real numbers.", where=where)
    sizes = isinstance(shape, tuple) and len(shape) <= _HIGHEST_RANK and all(type(n) is int and n >= 0 for n in shape)
    if not sizes or math.prod(shape) > 1 << 62:
        raise FormatError(f"The array has the impossible shape {str(shape)[:80]}.", where=where)
    return shape, column_major, np.dtype(described)
