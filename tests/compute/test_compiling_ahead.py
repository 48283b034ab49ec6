"""Kernels compiled by another process: those that are used, with the same results, and no trace where it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from embreport.compute import ComputeSettings, compiling_program
from embreport.compute import compiling_ahead as module
from embreport.compute.compiling_ahead import CompilingAhead, points_to_compile_for

# A run in a process of its own. It tells which kernels of t-SNE it compiled itself, and what it found.
RUN = """
import hashlib, json, sys
import numpy as np
from numba.core import event
from embreport.compute import ComputeSettings, compiling_ahead, compute_numbers, forces

program, placed, forces.MESH_FROM = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
compiling_ahead._load_permits = lambda: True
compiling_ahead._PATIENCE = 300.0
if program:
    compiling_ahead._PROGRAM = program
compiled = []

class Kernels(event.Listener):
    def on_start(self, started):
        function = started.data["dispatcher"].py_func
        module = function.__module__.rpartition(".")[2]
        if module in ("attraction", "all_pairs", "group_sums", "groups", "splines", "step"):
            compiled.append(function.__name__)

    def on_end(self, ended):
        pass

event.register("numba:compile", Kernels())
settings = ComputeSettings(jobs=2, neighbors=10, preset="fast", layout_points=placed)
values = np.random.default_rng(0).normal(size=(4000, 4)).astype(np.float32)
numbers = compute_numbers(values, settings)
bits = b"".join(projection.coordinates.tobytes() for projection in numbers.projections)
bits += numbers.cosine.distances.tobytes() + numbers.euclidean.distances.tobytes()
print(json.dumps({"compiled": compiled, "bits": hashlib.sha256(bits).hexdigest()}))
"""
FAILS = "import sys; sys.stdin.read(); sys.exit('no')"
SLEEPS = "import time; time.sleep(600)"
MESH = 25_000
SETTINGS = ComputeSettings()


def run(cache: Path, program: str = "", placed: int = 4000, mesh_from: int = MESH) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, program, str(placed), str(mesh_from)],
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


def compile_for(points: int, cache: Path, program: str = compiling_program.__file__) -> bytes:
    """What the program answers."""
    task = json.dumps({"modules": sys.path, "points": points}).encode()
    done = subprocess.run(
        [sys.executable, "-P", program], input=task,
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache)}, capture_output=True, check=True,
    )  # fmt: skip
    assert done.stderr == b""
    return done.stdout


def may_be_compiled(points: int, cache: Path, first: str = "") -> bool:
    """Whether a process would be started for so many points."""
    asks = f"{first}from embreport.compute.compiling_ahead import _can_be_cached; print(_can_be_cached({points}))"
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    done = subprocess.run([sys.executable, "-c", asks], env=environment, capture_output=True, text=True, check=True)
    return {"True\n": True, "False\n": False}[done.stdout]


def script(folder: Path, text: str) -> str:
    (folder / "program.py").write_text(text)
    return str(folder / "program.py")


@pytest.fixture
def two_cores_and_nothing_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "available_cores", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (3.0, 0.0, 0.0), raising=False)
    monkeypatch.setattr(module, "_can_be_cached", lambda n: True)


def test_it_is_the_same_whether_kernels_are_compiled_ahead_or_here_or_loaded(tmp_path: Path) -> None:
    ahead = run(tmp_path / "ahead")
    alone = run(tmp_path / "alone", script(tmp_path, FAILS))

    assert ahead["compiled"] == []
    assert {"attraction_2d", "attraction_3d", "repulsion_groups_2d", "repulsion_groups_3d"} <= set(alone["compiled"])
    assert ahead["bits"] == alone["bits"] == run(tmp_path / "alone", script(tmp_path, FAILS))["bits"]
    assert not list((tmp_path / "ahead").rglob("*.tmp.*"))
    assert not may_be_compiled(4000, tmp_path / "ahead")


@pytest.mark.parametrize(
    ("points", "placed", "mesh_from"), [(900, 900, MESH), (MESH, 4000, 4000)], ids=["all pairs", "mesh and groups"]
)
def test_what_is_compiled_for_few_points_is_what_many_need(
    tmp_path: Path, points: int, placed: int, mesh_from: int
) -> None:
    assert may_be_compiled(points, tmp_path / "cache")
    told = compile_for(points, tmp_path / "cache")

    assert told.replace(compiling_program.BUSY, b"") == b"23"
    assert not may_be_compiled(points, tmp_path / "cache")
    assert run(tmp_path / "cache", script(tmp_path, FAILS), placed, mesh_from)["compiled"] == []


def test_a_process_that_cannot_keep_a_kernel_gives_up(tmp_path: Path) -> None:
    full = (
        "import runpy\n"
        "from numba.core import caching\n"
        "def refuse(self, key, data):\n"
        "    raise OSError(28, 'No space left on device')\n"
        "caching.IndexDataCacheFile.save = refuse\n"
        f"runpy.run_path({compiling_program.__file__!r}, run_name='__main__')\n"
    )

    assert compile_for(900, tmp_path / "cache", script(tmp_path, full)).strip(compiling_program.BUSY) == b""


@pytest.mark.usefixtures("two_cores_and_nothing_cached")
def test_nothing_is_started_where_it_would_not_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    def starts(n: int, settings: ComputeSettings = SETTINGS, jobs: int = 2) -> bool:
        return points_to_compile_for(n, settings, jobs) is not None

    assert starts(10_000)
    assert not starts(3_000)
    assert not starts(10_000, jobs=1)
    assert not starts(10_000, ComputeSettings(projections=("pca", "umap")))
    assert not starts(10_000, ComputeSettings(layout_points=500))
    for name, value in (("available_cores", 1), ("numba_is_installed", False)):
        with monkeypatch.context() as here:
            here.setattr(module, name, lambda value=value: value)
            assert not starts(10_000)
    with monkeypatch.context() as here:
        here.setattr(os, "getloadavg", lambda: (3.1, 0.0, 0.0), raising=False)
        assert not starts(10_000)
        here.delattr(os, "getloadavg")
        assert starts(10_000)
    monkeypatch.setattr(module, "_can_be_cached", lambda n: False)
    assert not starts(10_000)


def test_nothing_is_compiled_where_no_folder_can_be_written(tmp_path: Path) -> None:
    without = "from numba.core import caching; caching.CacheImpl._locator_classes = []\n"

    assert may_be_compiled(4000, tmp_path)
    assert not may_be_compiled(4000, tmp_path, without)


@pytest.mark.parametrize("executable", ["/nowhere/python", "", None])
def test_where_no_process_can_be_started_nothing_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, executable: str | None
) -> None:
    monkeypatch.setattr(sys, "executable", executable)

    with CompilingAhead() as ahead:
        ahead.start(4000)
        ahead.wait_for(2, lambda: pytest.fail("waited"))


def test_a_process_that_does_nothing_is_given_up_and_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "_PROGRAM", script(tmp_path, SLEEPS))
    monkeypatch.setattr(module, "_PATIENCE", 0.5)
    ticks: list[None] = []

    with CompilingAhead() as ahead:
        ahead.start(4000)
        process = ahead._process
        ahead.wait_for(2, lambda: ticks.append(None))

    assert ticks
    assert process is not None
    assert process.returncode is not None


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_nonsense_that_something_prints_there_is_no_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "_PROGRAM", script(tmp_path, "print('a site has something to say \\xff')"))

    with CompilingAhead() as ahead:
        ahead.start(4000)
        ahead.wait_for(2, lambda: None)

    assert ahead._ended
    assert not ahead._done


def test_what_a_tick_raises_ends_the_wait_and_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_PROGRAM", script(tmp_path, SLEEPS))

    processes = []

    def interrupted() -> None:
        with CompilingAhead() as ahead:
            ahead.start(4000)
            processes.append(ahead._process)
            ahead.wait_for(3, interrupt)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert processes[0] is not None
    assert processes[0].returncode is not None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends with its next answer")
def test_the_process_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    starts = (
        "import time\n"
        "from embreport.compute.compiling_ahead import CompilingAhead\n"
        "with CompilingAhead() as ahead:\n"
        "    ahead.start(30_000)\n"
        "    print(ahead._process.pid, flush=True)\n"
        "    while not ahead._beats:\n"
        "        time.sleep(0.01)\n"
        "    print('busy', flush=True)\n"
        "    time.sleep(600)\n"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", starts], stdout=subprocess.PIPE, text=True, env=environment) as run:
        assert run.stdout is not None
        started = int(run.stdout.readline())
        assert run.stdout.readline() == "busy\n"
        run.kill()

    deadline = time.monotonic() + 30
    while is_running(started) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(started)
    assert not list(tmp_path.rglob("*.tmp.*"))


def is_running(process: int) -> bool:
    """Whether a process has not ended, even if nobody asked for its end yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False
