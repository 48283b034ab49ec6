"""Content with a part of it changed, as damage or a hand changes it, and the one way in which reading it may fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st

from embreport.errors import InputError

Value = TypeVar("Value")
KINDS = ("flip", "flip", "flip", "cut", "drop", "insert", "repeat", "zero")


def spoil(content: bytes, kind: str, place: int, size: int, noise: bytes) -> bytes:
    """`content` with another byte at `place`, or cut off there, or with some bytes dropped, added or repeated there."""
    at = place % max(1, len(content))
    if kind == "flip":
        return content[:at] + bytes([content[at] ^ (noise[0] or 1)]) + content[at + 1 :]
    if kind == "cut":
        return content[:at]
    if kind == "drop":
        return content[:at] + content[at + size :]
    if kind == "insert":
        return content[:at] + noise + content[at:]
    if kind == "repeat":
        return content[: at + size] + content[at:]
    return content[:at] + bytes(len(content[at : at + size])) + content[at + size :]


def spoilt(content: bytes) -> st.SearchStrategy[bytes]:
    """`content`, which is not empty, with one part of it changed."""
    return st.builds(
        spoil,
        st.just(content),
        st.sampled_from(KINDS),
        st.integers(0, len(content) - 1),
        st.integers(1, 64),
        st.binary(min_size=1, max_size=9),
    )


def attempt(read: Callable[[], Value], where: str) -> Value | None:
    """What `read` gives; None where it ends with an error of our tree, which has to name the file `where`."""
    try:
        return read()
    except InputError as error:
        place = error.where or ""
    assert place.startswith(where), place
    return None
