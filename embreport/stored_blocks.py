"""Packed blocks of the page from the cache: packing those of a large embedding again takes longer than all else."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping

import numpy as np

from embreport.cache import FolderStore
from embreport.page.payload.blocks import deflate, inflate

_WORTH_KEEPING = 1 << 14


def stored_deflate(store: FolderStore) -> Callable[[bytes], bytes]:
    """`deflate` that finds large blocks it has packed before. What is found must unpack to the same bytes."""

    def deflated(raw: bytes) -> bytes:
        if len(raw) < _WORTH_KEEPING:
            return deflate(raw)

        def unpack(arrays: Mapping[str, np.ndarray]) -> bytes | None:
            data = arrays["deflated"].tobytes() if "deflated" in arrays else b""
            with contextlib.suppress(ValueError):
                return data if inflate(data, len(raw)) == raw else None
            return None

        digest = hashlib.sha256(raw).hexdigest()
        found = store.get("block", digest, unpack)
        if found is None:
            found = deflate(raw)
            store.put("block", digest, {"deflated": np.frombuffer(found, np.uint8)})
        return found

    return deflated
