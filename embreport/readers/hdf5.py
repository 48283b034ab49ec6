"""HDF5 files as Keras and h5py write them: plain groups, datasets in one piece or in chunks.

The format is that of the "HDF5 File Format Specification 3.0".

Read without the HDF5 library, which is not made for bytes that nobody vouches for. Known is what h5py writes by
default and with libver="latest": members in symbol tables, headers or heaps; contiguous, compact and chunked layout. A
dataset stored in another way is named as such; links to other files are never followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from embreport.errors import FormatError, InputError, LimitExceeded
from embreport.readers.cursor import Cursor
from embreport.readers.hdf5_btree import records
from embreport.readers.hdf5_chunk_index import Extent, read_indexed_chunks
from embreport.readers.hdf5_chunks import Filters, read_chunks, read_filters
from embreport.readers.hdf5_header import read_header
from embreport.readers.hdf5_heap import FractalHeap
from embreport.readers.hdf5_messages import Layout, StoredType, read_dataspace, read_layout, read_type
from embreport.readers.hdf5_parts import WHAT, Parts

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_SUPERBLOCK_SIZE = 96
_LONGEST_PREFIX = 64
_NOWHERE = (1 << 64) - 1
_MOST_OBJECTS = 100_000
_MOST_MESSAGES = 2_000_000
_MOST_IN_COLLECTION = 10_000
_DEEPEST = 32
_SUMMED_START = 44
_LARGEST_TEXT = 1 << 16

_DATASPACE, _LINK_INFO, _DATATYPE, _LINK, _EXTERNAL, _LAYOUT = 1, 2, 3, 6, 7, 8
_FILTERS = 11
_CHUNKED = 2
_ATTRIBUTE, _CONTINUATION, _SYMBOL_TABLE, _ATTRIBUTE_INFO = 12, 16, 17, 21
# Records of the trees that index a heap: the length of what stands before, and of, a heap's identifier.
_LINK_NAMES, _ATTRIBUTE_NAMES = 5, 8
_EXTERNAL_LINK = 64
_HASH, _LINK_ID, _ATTRIBUTE_ID = 4, 7, 8
_SHARED = 2
_VARIABLE_LENGTH, _TEXT = 9, 3


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One dataset: `trouble` says why its values cannot be read, else the rest says where they lie.

    `elsewhere` marks one in another file, which is never opened.
    """

    path: str
    shape: tuple[int, ...] = ()
    stored: StoredType | None = None
    layout: Layout | None = None
    trouble: str | None = None
    elsewhere: bool = False


@dataclass(kw_only=True)
class Contents:
    """What a file holds: its datasets, and the texts among the attributes of its groups, by path."""

    datasets: list[Dataset] = field(default_factory=list)
    attributes: dict[str, Mapping[str, str]] = field(default_factory=dict)


def read_contents(stream: BinaryIO, *, where: str) -> Contents:
    """Every dataset in an HDF5 file, in the order of the names. FormatError when its structure is damaged."""
    try:
        return _Reader(stream, where).contents()
    except InputError as error:
        if error.where:
            raise
        raise type(error)(error.message, where=where) from error


