"""The same input gives the same file: in any folder, locale, time zone and with any number of threads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


def build(logdir: Path, target: Path, *, jobs: int, **environment: str) -> bytes:
    command = [sys.executable, "-m", "embreport", "build", str(logdir), "-o", str(target)]
    command += ["--projections", "pca,tsne", "--jobs", str(jobs), "--quiet"]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | environment, cwd=target.parent)
    return target.read_bytes()


@pytest.mark.parametrize("example", ["words", "digits"])
def test_thread_count_folder_locale_and_time_zone_leave_no_trace(example: str, tmp_path: Path) -> None:
    for place in ("here", "some where/else"):
        shutil.copytree(EXAMPLES / example / "logdir", tmp_path / place / "logdir")

    one = build(
        tmp_path / "here/logdir", tmp_path / "one.html", jobs=1, TZ="Asia/Tokyo", LC_ALL="C", OMP_NUM_THREADS="1"
    )  # fmt: skip
    two = build(
        tmp_path / "some where/else/logdir", tmp_path / "two.html", jobs=2, TZ="UTC", PYTHONHASHSEED="7",
        OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2",
    )  # fmt: skip

    assert one == two
    assert str(tmp_path).encode() not in one
