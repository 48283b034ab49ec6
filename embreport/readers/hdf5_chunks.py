"""Datasets of HDF5 that are stored in chunks, perhaps packed: where the chunks lie, and how they become one array."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from embreport.errors import FormatError, LimitExceeded
from embreport.readers.cursor import Cursor
from embreport.readers.hdf5_parts import Parts
from embreport.readers.hdf5_sums import fits_fletcher32

_DEFLATE, _SHUFFLE, _CHECKSUM = 1, 2, 3
_NAMES = {4: "szip", 5: "nbit", 6: "scale-offset", 32000: "lzf", 32001: "blosc", 32004: "lz4", 32015: "zstd"}
NOWHERE = (1 << 64) - 1
MOST_CHUNKS = 1 << 18
_MOST_FILTERS = 32
_DEEPEST = 32
# What unpacks to more than this, and to far more than it takes packed, is a decompression bomb.
_LARGE = 1 << 28
_DENSEST = 200

Filters = tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """One chunk: its first element, where its `size` bytes lie, and which filters were left out (a bit for each)."""

    start: tuple[int, ...]
    address: int
    size: int
    left_out: int


@dataclass(frozen=True, kw_only=True)
class Chunked:
    """A dataset in chunks of `shape` elements; `filters` are (number, size of an element), in the order of writing."""

    shape: tuple[int, ...]
    filters: Filters
    chunks: tuple[Chunk, ...]


def read_filters(message: Cursor) -> Filters:
    """The filters of a dataset; FormatError for one that is not in Python's standard library."""
    version, count = message.take(2)
    if version not in (1, 2) or count > _MOST_FILTERS:
        raise FormatError(f"Its filters are described in version {version}.")
    message.take(6 if version == 1 else 0)
    found = []
    for _ in range(count):
        number = _number(message, 2)
        named = _number(message, 2) if version == 1 or number >= 256 else 0
        message.take(2)
        values = _number(message, 2)
        message.take(named)
        given = [message.uint32() for _ in range(values)]
        message.take(4 if version == 1 and values % 2 else 0)
        if number not in (_DEFLATE, _SHUFFLE, _CHECKSUM):
            raise FormatError(f"Its values are packed by {_NAMES.get(number, f'filter {number}')}; gzip is read.")
        found.append((number, given[0] if given else 1))
    return tuple(found)


def read_chunks(
    message: Cursor,
    shape: tuple[int, ...],
    item: int,
    filters: Filters,
    parts: Parts,
) -> Chunked:
    """Where the chunks of a dataset of `shape`, with elements of `item` bytes, lie.

    `message` is the layout message after its class, `parts` gives those of the file. FormatError unless every chunk is
    there exactly once, LimitExceeded for what unpacks to far more than it takes.
    """
    rank = message.take(1)[0] - 1
    address = _number(message, 8)
    sizes = tuple(message.uint32() for _ in range(rank + 1))
    chunk = chunk_shape(sizes, shape, item, parts)
    there = _leaves(parts, address, rank, set(), 0) if address != NOWHERE else ()
    return assembled(there, chunk, shape, item, filters)