class _Reader:
    def __init__(self, stream: BinaryIO, where: str) -> None:
        self._where = where
        self._size = stream.seek(0, os.SEEK_END)
        self._parts = Parts(stream, self._size, where=where)
        self._heaps: dict[int, FractalHeap] = {}
        self._messages_left = _MOST_MESSAGES
        self._seen: set[int] = set()
        self._contents = Contents()

    def contents(self) -> Contents:
        start = self._parts.at(0, min(_SUPERBLOCK_SIZE, self._size))
        if start.take(8) != SIGNATURE:
            raise FormatError("This is no HDF5 file.", where=self._where)
        version = start.take(1)[0]
        sizes = start.take(2) if version > 1 else start.take(7)[4:6]
        if version in (2, 3):
            self._parts.verify(self._parts.at(0, _SUMMED_START).take(_SUMMED_START), self._sum_at(_SUMMED_START), 0)
        if version > 3 or sizes != b"\x08\x08":
            raise FormatError(
                f"The HDF5 file has a superblock of version {version}; expected one of 0 to 3.", where=self._where
            )
        start.position = 36 if version > 1 else 64 + 4 * version
        self._visit(int.from_bytes(start.take(8), "little"), "", 0)
        return self._contents

    def _visit(self, address: int, path: str, depth: int) -> None:
        """A group or dataset, and all below it that were not visited before."""
        if address in self._seen:
            return
        self._seen.add(address)
        if len(self._seen) > _MOST_OBJECTS or depth > _DEEPEST:
            raise LimitExceeded(
                f"The HDF5 file has more than {_MOST_OBJECTS:,} objects, or is more than {_DEEPEST} deep.",
                where=self._where,
            )
        messages = list(self._messages(address))
        self._contents.attributes[path] = dict(self._texts(messages))
        kinds = {kind for kind, _, _ in messages}
        if kinds & {_SYMBOL_TABLE, _LINK, _LINK_INFO}:
            for name, child in self._members(messages):
                below = f"{path}/{name}" if path else name
                if child is None:
                    trouble = f"“{below}” is a link into another file, which is not followed."
                    self._contents.datasets.append(Dataset(path=below, trouble=trouble, elsewhere=True))
                else:
                    self._visit(child, below, depth + 1)
        elif kinds & {_DATASPACE, _LAYOUT}:
            self._contents.datasets.append(self._dataset(path, messages))

    def _members(self, messages: list[tuple[int, int, bytes]]) -> Iterator[tuple[str, int | None]]:
        """(name, address) of a group's members; None for one in another file."""
        for kind, flags, body in messages:
            message = self._in(body)
            if kind == _SYMBOL_TABLE and not flags & _SHARED:
                tree, heap = _number(message, 8), _number(message, 8)
                yield from self._symbols(tree, self._heap(heap), 0)
            elif kind == _LINK:
                link = _link(message)
                if link:
                    yield link
            elif kind == _LINK_INFO:
                links = filter(None, map(_link, self._dense(message, _LINK_NAMES, 8)))
                yield from sorted(links, key=lambda link: link[0])

    def _dense(self, message: Cursor, kind: int, order_size: int) -> Iterator[Cursor]:
        """The messages that a group keeps in a heap rather than in its header, in no order of use."""
        flags = message.take(2)[1]
        message.take(order_size if flags & 1 else 0)
        heap_at, tree_at = _number(message, 8), _number(message, 8)
        if heap_at == _NOWHERE or tree_at == _NOWHERE:
            return
        if heap_at not in self._heaps:
            self._heaps[heap_at] = FractalHeap(self._parts, heap_at)
        heap = self._heaps[heap_at]
        place = slice(_HASH, _HASH + _LINK_ID) if kind == _LINK_NAMES else slice(0, _ATTRIBUTE_ID)
        for record in records(self._parts, tree_at, (kind,), _MOST_OBJECTS):
            yield heap.item(record[place])

    def _dataset(self, path: str, messages: list[tuple[int, int, bytes]]) -> Dataset:
        found = {kind: body for kind, flags, body in messages if not flags & _SHARED}
        try:
            if _EXTERNAL in found:
                raise FormatError("Its values lie in another file, which is not followed.")
            for kind in (_DATASPACE, _DATATYPE, _LAYOUT):
                if kind not in found:
                    raise FormatError("Its description is not complete.")
            extent = read_dataspace(self._in(found[_DATASPACE]))
            declared = self._contents.attributes[path].get("dtype", "")
            stored = read_type(self._in(found[_DATATYPE]), declared)
            layout = self._layout(found, extent, stored)
        except InputError as error:
            trouble = f"The dataset “{path}” cannot be read. {error.message}"
            return Dataset(path=path, trouble=trouble, elsewhere=_EXTERNAL in found)
        return Dataset(path=path, shape=extent.shape, stored=stored, layout=layout)

    def _layout(self, found: Mapping[int, bytes], extent: Extent, stored: StoredType) -> Layout:
        message = self._in(found[_LAYOUT])
        version, kind = self._in(found[_LAYOUT]).take(2)
        if kind != _CHUNKED or version not in (3, 4, 5):
            return read_layout(message, extent.shape, stored, self._size)
        message.take(2)
        filters: Filters = read_filters(self._in(found[_FILTERS])) if _FILTERS in found else ()
        if version == 3:
            chunked = read_chunks(message, extent.shape, stored.size, filters, self._parts)
        else:
            chunked = read_indexed_chunks(message, extent, stored.size, filters, self._parts)
        beyond = any(chunk.address + chunk.size > self._size for chunk in chunked.chunks)
        # Chunks that share bytes would let a small file ask for much memory.
        if beyond or sum(chunk.size for chunk in chunked.chunks) > self._size:
            raise FormatError("Its chunks lie beyond the end of the file; it seems cut short.")
        return Layout(address=None, chunked=chunked)

    def _messages(self, address: int) -> Iterator[tuple[int, int, bytes]]:
        """(type, flags, body) of every message of an object header, continuation blocks included."""
        header = read_header(self._parts.at(address, min(_LONGEST_PREFIX, self._size - address)), address)
        blocks = [header.first_block(self._parts)]
        count = 0
        for block in blocks:
            for kind, flags, body in header.messages(block):
                count += 1
                if kind == _CONTINUATION:
                    place = self._in(body)
                    blocks.append(header.continuation(self._parts, _number(place, 8), _number(place, 8)))
                self._messages_left -= 1
                if count > 10_000 or len(blocks) > 1_000 or self._messages_left < 0:
                    raise LimitExceeded("The objects of the HDF5 file have too many messages.", where=self._where)
                yield kind, flags, body

    def _symbols(self, address: int, names: bytes, depth: int) -> Iterator[tuple[str, int]]:
        """(name, address) of a group's members, from its B-tree."""
        if depth > _DEEPEST or len(self._seen) > _MOST_OBJECTS:
            raise LimitExceeded("A group of the HDF5 file is too deep.", where=self._where)
        if address in self._seen:
            raise FormatError("A group of the HDF5 file leads back to itself.", where=self._where)
        self._seen.add(address)
        head = self._parts.at(address, 8)
        signature = head.take(4)
        if signature == b"SNOD":
            head.take(2)
            yield from self._leaf(address + 8, _number(head, 2), names)
            return
        if signature != b"TREE" or head.take(1) != b"\0":
            raise FormatError("A group of the HDF5 file has no table of its members.", where=self._where)
        head.take(1)
        count = _number(head, 2)
        children = self._parts.at(address + 24, 16 * count + 8)
        for _ in range(count):
            children.take(8)
            yield from self._symbols(_number(children, 8), names, depth + 1)

    def _leaf(self, address: int, count: int, names: bytes) -> Iterator[tuple[str, int]]:
        entries = self._parts.at(address, 40 * count)
        for _ in range(count):
            name_at, child, cache = _number(entries, 8), _number(entries, 8), _number(entries, 4)
            entries.take(20)
            end = names.find(b"\0", name_at)
            if name_at >= len(names) or end < 0:
                raise FormatError("A name in the HDF5 file lies outside of its heap.", where=self._where)
            # Cache type 2 is a symbolic link, which may lead anywhere.
            if cache != 2 and child != _NOWHERE:
                yield names[name_at:end].decode("utf-8", "backslashreplace"), child

    def _heap(self, address: int) -> bytes:
        head = self._parts.at(address, 32)
        if head.take(4) != b"HEAP":
            raise FormatError("A group of the HDF5 file has no names.", where=self._where)
        head.take(4)
        size = _number(head, 8)
        head.take(8)
        return self._parts.at(_number(head, 8), size).take(size)

    def _texts(self, messages: list[tuple[int, int, bytes]]) -> Iterator[tuple[str, str]]:
        """The attributes that hold one text; others, and damaged ones, are left out."""
        for kind, flags, body in messages:
            if kind not in (_ATTRIBUTE, _ATTRIBUTE_INFO) or flags & _SHARED:
                continue
            message = self._in(body)
            try:
                for attribute in [message] if kind == _ATTRIBUTE else self._dense(message, _ATTRIBUTE_NAMES, 2):
                    with suppress(InputError):
                        yield self._text(attribute)
            except InputError:
                continue

    def _text(self, body: Cursor) -> tuple[str, str]:
        version = body.take(1)[0]
        body.take(1)
        sizes = [_number(body, 2) for _ in range(3)]
        if version == 3:
            body.take(1)
        padded = [(size + 7) // 8 * 8 if version == 1 else size for size in sizes]
        name, kind, _ = (body.take(size) for size in padded)
        rest = body.take(body.end - body.position)
        return name[: sizes[0]].rstrip(b"\0").decode("utf-8", "backslashreplace"), self._value(kind, rest)

    def _value(self, kind: bytes, data: bytes) -> str:
        type_class = kind[0] & 15 if kind else 0
        if type_class == _TEXT:
            return data.rstrip(b"\0").decode("utf-8", "backslashreplace")
        if type_class != _VARIABLE_LENGTH:
            raise FormatError("No text.")
        value = self._in(data)
        length, collection, index = _number(value, 4), _number(value, 8), _number(value, 4)
        if length > _LARGEST_TEXT:
            raise LimitExceeded("A text of the HDF5 file is too long.")
        return self._global_heap(collection, index)[:length].decode("utf-8", "backslashreplace")

    def _global_heap(self, address: int, index: int) -> bytes:
        head = self._parts.at(address, 16)
        if head.take(4) != b"GCOL":
            raise FormatError("A text of the HDF5 file is not where it should be.")
        head.take(4)
        objects = self._parts.at(address + 16, _number(head, 8) - 16)
        for _ in range(_MOST_IN_COLLECTION):
            if objects.end - objects.position < 16:
                break
            number = _number(objects, 2)
            objects.take(6)
            size = _number(objects, 8)
            if number == index:
                return objects.take(size)
            objects.take((size + 7) // 8 * 8)
        raise FormatError("A text of the HDF5 file is missing.")

    def _sum_at(self, address: int) -> int:
        return self._parts.at(address, 4).uint32()

    def _in(self, data: bytes) -> Cursor:
        return Cursor(data, where=self._where, what=WHAT)


def _link(message: Cursor) -> tuple[str, int | None] | None:
    """Name and address from a link message, None for an address in another file; None for other symbolic links."""
    flags = message.take(2)[1]
    kind = message.take(1)[0] if flags & 8 else 0
    message.take((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    name = message.take(_number(message, 1 << (flags & 3))).decode("utf-8", "backslashreplace")
    if kind:
        return (name, None) if kind == _EXTERNAL_LINK else None
    return name, _number(message, 8)


def _number(cursor: Cursor, size: int) -> int:
    return int.from_bytes(cursor.take(size), "little")
