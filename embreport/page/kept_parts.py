"""Parts of the page made before, from a store: coding, packing and drawing them again takes longer than all else.

A part is made by a function from its inputs alone, and kept under a digest of them: whatever enters the part is in
the digest, since the function sees nothing else but the versions, the code and the palette, which are in it too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from embreport.page.payload.blocks import LARGEST_INFLATION, deflate
from embreport.result_store import Arrays, Digests, ResultStore, digest_of
from embreport.views import palette


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Bytes as a block, or a picture, holds them, and how many they were before they were packed."""

    data: bytes
    raw_bytes: int


@dataclass(frozen=True, kw_only=True)
class MadePart:
    """The pieces of a part, and what is to be said of them: plain data for JSON."""

    pieces: tuple[Piece, ...] = ()
    layout: dict[str, Any]


def holds(pieces: int, *names: str) -> Callable[[MadePart], bool]:
    """Whether a part has so many pieces, and something to say under each of the names."""
    return lambda part: len(part.pieces) == pieces and set(names) <= set(part.layout)


def packed_piece(raw: bytes) -> Piece:
    """The piece deflated."""
    return Piece(data=deflate(raw), raw_bytes=len(raw))


def plain_piece(raw: bytes) -> Piece:
    """The piece as it is."""
    return Piece(data=raw, raw_bytes=len(raw))


class KeptParts:
    """Makes each part once, as long as the store keeps it; without a store it makes every part when it is asked."""

    def __init__(self, store: ResultStore | None = None) -> None:
        self._store = store
        self._digests = Digests()
        self._everywhere = "" if store is None else digest_of(palette(), _picture_libraries())

    @property
    def is_kept(self) -> bool:
        """Whether there is a store."""
        return self._store is not None

    def part(
        self, stage: str, make: Callable[..., MadePart], *inputs: Any, fits: Callable[[MadePart], bool]
    ) -> MadePart:
        """`make(*inputs)`, or the same from the store, where it `fits`: what is kept may be of any form."""
        if self._store is None:
            return make(*inputs)
        digest = digest_of(self._everywhere, *(self._digested(one) for one in inputs))

        def unpack(arrays: Arrays) -> MadePart | None:
            found = _unpacked(arrays)
            return found if found is not None and fits(found) else None

        found = self._store.get(f"page-{stage}", digest, unpack)
        if found is None:
            found = make(*inputs)
            self._store.put(f"page-{stage}", digest, _packed(found))
        return found

    def _digested(self, one: object) -> object:
        return self._digests.of(one) if isinstance(one, np.ndarray) else one


def _picture_libraries() -> tuple[str, ...]:
    """The libraries that pack and draw, whose versions Pillow's own does not tell."""
    from PIL import features

    named = ("pil", "freetype2", "raqm", "webp", "zlib", "zlib_ng")
    return tuple(f"{name} {features.version(name)}" for name in named)


def _packed(part: MadePart) -> dict[str, np.ndarray]:
    text = json.dumps(part.layout, allow_nan=False).encode("ascii")
    arrays: dict[str, np.ndarray] = {
        "layout": np.frombuffer(text, np.uint8),
        "raw bytes": np.array([piece.raw_bytes for piece in part.pieces], np.int64),
    }
    named = {f"piece {number}": np.frombuffer(piece.data, np.uint8) for number, piece in enumerate(part.pieces)}
    return arrays | named


def _unpacked(arrays: Arrays) -> MadePart | None:
    text, sizes = arrays.get("layout"), arrays.get("raw bytes")
    if text is None or sizes is None or sizes.dtype != np.int64 or sizes.ndim != 1:
        return None
    try:
        layout = json.loads(text.tobytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(layout, dict) or len(arrays) != len(sizes) + 2:
        return None
    pieces = []
    for number, size in enumerate(sizes.tolist()):
        data = arrays.get(f"piece {number}")
        if data is None or not 0 <= size <= LARGEST_INFLATION * (data.size + 1):
            return None
        pieces.append(Piece(data=data.tobytes(), raw_bytes=size))
    return MadePart(pieces=tuple(pieces), layout=layout)
