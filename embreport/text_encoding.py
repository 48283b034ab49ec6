"""Text whose encoding nobody says: UTF-8, two or four bytes a character, or Latin-1."""

from __future__ import annotations

import codecs
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

_UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENOUGH_TO_JUDGE = 1 << 16
_ENOUGH_LINES = 1 << 20
_LINE_FEED = 10
_FEW = 64
# The planes of Unicode that hold characters of languages; two characters of UTF-16 side by side are beyond them.
_FIRST_UNUSED = 0x40000


@dataclass(frozen=True, kw_only=True)
class DecodedText:
    """Text, and the encoding it was in: "UTF-8", "UTF-16", "UTF-32" or "Latin-1" (as the web knows it, cp1252).

    `damaged` counts the U+FFFD in `text` where some of them stand for what the encoding does not allow.
    """

    text: str
    encoding: str
    damaged: int = 0


def decode_text(data: bytes) -> DecodedText:
    """`data` as text, whatever it is.

    A byte order mark decides and is dropped. Without one, `wide_codec` decides by the zeros in it, or its line ends
    are those of UTF-16. What is not UTF-8 then is Latin-1, unless most that is not ASCII in it is UTF-8.
    """
    if codec := wide_codec(data):
        return _decode(data, codec, codec[:6].upper())
    if codec := _codec_by_line_ends(data):
        with suppress(UnicodeDecodeError):
            return DecodedText(text=data.decode(codec), encoding="UTF-16")
    data = data.removeprefix(codecs.BOM_UTF8)
    decoded = _decode(data, "utf-8", "UTF-8")
    others = len(decoded.text) - len(decoded.text.encode("ascii", "ignore")) if decoded.damaged else 0
    if others >= 2 * decoded.damaged:
        return decoded
    return DecodedText(text=_decode_latin(data), encoding="Latin-1")


def _decode(data: bytes, codec: str, encoding: str) -> DecodedText:
    try:
        return DecodedText(text=data.decode(codec), encoding=encoding)
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
        return DecodedText(text=text, encoding=encoding, damaged=text.count("\ufffd"))


def wide_codec(head: bytes) -> str | None:
    """Python's codec for text of two or four bytes a character that starts with `head`; None for all else.

    Such text has a byte order mark; or as many zeros as European letters and digits give it, in UTF-16 at odd or even
    places only. Arrays of floats have them elsewhere.
    """
    # The mark of UTF-32 starts with that of UTF-16.
    if head.startswith(_UTF32_MARKS):
        return "utf-32"
    if head.startswith(_UTF16_MARKS):
        return "utf-16"
    head = head[:_ENOUGH_TO_JUDGE]
    if len(head) < 4 or 0 not in head:
        return None
    for codec, dtype in (("utf-32-le", "<u4"), ("utf-32-be", ">u4")):
        characters = np.frombuffer(head, dtype, len(head) // 4)
        if characters.min() > 0 and characters.max() < _FIRST_UNUSED and (characters == _LINE_FEED).any():
            return codec
    pairs = np.frombuffer(head, np.uint8, len(head) // 2 * 2).reshape(-1, 2)
    first, second = (pairs == 0).mean(axis=0)
    if second > 0.7 and first < 0.1:
        return "utf-16-le"
    return "utf-16-be" if first > 0.7 and second < 0.1 else None


def _codec_by_line_ends(data: bytes) -> str | None:
    """The UTF-16 in which half of what may be a line feed, or more, is one; None where there is none.

    Text of other scripts has few zeros beside those, and may consist of nothing but ASCII's bytes: then, since a label
    of UTF-8 may hold a zero, one line end is not enough. Nor are any where more than a few characters have no zero but
    at their line ends: labels may all end in one, but no long text is all of characters that look like two of ASCII.
    """
    head = data[:_ENOUGH_LINES]
    if 0 not in head:
        return None
    pairs = np.frombuffer(head, np.uint8, len(head) // 2 * 2).reshape(-1, 2)
    for codec, low, high in (("utf-16-le", pairs[:, 0], pairs[:, 1]), ("utf-16-be", pairs[:, 1], pairs[:, 0])):
        feeds = low == _LINE_FEED
        ends = int((feeds & (high == 0)).sum())
        if 2 * ends < feeds.sum() or ends == 0:
            continue
        if not is_utf8(head) or (ends > 1 and (len(head) < _FEW or head.count(0) > ends)):
            return codec
    return None


def is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_latin(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
