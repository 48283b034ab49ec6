"""The messages that describe an HDF5 dataset: its shape, its type, and where its values lie."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from embreport.errors import FormatError
from embreport.readers.cursor import Cursor
from embreport.readers.hdf5_chunk_index import Extent
from embreport.readers.hdf5_chunks import Chunked

_NOWHERE = (1 << 64) - 1
_HIGHEST_RANK = 32
_FIXED_POINT, _FLOATING_POINT, _OPAQUE, _ENUMERATION = 0, 1, 5, 8
# Bits of a float's type: the order of a VAX, and how the fraction is normalized.
_NOT_IEEE, _LEADING_ONE = 0x70, 0x20
_LAYOUTS = {0: "compact", 1: "contiguous", 2: "chunked", 3: "virtual"}

# (bytes, bits of exponent, bits of fraction) -> (name, numpy's type without byte order)
_FLOATS = {
    (2, 5, 10): ("float16", "f2"),
    (2, 8, 7): ("bfloat16", "u2"),
    (4, 8, 23): ("float32", "f4"),
    (8, 11, 52): ("float64", "f8"),
}


@dataclass(frozen=True, kw_only=True)
class StoredType:
    """The type of an element: `name` for people, `stored` for numpy."""

    name: str
    stored: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where the values lie: at byte `address` of the file, or in `compact`, or in `chunked`."""

    address: int | None
    compact: bytes = b""
    chunked: Chunked | None = None


def read_dataspace(message: Cursor) -> Extent:
    """The shape of a dataset, and how far it may grow."""
    version, rank, flags = message.take(3)
    if version not in (1, 2) or rank > _HIGHEST_RANK:
        raise FormatError(f"Its shape is described in version {version} with {rank} dimensions.")
    message.take(5 if version == 1 else 1)
    shape = tuple(int.from_bytes(message.take(8), "little") for _ in range(rank))
    most = tuple(int.from_bytes(message.take(8), "little") for _ in range(rank)) if flags & 1 else shape
    if any(size > largest for size, largest in zip(shape, most, strict=True)):
        raise FormatError("Its shape is larger than it may ever grow.")
    return Extent(shape=shape, most=most)


def read_type(message: Cursor, declared: str = "") -> StoredType:
    """The type of a dataset's elements; FormatError for what is no real number.

    Keras stores bfloat16 as two bytes without meaning, and declares the type in an attribute of the dataset.
    """
    (first,), bits, size = message.take(1), message.take(3), message.uint32()
    version, kind = first >> 4, first & 15
    if not 1 <= version <= 5:
        raise FormatError(f"The type of its elements is described in version {version}; expected one of 1 to 5.")
    order = ">" if bits[0] & 1 else "<"
    if kind == _OPAQUE and size == 2 and declared == "bfloat16":
        return StoredType(name="bfloat16", stored="<u2", size=2)
    if kind == _ENUMERATION and size == 1:
        return StoredType(name="bool", stored="|u1", size=1)
    whole = kind in (_FIXED_POINT, _FLOATING_POINT) and message.take(4) == struct.pack("<HH", 0, 8 * size % (1 << 16))
    if whole and kind == _FIXED_POINT and size in (1, 2, 4, 8) and not any(bits[1:]):
        letter, word = ("i", "int") if bits[0] & 8 else ("u", "uint")
        return StoredType(name=f"{word}{8 * size}", stored=f"{order}{letter}{size}", size=size)
    if whole and kind == _FLOATING_POINT:
        start, exponent, end, fraction = message.take(4)
        known = _FLOATS.get((size, exponent, fraction))
        # Sign, exponent and fraction in their usual places, the exponent's usual bias, a leading 1 that is not stored.
        usual = (bits[1], start, end, message.uint32()) == (8 * size - 1, fraction, 0, (1 << exponent >> 1) - 1)
        if known and usual and bits[0] & _NOT_IEEE == _LEADING_ONE:
            return StoredType(name=known[0], stored=f"{order}{known[1]}", size=size)
    raise FormatError(f"Its elements are of HDF5 class {kind} with {size:,} bytes; expected real numbers.")


def read_layout(message: Cursor, shape: tuple[int, ...], stored: StoredType, there: int) -> Layout:
    """Where a dataset's values lie; FormatError unless they are all there and in one piece."""
    version, kind = message.take(2)
    needed = math.prod(shape) * stored.size
    if version not in (3, 4, 5) or kind not in (0, 1):
        how = _LAYOUTS.get(kind, f"layout {kind}") if version in (3, 4, 5) else f"layout version {version}"
        raise FormatError(f"Its values are stored as “{how}”; expected one piece or chunks, as h5py writes them.")
    if kind == 0:
        compact = message.take(int.from_bytes(message.take(2), "little"))
        if len(compact) != needed:
            raise FormatError(f"Its values take {len(compact):,} bytes; its shape needs {needed:,}.")
        return Layout(address=None, compact=compact)
    address, size = int.from_bytes(message.take(8), "little"), int.from_bytes(message.take(8), "little")
    if address == _NOWHERE and needed == 0:
        return Layout(address=None)
    if size != needed or address + size > there:
        raise FormatError(
            f"Its shape needs {needed:,} bytes; {size:,} are announced at byte {address:,} of a file of {there:,}."
        )
    return Layout(address=address)
