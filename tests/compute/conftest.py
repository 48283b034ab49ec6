"""Threads; and one process of umap-learn for all tests that ask for it, as it compiles for seconds at first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embreport.compute import layouts, umap_program
from embreport.compute import umap as umap_module
from embreport.compute.threads import Workers
from embreport.compute.umap import UmapProcess

# umap-learn that fails where it looks for neighbors, or compares points, of its own.
_WITHOUT_A_SEARCH = f"""
import runpy
from umap import umap_

def refuse(*arguments, **named):
    raise RuntimeError("a search of its own")

for name in ("nearest_neighbors", "pairwise_distances", "spectral_layout"):
    assert hasattr(umap_, name)
    setattr(umap_, name, refuse)
runpy.run_path({umap_program.__file__!r}, run_name="__main__")
"""


class _LastingProcess(UmapProcess):
    def close(self) -> None:
        """Not yet."""


@pytest.fixture(scope="session")
def lasting_process(request: pytest.FixtureRequest) -> Iterator[UmapProcess]:
    if request.config.getoption("--without-numba"):
        pytest.skip("umap-learn needs numba")
    process = _LastingProcess()
    yield process
    UmapProcess.close(process)


@pytest.fixture
def shared_umap(
    lasting_process: UmapProcess, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> UmapProcess:
    """Layouts come from a process that other tests have used before, and that searches nothing."""
    program = Path(tmp_path_factory.getbasetemp()) / "umap_without_a_search.py"
    program.write_text(_WITHOUT_A_SEARCH)
    monkeypatch.setattr(umap_module, "_PROGRAM", program)
    monkeypatch.setattr(layouts, "UmapProcess", lambda: lasting_process)
    return lasting_process


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Two threads; files that need one thread, or BLAS on one, have a fixture of their own."""
    pool = Workers(2)
    yield pool
    pool.close()
