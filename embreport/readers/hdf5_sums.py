"""The two checksums of HDF5: Jenkins' lookup3 over its newer structures, Fletcher's over the bytes of chunks."""

from __future__ import annotations

import struct

import numpy as np

_MASK = 0xFFFFFFFF
_START = 0xDEADBEEF
_BLOCK_WORDS = 1 << 16
_FLETCHER = 65_535


def metadata_sum(data: bytes) -> int:
    """Bob Jenkins' lookup3 (hashlittle with 0), which ends HDF5's structures of version 2 (H5checksum.c)."""
    a = b = c = (_START + len(data)) & _MASK
    if not data:
        return c
    whole = (len(data) - 1) // 12 * 12
    for first, second, third in struct.iter_unpack("<III", data[:whole]):
        a, b, c = (a + first) & _MASK, (b + second) & _MASK, (c + third) & _MASK
        a = ((a - c) & _MASK) ^ ((c << 4 | c >> 28) & _MASK)
        c = (c + b) & _MASK
        b = ((b - a) & _MASK) ^ ((a << 6 | a >> 26) & _MASK)
        a = (a + c) & _MASK
        c = ((c - b) & _MASK) ^ ((b << 8 | b >> 24) & _MASK)
        b = (b + a) & _MASK
        a = ((a - c) & _MASK) ^ ((c << 16 | c >> 16) & _MASK)
        c = (c + b) & _MASK
        b = ((b - a) & _MASK) ^ ((a << 19 | a >> 13) & _MASK)
        a = (a + c) & _MASK
        c = ((c - b) & _MASK) ^ ((b << 4 | b >> 28) & _MASK)
        b = (b + a) & _MASK
    first, second, third = struct.unpack("<III", data[whole:].ljust(12, b"\0"))
    return _final((a + first) & _MASK, (b + second) & _MASK, (c + third) & _MASK)


def _final(a: int, b: int, c: int) -> int:
    c = ((c ^ b) - (b << 14 | b >> 18)) & _MASK
    a = ((a ^ c) - (c << 11 | c >> 21)) & _MASK
    b = ((b ^ a) - (a << 25 | a >> 7)) & _MASK
    c = ((c ^ b) - (b << 16 | b >> 16)) & _MASK
    a = ((a ^ c) - (c << 4 | c >> 28)) & _MASK
    b = ((b ^ a) - (a << 14 | a >> 18)) & _MASK
    return ((c ^ b) - (b << 24 | b >> 8)) & _MASK


def fits_fletcher32(data: bytes, stored: int) -> bool:
    """Whether `stored` is the Fletcher-32 sum of `data`, of words with the high byte first (H5_checksum_fletcher32).

    Writers before HDF5 1.6.3 swapped the bytes of each half of the sum on some machines; that is accepted too.
    """
    words = np.frombuffer(data[: len(data) // 2 * 2], ">u2")
    low = high = 0
    for start in range(0, len(words), _BLOCK_WORDS):
        block = words[start : start + _BLOCK_WORDS].astype(np.uint64)
        weights = np.arange(len(block), 0, -1, dtype=np.uint64)
        high = (high + len(block) * low + int(block @ weights)) % _FLETCHER
        low = (low + int(block.sum())) % _FLETCHER
    if len(data) % 2:
        low = (low + (data[-1] << 8)) % _FLETCHER
        high = (high + low) % _FLETCHER
    swapped = (stored & 0xFF00FF00) >> 8 | (stored & 0x00FF00FF) << 8
    return any((low, high) == (sum_ % 65_536 % _FLETCHER, (sum_ >> 16) % _FLETCHER) for sum_ in (stored, swapped))
