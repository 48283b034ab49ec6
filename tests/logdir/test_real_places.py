"""Real writers' log directories that were moved, copied in part or misspelt: the same embedding, and what is said."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from logdir_factory import codes

from embreport import logdir
from embreport.model import Embedding, Survey
from embreport.views.polylines import line_column, next_rows

DATA = Path(__file__).resolve().parent.parent / "data"
CONFIG = "projector_config.pbtxt"


def copied(fixture: str, target: Path) -> Path:
    shutil.copytree(DATA / fixture / "logdir", target, dirs_exist_ok=True)
    return target


def built(survey: Survey) -> Embedding:
    [source] = [source for source in survey.embeddings if source.built]
    return logdir.load(source, survey)[0]


def same(found: Embedding, wanted: Embedding) -> bool:
    """Whether values, labels, thumbnails and views agree."""
    cells = [[column.cells for column in item.metadata.columns] if item.metadata else [] for item in (found, wanted)]
    tiles = [item.sprite.tile(0).tobytes() if item.sprite else b"" for item in (found, wanted)]
    views = [[view.coordinates.tobytes() for view in item.views] for item in (found, wanted)]
    checks = [logdir.checksum(found) == logdir.checksum(wanted), *(a == b for a, b in (cells, tiles, views))]
    return all(checks)


# Paths of labels, images, vectors and bookmarks

_SPELLINGS: dict[str, Callable[[str], str]] = {
    "trainer": lambda path: f"/home/trainer/logs/run7/{path}",
    "windows": lambda path: "C:\\\\logs\\\\" + path.replace("/", "\\\\"),
    "backslashes": lambda path: "logs\\\\" + path.replace("/", "\\\\"),
    "variable": lambda path: f"$LOG_DIR/{path}",
    "braces": lambda path: f"${{LOG_DIR}}/{path}",
    "server": lambda path: f"logs/run7/{path}",
    "above": lambda path: f"../../elsewhere/{path}",
    "flat": lambda path: path.rsplit("/", 1)[-1],
    "upper": lambda path: path.rsplit("/", 1)[-1].upper(),
}


@pytest.mark.parametrize("spelling", _SPELLINGS)
@pytest.mark.parametrize(
    ("fixture", "field"),
    [
        ("torch_images", "metadata_path"),
        ("torch_images", "image_path"),
        ("torch_images", "tensor_path"),
        ("bookmarks", "metadata_path"),
        ("bookmarks", "bookmarks_path"),
    ],
)
def test_every_path_of_a_config_is_mended_in_every_spelling(
    tmp_path: Path, fixture: str, field: str, spelling: str
) -> None:
    folder = copied(fixture, tmp_path / "run")
    text = (folder / CONFIG).read_text()
    [path] = re.findall(rf'{field}: "(.*)"', text)
    spelled = _SPELLINGS[spelling](path)
    (folder / CONFIG).write_text(text.replace(f'{field}: "{path}"', f'{field}: "{spelled}"'))

    survey = logdir.survey(folder)

    assert same(built(survey), built(logdir.survey(DATA / fixture / "logdir")))
    assert [code for code in codes(survey) if code != "steps-not-built"] == ["path-mended"] * (spelled != path)


@pytest.mark.parametrize(("fixture", "field"), [("tsv_sprite", "tensor_path"), ("tsv_sprite", "image_path")])
def test_two_files_that_fit_are_named_and_none_is_taken(tmp_path: Path, fixture: str, field: str) -> None:
    folder = copied(fixture, tmp_path / "run")
    text = (folder / CONFIG).read_text()
    [path] = re.findall(rf"{field}: '(.*)'", text)
    for place in ("a", "b"):
        (folder / place).mkdir()
        shutil.copy(folder / path, folder / place / path)
    (folder / path).unlink()

    survey = logdir.survey(folder)

    said = " ".join(notice.message for notice in survey.notices)
    assert f"2 files have its name: “a/{path}”, “b/{path}”" in said
    assert [item.tensor for item in survey.skipped] == (["vectors"] if field == "tensor_path" else [])
    assert not any(source.sprite for source in survey.embeddings if field == "image_path")


# Where the checkpoint is


@pytest.mark.parametrize("place", ["train", "ckpts", "."])
@pytest.mark.parametrize("fixture", ["tf2_words", "tf1_saver", "tf1_partitioned", "v1_sharded"])
@pytest.mark.parametrize("state", ["state", "no state"])
def test_a_checkpoint_is_found_below_its_config_with_and_without_a_state_file(
    tmp_path: Path, fixture: str, place: str, state: str
) -> None:
    folder = copied(fixture, tmp_path)
    (folder / place).mkdir(exist_ok=True)
    for file in folder.iterdir():
        if file.name == "checkpoint" and state == "no state":
            file.unlink()
        elif file.is_file() and file.name not in (CONFIG, "metadata.tsv"):
            file.rename(folder / place / file.name)

    survey = logdir.survey(folder)

    assert same(built(survey), built(logdir.survey(DATA / fixture / "logdir")))
    assert ("checkpoint-elsewhere" in codes(survey)) == (place != ".")
    assert {source.run for source in survey.embeddings} == {"."}


@pytest.mark.parametrize("fixture", ["tf2_words", "v1_plain"])
def test_a_checkpoint_is_found_above_its_config(tmp_path: Path, fixture: str) -> None:
    folder = copied(fixture, tmp_path)
    (folder / "projector").mkdir()
    for name in (CONFIG, "metadata.tsv"):
        (folder / name).rename(folder / "projector" / name)

    survey = logdir.survey(folder)

    assert same(built(survey), built(logdir.survey(DATA / fixture / "logdir")))
    assert "checkpoint-elsewhere" in codes(survey)


def test_without_a_state_file_the_latest_of_ckpt_9_and_ckpt_11_is_ckpt_11(tmp_path: Path) -> None:
    folder = copied("tf2_steps", tmp_path)
    (folder / "checkpoint").unlink()

    [source] = logdir.survey(folder).embeddings

    assert (source.path, source.step, source.steps) == ("ckpt-11", 11, (8, 9, 10, 11))


@pytest.mark.parametrize(("fixture", "step"), [("tf2_steps", 9), ("tf2_steps", 10), ("tf1_saver", 1000)])
def test_the_step_that_is_asked_for_is_read(fixture: str, step: int) -> None:
    survey = logdir.survey(DATA / fixture / "logdir", step=step)

    assert {source.step for source in survey.embeddings} == {step}
    assert not same(built(survey), built(logdir.survey(DATA / fixture / "logdir")))


# No config at all


@pytest.mark.parametrize(
    ("fixture", "tensor"),
    [
        ("gensim_pair", "words"),
        ("word2vec_text", "vectors"),
        ("glove_text", "vectors"),
        ("tf2_words", "embedding/.ATTRIBUTES/VARIABLE_VALUE"),
        ("torch_images", "train set/words:00010"),
        ("tf1_saver", "word_embedding"),
    ],
)
def test_without_its_config_a_writers_log_directory_gives_the_same_labels(
    tmp_path: Path, fixture: str, tensor: str
) -> None:
    folder = copied(fixture, tmp_path)
    (folder / CONFIG).unlink(missing_ok=True)

    survey = logdir.survey(folder)
    found = built(survey)

    wanted = built(logdir.survey(DATA / fixture / "logdir"))
    assert found.source.tensor == tensor
    assert not found.source.listed
    assert logdir.checksum(found) == logdir.checksum(wanted)
    assert found.metadata is not None
    assert wanted.metadata is not None
    assert [column.cells for column in found.metadata.columns] == [column.cells for column in wanted.metadata.columns]


def test_what_is_not_built_is_named_with_the_option_that_builds_it(tmp_path: Path) -> None:
    folder = copied("tf1_saver", tmp_path)
    (folder / CONFIG).unlink()

    survey = logdir.survey(folder)

    [told] = [notice.message for notice in survey.notices if notice.code == "tensors-not-built"]
    for tensor in ("word_embedding/Adagrad", "word_embedding/Adam", "word_embedding/Adam_1"):
        assert f"--tensor {tensor}" in told


# Polylines


def test_the_lines_of_a_column_of_next_rows_are_those_of_the_file() -> None:
    metadata = built(logdir.survey(DATA / "polylines" / "logdir")).metadata

    assert metadata is not None
    place = line_column(metadata.columns)
    assert place == 1
    assert next_rows(metadata.columns[place])[0].tolist() == [1, 2, -1, 4, 5, 6, -1, 8, 9, -1]
