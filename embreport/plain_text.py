"""Text from anywhere, made harmless for a place that would obey some of it."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """One line: control, bidirectional, unprintable and unassigned characters and line breaks are spelled out.

    `\\x1b` for an escape character, `\\n` for a line break, `\\udcff` for a byte that is not UTF-8; a no-break space
    becomes a space. Nothing of what is left changes how a terminal, an XML parser or a line reader goes on.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _is_harmless(character) else _spelled(character) for character in text)


def _is_harmless(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii") if character != "\u00a0" else " "
