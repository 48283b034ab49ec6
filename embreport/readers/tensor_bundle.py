"""TensorFlow checkpoints of version 2, "tensor bundles": `<prefix>.index` and `<prefix>.data-00000-of-00001`.

The format is that of tensorflow/core/util/tensor_bundle/tensor_bundle.cc: the index is a table whose empty
key holds a header and whose other keys are tensor names; the data files hold raw little-endian values.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from embreport.errors import FormatError, InputError, InputNotFound
from embreport.readers import dtypes
from embreport.readers.cursor import masked_crc32c
from embreport.readers.files import InputFile
from embreport.readers.mapping import read_span
from embreport.readers.messages import parse_message, text_of
from embreport.readers.object_graph import OBJECT_GRAPH_KEY, read_object_graph, shared_titles
from embreport.readers.ordered_code import WHOLE_AXIS, slice_key
from embreport.readers.slices import Extents, assemble, check_extents, slice_shape
from embreport.readers.stored_tensor import StoredTensor, StoredTensors, Unreadable
from embreport.readers.string_tensor import read_scalar_string
from embreport.readers.table import read_table

INDEX_SUFFIX = ".index"
_LARGEST_INDEX = 1 << 29
_HIGHEST_RANK = 254
_MOST_SHARDS = 100_000


@dataclass(frozen=True, kw_only=True)
class BundleEntry:
    """What the index says of one tensor, or of one slice of a partitioned tensor."""

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    crc: int
    slices: tuple[Extents, ...] = ()

    @property
    def count(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)


@dataclass(frozen=True, kw_only=True)
class TensorBundle:
    """A checkpoint's index: entries by key, and the files that hold the values."""

    index: InputFile
    shards: int
    entries: Mapping[bytes, BundleEntry]

    def data_file(self, shard: int) -> InputFile:
        """The file that holds a shard's values."""
        prefix = self.index.path.name.removesuffix(INDEX_SUFFIX)
        return self.index.sibling(f"{prefix}.data-{shard:05d}-of-{self.shards:05d}")

    def read_bytes(self, entry: BundleEntry, tensor: str) -> bytes | memoryview:
        """The bytes of an entry, many of them mapped; FormatError when they are not all there."""
        file = self.data_file(entry.shard)
        with file.open() as stream:
            there = os.fstat(stream.fileno()).st_size
            if entry.offset + entry.size > there:
                raise FormatError(
                    f"The tensor “{tensor}” should end at byte {entry.offset + entry.size:,}, but the file has "
                    f"{there:,} bytes; it seems cut short. Copy it again.",
                    where=file.label,
                )
            data = read_span(stream, entry.offset, entry.size)
        if len(data) != entry.size:
            raise FormatError(f"The file ended while the tensor “{tensor}” was read.", where=file.label)
        return data

    def check_crc(self, entry: BundleEntry, tensor: str, crc: int) -> None:
        """FormatError when `crc`, of the bytes that were read, is not the one in the index."""
        if crc != entry.crc:
            raise FormatError(
                f"The checksum of the tensor “{tensor}” does not match (stored {entry.crc:08x}, computed {crc:08x}); "
                "the file is damaged. Copy it again.",
                where=self.data_file(entry.shard).label,
            )


@dataclass(frozen=True, kw_only=True)
class BundleTensor:
    """One tensor of a bundle; a partitioned one is put together when read."""

    bundle: TensorBundle
    key: bytes
    name: str
    shape: tuple[int, ...]
    dtype: str

    def read(self) -> np.ndarray:
        """The values as float32 or float64, every checksum verified."""
        entry = self.bundle.entries[self.key]
        stored = self._read_slices(entry) if entry.slices else self._read_entry(entry)
        return dtypes.as_values(stored, self.dtype)

    def _read_entry(self, entry: BundleEntry) -> np.ndarray:
        data = self.bundle.read_bytes(entry, self.name)
        self.bundle.check_crc(entry, self.name, masked_crc32c(data))
        element = dtypes.element_type(entry.dtype, tensor=self.name, where=self.bundle.index.label)
        return np.frombuffer(data, element.stored).reshape(entry.shape)

    def _read_slices(self, entry: BundleEntry) -> np.ndarray:
        where = self.bundle.index.label
        for extents in entry.slices:
            check_extents(extents, entry.shape, tensor=self.name, where=where)
        parts = [(extents, self._slice_entry(entry, extents)) for extents in entry.slices]
        self._check_slice_sizes(part for _, part in parts)
        # Memory follows the data that is really there: all slices are read before the whole is made.
        read = [(extents, self._read_entry(part)) for extents, part in parts]
        return assemble(read, entry.shape, tensor=self.name, where=where)

    def _check_slice_sizes(self, parts: Iterable[BundleEntry]) -> None:
        """Refuse slices that share bytes, by which a small file could ask for much memory."""
        held: dict[int, int] = {}
        for part in parts:
            _check_entry(self.bundle, part, self.name, {})
            held[part.shard] = held.get(part.shard, 0) + part.size
        for shard, size in held.items():
            file = self.bundle.data_file(shard)
            if size > file.size():
                raise FormatError(
                    f"The slices of the tensor “{self.name}” need {size:,} bytes, more than the file has.",
                    where=file.label,
                )

    def _slice_entry(self, entry: BundleEntry, extents: Extents) -> BundleEntry:
        part = self.bundle.entries.get(slice_key(self.key, extents))
        shape = slice_shape(extents, entry.shape)
        if part is None or part.shape != shape or part.dtype != entry.dtype or part.slices:
            raise FormatError(
                f"A slice of the tensor “{self.name}” is missing from the index or has another shape.",
                where=self.bundle.index.label,
            )
        return part


