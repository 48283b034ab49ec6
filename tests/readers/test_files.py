from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from embreport.errors import FormatError, InputError, InputNotFound, LimitExceeded, OutsideLogdir
from embreport.readers import files
from embreport.readers.files import InputFile, printable_name


def file_at(path: Path, inside: Path | None = None) -> InputFile:
    return InputFile(path=path, label=path.name, inside=inside)


def test_a_fifo_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(FormatError, match="special file"):
        file_at(tmp_path / "pipe").read(10, "A pipe")


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder"):
        file_at(tmp_path).read(10, "A folder")


@pytest.mark.parametrize("name", ["gone", "gone/deeper", "a\0b", "x" * 5000])
def test_what_is_not_there_is_an_input_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        file_at(tmp_path / name).read(10, "A file")


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 11)

    with pytest.raises(LimitExceeded, match="11 bytes; at most 10"):
        file_at(tmp_path / "big").read(10, "A file")


def test_an_unreadable_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_bytes(b"x")

    def refuse(path: Path, flags: int) -> int:  # what the system says of a file of mode 0, except to root
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(files.os, "open", refuse)
    with pytest.raises(InputError, match="permission"):
        file_at(tmp_path / "secret").read(10, "A file")


@pytest.mark.parametrize("link", ["file", "folder"])
def test_a_link_out_of_the_folder_is_refused_unless_allowed(tmp_path: Path, link: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "x").write_bytes(b"secret")
    if link == "file":
        (inside / "x").symlink_to(outside / "x")
        path = inside / "x"
    else:
        (inside / "sub").symlink_to(outside)
        path = inside / "sub" / "x"

    with pytest.raises(OutsideLogdir, match="--allow-outside"):
        file_at(path, inside).read(10, "A file")
    assert file_at(path).read(10, "A file") == b"secret"


def test_a_link_that_leads_to_itself_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    with pytest.raises(InputError):
        file_at(tmp_path / "loop", tmp_path).read(10, "A file")


def test_a_sibling_keeps_folder_and_guard(tmp_path: Path) -> None:
    file = InputFile(path=tmp_path / "run" / "a.index", label="run/a.index", inside=tmp_path)

    sibling = file.sibling("a.data")

    assert (sibling.path, sibling.label, sibling.inside) == (tmp_path / "run" / "a.data", "run/a.data", tmp_path)


def test_a_name_that_is_not_utf8_is_spelled_with_escapes() -> None:
    assert printable_name(os.fsdecode(b"caf\xe9")) == "caf\\xe9"


def test_missing_files_are_told_from_unreadable_ones(tmp_path: Path) -> None:
    with pytest.raises(InputNotFound):
        file_at(tmp_path / "gone").size()
