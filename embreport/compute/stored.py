"""Results that were made before and need not be made again.

This room knows of no file: what keeps the results is a `ResultStore`, which gets them as named arrays under a stage
and a digest of everything they are made from. What depends on versions and on the processor is the store's to know.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block

Result = TypeVar("Result")
Arrays = Mapping[str, np.ndarray]


class ResultStore(Protocol):
    """Keeps named arrays. May be called from several threads, and fails by forgetting, never by raising an error."""

    def get(self, stage: str, digest: str, unpack: Callable[[Arrays], Result | None]) -> Result | None:
        """What `unpack` makes of the arrays kept under the stage and digest; None where there are none.

        The arrays are writable, of any form: `unpack` checks names, shapes, types and ranges, and gives None for
        arrays that cannot be what was put there.
        """

    def put(self, stage: str, digest: str, arrays: Arrays) -> None:
        """Keep the arrays in place of what was kept there."""


class StoredResults:
    """The results for one set of points, float (m, d), in a store; without a store everything is made each time."""

    def __init__(self, store: ResultStore | None, points: np.ndarray) -> None:
        self._store = store
        self._points = points

    def of(self, points: np.ndarray) -> StoredResults:
        """Those for other points, in the same store."""
        return self if points is self._points else StoredResults(self._store, points)

    def recall(
        self,
        stage: str,
        inputs: Callable[[], tuple[object, ...]],
        make: Callable[[], Result],
        pack: Callable[[Result], Arrays],
        unpack: Callable[[Arrays], Result | None],
        suffices: Callable[[Result], bool] = lambda result: True,
    ) -> Result:
        """The result of a stage, from the store or made and put there.

        `inputs` gives all the result is made from besides the points. A stored result that does not suffice (it is
        whole, but less than is asked for) is made again and replaced.
        """
        if self._store is None:
            return make()
        digest = digest_of(self._digest_of_points, *inputs())
        found = self._store.get(stage, digest, unpack)
        if found is not None and suffices(found):
            return found
        made = make()
        self._store.put(stage, digest, pack(made))
        return made

    @cached_property
    def _digest_of_points(self) -> str:
        return digest_of(self._points)


def digest_of(*parts: object) -> str:
    """SHA-256 of numbers, texts, arrays, dataclasses, and tuples and mappings of them; hexadecimal.

    Equal digests mean equal values of equal types in equal order. A memory map is read in blocks.
    """
    digest = hashlib.sha256()
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()


def _feed(digest: Any, part: object) -> None:
    if isinstance(part, np.ndarray):
        digest.update(f"array {part.dtype.str} {part.shape};".encode())
        if part.ndim and part.size:
            for rows in row_blocks(len(part), rows_per_block(part.nbytes // len(part))):
                digest.update(np.ascontiguousarray(part[rows]).data)
        else:
            digest.update(part.tobytes())
    elif dataclasses.is_dataclass(part):
        _feed(digest, {field.name: getattr(part, field.name) for field in dataclasses.fields(part)})
    elif isinstance(part, Mapping):
        digest.update(f"mapping {len(part)};".encode())
        for name in sorted(part):
            _feed(digest, name)
            _feed(digest, part[name])
    elif isinstance(part, tuple):
        digest.update(f"tuple {len(part)};".encode())
        for item in part:
            _feed(digest, item)
    else:
        text = repr(part).encode("utf-8", "surrogatepass")
        digest.update(f"{type(part).__name__} {len(text)};".encode() + text)
