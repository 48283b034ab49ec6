"""Every fixture under tests/data, made by a real writer, is read as its expected.json says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embreport import logdir
from embreport.errors import InputError
from embreport.model import Embedding, Notice, Survey, TensorSource

DATA = Path(__file__).resolve().parent.parent / "data"
EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
_FIXTURES = sorted(path.parent.name for path in DATA.glob("*/expected.json"))


def expected_of(name: str) -> dict[str, Any]:
    return dict(json.loads((DATA / name / "expected.json").read_text("ascii")))


def survey_of(name: str) -> Survey:
    return logdir.survey(DATA / name / "logdir")


def matching(survey: Survey, wanted: dict[str, Any]) -> TensorSource:
    found = [
        source
        for source in survey.embeddings
        if (source.run, source.tensor, source.path) == (wanted["run"], wanted["tensor"], wanted["path"])
    ]
    assert len(found) == 1, [(source.run, source.tensor, source.path) for source in survey.embeddings]
    return found[0]


def loaded(name: str) -> list[tuple[dict[str, Any], TensorSource, Embedding, tuple[Notice, ...]]]:
    survey = survey_of(name)
    made = []
    for wanted in expected_of(name)["embeddings"]:
        source = matching(survey, wanted)
        embedding, notices = logdir.load(source, survey)
        made.append((wanted, source, embedding, notices))
    return made


@pytest.mark.parametrize("name", _FIXTURES)
def test_survey_lists_the_expected_embeddings_and_builds_nothing_else(name: str) -> None:
    expected = expected_of(name)
    survey = survey_of(name)

    readable = {}
    for source in survey.embeddings:
        try:
            logdir.load(source, survey)
        except InputError:
            continue
        readable[source.run, source.tensor, source.path] = source.built

    wanted = {(item["run"], item["tensor"], item["path"]) for item in expected["embeddings"]}
    assert wanted <= set(readable)
    assert {place for place, built in readable.items() if built} <= wanted


@pytest.mark.parametrize("name", _FIXTURES)
def test_survey_describes_each_embedding_as_its_writer_made_it(name: str) -> None:
    for wanted, source, _, _ in loaded(name):
        described = {
            "shape": list(source.shape),
            "dtype": source.dtype,
            "source": source.source,
            "step": source.step,
            "steps": list(source.steps),
            "bookmarks": source.bookmarks,
            "listed": source.listed,
        }
        if source.path.endswith(".txt"):
            described["dtype"] = wanted["dtype"]  # the fixture gives what the writer held; in the file it is text
        assert described == {key: wanted[key] for key in described}, source.tensor
        if "title" in wanted:
            assert source.title == wanted["title"]


@pytest.mark.parametrize("name", _FIXTURES)
def test_values_are_those_the_writer_was_given(name: str) -> None:
    for wanted, source, embedding, _ in loaded(name):
        assert embedding.values.dtype in (np.float32, np.float64)
        assert embedding.values.flags.c_contiguous
        assert not embedding.values.flags.writeable
        assert logdir.checksum(embedding) == wanted["sha256"], source.tensor
        for row, key in ((0, "first_row"), (-1, "last_row")):
            written = [float(value) for value in wanted[key]]
            with np.errstate(over="ignore"):
                read = embedding.values[row, :8].astype(np.float32)
                np.testing.assert_allclose(read, np.array(written).astype(np.float32), rtol=1e-7)


@pytest.mark.parametrize("name", _FIXTURES)
def test_metadata_cells_are_those_of_the_file(name: str) -> None:
    for wanted, source, embedding, _ in loaded(name):
        if wanted["metadata"] is None:
            if "metadata_lines" not in wanted:
                assert source.metadata is None
            continue
        assert source.metadata is not None, source.tensor
        summary = source.metadata
        assert summary.path == wanted["metadata"]["path"]
        names = wanted["metadata"]["columns"]
        if len(set(names)) == len(names) and all(names):
            assert list(summary.columns) == names
        assert summary.rows == wanted["metadata"]["rows"]
        assert list(summary.first) == [cell or "" for cell in wanted["metadata"]["first"]]
        assert list(summary.last) == [cell or "" for cell in wanted["metadata"]["last"]]
        assert embedding.metadata is not None
        cells = [[column.cells[row] or "" for column in embedding.metadata.columns] for row in range(source.shape[0])]
        spelled = [[cell or "" for cell in row] for row in wanted["metadata"]["cells"]]
        empty = [""] * len(summary.columns)
        assert cells == (spelled + [empty] * source.shape[0])[: source.shape[0]]


@pytest.mark.parametrize("name", _FIXTURES)
def test_sprites_have_the_expected_tiles(name: str) -> None:
    for wanted, source, embedding, _ in loaded(name):
        if wanted["sprite"] is None:
            assert embedding.sprite is None or "sprite_trouble" in wanted
            continue
        assert source.sprite is not None
        assert source.sprite.path == wanted["sprite"]["path"]
        assert (source.sprite.tile_width, source.sprite.tile_height) == (
            wanted["sprite"]["width"],
            wanted["sprite"]["height"],
        )
        assert embedding.sprite is not None
        assert embedding.sprite.tile(source.shape[0] - 1).shape[:2] == (
            wanted["sprite"]["height"],
            wanted["sprite"]["width"],
        )


@pytest.mark.parametrize("name", _FIXTURES)
def test_what_is_said_holds_the_expected_words(name: str) -> None:
    expected = expected_of(name)
    survey = survey_of(name)

    said = [f"{notice.where} {notice.message}" for notice in survey.notices]
    said += [f"{item.run} {item.tensor} {item.reason}" for item in survey.skipped]
    for source in survey.embeddings:
        try:
            said += [f"{notice.where} {notice.message}" for notice in logdir.load(source, survey)[1]]
        except InputError as error:
            said.append(str(error))

    text = "\n".join(said)
    # What NaN and infinity do to the figures is said where figures are made.
    words = [word for word in expected["say"] if word != "NaN" and not word.endswith(" rows")]
    assert [word for word in words if word.lower() not in text.lower()] == [], text


@pytest.mark.parametrize("name", _FIXTURES)
def test_nothing_is_built_from_what_is_broken_through_and_through(name: str) -> None:
    wanted = expected_of(name)["wanted"]
    survey = survey_of(name)

    built = []
    for source in survey.embeddings:
        if source.built:
            try:
                logdir.load(source, survey)
            except InputError:
                continue
            built.append(source)

    assert (wanted == "error") == (not built)


@pytest.mark.parametrize("name", [name for name in _FIXTURES if expected_of(name)["wanted"] == "ok"])
def test_good_fixtures_give_no_errors_and_build_no_slot_or_kernel(name: str) -> None:
    expected = expected_of(name)
    survey = survey_of(name)

    assert [notice for notice in survey.notices if notice.severity == "error"] == []
    roles = {(item["run"], item["tensor"], item["path"]): item["role"] for item in expected["embeddings"]}
    for source in survey.embeddings:
        role = roles.get((source.run, source.tensor, source.path), "other")
        assert not (source.built and role in ("slot", "kernel")), source.tensor
