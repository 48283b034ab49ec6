"""Bytes into blocks: byte planes, zigzag, deflate, base64; and back."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

Packing = Literal["deflate-raw", "none"]
LARGEST_INFLATION = 1040
"""Deflate cannot expand more than 1,032 times; more is a lie."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A packed block: `id` is its element's id, `part` its line in the table of bytes, `text` its base64."""

    id: str
    part: str
    text: str
    raw_bytes: int
    packed: Packing

    @property
    def described(self) -> dict[str, str | int]:
        """What the manifest says of the block."""
        return {"chars": len(self.text), "bytes": self.raw_bytes, "packed": self.packed}


def pack(block_id: str, part: str, raw: bytes, packed: Packing = "deflate-raw") -> Block:
    """A block of `raw`, deflated unless `packed` is "none"."""
    return block_of(block_id, part, deflate(raw) if packed == "deflate-raw" else raw, len(raw), packed)


def block_of(block_id: str, part: str, data: bytes, raw_bytes: int, packed: Packing = "deflate-raw") -> Block:
    """A block of bytes that are packed already."""
    text = base64.b64encode(data).decode("ascii")
    return Block(id=f"block-{block_id}", part=part, text=text, raw_bytes=raw_bytes, packed=packed)


def deflate(raw: bytes) -> bytes:
    """Raw deflate, level 9."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return packer.compress(raw) + packer.flush()


def cost(raw: bytes) -> int:
    """Roughly the deflated size, found quickly: for choosing between codings."""
    return len(zlib.compress(raw, 1))


def inflate(data: bytes, size: int) -> bytes:
    """The `size` bytes that were deflated; ValueError for anything else, before more memory is taken."""
    if size > LARGEST_INFLATION * (len(data) + 1):
        raise ValueError("a block announces more bytes than it can hold")
    unpacker = zlib.decompressobj(-15)
    try:
        raw = unpacker.decompress(data, size + 1)
    except zlib.error as error:
        raise ValueError("a block is damaged") from error
    if len(raw) != size or not unpacker.eof or unpacker.unused_data:
        raise ValueError("a block has the wrong length")
    return raw


def width_for(largest: int) -> int:
    """Bytes needed for values up to `largest`: 1 to 4."""
    return max(1, (int(largest).bit_length() + 7) // 8)


def to_planes(values: np.ndarray, width: int) -> bytes:
    """Byte planes of non-negative integers of any shape (row-major), lowest byte first."""
    flat = np.ascontiguousarray(values, dtype="<u4").reshape(-1)
    table = flat.view(np.uint8).reshape(len(flat), 4)
    return np.ascontiguousarray(table[:, :width].T).tobytes()


def from_planes(raw: bytes, offset: int, count: int, width: int) -> np.ndarray:
    """The inverse of `to_planes`: uint32 (count,). ValueError when `raw` is too short."""
    end = offset + count * width
    if not 1 <= width <= 4 or count < 0 or end > len(raw):
        raise ValueError("a block is shorter than its description")
    table = np.zeros((count, 4), dtype=np.uint8)
    table[:, :width] = np.frombuffer(raw, np.uint8, count * width, offset).reshape(width, count).T
    return table.reshape(-1).view("<u4")


def zigzag(values: np.ndarray) -> np.ndarray:
    """Signed to unsigned with small numbers small: 0, -1, 1, -2 become 0, 1, 2, 3."""
    wide = values.astype(np.int64)
    return (wide << 1) ^ (wide >> 63)


def unzigzag(values: np.ndarray) -> np.ndarray:
    """The inverse of `zigzag`, int64."""
    wide = values.astype(np.int64)
    return (wide >> 1) ^ -(wide & 1)
