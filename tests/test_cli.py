"""The command line: exit codes, one sentence for an error, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embreport.cli import main
from embreport.plain_text import plain

DATA = Path(__file__).parent / "data"


def write_logdir(folder: Path, *, rows: int = 12, labels: list[str] | None = None) -> Path:
    """A small log directory written by hand: vectors, labels and a config."""
    folder.mkdir(parents=True, exist_ok=True)
    vectors = "".join(f"{row % 5}\t{row * row % 7}\t{row}\n" for row in range(rows))
    (folder / "vectors.tsv").write_text(vectors)
    (folder / "labels.tsv").write_text("\n".join(labels or [f"point {row}" for row in range(rows)]) + "\n")
    (folder / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "numbers" tensor_path: "vectors.tsv" metadata_path: "labels.tsv" }\n'
    )
    return folder


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    return write_logdir(tmp_path / "logs")


def test_build_writes_one_page_and_prints_where_it_is(
    logdir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out" / "report.html"
    target.parent.mkdir()

    assert main(["build", str(logdir), "-o", str(target), "--projections", "pca"]) == 0

    assert capsys.readouterr().out.strip() == str(target)
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert os.listdir(target.parent) == ["report.html"]


def test_build_writes_the_figures_for_machines(logdir: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    arguments = ["build", str(logdir), "-o", str(tmp_path / "r.html"), "--json", str(figures), "--projections", "pca"]

    assert main(arguments) == 0

    found = json.loads(figures.read_text())
    assert found["embeddings"][0]["shape"] == [12, 3]
    assert found["embeddings"][0]["projections"][0]["name"] == "pca"
    assert found["bytes"] == (tmp_path / "r.html").stat().st_size
    assert sum(part["page_bytes"] for part in found["parts"]) == found["bytes"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["build", "missing"], 1, "missing"),
        (["build", "s3://bucket/logs"], 2, "aws s3 cp"),
        (["build", ".", "--neighbors", "0"], 2, "--neighbors"),
        (["build", ".", "--metric", "manhattan"], 2, "cosine"),
        (["build", ".", "--no-such-option"], 2, "--no-such-option"),
        (["build"], 2, "LOGDIR"),
        ([], 2, "COMMAND"),
        (["extract", "missing.html", "-o", "x"], 1, "missing.html"),
        (["inspect", "missing"], 1, "missing"),
    ],
)
def test_an_error_is_a_sentence_and_an_exit_code(
    arguments: list[str],
    code: int,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(arguments) == code

    said = capsys.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    assert os.listdir(tmp_path) == []


def test_an_empty_folder_is_nothing_to_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(tmp_path), "-o", str(tmp_path / "r.html")]) == 1

    assert "No embedding was found" in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_a_filter_that_fits_nothing_says_what_there_is(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(logdir), "--tensor", "words"]) == 1
    assert "numbers (run .)" in capsys.readouterr().err


def test_a_wrong_value_is_one_sentence(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(logdir), "--neighbors", "x"]) == 2
    said = capsys.readouterr().err
    assert said.endswith("argument --neighbors: “x” is not a whole number; see embreport build --help\n")


def test_a_column_that_is_not_there_is_refused_by_name(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(logdir), "--color-by", "topic"]) == 2
    assert "label" in capsys.readouterr().err


def test_a_traceback_is_shown_only_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "missing", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_strict_fails_on_a_warning_and_still_writes_the_report(tmp_path: Path) -> None:
    logdir = write_logdir(tmp_path / "logs", labels=["only", "three", "labels"])
    target = tmp_path / "report.html"

    assert main(["build", str(logdir), "-o", str(target), "--projections", "pca"]) == 0
    assert main(["build", str(logdir), "-o", str(target), "--projections", "pca", "--strict"]) == 3
    assert target.exists()


def test_inspect_prints_the_promised_object(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(logdir), "--json", "--checksums"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"logdir", "embeddings", "skipped", "notices"}
    embedding = found["embeddings"][0]
    assert embedding["tensor"] == "numbers"
    assert embedding["shape"] == [12, 3]
    assert embedding["metadata"] == {
        "path": "labels.tsv", "columns": ["label"], "rows": 12, "first": ["point 0"], "last": ["point 11"],
    }  # fmt: skip
    assert len(embedding["sha256"]) == 64
    assert embedding["listed"]
    assert embedding["built"]
    assert embedding["path"] == "vectors.tsv"


def test_inspect_says_the_same_to_a_person(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(logdir)]) == 0

    said = capsys.readouterr().out
    for word in ("numbers", "12 x 3", "labels.tsv", "vectors.tsv"):
        assert word in said


def test_the_terminal_obeys_no_control_character_of_the_input() -> None:
    assert plain("a\x1b[31mb\u202ec\nd\u00a0é") == "a\\x1b[31mb\\u202ec\\nd é"


def test_help_names_every_command_and_loads_no_numeric_library() -> None:
    script = (
        "import sys; from embreport.cli import main; main(['--help']); print([m for m in "
        "('numpy', 'sklearn', 'plotly', 'numba', 'PIL', 'jinja2') if sys.modules.get(m)])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert all(command in done.stdout for command in ("build", "inspect", "extract", "demo"))
    assert done.stdout.rstrip().endswith("[]")


@pytest.mark.parametrize(
    ("phase", "seconds"),
    [
        ("Looking", 0.0),
        ("Reading", 0.0),
        ("Neighbors", 0.1),
        ("PCA", 0.0),
        ("t-SNE 3D", 0.3),
        ("UMAP", 0.4),
        ("Writing", 0.2),
    ],
)
def test_an_interrupt_ends_with_one_line_and_leaves_the_older_report(
    tmp_path: Path, phase: str, seconds: float
) -> None:
    if phase == "UMAP":
        pytest.importorskip("umap")
    logdir = write_logdir(tmp_path / "logs", rows=2000)
    target = tmp_path / "out" / "report.html"
    target.parent.mkdir()
    target.write_text("older")
    projections = {"UMAP": "umap", "Writing": "pca"}.get(phase, "pca,tsne")
    command = [sys.executable, "-m", "embreport", "build", str(logdir), "-o", str(target), "--projections", projections]
    command += ["--json", str(target.with_suffix(".json")), "--cache", str(tmp_path / "cache")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if phase in line:
            break
    time.sleep(seconds)

    process.send_signal(signal.SIGINT)
    out, rest = process.communicate(timeout=120)

    assert process.returncode == 130
    assert rest.splitlines()[-1] == "embreport: Interrupted; nothing was written."
    assert [line for line in rest.splitlines() if "nterrupt" in line] == [rest.splitlines()[-1]]
    assert "Traceback" not in rest
    assert out == ""
    assert target.read_text() == "older"
    assert os.listdir(target.parent) == ["report.html"]
    assert not list((tmp_path / "cache").glob("*unfinished"))


@pytest.mark.parametrize("drop", ["column:secret", "labels", "images"])
def test_what_is_dropped_is_not_in_the_file(drop: str, tmp_path: Path) -> None:
    logdir = write_logdir(tmp_path / "logs")
    (logdir / "labels.tsv").write_text("name\tsecret\n" + "".join(f"p{row}\tclassified{row}\n" for row in range(12)))
    target = tmp_path / "r.html"

    assert main(["build", str(logdir), "-o", str(target), "--projections", "pca", "--drop", drop]) == 0
    assert main(["extract", str(target), "-o", str(tmp_path / "numbers")]) == 0

    points = next((tmp_path / "numbers").glob("*/points.csv")).read_text()
    assert ("classified3" in points) == (drop == "images")
    assert ("p3" in points) == (drop != "labels")


def test_a_dropped_column_that_is_not_there_is_refused(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(logdir), "--drop", "column:secrets"]) == 2
    assert "secrets" in capsys.readouterr().err


def test_a_step_that_nothing_was_saved_at_is_refused(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(logdir), "--step", "7"]) == 1
    assert "step 7" in capsys.readouterr().err
    assert main(["build", str(DATA / "tf1_saver" / "logdir"), "--step", "7"]) == 1
    assert "there are: 1000, 2000" in capsys.readouterr().err


def test_a_toml_file_may_ask_for_quiet_and_for_figures(
    logdir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "embreport.toml"
    config.write_text(f'quiet = true\njson = "{tmp_path}/f.json"\nprojections = "pca"\n')

    assert main(["build", str(logdir), "-o", str(tmp_path / "r.html"), "--config", str(config)]) == 0

    assert (tmp_path / "f.json").exists()
    assert "PCA" not in capsys.readouterr().err


def test_inspect_takes_what_belongs_to_a_tensor_file(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["inspect", str(logdir / "vectors.tsv"), "--metadata", str(logdir / "labels.tsv"), "--json"]

    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["embeddings"][0]["metadata"]["first"] == ["point 0"]


def test_a_dash_writes_the_page_to_standard_output_and_no_path(
    logdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["build", str(logdir), "-o", "r.html", "--projections", "pca", "-q"]) == 0
    capfdbinary.readouterr()

    assert main(["build", str(logdir), "-o", "-", "--projections", "pca", "-q"]) == 0

    assert capfdbinary.readouterr().out == (tmp_path / "r.html").read_bytes()
    assert not (tmp_path / "-").exists()


def test_a_dash_writes_the_figures_to_standard_output(
    logdir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "r.html"

    assert main(["build", str(logdir), "-o", str(target), "--projections", "pca", "-q", "--json", "-"]) == 0

    assert json.loads(capsys.readouterr().out)["bytes"] == target.stat().st_size


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["-o", "-", "--json", "-"], 2, "place of its own"),
        (["-o", "r.html", "--summary", "./r.html"], 2, "place of its own"),
        (["-o", "nowhere/r.html"], 1, "nowhere"),
        (["-o", "."], 1, "folder"),
        (["--junit", "nowhere/j.xml"], 1, "nowhere"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_computed(
    arguments: list[str],
    code: int,
    words: str,
    logdir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["build", str(logdir), *arguments]) == code

    said = capsys.readouterr()
    assert words in said.err
    assert "Neighbors" not in said.err
    assert said.out == ""
    assert os.listdir(tmp_path) == ["logs"]


def test_a_page_is_not_poured_into_a_terminal(
    logdir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    assert main(["build", str(logdir), "-o", "-"]) == 2
    assert "> report.html" in capsys.readouterr().err


def test_a_reader_of_the_page_that_goes_away_is_an_error(logdir: Path) -> None:
    command = [sys.executable, "-m", "embreport", "build", str(logdir), "-o", "-", "--projections", "pca", "-q"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read().decode()

    assert process.wait(timeout=60) == 1
    assert said.splitlines()[-1] == "embreport: Standard output was closed before all was written."


def test_extract_refuses_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", "r.html", "-o", "-"]) == 2
    assert "folders" in capsys.readouterr().err


def test_names_that_are_not_utf_8_are_printed_and_written_as_they_are(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    logdir = write_logdir(tmp_path / "l\udcffgs")
    target, figures = tmp_path / "r\udcff.html", tmp_path / "f.json"

    code = main(["build", str(logdir), "-o", str(target), "--projections", "pca", "-q", "--json", str(figures)])

    assert code == 0
    assert capfdbinary.readouterr().out == os.fsencode(target) + b"\n"
    assert json.loads(figures.read_bytes())["title"] == "l\udcffgs"
    assert main(["inspect", str(logdir), "--json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["embeddings"][0]["tensor"] == "numbers"


@pytest.mark.parametrize("text", ["quiet = 'yes'", "json = 3", "summary = true", "junit = ['a']"])
def test_a_wrong_value_of_a_terminal_option_is_refused(logdir: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "e.toml").write_text(text)

    assert main(["build", str(logdir), "--config", str(tmp_path / "e.toml")]) == 2


def test_a_typed_place_wins_over_the_one_of_the_file(logdir: Path, tmp_path: Path) -> None:
    (tmp_path / "e.toml").write_text(f'json = "{tmp_path}/file.json"\nprojections = "pca"\nquiet = true\n')
    arguments = ["build", str(logdir), "-o", str(tmp_path / "r.html"), "--config", str(tmp_path / "e.toml")]

    assert main([*arguments, "--json", str(tmp_path / "typed.json")]) == 0

    assert (tmp_path / "typed.json").exists()
    assert not (tmp_path / "file.json").exists()
