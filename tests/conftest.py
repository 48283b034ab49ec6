"""For every test: helpers beside this file can be imported, and --without-numba runs as if numba was not there.

Neither is umap-learn then, which needs it. Processes that tests start find neither, as they inherit PYTHONPATH.
"""

from __future__ import annotations

import os
import runpy
import signal
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
# What installs numba with the rest; and of the tests in a browser, where test_promises.py opens pages built without
# numba, those that try out the page's own code, in which nothing depends on how the numbers were made.
NOT_TWICE = {
    "test_drawing.py",
    "test_packaging.py",
    "test_samples_and_first_colors.py",
    "test_search.py",
    "test_selection.py",
    "test_spherize_and_figures.py",
    "test_views_and_lines.py",
    "test_what_is_shown.py",
}
HIDING = Path(__file__).parent / "hiding_numba"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-numba", action="store_true", help="run as if numba was not installed")


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # As in the background of a shell; tests of interrupts, and the builds they start, would hear of none.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--without-numba"):
        runpy.run_path(str(HIDING / "sitecustomize.py"))
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join([str(HIDING), *([before] if before else [])])


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out what cannot be imported without numba, or need not run twice; None: pytest decides."""
    without = config.getoption("--without-numba")
    return True if without and collection_path.name in NEED_NUMBA | NOT_TWICE else None
