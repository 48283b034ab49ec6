"""Weights that Keras saved: `.weights.h5` and `.h5` files, and `.keras` archives that hold one."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

import numpy as np

from embreport.errors import FormatError, LimitExceeded
from embreport.model import Notice
from embreport.readers.dtypes import as_values
from embreport.readers.files import InputFile
from embreport.readers.hdf5 import Contents, Dataset, read_contents
from embreport.readers.hdf5_chunks import Chunked, read_values
from embreport.readers.hdf5_messages import Layout, StoredType
from embreport.readers.stored_tensor import StoredTensor, StoredTensors, Unreadable

_MEMBER = "model.weights.h5"
_LARGEST_MEMBER = 1 << 32
_DENSEST = 200
_MOST_NAMED = 3
_OPTIMIZER = re.compile(r"^(?:optimizer|optimizer_weights|_optimizer)(?:/|$)")
_VARIABLE = re.compile(r"^(?:(.*)/)?vars/(\d+)$")


@dataclass(frozen=True, kw_only=True)
class KerasTensor:
    """One dataset of an HDF5 file, or of the one in a `.keras` archive."""

    file: InputFile
    name: str
    shape: tuple[int, ...]
    stored: StoredType
    layout: Layout

    @property
    def dtype(self) -> str:
        """The stored dtype."""
        return self.stored.name

    def read(self) -> np.ndarray:
        """The values as float32 or float64."""
        if self.layout.chunked:
            return as_values(self._read_chunks(self.layout.chunked), self.dtype)
        size = int(np.prod(self.shape, dtype=object)) * self.stored.size
        if self.layout.address is None:
            data = self.layout.compact
        else:
            with _opened(self.file) as stream:
                stream.seek(self.layout.address)
                data = stream.read(size)
        if len(data) != size:
            raise FormatError("The file shrank while it was read.", where=self.file.label)
        flat = np.frombuffer(data, self.stored.stored)
        return as_values(flat.astype(flat.dtype.newbyteorder("=")).reshape(self.shape), self.dtype)

    def _read_chunks(self, chunked: Chunked) -> np.ndarray:
        stored = np.dtype(self.stored.stored)
        try:
            with _opened(self.file) as stream:
                values = read_values(stream, chunked, self.shape, stored)
        except FormatError as error:
            raise FormatError(
                f"The dataset “{self.name}” is damaged. {error.message}", where=self.file.label
            ) from error
        return values.astype(stored.newbyteorder("="))


def read_keras_weights(file: InputFile) -> StoredTensors:
    """All datasets of a weights file; an optimizer's are marked as slots, layers give titles."""
    with _opened(file) as stream:
        contents = read_contents(stream, where=file.label)
    tensors: dict[str, StoredTensor] = {}
    unreadable: dict[str, Unreadable] = {}
    for dataset in contents.datasets:
        name = dataset.path.removesuffix(":0")
        if dataset.stored is None or dataset.layout is None:
            unreadable[name] = Unreadable(
                error=FormatError(dataset.trouble or "", where=file.label), shape=dataset.shape
            )
            continue
        tensors[name] = KerasTensor(
            file=file, name=name, shape=dataset.shape, stored=dataset.stored, layout=dataset.layout
        )
    return StoredTensors(
        source="keras" if file.path.suffix == ".keras" else "hdf5",
        tensors=tensors,
        titles=dict(_titles(contents)),
        slots=frozenset(name for name in tensors if _OPTIMIZER.match(name)),
        unreadable=unreadable,
        notices=(*_not_followed(contents, file.label), *_quantized(tensors, file.label)),
    )


def _quantized(tensors: Mapping[str, StoredTensor], where: str) -> Iterator[Notice]:
    """Of Keras 3's int8 embeddings, which hold their scales, one a row, as the next variable."""
    for name, tensor in tensors.items():
        scales = tensors.get(f"{name[:-1]}1") if name.endswith("/vars/0") else None
        if scales and tensor.dtype == "int8" and len(tensor.shape) == 2 and scales.shape == tensor.shape[:1]:
            message = (
                f"“{name}” is quantized: its rows are shown as the whole numbers stored, without their scales in "
                f"“{scales.name}”. Directions are right, lengths and euclidean distances are not; save the model "
                "before it is quantized to have these."
            )
            yield Notice(code="quantized-rows", severity="warning", message=message, where=where)


def _not_followed(contents: Contents, where: str) -> Iterator[Notice]:
    names = sorted(dataset.path for dataset in contents.datasets if dataset.elsewhere)
    if names:
        named = ", ".join(f"“{name}”" for name in names[:_MOST_NAMED])
        more = f", and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
        verbs = "lies in another file and was" if len(names) == 1 else "lie in other files and were"
        message = f"{named}{more} {verbs} not read: links out of an HDF5 file are never followed."
        yield Notice(code="outside-file", severity="warning", message=message, where=where)


def _titles(contents: Contents) -> Iterator[tuple[str, str]]:
    for dataset in contents.datasets:
        yield dataset.path.removesuffix(":0"), _title(dataset, contents.attributes)


def _title(dataset: Dataset, attributes: Mapping[str, Mapping[str, str]]) -> str:
    """The layer's name; with the variable's where it is not the first, or no embedding."""
    match = _VARIABLE.match(dataset.path)
    if match:
        # Keras 3: layers/embedding/vars/0, with the layer's name as an attribute of `vars`.
        named = attributes.get(dataset.path.rpartition("/")[0], {}).get("name")
        layer = named or (match[1] or "").rpartition("/")[2] or dataset.path
        return layer if match[2] == "0" else f"{layer}/{match[2]}"
    parts = dataset.path.removesuffix(":0").removeprefix("model_weights/").split("/")
    # Keras 2: user/user/embeddings, the layer's name twice.
    if len(parts) > 1 and parts[0] == parts[1]:
        parts = parts[1:]
    return "/".join(parts[:-1] if len(parts) > 1 and parts[-1] == "embeddings" else parts)


@contextmanager
def _opened(file: InputFile) -> Iterator[BinaryIO]:
    """The HDF5 file, or that in the archive."""
    with file.open() as stream:
        if file.path.suffix == ".keras":
            yield _from_archive(stream, file.label)
        else:
            yield stream


def _from_archive(stream: BinaryIO, where: str) -> BinaryIO:
    try:
        with zipfile.ZipFile(stream) as archive:
            member = archive.getinfo(_MEMBER)
            dense = member.file_size > _DENSEST * member.compress_size
            if member.file_size > _LARGEST_MEMBER or (dense and member.file_size > 1 << 26):
                raise LimitExceeded(f"{_MEMBER} unpacks to {member.file_size:,} bytes.", where=where)
            with archive.open(member) as packed:
                return cast(BinaryIO, io.BytesIO(packed.read(member.file_size)))
    except KeyError as error:
        raise FormatError(f"The archive holds no {_MEMBER}; expected a .keras file.", where=where) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError) as error:
        raise FormatError(f"The archive is damaged: {str(error)[:200]}.", where=where) from error
