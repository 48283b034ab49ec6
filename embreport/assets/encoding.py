"""Text of unknown encoding."""

from __future__ import annotations

import codecs
from contextlib import suppress

_ENOUGH_TO_JUDGE = 4096


def decode_text(data: bytes) -> tuple[str, str]:
    """`data` as text, and the encoding it is in: "UTF-8", "UTF-16" or "Latin-1" (as the web knows it, cp1252).

    A byte order mark decides and is dropped; without one, text in which nearly every second byte is zero is UTF-16.
    Text that is not UTF-8 is UTF-16 where lines end as they do there, else Latin-1. Nothing fails:
    what UTF-16 cannot hold becomes U+FFFD.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), "UTF-16"
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    if byte_order := _looks_like_utf16(data[:_ENOUGH_TO_JUDGE]):
        return data.decode(byte_order, "replace"), "UTF-16"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    for byte_order, end in (("utf-16-le", b"\n\0"), ("utf-16-be", b"\0\n")):
        if _has_pair(data, end):
            with suppress(UnicodeDecodeError):
                return data.decode(byte_order), "UTF-16"
    return _decode_latin(data), "Latin-1"


def _has_pair(data: bytes, pair: bytes) -> bool:
    """Whether two bytes stand next to each other at an even place."""
    at = data.find(pair)
    while at > 0 and at % 2:
        at = data.find(pair, at + 1)
    return at >= 0


def _decode_latin(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _looks_like_utf16(head: bytes) -> str | None:
    """The byte order of UTF-16 without a mark, where zeros stand at odd or even places only; None for all else."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > 0.7 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if even > 0.7 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    return None
