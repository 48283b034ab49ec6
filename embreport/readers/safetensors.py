"""`.safetensors` files (huggingface/safetensors, "Format"): a JSON header, then raw little-endian values."""

from __future__ import annotations

import json
import os
from typing import Any, TypeGuard

from embreport.errors import FormatError, InputError, LimitExceeded
from embreport.model import Notice
from embreport.readers.dtypes import spelled_shape
from embreport.readers.files import InputFile
from embreport.readers.flat_tensor import FlatTensor
from embreport.readers.stored_tensor import StoredTensor, StoredTensors, Unreadable

_LARGEST_HEADER = 100_000_000
# What the largest models have is a tenth of it; each costs memory beyond its bytes.
_MOST_OF = {b"{": 200_000, b"[": 400_000, b",": 4_000_000}
_DTYPES = {
    "BOOL": ("bool", "|b1"),
    "U8": ("uint8", "|u1"),
    "I8": ("int8", "|i1"),
    "I16": ("int16", "<i2"),
    "U16": ("uint16", "<u2"),
    "F16": ("float16", "<f2"),
    "BF16": ("bfloat16", "<u2"),
    "I32": ("int32", "<i4"),
    "U32": ("uint32", "<u4"),
    "F32": ("float32", "<f4"),
    "F64": ("float64", "<f8"),
    "F8_E4M3": ("float8_e4m3fn", "|u1"),
    "F8_E5M2": ("float8_e5m2", "|u1"),
    "I64": ("int64", "<i8"),
    "U64": ("uint64", "<u8"),
}


def read_safetensors(file: InputFile) -> StoredTensors:
    """All tensors of the file; those that cannot be used are in `unreadable`."""
    with file.open() as stream:
        there = os.fstat(stream.fileno()).st_size
        length = int.from_bytes(stream.read(8), "little")
        if there < 8 or length > there - 8:
            raise FormatError(
                f"The header should have {length:,} bytes, but the file has {there:,}; it is cut short or no "
                ".safetensors file.",
                where=file.label,
            )
        if length > _LARGEST_HEADER:
            raise LimitExceeded(f"The header has {length:,} bytes.", where=file.label)
        header = _parse(stream.read(length), file.label)
    tensors: dict[str, StoredTensor] = {}
    unreadable: dict[str, Unreadable] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        try:
            tensors[name] = _tensor(file, name, entry, 8 + length, there)
        except InputError as error:
            shape = entry.get("shape") if isinstance(entry, dict) else None
            unreadable[name] = Unreadable(error=error, shape=tuple(shape) if _is_sizes(shape) else None)
    message = (
        "The tensors do not fill the file one after the other, as the format demands; it may be damaged and hold wrong "
        "values. Copy it again."
    )
    misfit = Notice(code="tensor-places", severity="warning", message=message, where=file.label)
    notices = () if _fills(header, there - 8 - length) else (misfit,)
    return StoredTensors(source="safetensors", tensors=tensors, unreadable=unreadable, notices=notices)


def _fills(header: dict[str, Any], size: int) -> bool:
    """Whether the tensors take all `size` bytes, one after the other, as the format demands: its only safeguard."""
    entries = [entry for name, entry in header.items() if name != "__metadata__" and isinstance(entry, dict)]
    places = sorted(place for entry in entries if _is_sizes(place := entry.get("data_offsets")) and len(place) == 2)
    starts, ends = [start for start, _ in places], [end for _, end in places]
    return [*starts, size] == [0, *ends]


def _parse(data: bytes, where: str) -> dict[str, Any]:
    for sign, most in _MOST_OF.items():
        if data.count(sign) > most:
            raise LimitExceeded(
                f"The header holds “{sign.decode()}” {data.count(sign):,} times; at most {most:,} are read.",
                where=where,
            )
    try:
        header = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError("The header is not JSON; expected a .safetensors file.", where=where) from error
    if not isinstance(header, dict):
        raise FormatError("The header is not a JSON object; expected a .safetensors file.", where=where)
    return header


def _tensor(file: InputFile, name: str, entry: Any, start: int, there: int) -> FlatTensor:
    if not isinstance(entry, dict):
        raise FormatError(f"The tensor “{name}” is not described by a JSON object.", where=file.label)
    dtype, shape, offsets = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise FormatError(f"The tensor “{name}” has the dtype {str(dtype)[:40]}, which is not read.", where=file.label)
    if not _is_sizes(shape) or not _is_sizes(offsets) or len(offsets) != 2:
        raise FormatError(f"The tensor “{name}” has no valid shape and offsets.", where=file.label)
    readable, stored = _DTYPES[dtype]
    tensor = FlatTensor(
        file=file, name=name, shape=tuple(shape), dtype=readable, stored=stored, offset=start + offsets[0]
    )
    if tensor.size != offsets[1] - offsets[0]:
        raise FormatError(
            f"The tensor “{name}” of shape {spelled_shape(tensor.shape)} and dtype {readable} needs {tensor.size:,} "
            f"bytes; the header announces {offsets[1] - offsets[0]:,}.",
            where=file.label,
        )
    tensor.check_room(there)
    return tensor


def _is_sizes(value: Any) -> TypeGuard[list[int]]:
    """Whether a JSON value is a short list of whole numbers, none negative."""
    return isinstance(value, list) and len(value) <= 32 and all(type(n) is int and 0 <= n < 1 << 63 for n in value)