def read_bundle(index: InputFile) -> StoredTensors:
    """All tensors of the checkpoint whose index file is `index`.

    Raises FormatError when the index is damaged; a tensor that cannot be used is in `unreadable` instead.
    """
    bundle = _read_index(index)
    tensors: dict[str, StoredTensor] = {}
    unreadable: dict[str, Unreadable] = {}
    sizes: dict[int, int | InputError] = {}
    for key, entry in bundle.entries.items():
        if key.startswith(b"\x00"):
            continue
        name = text_of(key)
        try:
            _check_entry(bundle, entry, name, sizes)
        except InputError as error:
            if key != OBJECT_GRAPH_KEY:
                unreadable[name] = Unreadable(error=error, shape=entry.shape)
            continue
        dtype = dtypes.dtype_name(entry.dtype)
        tensors[name] = BundleTensor(bundle=bundle, key=key, name=name, shape=entry.shape, dtype=dtype)
    graph = _object_graph(bundle)
    return StoredTensors(
        source="checkpoint",
        tensors=tensors,
        full_names=graph[0],
        titles=shared_titles(graph[0]),
        slots=graph[1],
        unreadable=unreadable,
    )


def _read_index(index: InputFile) -> TensorBundle:
    data = index.read(_LARGEST_INDEX, "A checkpoint index")
    pairs = read_table(data, where=index.label)
    first_key, first_value = next(pairs, (None, b""))
    if first_key != b"":
        raise FormatError("The checkpoint index has no header; expected a TensorFlow checkpoint.", where=index.label)
    header = parse_message("BundleHeader", first_value, where=index.label)
    if header.endianness:
        raise FormatError(
            "The checkpoint was written on a big-endian machine, which is not supported. Save it again on another.",
            where=index.label,
        )
    if not 0 < header.num_shards <= _MOST_SHARDS:
        raise FormatError(f"The checkpoint index announces {header.num_shards:,} data files.", where=index.label)
    entries = {key: _entry(value, index.label) for key, value in pairs}
    return TensorBundle(index=index, shards=header.num_shards, entries=entries)


def _entry(value: bytes, where: str) -> BundleEntry:
    message = parse_message("BundleEntry", value, where=where)
    return BundleEntry(
        dtype=message.dtype,
        shape=tuple(dim.size for dim in message.shape.dim),
        shard=message.shard_id,
        offset=message.offset,
        size=message.size,
        crc=message.crc32c,
        slices=tuple(read_extents(part) for part in message.slices),
    )


def read_extents(part: Any) -> Extents:
    """The extents of a TensorSlice message; one without a length is the whole axis."""
    return tuple(
        (extent.start, extent.length) if extent.HasField("length") else (0, WHOLE_AXIS) for extent in part.extent
    )


def _check_entry(bundle: TensorBundle, entry: BundleEntry, name: str, sizes: dict[int, int | InputError]) -> None:
    """Everything that can be known to be wrong with a tensor before its values are read."""
    where = bundle.index.label
    element = dtypes.element_type(entry.dtype, tensor=name, where=where)
    if len(entry.shape) > _HIGHEST_RANK or any(size < 0 for size in entry.shape):
        raise FormatError(
            f"The tensor “{name}” has the impossible shape {dtypes.spelled_shape(entry.shape)}.", where=where
        )
    if entry.slices:
        for extents in entry.slices:
            check_extents(extents, entry.shape, tensor=name, where=where)
        return
    if entry.count * element.stored.itemsize != entry.size or entry.offset < 0:
        raise FormatError(
            f"The tensor “{name}” has shape {dtypes.spelled_shape(entry.shape)} and dtype {element.name}, which need "
            f"{entry.count * element.stored.itemsize:,} bytes; the index announces {entry.size:,}.",
            where=where,
        )
    if not 0 <= entry.shard < bundle.shards:
        raise FormatError(
            f"The tensor “{name}” should be in data file {entry.shard:,} of {bundle.shards:,}.", where=where
        )
    _check_room(bundle, entry, name, sizes)


def _check_room(bundle: TensorBundle, entry: BundleEntry, name: str, sizes: dict[int, int | InputError]) -> None:
    """Whether the data file is there and large enough; its size is asked for once per file."""
    file = bundle.data_file(entry.shard)
    if entry.shard not in sizes:
        try:
            sizes[entry.shard] = file.size()
        except InputNotFound:
            files = "file" if bundle.shards == 1 else "files"
            sizes[entry.shard] = InputNotFound(
                f"The file, which holds values, is not there; the index expects {bundle.shards:,} data {files} beside "
                "it. Copy all files of the checkpoint.",
                where=file.label,
            )
        except InputError as error:
            sizes[entry.shard] = error
    there = sizes[entry.shard]
    if isinstance(there, InputError):
        raise there
    if entry.offset + entry.size > there:
        raise FormatError(
            f"The tensor “{name}” should end at byte {entry.offset + entry.size:,}, but the file has {there:,} bytes; "
            "it seems cut short. Copy it again.",
            where=file.label,
        )


def _object_graph(bundle: TensorBundle) -> tuple[Mapping[str, str], frozenset[str]]:
    """Readable names and slot variables from the object graph; nothing where it is absent or damaged."""
    entry = bundle.entries.get(OBJECT_GRAPH_KEY)
    if entry is None or entry.dtype != dtypes.STRING or entry.shape or entry.offset < 0 or entry.size < 0:
        return {}, frozenset()
    where = bundle.index.label
    try:
        stored = bytes(bundle.read_bytes(entry, text_of(OBJECT_GRAPH_KEY)))
        data, crc = read_scalar_string(stored, where=where)
        bundle.check_crc(entry, text_of(OBJECT_GRAPH_KEY), crc)
        return read_object_graph(data, where=where)
    except InputError:
        return {}, frozenset()
