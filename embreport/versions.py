"""Versions of the packages that numbers come from."""

from __future__ import annotations

import functools
import platform
from collections.abc import Mapping
from importlib import metadata
from types import MappingProxyType

from embreport.version import __version__

_PACKAGES = ("numpy", "scipy", "numba", "llvmlite", "scikit-learn", "umap-learn", "pynndescent")


@functools.cache
def package_versions() -> Mapping[str, str | None]:
    """By the names they are installed by, embreport's and Python's first; None for what is not installed."""
    found: dict[str, str | None] = {"embreport": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return MappingProxyType(found)
