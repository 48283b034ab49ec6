"""Standard output and standard error that are closed, full or read by nobody: what was built is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="Needs a POSIX shell, and /dev/full")

NOBODY = {"closed": "&-", "full": "/dev/full", "a pipe without a reader": " >(exit)"}


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    values = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    values[3] = np.nan  # something to notice
    np.save(tmp_path / "vectors.npy", values)
    return tmp_path / "vectors.npy"


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    run = f'embreport() {{ "{sys.executable}" -m embreport "$@"; }}; {command}'
    return subprocess.run(["bash", "-c", run], cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("nobody", NOBODY)
@pytest.mark.parametrize("quiet", ["", "-q"])
def test_the_page_is_written_where_nobody_hears_of_it(vectors: Path, nobody: str, quiet: str) -> None:
    done = shell(f"embreport build vectors.npy --projections pca {quiet} 2>{NOBODY[nobody]}", vectors.parent)

    assert done.returncode == 0
    assert done.stdout == "report.html\n"
    assert (vectors.parent / "report.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize("nobody", NOBODY)
def test_what_nobody_hears_of_does_not_get_into_the_result(vectors: Path, nobody: str) -> None:
    done = shell(f"embreport build vectors.npy --projections pca --json - 2>{NOBODY[nobody]}", vectors.parent)

    assert done.returncode == 0
    assert len(json.loads(done.stdout)["embeddings"]) == 1


@pytest.mark.parametrize("nobody", NOBODY)
def test_an_error_that_nobody_hears_of_keeps_its_exit_code(vectors: Path, nobody: str) -> None:
    assert shell(f"embreport build nowhere 2>{NOBODY[nobody]}", vectors.parent).returncode == 1
    assert shell(f"embreport build vectors.npy --neighbors x 2>{NOBODY[nobody]}", vectors.parent).returncode == 2


@pytest.mark.parametrize("nobody", NOBODY)
def test_figures_that_cannot_be_printed_are_an_error_and_the_page_stays(vectors: Path, nobody: str) -> None:
    done = shell(f"embreport build vectors.npy --projections pca -q --json - >{NOBODY[nobody]}", vectors.parent)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("embreport: Standard output")
    assert done.stderr.splitlines()[-1].endswith(" report.html is written.")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert (vectors.parent / "report.html").exists()


@pytest.mark.parametrize(("nobody", "code"), [("closed", 0), ("full", 1), ("a pipe without a reader", 0)])
def test_a_page_whose_name_cannot_be_printed_is_written(vectors: Path, nobody: str, code: int) -> None:
    done = shell(f"embreport build vectors.npy --projections pca -q >{NOBODY[nobody]}", vectors.parent)

    assert done.returncode == code
    assert ("No space left" in done.stderr) == (nobody == "full")
    assert "Traceback" not in done.stderr
    assert (vectors.parent / "report.html").exists()


@pytest.mark.parametrize("nobody", ["closed", "a pipe without a reader"])
def test_numbers_whose_folder_cannot_be_printed_are_written(vectors: Path, nobody: str) -> None:
    assert shell("embreport build vectors.npy --projections pca -q", vectors.parent).returncode == 0

    done = shell(f"embreport extract report.html -o numbers >{NOBODY[nobody]}", vectors.parent)

    assert (done.returncode, done.stderr) == (0, "")
    assert list((vectors.parent / "numbers").glob("01-*/points.csv"))


def test_a_page_for_a_closed_standard_output_is_refused_before_anything_is_computed(vectors: Path) -> None:
    done = shell("embreport build vectors.npy -o - >&-", vectors.parent)

    assert done.returncode == 1
    assert done.stderr == "embreport: -o - writes the page to standard output, which is closed; name a file.\n"


@pytest.mark.parametrize("command", ["--help", "--version", "inspect vectors.npy", "inspect vectors.npy --json"])
def test_words_that_do_not_fit_a_full_disk_are_an_error_in_one_line(vectors: Path, command: str) -> None:
    done = shell(f"embreport {command} >/dev/full", vectors.parent)

    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "embreport: Standard output cannot be written (No space left on device)."
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["--help", "inspect vectors.npy"])
def test_a_reader_that_has_read_enough_is_no_error(vectors: Path, command: str) -> None:
    done = shell(f"embreport {command} | true; exit ${{PIPESTATUS[0]}}", vectors.parent)

    assert (done.returncode, done.stderr) == (0, "")
