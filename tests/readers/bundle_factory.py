"""Writes TensorFlow checkpoints of version 2 by hand, right ones and wrong ones, without the readers under test.

Only what the formats say is used: LevelDB's table format, protobuf's wire format, CRC-32C.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import google_crc32c
import numpy as np

MAGIC = bytes.fromhex("57fb808b247547db")
DTYPES = {
    "f4": 1,
    "f8": 2,
    "i4": 3,
    "u1": 4,
    "i2": 5,
    "i1": 6,
    "i8": 9,
    "b1": 10,
    "u2": 17,
    "f2": 19,
    "u4": 22,
    "u8": 23,
}


def varint(value: int) -> bytes:
    out = bytearray()
    value &= (1 << 64) - 1
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def masked_crc(data: bytes) -> int:
    crc = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def number_field(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def bytes_field(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def fixed32_field(number: int, value: int) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<I", value)


def shape_message(shape: Iterable[int]) -> bytes:
    return b"".join(bytes_field(2, number_field(1, size) if size else b"") for size in shape)


def block(entries: Sequence[tuple[bytes, bytes]], *, share: bool = True, restart_interval: int = 16) -> bytes:
    out = bytearray()
    restarts = []
    previous = b""
    for index, (key, value) in enumerate(entries):
        shared = 0
        if index % restart_interval == 0:
            restarts.append(len(out))
        elif share:
            while shared < min(len(previous), len(key)) and previous[shared] == key[shared]:
                shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        previous = key
    restarts = restarts or [0]
    return bytes(out) + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def stored_block(content: bytes, compression: int = 0) -> bytes:
    typed = content + bytes([compression])
    return typed + struct.pack("<I", masked_crc(typed))


def table(blocks: Sequence[bytes], *, compression: int = 0) -> bytes:
    """A table of data blocks given by their content."""
    out = bytearray()
    handles = []
    for content in blocks:
        handles.append((len(out), len(content)))
        out += stored_block(content, compression)
    meta = (len(out), len(block([])))
    out += stored_block(block([]))
    index = block([(b"%08d" % number, varint(offset) + varint(size)) for number, (offset, size) in enumerate(handles)])
    index_handle = (len(out), len(index))
    out += stored_block(index)
    footer = b"".join(varint(part) for part in (*meta, *index_handle))
    return bytes(out) + footer.ljust(40, b"\0") + MAGIC


@dataclass
class BundleWriter:
    """Collects tensors, lets a test spoil any field, and writes `<prefix>.index` and the data file."""

    entries: dict[bytes, bytes] = field(default_factory=dict)
    data: bytearray = field(default_factory=bytearray)
    shards: int = 1
    endianness: int = 0
    block_size: int = 1 << 30

    def add(self, name: str, values: np.ndarray, **spoilt: object) -> None:
        """Add a tensor; `spoilt` replaces fields of its entry: dtype, shape, offset, size, crc, shard."""
        raw = np.ascontiguousarray(values).tobytes()
        fields = {
            "dtype": DTYPES[values.dtype.str[1:]],
            "shape": values.shape,
            "offset": len(self.data),
            "size": len(raw),
            "crc": masked_crc(raw),
            "shard": 0,
        } | spoilt
        self.data += raw
        self.entries[name.encode()] = entry_message(**fields)  # type: ignore[arg-type]

    def index(self) -> bytes:
        header = number_field(1, self.shards) + (number_field(2, self.endianness) if self.endianness else b"")
        pairs = [(b"", header + bytes_field(3, number_field(1, 1))), *sorted(self.entries.items())]
        blocks: list[list[tuple[bytes, bytes]]] = [[]]
        for pair in pairs:
            if sum(len(key) + len(value) for key, value in blocks[-1]) > self.block_size:
                blocks.append([])
            blocks[-1].append(pair)
        return table([block(content) for content in blocks])

    def write(self, folder: Path, prefix: str = "model.ckpt-1") -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{prefix}.index").write_bytes(self.index())
        (folder / f"{prefix}.data-00000-of-{self.shards:05d}").write_bytes(self.data)
        return folder / f"{prefix}.index"


def entry_message(
    *, dtype: int, shape: Sequence[int], offset: int, size: int, crc: int, shard: int, slices: bytes = b""
) -> bytes:
    parts = [number_field(1, dtype), bytes_field(2, shape_message(shape))]
    parts += [number_field(number, value) for number, value in ((3, shard), (4, offset), (5, size)) if value]
    return b"".join(parts) + fixed32_field(6, crc) + slices
