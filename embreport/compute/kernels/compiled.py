"""How kernels are compiled: without the interpreter's lock, cached on disk where there is a place for it.

Rounding may be rearranged within a kernel, but nothing assumes that values are finite. Numba's own
parallel mode is not used: its default threads abort on concurrent calls; `threads.Workers` runs parts
of a kernel instead.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numba
from numba.core.registry import cpu_target

_ARITHMETIC = {"reassoc", "nsz", "arcp", "contract", "afn"}
while_saving: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext  # what a kernel is cached within


def compiled(function: Callable[..., Any]) -> Any:
    """The function as a compiled kernel; compiled for the types of its first call."""
    options: dict[str, Any] = {"nogil": True, "fastmath": _ARITHMETIC, "error_model": "numpy"}
    try:
        return _forgiving(numba.njit(cache=True, **options)(function))
    except RuntimeError:
        # No folder to cache in can be written: compile anew in every process.
        return numba.njit(**options)(function)


def part(function: Callable[..., Any]) -> Any:
    """A function of arithmetic for use within kernels, where it always becomes part of their code.

    Otherwise a process that compiles kernels calls the function as it was optimized alone, and one that loads them
    from the cache as it was optimized among them: rounded differently.
    """
    return numba.njit(nogil=True, fastmath=_ARITHMETIC, error_model="numpy", forceinline=True)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """A small function for use within kernels."""
    return numba.njit(fastmath=_ARITHMETIC, error_model="numpy", inline="always")(function)


def _forgiving(kernel: Any) -> Any:
    """The same kernel, to which a full disk or a folder gone read-only is no error."""
    cache = getattr(kernel, "_cache", None)
    if cache is not None:
        save = cache.save_overload

        def save_where_possible(signature: Any, data: Any) -> None:
            with contextlib.suppress(OSError), while_saving():
                save(signature, data)

        cache.save_overload = save_where_possible
    return kernel


def is_cached(kernel: Any) -> bool | None:
    """Whether the kernel can be loaded from the cache, for some types at least; None where it cannot be cached.

    Numba tells neither, so this looks at its index; should that change, nothing can be cached as far as this can tell.
    """
    try:
        processor = cpu_target.target_context.codegen().magic_tuple()
        return any(key[1] == processor for key in kernel._cache._cache_file._load_index())
    except Exception:
        return None
