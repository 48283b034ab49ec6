"""The LevelDB-like table of checkpoints, read and written just far enough to spoil one on purpose.

Format: tensorflow/core/lib/io/table_builder.cc and tensorflow/core/protobuf/tensor_bundle.proto. Standard library only.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

MAGIC = bytes.fromhex("57fb808b247547db")


def crc_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


TABLE = crc_table()


def masked_crc32c(data: bytes) -> int:
    """CRC-32C, rotated and offset as TensorFlow and LevelDB store it."""
    value = 0xFFFFFFFF
    for byte in data:
        value = TABLE[(value ^ byte) & 255] ^ value >> 8
    value ^= 0xFFFFFFFF
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value: int) -> bytes:
    """Of a negative number, the ten bytes protobuf writes."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def field(number: int, value: int | bytes) -> bytes:
    """One protobuf field: a varint, or bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def fixed32(number: int, value: int) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<I", value)


def bundle_entry(
    shape: list[int], data: bytes, offset: int, dtype: int = 1, size: int | None = None, crc: int | None = None
) -> bytes:
    """A BundleEntryProto for `data`, or one that lies about it."""
    dims = b"".join(field(2, field(1, length)) for length in shape)
    size = len(data) if size is None else size
    crc = masked_crc32c(data) if crc is None else crc
    return field(1, dtype) + field(2, dims) + field(4, offset) + field(5, size) + fixed32(6, crc)


def read_block(file: bytes, offset: int, size: int) -> list[tuple[bytes, bytes]]:
    block = file[offset : offset + size]
    [restarts] = struct.unpack("<I", block[-4:])
    end = len(block) - 4 - 4 * restarts
    at, key, entries = 0, b"", []
    while at < end:
        shared, at = read_varint(block, at)
        fresh, at = read_varint(block, at)
        length, at = read_varint(block, at)
        key = key[:shared] + block[at : at + fresh]
        at += fresh
        entries.append((key, block[at : at + length]))
        at += length
    return entries


def read_table(file: bytes) -> dict[bytes, bytes]:
    """All entries of an uncompressed table."""
    at = len(file) - 48
    _, at = read_varint(file, at)
    _, at = read_varint(file, at)
    offset, at = read_varint(file, at)
    size, at = read_varint(file, at)
    entries: dict[bytes, bytes] = {}
    for _, handle in read_block(file, offset, size):
        start, at = read_varint(handle, 0)
        length, _ = read_varint(handle, at)
        entries |= read_block(file, start, length)
    return entries


def block_of(entries: list[tuple[bytes, bytes]]) -> bytes:
    out, restarts, last = bytearray(), [0], b""
    for number, (key, value) in enumerate(entries):
        shared = 0
        if number % 16 == 0:
            restarts = [*restarts, len(out)] if number else restarts
        else:
            while shared < min(len(key), len(last)) and key[shared] == last[shared]:
                shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    return bytes(out) + b"".join(struct.pack("<I", start) for start in [*restarts, len(restarts)])


def write_table(
    entries: dict[bytes, bytes], compress: Callable[[bytes], bytes] | None = None, per_block: int = 1 << 30
) -> bytes:
    """A table with right checksums; `compress` (raw snappy) makes blocks of type 1, `per_block` entries each."""
    file = bytearray()

    def put(block: bytes) -> bytes:
        kind, stored = (b"\x01", compress(block)) if compress else (b"\x00", block)
        handle = varint(len(file)) + varint(len(stored))
        file.extend(stored + kind + struct.pack("<I", masked_crc32c(stored + kind)))
        return handle

    pairs = sorted(entries.items())
    parts = [pairs[start : start + per_block] for start in range(0, len(pairs), per_block)]
    index = [(part[-1][0], put(block_of(part))) for part in parts]
    footer = put(block_of([])) + put(block_of(index))
    return bytes(file) + footer.ljust(40, b"\x00") + MAGIC
