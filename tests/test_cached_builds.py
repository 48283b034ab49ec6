"""Builds with a cache: the same page with and without it, nothing made twice, and never an error because of it."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import embreport
from embreport.cli import main


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    random = np.random.default_rng(0)
    classes = random.integers(0, 3, 60)
    vectors = (random.normal(size=(3, 5))[classes] * 4 + random.normal(size=(60, 5))).astype(np.float32)
    vectors[7, 2] = np.nan
    np.save(folder / "vectors.npy", vectors)
    (folder / "labels.tsv").write_text(
        "name\tclass\n" + "".join(f"p{row}\tc{kind}\n" for row, kind in enumerate(classes))
    )
    (folder / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "numbers" tensor_path: "vectors.npy" metadata_path: "labels.tsv" }\n'
    )
    return folder


def build(logdir: Path, target: Path, *more: str) -> bytes:
    assert main(["build", str(logdir), "-o", str(target), "--projections", "pca,tsne", "--title", "T", *more]) == 0
    return target.read_bytes()


def test_the_page_is_the_same_without_a_cache_with_an_empty_and_with_a_full_one(
    logdir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without = build(logdir, tmp_path / "0.html")
    first = build(logdir, tmp_path / "1.html", "--cache", str(tmp_path / "cache"))
    assert "cache: 0 of" in capsys.readouterr().err
    second = build(logdir, tmp_path / "2.html", "--cache", str(tmp_path / "cache"))

    assert first == without
    assert second == without
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("cache: ")]
    reused, of = said[0].removeprefix("cache: ").removesuffix(" results reused").split(" of ")
    assert reused == of


def test_every_damaged_entry_is_made_again_and_said_and_the_page_is_the_same(logdir: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    without = build(logdir, tmp_path / "0.html", "--cache", str(cache))
    for number, path in enumerate(sorted(cache.glob("*.embreport-cache"))):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes([bytes(data), b"", data[:-9]][number % 3])

    again = build(logdir, tmp_path / "1.html", "--cache", str(cache), "--json", str(tmp_path / "f.json"), "-q")

    assert again == without
    notices = json.loads((tmp_path / "f.json").read_text())["notices"]
    assert [notice["severity"] for notice in notices if notice["code"] == "cache-damaged"] == ["info"]
    assert b"cache-damaged" not in again


def started(logdir: Path, target: Path, cache: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "embreport", "build", str(logdir), "-o", str(target), "--cache", str(cache)]
    command += ["--projections", "pca,tsne", "--title", "T"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def test_builds_at_the_same_time_share_a_folder_and_make_the_same_page(logdir: Path, tmp_path: Path) -> None:
    without = build(logdir, tmp_path / "0.html")
    several = [started(logdir, tmp_path / f"{number}.html", tmp_path / "cache") for number in (1, 2)]

    said = [process.communicate()[1] for process in several]

    assert [process.returncode for process in several] == [0, 0]
    assert [(tmp_path / f"{number}.html").read_bytes() for number in (1, 2)] == [without] * 2
    assert not any("cache-" in lines for lines in said)


@pytest.mark.parametrize("phase", ["PCA", "t-SNE 3D", "Writing the page"])
def test_a_build_killed_in_the_middle_harms_no_later_one(logdir: Path, tmp_path: Path, phase: str) -> None:
    without = build(logdir, tmp_path / "0.html")
    killed = started(logdir, tmp_path / "1.html", tmp_path / "cache")
    assert killed.stderr is not None
    while (line := killed.stderr.readline()) and not line.startswith(phase):
        pass
    killed.kill()
    killed.communicate()

    later = started(logdir, tmp_path / "2.html", tmp_path / "cache")
    said = later.communicate()[1]

    assert (tmp_path / "2.html").read_bytes() == without
    reused, of = re.findall(r"cache: (\d+) of (\d+) results reused", said)[0]
    assert 0 < int(reused) <= int(of)
    assert "damaged" not in said


def test_a_cache_that_cannot_be_used_costs_a_notice_and_nothing_else(logdir: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    report = embreport.build(logdir, projections="pca", cache=tmp_path / "file", strict=True)

    assert {"cache-unreadable", "cache-not-written"} <= {notice.code for notice in report.notices}
    assert (tmp_path / "file").read_text() == "in the way"


def test_parts_of_the_page_that_cannot_be_what_was_kept_are_made_again(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(900, 4)).astype(np.float32)

    def report() -> embreport.Report:
        return embreport.from_arrays(values, projections="pca", cache=tmp_path / "cache")

    first = report().html
    parts = sorted((tmp_path / "cache").glob("page-*"))
    assert {path.name.split("-")[1] for path in parts} >= {"neighbors", "coordinates", "still", "plotly", "script"}
    for path in parts:
        data = bytearray(path.read_bytes())
        at = data.index(b"]]]}") + 4  # the first byte of what is kept, with a checksum that is right again
        data[at] ^= 255
        path.write_bytes(bytes(data[:-32]) + hashlib.sha256(data[:-32]).digest())

    again = report()

    assert again.html == first
    assert "cache-damaged" in {notice.code for notice in again.notices}
    assert "cache-damaged" not in {notice.code for notice in report().notices}


NO_NUMBERS = ("numba", "llvmlite", "scipy", "sklearn", "umap", "pynndescent", "plotly", "pyarrow", "h5py", "pandas")


def imported_by(*arguments: str) -> set[str]:
    """The packages a fresh process imports for a command."""
    script = (
        "import os, sys; os.getloadavg = lambda: (0.0, 0.0, 0.0); from embreport.cli import main;"
        "code = main(sys.argv[1:]);"
        "print(*(name for name, module in sys.modules.items() if module is not None)); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize("rows", [60, 2500, 4200])
def test_a_rebuild_that_needs_no_numbers_imports_nothing_that_makes_them(rows: int, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    values = np.random.default_rng(0).normal(size=(rows, 5)).astype(np.float32)
    np.save(tmp_path / "logs" / "vectors.npy", values[np.arange(rows) // 2])  # pairs of equal rows
    command = ["build", str(tmp_path / "logs" / "vectors.npy"), "-o", str(tmp_path / "report.html")]
    command += ["--projections", "pca,tsne", "--preset", "fast", "--cache", str(tmp_path / "cache"), "--quiet"]
    imported_by(*command)
    page = (tmp_path / "report.html").read_bytes()

    again = imported_by(*command)

    assert (tmp_path / "report.html").read_bytes() == page
    assert not again & set(NO_NUMBERS)


def test_looking_into_a_log_directory_imports_nothing_that_makes_numbers_or_pages(logdir: Path) -> None:
    assert not imported_by("inspect", str(logdir)) & {*NO_NUMBERS, "PIL", "jinja2"}


def test_outputs_and_notices_are_the_same_with_a_full_cache(logdir: Path, tmp_path: Path) -> None:
    written = []
    for number, more in enumerate([(), ("--cache", str(tmp_path / "cache")), ("--cache", str(tmp_path / "cache"))]):
        names = [f"--{kind}={tmp_path / f'{number}.{kind}'}" for kind in ("json", "summary", "junit")]
        build(logdir, tmp_path / "page.html", *names, *more)
        written.append([(tmp_path / f"{number}.{kind}").read_bytes() for kind in ("json", "summary", "junit")])

    assert written[0] == written[1] == written[2]


def test_a_cache_inside_the_log_directory_is_not_read_as_part_of_it(logdir: Path, tmp_path: Path) -> None:
    without = build(logdir, tmp_path / "0.html")
    for name in ("1.html", "2.html"):
        assert build(logdir, tmp_path / name, "--cache", str(logdir / "cache")) == without


def test_arrays_have_the_same_cache(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    pages = {embreport.from_arrays(values, projections="pca", cache=str(tmp_path)).html for _ in range(2)}

    assert len(pages) == 1
    assert list(tmp_path.glob("neighbors-*.embreport-cache"))


def test_a_size_too_small_for_the_results_is_said(logdir: Path, tmp_path: Path) -> None:
    report = embreport.from_arrays(
        np.random.default_rng(0).normal(size=(700, 3)), projections="pca", cache=tmp_path, cache_size="1MB"
    )

    assert "cache-too-small" in {notice.code for notice in report.notices}
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 1_000_000
