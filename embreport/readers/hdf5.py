"""HDF5 files as Keras and h5py write them: plain groups, datasets in one piece or in chunks.

The format is that of the "HDF5 File Format Specification 3.0".

Read without the HDF5 library, which is not made for bytes that nobody vouches for. Only what h5py writes by
default is known: symbol tables or links in the group's header; contiguous, compact and chunked layout. A dataset
stored in another way is named as such; links to other files are never followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from embreport.errors import FormatError, InputError, LimitExceeded
from embreport.readers.cursor import Cursor
from embreport.readers.hdf5_chunks import read_chunks, read_filters
from embreport.readers.hdf5_header import read_header
from embreport.readers.hdf5_messages import Layout, StoredType, read_dataspace, read_layout, read_type

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_SUPERBLOCK_SIZE = 96
_LONGEST_PREFIX = 64
_NOWHERE = (1 << 64) - 1
_MOST_OBJECTS = 100_000
_DEEPEST = 32
_LARGEST_PART = 1 << 22
_LARGEST_TEXT = 1 << 16

_DATASPACE, _LINK_INFO, _DATATYPE, _LINK, _EXTERNAL, _LAYOUT = 1, 2, 3, 6, 7, 8
_FILTERS = 11
_CHUNKED = b"\x03\x02"
_ATTRIBUTE, _CONTINUATION, _SYMBOL_TABLE = 12, 16, 17
_SHARED = 2
_VARIABLE_LENGTH, _TEXT = 9, 3


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One dataset: `trouble` says why its values cannot be read, else the rest says where they lie."""

    path: str
    shape: tuple[int, ...] = ()
    stored: StoredType | None = None
    layout: Layout | None = None
    trouble: str | None = None


@dataclass(kw_only=True)
class Contents:
    """What a file holds: its datasets, and the texts among the attributes of its groups, by path."""

    datasets: list[Dataset] = field(default_factory=list)
    attributes: dict[str, Mapping[str, str]] = field(default_factory=dict)


def read_contents(stream: BinaryIO, *, where: str) -> Contents:
    """Every dataset in an HDF5 file, in the order of the names. FormatError when its structure is damaged."""
    return _Reader(stream, where).contents()


