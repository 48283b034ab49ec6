"""UMAP in a process of its own: beside the other layouts, the same for any number of threads, no reason to fail."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from point_sets import clusters, gaussian

from embreport.compute import ComputeSettings, compute_numbers, umap_program
from embreport.compute import umap as umap_module
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.threads import Workers
from embreport.compute.umap import UmapProcess
from embreport.model import NeighborTable, Numbers
from embreport.progress import PhaseProgress

SETTINGS = ComputeSettings(projections=("umap",), neighbors=15, preset="fast")
DIES = "import os, sys; sys.stdin.buffer.readline(); os.kill(os.getpid(), 9)"
QUITS = "import sys; sys.stdin.buffer.readline(); sys.exit(3)"
LIES = (
    "import sys, struct; sys.stdin.buffer.readline()\n"
    "sys.stdout.buffer.write(struct.pack('<cQ', b'+', 4) + bytes(4)); sys.stdout.flush(); sys.stdin.read()"
)
BREAKS_OFF = "import sys, struct; sys.stdin.buffer.readline(); sys.stdout.buffer.write(struct.pack('<cQ', b'+', 400))"


def table_of(values: np.ndarray, k: int = 14) -> NeighborTable:
    return neighbor_tables(values, k, Workers(1), lambda share: None, 0).table("cosine")


def layouts_of(numbers: Numbers) -> dict[str, bytes]:
    return {p.name: p.coordinates.tobytes() for p in numbers.projections}


def instead_of_umap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    (tmp_path / "program.py").write_text(script)
    monkeypatch.setattr(umap_module, "_PROGRAM", tmp_path / "program.py")


def is_running(process: int) -> bool:
    """Whether a process has not ended, even if nobody asked for its end yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_layouts_are_the_same_for_any_number_of_threads_and_beside_others(shared_umap: UmapProcess) -> None:
    values = clusters(300, 6)[0]
    values[5] = values[6] = values[7]
    values[11, 2] = np.nan

    one = compute_numbers(values, replace(SETTINGS, jobs=1))
    beside = compute_numbers(values, replace(SETTINGS, jobs=3, projections=("pca", "tsne", "umap")))

    assert [p.name for p in one.projections] == ["umap2d", "umap3d"]
    assert layouts_of(one).items() <= layouts_of(beside).items()
    assert all(np.isnan(p.coordinates[11]).all() for p in one.projections)
    assert all(np.isfinite(np.delete(p.coordinates, 11, axis=0)).all() for p in one.projections)
    assert layouts_of(compute_numbers(values, replace(SETTINGS, seed=1))).items().isdisjoint(layouts_of(one).items())


@pytest.mark.parametrize("classes", [None, np.arange(60) % 3])
def test_umap_learn_searches_nothing_and_compares_no_points(
    shared_umap: UmapProcess, classes: np.ndarray | None
) -> None:
    table, start = table_of(clusters(60, 4)[0]), gaussian(60, 2).astype(np.float32)

    layout = shared_umap.place(table, start, neighbors=15, min_dist=0.1, seed=0, classes=classes)

    assert layout.shape == (60, 2)
    assert np.isfinite(layout).all()


@pytest.mark.parametrize("min_dist", [0.0, 0.99])
@pytest.mark.parametrize("neighbors", [2, 1000])
def test_every_point_is_placed_at_the_ends_of_the_settings(
    neighbors: int, min_dist: float, shared_umap: UmapProcess
) -> None:
    settings = replace(SETTINGS, umap_neighbors=neighbors, umap_min_dist=min_dist)

    numbers = compute_numbers(gaussian(40, 3), settings)

    assert [p.settings["neighbors"] for p in numbers.projections] == [min(neighbors, 40)] * 2
    assert all(np.isfinite(p.coordinates).all() for p in numbers.projections)
    assert ("umap-neighbors-lowered" in {notice.code for notice in numbers.notices}) == (neighbors > 40)


@pytest.mark.parametrize(
    "values",
    [gaussian(7, 3), np.ones((20, 3)), np.linspace(-1, 1, 50)[:, None], np.vstack([gaussian(30, 3), np.zeros((2, 3))])],
    ids=["fewer rows than neighbors", "constant", "opposite directions only", "rows of zeros"],
)
def test_every_point_is_placed_in_odd_data(values: np.ndarray, shared_umap: UmapProcess) -> None:
    numbers = compute_numbers(values, SETTINGS)

    assert [p.name for p in numbers.projections] == ["umap2d", "umap3d"]
    assert all(np.isfinite(p.coordinates).all() for p in numbers.projections)


def test_progress_is_told_in_epochs_and_never_backwards(shared_umap: UmapProcess) -> None:
    values = clusters(2000, 6)[0]
    shares: list[float] = []

    shared_umap.place(
        table_of(values), gaussian(2000, 2).astype(np.float32), neighbors=15, min_dist=0.1, seed=0, report=shares.append
    )

    assert shares == sorted(shares)
    assert len({share for share in shares if 0 < share < 1}) > 1