def chunk_shape(sizes: tuple[int, ...], shape: tuple[int, ...], item: int, parts: Parts) -> tuple[int, ...]:
    """The shape of chunks from their sizes and that of an element. FormatError, LimitExceeded as for `read_chunks`."""
    if len(sizes) != len(shape) + 1 or not shape or min(sizes) < 1 or sizes[-1] != item:
        raise FormatError("Its chunks do not fit its shape.")
    needed = math.prod(-(-size // step) for size, step in zip(shape, sizes, strict=False))
    if needed > MOST_CHUNKS:
        raise LimitExceeded(f"It has {needed:,} chunks; at most {MOST_CHUNKS:,} are read.")
    parts.expect_chunks(needed)
    return sizes[:-1]


def assembled(
    there: Iterable[Chunk], chunk: tuple[int, ...], shape: tuple[int, ...], item: int, filters: Filters
) -> Chunked:
    """The chunks of `there` as a dataset, where each of its shape is there once. FormatError, LimitExceeded."""
    needed = math.prod(-(-size // step) for size, step in zip(shape, chunk, strict=True))
    chunks: dict[tuple[int, ...], Chunk] = {}
    for found in there:
        inside = all(at % step == 0 and at < size for at, step, size in zip(found.start, chunk, shape, strict=True))
        if not inside or found.start in chunks:
            raise FormatError("Its chunks lie outside of its shape, or over each other.")
        chunks[found.start] = found
    if len(chunks) != needed:
        raise FormatError(f"It has {len(chunks):,} chunks; its shape needs {needed:,}. The rest was never written.")
    unpacked = needed * math.prod(chunk) * item
    packed = sum(found.size for found in chunks.values())
    if unpacked > max(_LARGE, _DENSEST * packed):
        raise LimitExceeded(f"It unpacks from {packed:,} to {unpacked:,} bytes.")
    return Chunked(shape=chunk, filters=filters, chunks=tuple(chunks.values()))


def _leaves(parts: Parts, address: int, rank: int, seen: set[int], depth: int) -> Iterator[Chunk]:
    """All chunks below a node of the B-tree (version 1) that indexes them."""
    if address in seen or depth > _DEEPEST or len(seen) > MOST_CHUNKS:
        raise FormatError("The index of its chunks leads back to itself.")
    seen.add(address)
    head = parts.at(address, 24)
    if head.take(5) != b"TREE\x01":
        raise FormatError("The index of its chunks is not where it should be.")
    level, count = head.take(1)[0], _number(head, 2)
    entries = parts.at(address + 24, count * (16 + 8 * (rank + 1)))
    for _ in range(count):
        size, left_out = entries.uint32(), entries.uint32()
        start = tuple(_number(entries, 8) for _ in range(rank + 1))[:rank]
        child = _number(entries, 8)
        if level:
            yield from _leaves(parts, child, rank, seen, depth + 1)
        else:
            yield Chunk(start=start, address=child, size=size, left_out=left_out)


def read_values(stream: BinaryIO, chunked: Chunked, shape: tuple[int, ...], stored: np.dtype[np.generic]) -> np.ndarray:
    """The array that the chunks make. FormatError for a chunk that does not unpack to its size."""
    whole = np.empty(shape, stored)
    size = math.prod(chunked.shape) * stored.itemsize
    for chunk in chunked.chunks:
        stream.seek(chunk.address)
        data = _unpacked(stream.read(chunk.size), chunk, chunked.filters, size)
        values = np.frombuffer(data, stored).reshape(chunked.shape)
        place = tuple(slice(at, at + step) for at, step in zip(chunk.start, chunked.shape, strict=True))
        target = whole[place]
        target[...] = values[tuple(slice(length) for length in target.shape)]
    return whole


def _unpacked(data: bytes, chunk: Chunk, filters: Filters, size: int) -> bytes:
    """A chunk with its filters undone, the last one first."""
    for index in reversed(range(len(filters))):
        number, item = filters[index]
        if chunk.left_out >> index & 1:
            continue
        if number == _CHECKSUM:
            if len(data) < 4 or not fits_fletcher32(data[:-4], int.from_bytes(data[-4:], "little")):
                place = f"The chunk at byte {chunk.address:,}"
                raise FormatError(f"{place} does not have the Fletcher-32 sum that it was written with.")
            data = data[:-4]
        elif number == _SHUFFLE:
            data = _unshuffled(data, item)
        else:
            data = _inflated(data, size + 4)
    if len(data) != size:
        raise FormatError(f"A chunk of it unpacks to {len(data):,} bytes; {size:,} were expected.")
    return data


def _inflated(data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error as error:
        raise FormatError(f"A chunk of it is damaged: {error}.") from error


def _unshuffled(data: bytes, item: int) -> bytes:
    """Bytes back in the order of the elements; they were stored all first bytes first."""
    whole = len(data) // item * item if item > 1 else 0
    if not whole:
        return data
    return np.frombuffer(data[:whole], np.uint8).reshape(item, -1).T.tobytes() + data[whole:]


def _number(cursor: Cursor, size: int) -> int:
    return int.from_bytes(cursor.take(size), "little")
