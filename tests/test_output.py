"""A result is written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from embreport import output
from embreport.errors import OutputError
from embreport.output import write_whole


def test_a_file_is_written_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "report.html", b"new")

    assert (tmp_path / "report.html").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["report.html"]


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_bytes(b"old")

    write_whole(tmp_path / "report.html", b"new")

    assert (tmp_path / "report.html").read_bytes() == b"new"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.html").write_bytes(b"old")
    (tmp_path / "report.html").symlink_to("real.html")

    write_whole(tmp_path / "report.html", b"new")

    assert (tmp_path / "report.html").is_symlink()
    assert (tmp_path / "real.html").read_bytes() == b"new"


@pytest.mark.parametrize(
    "failure",
    [OSError(28, "No space left on device"), OSError(30, "Read-only file system"), KeyboardInterrupt()],
)
def test_a_failed_write_leaves_the_older_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    (tmp_path / "report.html").write_bytes(b"old")

    def fail(descriptor: int) -> None:
        raise failure

    monkeypatch.setattr(output.os, "fsync", fail)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write_whole(tmp_path / "report.html", b"new")

    assert (tmp_path / "report.html").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_missing_folder_and_a_folder_as_target_are_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="-o"):
        write_whole(tmp_path / "missing" / "report.html", b"new")
    with pytest.raises(OutputError, match="folder"):
        write_whole(tmp_path, b"new")