@pytest.mark.parametrize(
    ("script", "reason"),
    [(DIES, "signal 9"), (QUITS, "code 3"), (LIES, "without a place"), (BREAKS_OFF, "code 0")],
    ids=["killed", "ended", "too short an answer", "half an answer"],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_process_that_ends_costs_its_pictures_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, reason: str, jobs: int
) -> None:
    instead_of_umap(monkeypatch, tmp_path, script)

    numbers = compute_numbers(gaussian(40, 4), replace(SETTINGS, projections=("pca", "tsne", "umap"), jobs=jobs))

    assert [p.name for p in numbers.projections] == ["pca", "pca-spherized", "tsne2d", "tsne3d"]
    (notice,) = [notice for notice in numbers.notices if notice.code == "umap-failed"]
    assert notice.severity == "warning"
    assert notice.message.startswith("UMAP 2D and UMAP 3D are missing, as umap-learn failed: ")
    assert reason in notice.message


def test_a_package_that_cannot_be_imported_is_told_and_the_principal_components_are_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "umap.py").write_text("raise ImportError('built for another numba')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    numbers = compute_numbers(gaussian(40, 4), SETTINGS)

    assert [p.name for p in numbers.projections] == ["pca"]
    assert any("ImportError: built for another numba" in notice.message for notice in numbers.notices)


def test_where_no_process_can_be_started_the_rest_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    numbers = compute_numbers(gaussian(40, 4), SETTINGS)

    assert any("no process can be started" in notice.message for notice in numbers.notices)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_ends_the_work_ends_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, jobs: int) -> None:
    running = tmp_path / "running"
    instead_of_umap(
        monkeypatch, tmp_path, f"import os, time; os.mkdir({str(running)!r} + str(os.getpid())); time.sleep(600)"
    )

    def interrupt(progress: PhaseProgress) -> None:
        deadline = time.monotonic() + 60
        while progress.phase == "Starting UMAP" and time.monotonic() < deadline:
            if list(tmp_path.glob("running*")):
                raise KeyboardInterrupt
            time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt):
        compute_numbers(gaussian(900, 4), replace(SETTINGS, projections=("tsne", "umap"), jobs=jobs), interrupt)

    (of_process,) = tmp_path.glob("running*")
    with pytest.raises(ProcessLookupError):
        os.kill(int(of_process.name.removeprefix("running")), 0)


def test_one_process_places_all_layouts_and_ends_with_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = (
        "import json, os, struct, sys\n"
        "source = sys.stdin.buffer\n"
        "while line := source.readline():\n"
        "    request = json.loads(line)\n"
        f"    open({str(tmp_path / 'asked')!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
        "    n, k, dims = request['n'], request['neighbors'], request['dims']\n"
        "    source.read(8 * n * k)\n"
        "    start = source.read(4 * n * dims)\n"
        "    sys.stdout.buffer.write(struct.pack('<cQ', b'+', len(start)) + start)\n"
        "    sys.stdout.flush()\n"
    )
    instead_of_umap(monkeypatch, tmp_path, script)

    numbers = compute_numbers(gaussian(40, 4), SETTINGS)

    assert [p.name for p in numbers.projections] == ["umap2d", "umap3d"]
    asked = (tmp_path / "asked").read_text().split()
    assert len(asked) == 2
    assert len(set(asked)) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(int(asked[0]), 0)


def test_the_process_ends_with_its_input() -> None:
    done = subprocess.run([sys.executable, "-P", umap_program.__file__], input=b"", capture_output=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends with its next answer")
def test_a_process_in_the_middle_of_its_work_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    # As a compiled loop does, it holds the interpreter's lock; the file is there once it has begun.
    (tmp_path / "umap.py").write_text(
        "import ctypes, os\n"
        f"os.rename({str(tmp_path / 'soon')!r}, {str(tmp_path / 'begun')!r})\n"
        "ctypes.PyDLL(None).sleep(600)\n"
    )
    (tmp_path / "soon").touch()
    script = (
        "import numpy as np\n"
        "from embreport.compute.umap import UmapProcess\n"
        "from embreport.model import NeighborTable\n"
        "process = UmapProcess()\n"
        "table = NeighborTable(metric='cosine', indices=np.zeros((5, 3), np.int32), distances=np.zeros((5, 3), 'f4'))\n"
        "def tell(share):\n"
        "    print(process._process.pid, flush=True)\n"
        "process.place(table, np.ones((5, 2), np.float32), neighbors=3, min_dist=0.1, seed=0, report=tell)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    build = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment)
    with build:
        assert build.stdout is not None
        started = int(build.stdout.readline())
        while not (tmp_path / "begun").exists():
            assert build.stdout.readline()
        build.kill()

    deadline = time.monotonic() + 60
    while is_running(started) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(started)
