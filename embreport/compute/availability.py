"""Whether kernels can be compiled here."""

from __future__ import annotations

import functools
import importlib
import importlib.util


@functools.cache
def numba_is_installed() -> bool:
    """Whether numba can be imported and works; imports it when it is there."""
    if importlib.util.find_spec("numba") is None:
        return False
    try:
        importlib.import_module("numba")
    except (ImportError, OSError, SystemError):
        return False
    return True
