"""What a file system can do to a build: files that cannot be read, places that cannot be written, trees without end.

Each ends with one sentence and an exit code, and nothing half written stays.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from no_files import make_no_file

from embreport import logdir as logdirs
from embreport.cli import main
from embreport.readers import InputFile

DATA = Path(__file__).parent / "data"
_NOBODY = 65534


@contextlib.contextmanager
def without_privileges() -> Iterator[None]:
    """Permissions count for everyone but root; as root, go on as nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Imports what a build needs while that is allowed."""
    target = tmp_path_factory.mktemp("imported") / "r.html"
    assert build(DATA / "parquet_file" / "logdir", target) == 0
    for fixture, _, _ in _READ_FILES:
        main(["inspect", str(DATA / fixture / "logdir")])


@pytest.fixture
def place(imported: None) -> Iterator[Path]:
    """A folder that everybody may enter, as pytest's are not."""
    folder = Path(tempfile.mkdtemp(prefix="embreport-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def target(place: Path) -> Path:
    """Where a page goes; everybody may write there."""
    (place / "out").mkdir()
    (place / "out").chmod(0o777)
    return place / "out" / "report.html"


def build(logs: Path, target: Path, *more: str) -> int:
    return main(["build", str(logs), "-o", str(target), "--projections", "pca", "--neighbors", "10", "-q", *more])


def ends_with_one_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said last; no traceback was."""
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "fault of embreport" not in said
    return said.splitlines()[-1]


# Files that cannot be read

_READ_FILES = [
    ("tf2_words", "checkpoint", 0),
    ("tf2_words", "embedding.ckpt-1.index", 1),
    ("tf2_words", "embedding.ckpt-1.data-00000-of-00001", 1),
    ("tf2_words", "metadata.tsv", 0),
    ("tf2_words", "projector_config.pbtxt", 1),
    ("v1_plain", "model.ckpt-3", 1),
    ("tsv_sprite", "vectors.tsv", 1),
    ("tsv_sprite", "sprite.png", 0),
    ("bookmarks", "bookmarks.json", 0),
    ("keras3_callback", "train/keras_embedding.ckpt-1.weights.h5", 1),
    ("npy_files", "big.npy", 0),
    ("npz_files", "plain.npz", 0),
    ("safetensors_file", "model.safetensors", 1),
    ("word2vec_binary", "vectors.bin", 0),
    ("gensim_pair", "words_tensor.tsv", 1),
    ("parquet_file", "listed.parquet", 0),
]
# Thumbnails and parquet are read in a process of their own, which nobody may be unable to start.
_NEED_A_PROCESS = {"parquet_file", "tsv_sprite"}


@pytest.mark.parametrize(("fixture", "file", "code"), _READ_FILES)
def test_a_file_without_permission_to_read_is_named_and_costs_only_itself(
    place: Path, target: Path, capsys: pytest.CaptureFixture[str], fixture: str, file: str, code: int
) -> None:
    logs = place / "logs"
    shutil.copytree(DATA / fixture / "logdir", logs)
    (logs / file).chmod(0)

    with without_privileges():
        inspected = main(["inspect", str(logs), "--json"])
        found = json.loads(capsys.readouterr().out)
        built = build(logs, target) if fixture not in _NEED_A_PROCESS else None

    assert inspected == 0
    said = [f"{notice['where']} {notice['message']}" for notice in found["notices"]]
    assert any(file in text and "permission denied" in text for text in said), said
    assert built in (code, None)
    assert target.exists() == (built == 0)
    assert os.listdir(target.parent) == [target.name] * target.exists()


def test_a_folder_without_permission_to_list_is_named_and_the_others_are_built(
    place: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("open", "closed"):
        shutil.copytree(DATA / "tf2_words" / "logdir", place / "logs" / name)
    (place / "logs" / "closed").chmod(0)
    try:
        with without_privileges():
            code = build(place / "logs", target)
    finally:
        (place / "logs" / "closed").chmod(0o755)

    assert code == 0
    assert "closed: The folder cannot be listed (permission denied)" in capsys.readouterr().err


def test_a_log_directory_without_permission_is_an_error(
    place: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "logs").mkdir(mode=0)

    with without_privileges():
        code = build(place / "logs", target)

    assert code == 1
    assert "permission denied" in ends_with_one_sentence(capsys)


def test_a_file_in_a_folder_that_may_not_be_entered_is_an_error(
    place: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(DATA / "npy_files" / "logdir", place / "logs")
    (place / "logs").chmod(0)
    try:
        with without_privileges():
            code = build(place / "logs" / "whole.npy", target)
    finally:
        (place / "logs").chmod(0o755)

    assert code == 1
    assert "whole.npy" in ends_with_one_sentence(capsys)


@pytest.mark.parametrize("thing", ["fifo", "socket", "device", "loop", "dangling"])
def test_what_is_neither_folder_nor_file_is_refused_as_a_log_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], thing: str
) -> None:
    made = tmp_path / "x"
    make_no_file(made, thing)

    assert build(made, tmp_path / "r.html") == 1

    assert "x" in ends_with_one_sentence(capsys)
    assert not (tmp_path / "r.html").exists()


# Names that are not UTF-8


def test_names_that_are_not_utf_8_are_shown_as_text_in_the_terminal_the_data_and_the_page(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    folder = tmp_path / "logs" / os.fsdecode(b"run\xff")
    shutil.copytree(DATA / "tsv_sprite" / "logdir", folder)
    odd = os.fsdecode(b"v\xe9cteurs.tsv")
    (folder / "vectors.tsv").rename(folder / odd)
    config = (folder / "projector_config.pbtxt").read_text().replace("'vectors.tsv'", r"'v\351cteurs.tsv'")
    (folder / "projector_config.pbtxt").write_text(config.replace("'vectors'", r"'v\351cteurs'"))

    assert main(["inspect", str(tmp_path / "logs"), "--json"]) == 0
    found = json.loads(capfdbinary.readouterr().out)
    assert main(["inspect", str(tmp_path / "logs")]) == 0
    lines = capfdbinary.readouterr().out
    assert build(tmp_path / "logs", tmp_path / "r.html", "--json", str(tmp_path / "f.json")) == 0

    [embedding] = found["embeddings"]
    assert (embedding["run"], embedding["path"]) == ("run\\xff", "run\\xff/v\\xe9cteurs.tsv")
    assert embedding["shape"] == [18, 3]
    assert b"run\\xff" in lines
    lines.decode("utf-8")
    page = (tmp_path / "r.html").read_bytes().decode("utf-8")
    assert "run\\xff" in page or "run\\\\xff" in page
    assert json.loads((tmp_path / "f.json").read_bytes())["embeddings"][0]["run"] == "run\\xff"


# Trees without end


def test_a_folder_of_very_many_files_is_looked_into_once_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 5_000
    for number in range(count):
        os.close(os.open(tmp_path / f"file{number}", os.O_CREAT | os.O_WRONLY))
    (tmp_path / "projector_config.pbtxt").write_text(
        'model_checkpoint_path: "/gone/model.ckpt-1" embeddings { tensor_name: "a" metadata_path: "gone.tsv" }'
    )
    opened: list[str] = []
    really = InputFile.open
    monkeypatch.setattr(InputFile, "open", lambda self: opened.append(self.label) or really(self))

    survey = logdirs.survey(tmp_path)

    assert [item.tensor for item in survey.skipped] == ["a"]
    assert len(opened) < 1.01 * count


def test_very_many_runs_that_name_what_is_gone_are_not_looked_for_in_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(200):
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        (folder / "model.ckpt-1").write_bytes(b"")
        (folder / "projector_config.pbtxt").write_text(
            'model_checkpoint_path: "/gone/model.ckpt-2" embeddings { tensor_path: "gone.tsv" }'
        )
    opened: list[str] = []
    really = InputFile.open
    monkeypatch.setattr(InputFile, "open", lambda self: opened.append(self.label) or really(self))

    survey = logdirs.survey(tmp_path)

    assert len(survey.skipped) == 200
    assert len(opened) <= 400


def test_a_tree_of_very_many_levels_is_read_to_a_depth_and_that_is_said(tmp_path: Path) -> None:
    shutil.copytree(DATA / "tf2_words" / "logdir", tmp_path / "logs")
    descriptor = os.open(tmp_path / "logs", os.O_RDONLY)
    for _ in range(500):
        os.mkdir("d", dir_fd=descriptor)
        below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)

    survey = logdirs.survey(tmp_path / "logs")

    assert [source.built for source in survey.embeddings] == [True]
    assert [notice.code for notice in survey.notices] == ["logdir-too-large"]
    assert "40 levels" in survey.notices[0].message


# Places that cannot be written


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    shutil.copytree(DATA / "tf2_words" / "logdir", tmp_path / "logs")
    return tmp_path / "logs"


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("thing", ["fifo", "socket", "loop"])
@pytest.mark.parametrize("option", ["-o", "--json"])
def test_what_is_no_file_is_never_replaced_by_one(
    logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, thing: str, linked: bool
) -> None:
    make_no_file(tmp_path / "x", thing)
    (tmp_path / "link").symlink_to("x")
    before = os.lstat(tmp_path / "x")

    assert build(logs, tmp_path / "r.html", option, str(tmp_path / ("link" if linked else "x"))) == 1

    assert "no regular file and was left alone" in ends_with_one_sentence(capsys)
    assert os.lstat(tmp_path / "x").st_mode == before.st_mode
    assert sorted(os.listdir(tmp_path)) == ["link", "logs", "x"]


def test_a_standard_output_that_is_full_is_one_sentence(logs: Path) -> None:
    command = [sys.executable, "-m", "embreport", "inspect", str(logs), "--json"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "No space left" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for 64 kB; where the machine does not let us make one, the test is skipped."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)], capture_output=True)
    if made.returncode != 0:
        pytest.skip("no permission to mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_becomes_full_leaves_the_older_report_whole(
    logs: Path, tiny_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tiny_disk / "r.html").write_text("older")

    assert build(logs, tiny_disk / "r.html", "--json", str(tiny_disk / "f.json")) == 1

    assert "No space left" in ends_with_one_sentence(capsys)
    assert os.listdir(tiny_disk) == ["r.html"]
    assert (tiny_disk / "r.html").read_text() == "older"


def test_a_folder_that_may_not_be_written_is_one_sentence_and_stays_as_it_was(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(DATA / "tf2_words" / "logdir", place / "logs")
    (place / "out").mkdir(mode=0o755)
    (place / "out" / "r.html").write_text("older")

    with without_privileges():
        code = build(place / "logs", place / "out" / "r.html")

    assert code == 1
    assert "Permission denied" in ends_with_one_sentence(capsys)
    assert os.listdir(place / "out") == ["r.html"]
    assert (place / "out" / "r.html").read_text() == "older"


@pytest.mark.parametrize(
    "file", ["metadata.tsv", "projector_config.pbtxt", "embedding.ckpt-1.data-00000-of-00001", "checkpoint"]
)
@pytest.mark.parametrize("option", ["-o", "--json", "--summary", "--junit"])
def test_no_file_of_the_log_directory_is_written_over(
    logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, option: str
) -> None:
    before = (logs / file).read_bytes()

    code = build(logs, tmp_path / "r.html", option, str(logs / file))

    assert code == 2
    assert file in ends_with_one_sentence(capsys)
    assert (logs / file).read_bytes() == before
    assert not (tmp_path / "r.html").exists()


def test_an_older_report_in_the_log_directory_is_replaced(logs: Path) -> None:
    assert build(logs, logs / "report.html") == 0
    assert build(logs, logs / "report.html") == 0
    assert not list(logs.glob(".*"))
