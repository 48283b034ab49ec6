"""Ctrl-C in scripts and at a real terminal: one line, exit code 130, no file and no process left; and what is told."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

# A terminal of its own for a command: what it shows goes to stdout, what is typed comes from stdin.
TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
INTERRUPTED = "embreport: Interrupted; nothing was written."


def command(folder: Path, rows: int, projections: str) -> list[str]:
    np.save(folder / "vectors.npy", np.random.default_rng(0).normal(size=(rows, 12)).astype(np.float32))
    (folder / "out").mkdir()
    (folder / "temporary").mkdir()
    build = [sys.executable, "-m", "embreport", "build", str(folder / "vectors.npy"), "--neighbors", "20"]
    return [*build, "-o", str(folder / "out" / "r.html"), "--projections", projections]


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {"TMPDIR": str(folder / "temporary"), "TERM": "xterm"}


def descendants(process: int) -> set[int]:
    """All processes that go back to this one."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {process}} - found:
        found |= more
    return found


def running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def nothing_is_left(folder: Path, children: set[int]) -> bool:
    deadline = time.monotonic() + 10
    while any(map(running, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(running, children)) and not os.listdir(folder / "out") and not os.listdir(folder / "temporary")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Processes are found in /proc")
@pytest.mark.parametrize(("to", "seconds"), [("the process", 1.5), ("all processes of the terminal", 0.0)])
def test_the_process_of_umap_ends_with_the_build(tmp_path: Path, to: str, seconds: float) -> None:
    pytest.importorskip("umap")
    build = subprocess.Popen(
        command(tmp_path, 4000, "umap"),
        stderr=subprocess.PIPE, text=True, start_new_session=True, env=environment(tmp_path),
    )  # fmt: skip
    assert build.stderr is not None
    while (line := build.stderr.readline()) and not line.startswith("UMAP"):
        pass
    deadline = time.monotonic() + 30
    while not (children := descendants(build.pid)) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(seconds)

    os.kill(build.pid, signal.SIGINT) if to == "the process" else os.killpg(build.pid, signal.SIGINT)
    said = build.communicate(timeout=60)[1]

    assert children
    assert build.returncode == 130
    assert said.splitlines()[-1] == INTERRUPTED
    assert "Traceback" not in said
    assert nothing_is_left(tmp_path, children)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Processes are found in /proc")
def test_on_a_terminal_one_line_tells_rates_and_time_left_and_control_c_ends_it(tmp_path: Path) -> None:
    build = subprocess.Popen(
        [sys.executable, "-c", TERMINAL, *command(tmp_path, 3000, "tsne")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(tmp_path),
    )  # fmt: skip
    assert build.stdin is not None
    assert build.stdout is not None
    shown, children = "", set()
    while not re.search(r"t-SNE 3D  [\d,]+ of 750 steps.* left", shown) and (
        data := os.read(build.stdout.fileno(), 4096)
    ):
        shown += data.decode()
        children |= descendants(build.pid)

    build.stdin.write(b"\x03")
    build.stdin.flush()
    shown += build.stdout.read().decode()
    build.wait()

    assert re.search(r"Neighbors  [\d,]+ of 3,000 rows", shown)
    assert build.returncode == 130
    *before, last = shown.rstrip().split("\r")
    assert INTERRUPTED in last
    assert "\n" not in "".join(before).replace("^C", "").rstrip("\n")
    assert nothing_is_left(tmp_path, children)


def test_quiet_says_nothing_on_a_terminal(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TERMINAL, *command(tmp_path, 120, "pca,tsne"), "--quiet"],
        stdin=subprocess.DEVNULL, capture_output=True, check=True, env=environment(tmp_path),
    )  # fmt: skip

    assert done.stdout.decode().split() == [str(tmp_path / "out" / "r.html")]
