"""A tensor whose values lie in a file one after the other, and TensorBoard's raw float32 files."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import numpy as np

from embreport.errors import FormatError
from embreport.readers.dtypes import as_values, spelled_shape
from embreport.readers.files import InputFile
from embreport.readers.mapping import read_span

_FLOAT32 = np.dtype("<f4")


@dataclass(frozen=True, kw_only=True)
class FlatTensor:
    """`shape` elements of numpy dtype `stored` from byte `offset` of `file` on, row- or column-major."""

    file: InputFile
    name: str
    shape: tuple[int, ...]
    dtype: str
    stored: str
    offset: int = 0
    column_major: bool = False

    @property
    def size(self) -> int:
        """Bytes the values take."""
        return math.prod(self.shape) * np.dtype(self.stored).itemsize

    def check_room(self, there: int) -> None:
        """FormatError when the file, of `there` bytes, ends before the values do."""
        if self.offset < 0 or self.offset + self.size > there:
            raise FormatError(
                f"The tensor “{self.name}” of shape {spelled_shape(self.shape)} and dtype {self.dtype} should end at "
                f"byte {self.offset + self.size:,}, but the file has {there:,}; it seems cut short. Copy it again.",
                where=self.file.label,
            )

    def read(self) -> np.ndarray:
        """The values as float32 or float64; large ones that are stored so are a memory map."""
        with self.file.open() as stream:
            self.check_room(os.fstat(stream.fileno()).st_size)
            data = read_span(stream, self.offset, self.size)
        if len(data) != self.size:
            raise FormatError("The file shrank while it was read.", where=self.file.label)
        flat = np.frombuffer(data, self.stored)
        return as_values(flat.reshape(self.shape, order="F" if self.column_major else "C"), self.dtype)


def raw_float32(file: InputFile, name: str, shape: tuple[int, ...]) -> FlatTensor:
    """A file of little-endian float32 values, row after row, of the `shape` that a projector config gives.

    Raises FormatError when the shape is not (rows, dimensions) or the file's size is not exactly what it needs.
    """
    if len(shape) != 2:
        raise FormatError(
            f"The file is no text, and tensor_shape has {len(shape)} numbers; a file of raw float32 values needs "
            "tensor_shape: rows and dimensions.",
            where=file.label,
        )
    tensor = FlatTensor(file=file, name=name, shape=shape, dtype="float32", stored=_FLOAT32.str)
    there = file.size()
    if tensor.size != there:
        raise FormatError(
            f"The file has {there:,} bytes; tensor_shape {shape[0]:,} x {shape[1]:,} needs {tensor.size:,} "
            "(4 bytes a value).",
            where=file.label,
        )
    return tensor
