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
from PIL import Image

from embreport.compute.availability import numba_is_installed

# A terminal of its own for a command: what it shows goes to stdout, what is typed comes from stdin.
TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
WITH_A_FREE_CORE = (
    "import embreport.cli, embreport.compute.compiling_ahead as ahead\n"
    "ahead._load_permits = lambda: True\n"
    "embreport.cli.run()"
)
INTERRUPTED = "embreport: Interrupted; nothing was written."
# The installed command, which says on stdout when its first line is reached: before that is Python's own start.
ENTRY = "import os; os.write(1, b'.'); from embreport.__main__ import run; run()"
MOMENTS = [round(0.01 * 200 ** (step / 19), 3) for step in range(20)]  # from 0.01 to 2 seconds
NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Processes are found in /proc")


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


def logdir_with_images(folder: Path, rows: int) -> Path:
    made = folder / "logs"
    made.mkdir()
    rng = np.random.default_rng(0)
    np.save(made / "vectors.npy", rng.normal(size=(rows, 12)).astype(np.float32))
    side = int(np.ceil(rows**0.5))
    Image.fromarray(rng.integers(0, 255, (side * 8, side * 8), np.uint8)).save(made / "sprite.png")
    (made / "labels.tsv").write_text("".join(f"{row % 7}\n" for row in range(rows)))
    (made / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "words" tensor_path: "vectors.npy" metadata_path: "labels.tsv"\n'
        '  sprite { image_path: "sprite.png" single_image_dim: 8 single_image_dim: 8 } }\n'
    )
    return made


def begun(folder: Path, *options: str) -> subprocess.Popen[str]:
    """A build as the installed command runs it, which has reached its first line."""
    for name in ("out", "temporary"):
        (folder / name).mkdir()
    build = [sys.executable, "-c", ENTRY, "build", str(logdir_with_images(folder, 4000)), *options]
    process = subprocess.Popen(
        [*build, "-o", str(folder / "out" / "r.html"), "--json", str(folder / "out" / "r.json")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, env=environment(folder),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.read(1) == "."
    return process


def assert_ended_in_order(
    process: subprocess.Popen[str], folder: Path, children: set[int], code: int = 130, line: str = INTERRUPTED
) -> None:
    out, said = process.communicate(timeout=60)

    assert process.returncode == code, said
    assert said.splitlines()[-1] == line
    assert said.count("embreport: ") == 1
    assert not re.search("Traceback|Exception|Error", said)
    assert out == ""
    assert nothing_is_left(folder, children)


@NEEDS_PROC
@pytest.mark.parametrize("seconds", MOMENTS)
def test_at_any_moment_an_interrupt_is_one_line_and_leaves_nothing(tmp_path: Path, seconds: float) -> None:
    build = begun(tmp_path)
    time.sleep(seconds)
    children = descendants(build.pid)

    os.killpg(build.pid, signal.SIGINT)

    assert_ended_in_order(build, tmp_path, children)


@NEEDS_PROC
@pytest.mark.parametrize("seconds", [0.02, 0.15, 0.4, 0.8, 1.6])
def test_further_interrupts_while_it_ends_change_nothing(tmp_path: Path, seconds: float) -> None:
    build = begun(tmp_path, "--projections", "pca,tsne")
    time.sleep(seconds)
    children = descendants(build.pid)

    for _ in range(20):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(build.pid, signal.SIGINT)
        time.sleep(0.01)

    assert_ended_in_order(build, tmp_path, children)


@NEEDS_PROC
@pytest.mark.parametrize("seconds", [0.5, 1.5])
@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_request_to_terminate_ends_as_orderly(tmp_path: Path, name: str, code: int, seconds: float) -> None:
    build = begun(tmp_path)
    assert build.stderr is not None
    build.stderr.readline()  # the first phase
    time.sleep(seconds)
    children = descendants(build.pid)

    build.send_signal(getattr(signal, name))

    assert_ended_in_order(build, tmp_path, children, code, "embreport: Terminated; nothing was written.")


def test_an_interrupt_that_came_through_exec_is_an_exit_code_and_not_a_signal() -> None:
    script = (
        "import embreport.cli as cli\n"
        "def interrupted(*given):\n"
        "    try:\n"
        "        exec('raise KeyboardInterrupt')\n"
        "    except KeyboardInterrupt:\n"
        "        return 130\n"
        "cli.main = interrupted\n"
        "cli.run()\n"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 130


def test_interrupts_that_the_command_was_started_to_ignore_are_ignored(tmp_path: Path) -> None:
    script = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {ENTRY}"
    build = [*command(tmp_path, 200, "pca")[3:], "-q"]
    process = subprocess.Popen([sys.executable, "-c", script, *build], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.read(1)
    for _ in range(10):
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)

    assert process.communicate(timeout=120)[0] == f"{tmp_path / 'out' / 'r.html'}\n"
    assert process.returncode == 0


@NEEDS_PROC
@pytest.mark.parametrize(("to", "seconds"), [("the process", 1.5), ("all processes of the terminal", 0.0)])
def test_the_process_of_umap_ends_with_the_build(tmp_path: Path, to: str, seconds: float) -> None:
    pytest.importorskip("umap")
    build = subprocess.Popen(
        command(tmp_path, 4000, "umap"),
        stderr=subprocess.PIPE, text=True, start_new_session=True, env=environment(tmp_path),
    )  # fmt: skip
    assert build.stderr is not None
    while (line := build.stderr.readline()) and "UMAP" not in line:
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


@NEEDS_PROC
@pytest.mark.parametrize("to", ["the process", "all processes of the terminal"])
def test_the_process_that_compiles_ahead_ends_with_the_build(tmp_path: Path, to: str) -> None:
    pytest.importorskip("numba")
    (tmp_path / "kernels").mkdir()
    build = subprocess.Popen(
        [sys.executable, "-c", WITH_A_FREE_CORE, *command(tmp_path, 4000, "tsne")[3:]],
        stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=environment(tmp_path) | {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")},
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list((tmp_path / "kernels").rglob("attraction*.nbi")) and time.monotonic() < deadline:
        time.sleep(0.01)
    children = descendants(build.pid)

    os.kill(build.pid, signal.SIGINT) if to == "the process" else os.killpg(build.pid, signal.SIGINT)
    said = build.communicate(timeout=60)[1]

    assert children
    assert build.returncode == 130
    assert said.splitlines()[-1] == INTERRUPTED
    assert nothing_is_left(tmp_path, children)
    assert not list((tmp_path / "kernels").rglob("*.tmp.*"))


@NEEDS_PROC
def test_on_a_terminal_one_line_tells_rates_and_time_left_and_control_c_ends_it(tmp_path: Path) -> None:
    # scikit-learn, which places many points where numba is not there, tells of no steps.
    rows = 3000 if numba_is_installed() else 1500
    build = subprocess.Popen(
        [sys.executable, "-c", TERMINAL, *command(tmp_path, rows, "tsne")],
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

    assert re.search(rf"Neighbors  [\d,]+ of {rows:,} rows", shown)
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