class _Reader:
    def __init__(self, stream: BinaryIO, where: str) -> None:
        self._stream = stream
        self._where = where
        self._size = stream.seek(0, os.SEEK_END)
        self._seen: set[int] = set()
        self._contents = Contents()

    def contents(self) -> Contents:
        start = self._cursor(0, min(_SUPERBLOCK_SIZE, self._size))
        if start.take(8) != SIGNATURE:
            raise FormatError("This is no HDF5 file.", where=self._where)
        version = start.take(1)[0]
        sizes = start.take(2) if version > 1 else start.take(7)[4:6]
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
                self._visit(child, f"{path}/{name}" if path else name, depth + 1)
        elif kinds & {_DATASPACE, _LAYOUT}:
            self._contents.datasets.append(self._dataset(path, messages))

    def _members(self, messages: list[tuple[int, int, bytes]]) -> Iterator[tuple[str, int]]:
        """(name, address) of a group's members."""
        for kind, flags, body in messages:
            message = self._in(body)
            if kind == _SYMBOL_TABLE and not flags & _SHARED:
                tree, heap = _number(message, 8), _number(message, 8)
                yield from self._symbols(tree, self._heap(heap), 0)
            elif kind == _LINK:
                link = _hard_link(message)
                if link:
                    yield link
            elif kind == _LINK_INFO and self._is_dense(message):
                raise FormatError(
                    "A group of the HDF5 file keeps its members in a heap, as with libver='latest'. Save it again.",
                    where=self._where,
                )

    def _is_dense(self, message: Cursor) -> bool:
        """Whether a group's members are in a fractal heap rather than in its header."""
        message.take(1)
        flags = message.take(1)[0]
        message.take(8 if flags & 1 else 0)
        return _number(message, 8) != _NOWHERE

    def _dataset(self, path: str, messages: list[tuple[int, int, bytes]]) -> Dataset:
        found = {kind: body for kind, flags, body in messages if not flags & _SHARED}
        try:
            if _EXTERNAL in found:
                raise FormatError("Its values lie in another file, which is not followed.")
            for kind in (_DATASPACE, _DATATYPE, _LAYOUT):
                if kind not in found:
                    raise FormatError("Its description is not complete.")
            shape = read_dataspace(self._in(found[_DATASPACE]))
            stored = read_type(self._in(found[_DATATYPE]))
            layout = self._layout(found, shape, stored)
        except InputError as error:
            return Dataset(path=path, trouble=f"The dataset “{path}” cannot be read. {error.message}")
        return Dataset(path=path, shape=shape, stored=stored, layout=layout)

    def _layout(self, found: Mapping[int, bytes], shape: tuple[int, ...], stored: StoredType) -> Layout:
        message = self._in(found[_LAYOUT])
        if found[_LAYOUT][:2] != _CHUNKED:
            return read_layout(message, shape, stored, self._size)
        message.take(2)
        filters = read_filters(self._in(found[_FILTERS])) if _FILTERS in found else ()
        chunked = read_chunks(message, shape, stored.size, filters, self._cursor)
        beyond = any(chunk.address + chunk.size > self._size for chunk in chunked.chunks)
        # Chunks that share bytes would let a small file ask for much memory.
        if beyond or sum(chunk.size for chunk in chunked.chunks) > self._size:
            raise FormatError("Its chunks lie beyond the end of the file; it seems cut short.")
        return Layout(address=None, chunked=chunked)

    def _messages(self, address: int) -> Iterator[tuple[int, int, bytes]]:
        """(type, flags, body) of every message of an object header, continuation blocks included."""
        header = read_header(self._cursor(address, min(_LONGEST_PREFIX, self._size - address)), address)
        blocks = [(header.start, header.length)]
        count = 0
        for start, length in blocks:
            block = self._cursor(start, length)
            for kind, flags, body in header.messages(block):
                count += 1
                if kind == _CONTINUATION:
                    place = self._in(body)
                    blocks.append(header.continuation(_number(place, 8), _number(place, 8)))
                if count > 10_000 or len(blocks) > 1_000:
                    raise LimitExceeded("An object of the HDF5 file has too many messages.", where=self._where)
                yield kind, flags, body

    def _symbols(self, address: int, names: bytes, depth: int) -> Iterator[tuple[str, int]]:
        """(name, address) of a group's members, from its B-tree."""
        if depth > _DEEPEST or len(self._seen) > _MOST_OBJECTS:
            raise LimitExceeded("A group of the HDF5 file is too deep.", where=self._where)
        if address in self._seen:
            raise FormatError("A group of the HDF5 file leads back to itself.", where=self._where)
        self._seen.add(address)
        head = self._cursor(address, 8)
        signature = head.take(4)
        if signature == b"SNOD":
            head.take(2)
            yield from self._leaf(address + 8, _number(head, 2), names)
            return
        if signature != b"TREE" or head.take(1) != b"\0":
            raise FormatError("A group of the HDF5 file has no table of its members.", where=self._where)
        head.take(1)
        count = _number(head, 2)
        children = self._cursor(address + 24, 16 * count + 8)
        for _ in range(count):
            children.take(8)
            yield from self._symbols(_number(children, 8), names, depth + 1)

    def _leaf(self, address: int, count: int, names: bytes) -> Iterator[tuple[str, int]]:
        entries = self._cursor(address, 40 * count)
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
        head = self._cursor(address, 32)
        if head.take(4) != b"HEAP":
            raise FormatError("A group of the HDF5 file has no names.", where=self._where)
        head.take(4)
        size = _number(head, 8)
        head.take(8)
        return self._cursor(_number(head, 8), size).take(size)

    def _texts(self, messages: list[tuple[int, int, bytes]]) -> Iterator[tuple[str, str]]:
        """The attributes that hold one text; others, and damaged ones, are left out."""
        for kind, flags, body in messages:
            if kind == _ATTRIBUTE and not flags & _SHARED:
                try:
                    found = self._text(self._in(body))
                except InputError:
                    continue
                if found:
                    yield found

    def _text(self, body: Cursor) -> tuple[str, str] | None:
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
        head = self._cursor(address, 16)
        if head.take(4) != b"GCOL":
            raise FormatError("A text of the HDF5 file is not where it should be.")
        head.take(4)
        objects = self._cursor(address + 16, _number(head, 8) - 16)
        while objects.end - objects.position >= 16:
            number = _number(objects, 2)
            objects.take(6)
            size = _number(objects, 8)
            if number == index:
                return objects.take(size)
            objects.take((size + 7) // 8 * 8)
        raise FormatError("A text of the HDF5 file is missing.")

    def _cursor(self, address: int, size: int) -> Cursor:
        """A part of the file, within its bounds."""
        if not 0 <= size <= _LARGEST_PART or address + size > self._size:
            raise FormatError(
                f"The HDF5 file should have {size:,} bytes at byte {address:,}, but has {self._size:,}; "
                "it seems cut short. Copy it again.",
                where=self._where,
            )
        self._stream.seek(address)
        return self._in(self._stream.read(size))

    def _in(self, data: bytes) -> Cursor:
        return Cursor(data, where=self._where, what="The HDF5 file")


def _hard_link(message: Cursor) -> tuple[str, int] | None:
    """Name and address from a link message; None for a symbolic link, which may lead anywhere."""
    flags = message.take(2)[1]
    kind = message.take(1)[0] if flags & 8 else 0
    message.take((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    name = message.take(_number(message, 1 << (flags & 3)))
    return None if kind else (name.decode("utf-8", "backslashreplace"), _number(message, 8))


def _number(cursor: Cursor, size: int) -> int:
    return int.from_bytes(cursor.take(size), "little")
