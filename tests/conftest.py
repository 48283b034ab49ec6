"""For every test: helpers beside this file can be imported, and --without-numba runs as if numba was not there."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, so that a change is judged by what it changes; new ones by --hypothesis-profile default.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")

# Tests of compiled kernels, of the schedule that only they follow, and of the package that needs numba.
NEED_NUMBA = {
    "test_compiling_ahead.py",
    "test_kernel_cache.py",
    "test_tsne_forces.py",
    "test_tsne_layouts.py",
    "test_tsne_properties.py",
    "test_tsne_settling.py",
    "test_umap_process.py",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-numba", action="store_true", help="run as if numba was not installed")


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # As in the background of a shell; tests of interrupts, and the builds they start, would hear of none.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--without-numba"):
        # None makes every import of it fail, as where it is not there.
        sys.modules["numba"] = None  # type: ignore[assignment]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out what cannot be imported without numba; None: pytest decides."""
    return True if config.getoption("--without-numba") and collection_path.name in NEED_NUMBA else None
