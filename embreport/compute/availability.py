"""Whether kernels can be compiled here."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import os
from collections.abc import Iterator

import numpy as np

from embreport.result_store import Arrays, ResultStore, digest_of

_PARTS = ("numba", "llvmlite")
_stores: list[ResultStore] = []


def numba_is_installed() -> bool:
    """Whether numba can be imported and works; imports it when it is there, unless it is kept that it does."""
    return importlib.util.find_spec("numba") is not None and _works()


@contextlib.contextmanager
def availability_kept_in(store: ResultStore | None) -> Iterator[None]:
    """Within, a store spares the import of numba where all that numba would compute is kept too.

    What is kept is for the very files of numba that could be imported.
    """
    if store is None:
        yield
        return
    _stores.append(store)
    try:
        yield
    finally:
        _stores.remove(store)


@functools.cache
def _works() -> bool:
    if not _stores:
        return _can_be_imported()
    store, digest = _stores[-1], digest_of(_files())
    if store.get("numba", digest, _says_yes) is not None:
        return True
    works = _can_be_imported()
    if works:
        store.put("numba", digest, {"works": np.array([True])})
    return works


def _says_yes(arrays: Arrays) -> bool | None:
    works = arrays.get("works")
    return True if works is not None and works.dtype == np.bool_ and works.tolist() == [True] else None


def _files() -> tuple[tuple[str, int, int], ...]:
    """Where numba and its compiler are, and which files these are."""
    found = []
    for name in _PARTS:
        spec = importlib.util.find_spec(name)
        place = "" if spec is None or spec.origin is None else spec.origin
        with contextlib.suppress(OSError):
            status = os.stat(place)
            found.append((place, status.st_size, status.st_mtime_ns))
    return tuple(found)


def _can_be_imported() -> bool:
    try:
        importlib.import_module("numba")
    except (ImportError, OSError, SystemError):
        return False
    return True
