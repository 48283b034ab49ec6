"""TensorFlow checkpoints of version 1: one table per shard that holds names and values alike.

The format is that of tensorflow/core/util/tensor_slice_writer.cc: the empty key holds a SavedTensorSlices with
the names and shapes, every other key one with the values of a slice. Only blocks have checksums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from embreport.errors import FormatError, InputError, InputNotFound
from embreport.model import Notice
from embreport.readers import dtypes
from embreport.readers.files import InputFile
from embreport.readers.messages import parse_message, text_of
from embreport.readers.ordered_code import WHOLE_AXIS, slice_key
from embreport.readers.slices import Extents, assemble, check_extents, slice_shape
from embreport.readers.stored_tensor import StoredTensor, StoredTensors, Unreadable
from embreport.readers.table import read_table
from embreport.readers.tensor_bundle import read_extents

_LARGEST_FILE = 1 << 32
_SHARD = re.compile(r"^(.*)-(\d{5})-of-(\d{5})$", re.DOTALL)
_MOST_SHARDS = 10_000
_HIGHEST_RANK = 254

# dtype number -> the field of SavedValues that holds it; fixed-size numbers are bytes there.
_FIELDS = {
    1: "float_val",
    2: "double_val",
    3: "int_val",
    4: "int_val",
    5: "int_val",
    6: "int_val",
    9: "int64_val",
    10: "bool_val",
    14: "half_val",
    17: "int_val",
    19: "half_val",
    22: "uint32_val",
    23: "uint64_val",
}


@dataclass(frozen=True, kw_only=True)
class V1Tensor:
    """One tensor of a V1 checkpoint: its slices, each with the file that holds it."""

    key: bytes
    name: str
    shape: tuple[int, ...]
    number: int
    slices: tuple[tuple[InputFile, Extents], ...]

    @property
    def dtype(self) -> str:
        """The stored dtype."""
        return dtypes.dtype_name(self.number)

    def read(self) -> np.ndarray:
        """The values as float32 or float64."""
        where = self.slices[0][0].label
        wanted: dict[InputFile, dict[bytes, Extents]] = {}
        for file, extents in self.slices:
            wanted.setdefault(file, {})[slice_key(self.key, extents)] = extents
        parts = [part for file, keys in wanted.items() for part in self._read_parts(file, keys)]
        return dtypes.as_values(assemble(parts, self.shape, tensor=self.name, where=where), self.dtype)

    def _read_parts(self, file: InputFile, keys: dict[bytes, Extents]) -> Iterator[tuple[Extents, np.ndarray]]:
        for key, value in _table(file):
            if key in keys:
                saved = parse_message("SavedTensorSlices", value, where=file.label)
                shape = slice_shape(keys[key], self.shape)
                yield keys[key], self._values(saved.data.data, shape, file.label)

    def _values(self, saved: Any, shape: tuple[int, ...], where: str) -> np.ndarray:
        element = dtypes.element_type(self.number, tensor=self.name, where=where)
        held = saved.tensor_content or getattr(saved, _FIELDS[self.number])
        try:
            flat = np.frombuffer(held, element.stored) if isinstance(held, bytes) else _from_numbers(held, element)
            return flat.reshape(shape)
        except (ValueError, OverflowError) as error:
            raise FormatError(
                f"A slice of the tensor “{self.name}” does not hold the values of its shape "
                f"{dtypes.spelled_shape(shape)}; the file is damaged. Copy it again.",
                where=where,
            ) from error


def _from_numbers(held: Any, element: dtypes.ElementType) -> np.ndarray:
    """Numbers from a repeated field; 16-bit floats are there as the number their bits make."""
    if element.stored.kind == "f":
        return np.array(held, np.int64).astype("<u2").view(element.stored)
    return np.array(held, np.uint64 if element.name == "uint64" else np.int64).astype(element.stored)


def read_v1(first: InputFile) -> StoredTensors:
    """All tensors of the checkpoint that `first` is the only file, or the first shard, of.

    Raises FormatError when a file is damaged. A tensor that cannot be used is in `unreadable`; a missing shard
    is a notice, for the names in it are not known.
    """
    found: dict[bytes, V1Tensor] = {}
    unreadable: dict[str, Unreadable] = {}
    notices: list[Notice] = []
    for file in _shards(first):
        try:
            saved_tensors = _meta(file).tensor
        except InputNotFound as error:
            message = "This part of the checkpoint is not there; the tensors in it are missing. Copy it here."
            notices.append(Notice(code=error.code, severity="error", message=message, where=error.where))
            continue
        for saved in saved_tensors:
            try:
                tensor = _tensor(saved, file)
            except InputError as error:
                unreadable[text_of(saved.name)] = Unreadable(error=error, shape=_shape(saved))
                continue
            known = found.get(tensor.key)
            if known is not None and (known.shape, known.number) != (tensor.shape, tensor.number):
                raise FormatError(f"The shards disagree about the tensor “{tensor.name}”.", where=file.label)
            found[tensor.key] = tensor if known is None else _joined(known, tensor)
    tensors: dict[str, StoredTensor] = {tensor.name: tensor for tensor in found.values()}
    return StoredTensors(source="checkpoint", tensors=tensors, unreadable=unreadable, notices=tuple(notices))


def _shards(first: InputFile) -> list[InputFile]:
    match = _SHARD.match(first.path.name)
    if match is None:
        return [first]
    count = int(match[3])
    if not 0 < count <= _MOST_SHARDS:
        raise FormatError(f"The name announces {count:,} shards.", where=first.label)
    return [first.sibling(f"{match[1]}-{shard:05d}-of-{count:05d}") for shard in range(count)]


def _table(file: InputFile) -> Iterator[tuple[bytes, bytes]]:
    return read_table(file.read(_LARGEST_FILE, "A V1 checkpoint"), where=file.label)


def _meta(file: InputFile) -> Any:
    """The names and shapes in a file; every block of the file is checked on the way."""
    pairs = _table(file)
    key, value = next(pairs, (None, b""))
    if key != b"":
        raise FormatError("The table has no list of tensors; expected a TensorFlow V1 checkpoint.", where=file.label)
    for _ in pairs:
        pass
    return parse_message("SavedTensorSlices", value, where=file.label).meta


def _shape(saved: Any) -> tuple[int, ...]:
    return tuple(dim.size for dim in saved.shape.dim)


def _tensor(saved: Any, file: InputFile) -> V1Tensor:
    name, shape = text_of(saved.name), _shape(saved)
    dtypes.element_type(saved.type, tensor=name, where=file.label)
    if saved.type not in _FIELDS:
        raise FormatError(f"The dtype of the tensor “{name}” is not one of V1 checkpoints.", where=file.label)
    if len(shape) > _HIGHEST_RANK or any(size < 0 for size in shape):
        raise FormatError(
            f"The tensor “{name}” has the impossible shape {dtypes.spelled_shape(shape)}.", where=file.label
        )
    slices = tuple(read_extents(part) for part in saved.slice) or (((0, WHOLE_AXIS),) * len(shape),)
    for extents in slices:
        check_extents(extents, shape, tensor=name, where=file.label)
    return V1Tensor(
        key=saved.name, name=name, shape=shape, number=saved.type, slices=tuple((file, part) for part in slices)
    )


def _joined(known: V1Tensor, more: V1Tensor) -> V1Tensor:
    return V1Tensor(
        key=known.key, name=known.name, shape=known.shape, number=known.number, slices=known.slices + more.slices
    )
