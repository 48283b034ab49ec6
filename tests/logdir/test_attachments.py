"""Labels, sprites and bookmarks: found where the config is wrong, and costing only themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from logdir_factory import LABELS, VALUES, checkpoint, codes, config, loaded, only
from no_files import make_no_file

from embreport import logdir


@pytest.mark.parametrize(
    "spelled",
    [
        "/home/someone/run/meta.tsv",
        "$LOG_DIR/meta.tsv",
        "run/meta.tsv",
        "assets\\\\meta.tsv",
        "C:\\\\Users\\\\me\\\\meta.tsv",
        "../../elsewhere/meta.tsv",
    ],
)
def test_a_path_of_another_machine_is_mended_where_one_file_fits(tmp_path: Path, spelled: str) -> None:
    checkpoint(tmp_path)
    (tmp_path / "meta.tsv").write_text(LABELS)
    config(tmp_path, f'tensor_name: "embedding" metadata_path: "{spelled}"')

    survey = logdir.survey(tmp_path)

    summary = only(survey).metadata
    assert summary is not None
    assert summary.path == "meta.tsv"
    assert codes(survey) == ["path-mended"]


def test_a_path_that_two_files_fit_is_not_guessed(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "meta.tsv").write_text(LABELS)
    config(tmp_path, 'tensor_name: "embedding" metadata_path: "/somewhere/meta.tsv"')

    survey = logdir.survey(tmp_path)

    assert only(survey).metadata is None
    assert codes(survey) == ["metadata-missing"]
    assert "“one/meta.tsv”, “two/meta.tsv”" in survey.notices[0].message


def test_bad_metadata_and_sprites_cost_only_themselves(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    (tmp_path / "m.tsv").write_text("")
    (tmp_path / "s.png").write_text("<html>")
    (tmp_path / "b.json").write_text("{" * 100_000)
    config(
        tmp_path,
        'tensor_name: "embedding" metadata_path: "m.tsv" bookmarks_path: "b.json" '
        'sprite { image_path: "s.png" single_image_dim: 2 single_image_dim: 2 }',
    )

    survey = logdir.survey(tmp_path)
    embedding = loaded(survey)

    assert sorted(codes(survey)) == ["bookmarks-unusable", "metadata-unusable", "sprite-unusable"]
    assert (embedding.metadata, embedding.sprite) == (None, None)
    np.testing.assert_array_equal(embedding.values, VALUES)


def test_files_that_change_after_the_survey_become_notices_of_load(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    (tmp_path / "m.tsv").write_text(LABELS)
    config(tmp_path, 'tensor_name: "embedding" metadata_path: "m.tsv"')
    survey = logdir.survey(tmp_path)
    (tmp_path / "m.tsv").unlink()

    embedding, notices = logdir.load(only(survey), survey)

    assert embedding.metadata is None
    assert [notice.code for notice in notices] == ["metadata-unusable"]


def test_load_repeats_no_notice_of_the_survey(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    (tmp_path / "m.tsv").write_text("a\n")
    config(tmp_path, 'tensor_name: "embedding" metadata_path: "m.tsv"')
    survey = logdir.survey(tmp_path)

    assert codes(survey) == ["metadata-row-count"]
    assert logdir.load(only(survey), survey)[1] == ()


@pytest.mark.parametrize("there", ["Meta.TSV", "META.tsv", "labels/Meta.tsv"])
def test_a_name_in_other_upper_and_lower_case_is_mended_where_one_file_fits(tmp_path: Path, there: str) -> None:
    checkpoint(tmp_path)
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_text(LABELS)
    config(tmp_path, 'tensor_name: "embedding" metadata_path: "meta.tsv"')

    survey = logdir.survey(tmp_path)

    summary = only(survey).metadata
    assert summary is not None
    assert summary.path == there
    assert codes(survey) == ["path-mended"]


def test_of_two_names_in_other_upper_and_lower_case_none_is_guessed(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    for name in ("META.tsv", "Meta.tsv"):
        (tmp_path / name).write_text(LABELS)
    config(tmp_path, 'tensor_name: "embedding" metadata_path: "meta.tsv"')

    survey = logdir.survey(tmp_path)

    assert only(survey).metadata is None
    assert codes(survey) == ["metadata-missing"]
    assert "“META.tsv”, “Meta.tsv”" in survey.notices[0].message


def test_a_file_of_almost_the_name_is_named_not_taken(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    (tmp_path / "metadata.tsv").write_text(LABELS)
    config(tmp_path, 'tensor_name: "embedding" metadata_path: "metdata.tsv"')

    survey = logdir.survey(tmp_path)

    assert only(survey).metadata is None
    assert codes(survey) == ["metadata-missing"]
    assert "The folder of the config has “metadata.tsv”" in survey.notices[0].message


_ENTRIES = {
    "metadata": 'metadata_path: "x"',
    "bookmarks": 'bookmarks_path: "x"',
    "sprite": 'sprite { image_path: "x" }',
    "tensor": 'tensor_path: "x"',
}


@pytest.mark.parametrize("thing", ["folder", "fifo", "socket", "device", "loop", "dangling"])
@pytest.mark.parametrize("what", _ENTRIES)
def test_what_is_no_file_where_a_file_should_be_is_said_at_once(tmp_path: Path, what: str, thing: str) -> None:
    checkpoint(tmp_path)
    make_no_file(tmp_path / "x", thing)
    config(tmp_path, f'tensor_name: "embedding" {_ENTRIES[what]}')

    survey = logdir.survey(tmp_path, allow_outside=thing == "device")

    said = [notice for notice in survey.notices if notice.code != "tensors-not-built"]
    assert [notice.severity for notice in said] == ["error" if what == "tensor" else "warning"]
    kinds = {"folder": "is a folder", "loop": "link that leads to no file", "dangling": "link that leads to no file"}
    expected = "holds 0 images" if (thing, what) == ("folder", "sprite") else kinds.get(thing, "is a special file")
    assert expected in said[0].message
    assert [item.tensor for item in survey.skipped] == (["embedding"] if what == "tensor" else [])
    assert [source.built for source in survey.embeddings] == [what != "tensor"]


def test_no_file_of_another_run_is_taken_in_place_of_what_is_no_file(tmp_path: Path) -> None:
    checkpoint(tmp_path / "run")
    make_no_file(tmp_path / "run" / "m.tsv", "fifo")
    config(tmp_path / "run", 'tensor_name: "embedding" metadata_path: "m.tsv"')
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "m.tsv").write_text(LABELS)

    assert only(logdir.survey(tmp_path)).metadata is None


def test_a_link_to_nothing_is_mended_as_a_path_is(tmp_path: Path) -> None:
    checkpoint(tmp_path / "run")
    (tmp_path / "run" / "m.tsv").symlink_to("/home/trainer/labels.tsv")
    config(tmp_path / "run", 'tensor_name: "embedding" metadata_path: "m.tsv"')
    (tmp_path / "m.tsv").write_text(LABELS)

    summary = only(logdir.survey(tmp_path)).metadata

    assert summary is not None
    assert summary.path == "m.tsv"
