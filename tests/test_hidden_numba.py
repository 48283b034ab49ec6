"""With --without-numba numba is hidden from the tests and from every process they start, and from none without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embreport.compute.availability import numba_is_installed
from embreport.compute.child_environment import child_environment
from embreport.compute.umap import umap_is_installed

FINDS = "from importlib.util import find_spec; print(find_spec('numba') is not None, find_spec('umap') is not None)"


@pytest.fixture
def hidden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--without-numba"))


def test_numba_and_what_needs_it_are_hidden_here_and_in_other_processes(hidden: bool) -> None:
    plain = subprocess.run([sys.executable, "-c", FINDS], capture_output=True, text=True, check=True)
    safe = subprocess.run(
        [sys.executable, "-P", "-c", FINDS], capture_output=True, text=True, check=True, env=child_environment()
    )

    there = (numba_is_installed(), umap_is_installed())
    assert there == (not hidden, not hidden)
    assert plain.stdout == safe.stdout == f"{there[0]} {there[1]}\n"


def test_a_build_of_the_command_line_tells_what_it_does_without_numba(hidden: bool, tmp_path: Path) -> None:
    np.save(tmp_path / "vectors.npy", np.random.default_rng(0).normal(size=(2_010, 3)).astype(np.float32))
    command = [sys.executable, "-m", "embreport", "build", "vectors.npy", "-o", "r.html", "--projections", "tsne"]

    done = subprocess.run([*command, "--preset", "fast"], capture_output=True, text=True, check=True, cwd=tmp_path)

    assert ("numba" in done.stderr) == hidden
