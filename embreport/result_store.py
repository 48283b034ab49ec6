"""Where rooms keep results to find them again: what a store can do, and what results are kept under.

No room knows of the files behind it. A store gets results as named arrays under a stage and a digest of everything
they are made from; what depends on versions and on the processor is the store's to know.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

if TYPE_CHECKING:
    import numpy as np

Result = TypeVar("Result")
Arrays = Mapping[str, "np.ndarray"]

_BLOCK_BYTES = 16 << 20


class ResultStore(Protocol):
    """Keeps named arrays. May be called from several threads, and fails by forgetting, never by raising an error."""

    def get(self, stage: str, digest: str, unpack: Callable[[Arrays], Result | None]) -> Result | None:
        """What `unpack` makes of the arrays kept under the stage and digest; None where there are none.

        The arrays are writable, of any form: `unpack` checks names, shapes, types and ranges, and gives None for
        arrays that cannot be what was put there.
        """

    def put(self, stage: str, digest: str, arrays: Arrays) -> None:
        """Keep the arrays in place of what was kept there."""


def digest_of(*parts: object) -> str:
    """SHA-256 of numbers, texts, arrays, dataclasses, and tuples and mappings of them; hexadecimal.

    Equal digests mean equal values of equal types in equal order. A memory map is read in blocks.
    """
    digest = hashlib.sha256()
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()


class Digests:
    """Digests of read-only arrays, each made once however many results it enters."""

    def __init__(self) -> None:
        self._known: dict[object, tuple[np.ndarray, str]] = {}

    def of(self, array: np.ndarray) -> str:
        """As `digest_of`. Two views of the same memory are the same array."""
        place = (array.__array_interface__["data"][0], array.shape, array.strides, array.dtype.str)
        known = self._known.get(place)
        if known is not None:
            return known[1]
        made = digest_of(array)
        if not array.flags.writeable:
            self._known[place] = (array, made)  # which keeps the array, and so its memory, from being given away
        return made


def _feed(digest: Any, part: object) -> None:
    if hasattr(part, "dtype") and hasattr(part, "nbytes"):
        _feed_array(digest, part)
    elif dataclasses.is_dataclass(part):
        _feed(digest, {field.name: getattr(part, field.name) for field in dataclasses.fields(part)})
    elif isinstance(part, Mapping):
        digest.update(f"mapping {len(part)};".encode())
        for name in sorted(part):
            _feed(digest, name)
            _feed(digest, part[name])
    elif isinstance(part, tuple):
        _feed_tuple(digest, part)
    elif isinstance(part, bytes):
        digest.update(f"bytes {len(part)};".encode() + part)
    else:
        text = repr(part).encode("utf-8", "surrogatepass")
        digest.update(f"{type(part).__name__} {len(text)};".encode() + text)


def _feed_array(digest: Any, array: Any) -> None:
    digest.update(f"array {array.dtype.str} {array.shape};".encode())
    if not (array.ndim and array.size):
        digest.update(array.tobytes())
        return
    rows = max(1, _BLOCK_BYTES * len(array) // max(1, array.nbytes))
    for start in range(0, len(array), rows):
        block = array[start : start + rows]
        digest.update(block.data if block.flags.c_contiguous else block.tobytes())


def _feed_tuple(digest: Any, part: tuple[object, ...]) -> None:
    """Cells of a column, thousands of texts, are fed as one: their lengths in characters, then the texts."""
    if part and set(map(type, part)) <= {str, type(None)}:
        cells = [cell for cell in part if isinstance(cell, str)]
        lengths = ",".join(["-" if cell is None else str(len(cell)) for cell in cast("tuple[str | None, ...]", part)])
        digest.update(f"texts {len(lengths)};{lengths};".encode("ascii"))
        _feed(digest, "".join(cells).encode("utf-8", "surrogatepass"))
        return
    digest.update(f"tuple {len(part)};".encode())
    for item in part:
        _feed(digest, item)
