"""What the entries of a projector config mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from logdir_factory import LABELS, VALUES, checkpoint, codes, config, only, vectors

from embreport import logdir
from embreport.logdir import run_tensors


def test_a_name_with_the_output_number_means_the_tensor(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    config(tmp_path, 'tensor_name: "embedding:0"')

    source = only(logdir.survey(tmp_path))

    assert (source.tensor, source.listed, source.built) == ("embedding", True, True)


def test_a_config_in_the_plugin_folder_belongs_to_the_run_above(tmp_path: Path) -> None:
    plugins = tmp_path / "run" / "plugins" / "org_tensorflow_tensorboard_projector"
    config(plugins, 'tensor_name: "v" tensor_path: "v.tsv"')
    vectors(plugins)

    source = only(logdir.survey(tmp_path))

    assert source.run == "run"
    assert source.path == "run/plugins/org_tensorflow_tensorboard_projector/v.tsv"


def test_the_misspelt_config_of_a_known_tutorial_is_read_and_said(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    config(tmp_path, 'tensor_name: "embedding"', name="projector_config.ptxt")

    survey = logdir.survey(tmp_path)

    assert only(survey).listed
    assert codes(survey) == ["config-misnamed"]


def test_entries_that_a_second_script_run_appended_are_built_once(tmp_path: Path) -> None:
    vectors(tmp_path)
    config(tmp_path, *['tensor_name: "v" tensor_path: "v.tsv"'] * 3)

    survey = logdir.survey(tmp_path)

    assert only(survey).tensor == "v"
    assert codes(survey) == ["config-repeated-entries"]


def test_an_unnamed_first_entry_gives_labels_to_all_unlisted_tensors(tmp_path: Path) -> None:
    checkpoint(tmp_path, embedding=VALUES, other_embedding=VALUES)
    (tmp_path / "m.tsv").write_text(LABELS)
    config(tmp_path, 'metadata_path: "m.tsv"')

    survey = logdir.survey(tmp_path)

    assert [source.metadata.path for source in survey.embeddings if source.metadata] == ["m.tsv", "m.tsv"]
    assert [source.listed for source in survey.embeddings] == [False, False]
    assert all(source.built for source in survey.embeddings)


def test_an_unnamed_tensor_file_is_named_by_its_file(tmp_path: Path) -> None:
    vectors(tmp_path)
    vectors(tmp_path, "w.tsv")
    config(tmp_path, 'tensor_path: "v.tsv"', 'tensor_path: "w.tsv"')

    assert [source.tensor for source in logdir.survey(tmp_path).embeddings] == ["v.tsv", "w.tsv"]


def test_an_unknown_tensor_name_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    checkpoint(tmp_path, word_embedding=VALUES, global_step=np.int64(3))
    config(tmp_path, 'tensor_name: "word_embeding"')

    survey = logdir.survey(tmp_path)

    assert [item.tensor for item in survey.skipped] == ["word_embeding"]
    assert "nearest name is “word_embedding”" in survey.skipped[0].reason
    assert not only(survey).built


def test_a_listed_tensor_of_another_rank_is_skipped_with_its_shape(tmp_path: Path) -> None:
    checkpoint(tmp_path, bias=np.zeros(7, np.float32))
    config(tmp_path, 'tensor_name: "bias"')

    survey = logdir.survey(tmp_path)

    assert survey.embeddings == ()
    assert "2 dimensions" in survey.skipped[0].reason


def test_a_tensor_without_rows_is_skipped(tmp_path: Path) -> None:
    checkpoint(tmp_path, embedding=np.zeros((0, 5), np.float32))
    config(tmp_path, 'tensor_name: "embedding"')

    assert "no values" in logdir.survey(tmp_path).skipped[0].reason


def test_what_a_config_does_not_list_is_named_with_the_option_that_builds_it(tmp_path: Path) -> None:
    checkpoint(tmp_path, **{"embedding": VALUES, "embedding/Adam": VALUES, "it's": VALUES})
    config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path)

    assert {source.tensor: source.built for source in survey.embeddings} == {
        "embedding": True,
        "embedding/Adam": False,
        "it's": False,
    }
    told = [notice.message for notice in survey.notices if notice.code == "tensors-not-built"]
    assert len(told) == 1
    assert "--tensor embedding/Adam" in told[0]
    assert "--tensor 'it'\"'\"'s'" in told[0]


def test_a_config_of_very_many_names_that_are_not_there_is_answered_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint(tmp_path, word_embedding=VALUES)
    config(tmp_path, *(f'tensor_name: "word_{number}"' for number in range(2_500)))
    asked: list[str] = []

    def remember(wanted: str, names: list[str]) -> list[str]:
        asked.append(wanted)
        return []

    monkeypatch.setattr(run_tensors, "nearest_names", remember)

    survey = logdir.survey(tmp_path)

    assert len(survey.skipped) == 2_000
    assert len(asked) < 100
    [told] = [notice.message for notice in survey.notices if notice.code == "config-too-long"]
    assert "2,500 tensors; the first 2,000" in told


def test_a_name_of_a_tensor_that_is_a_page_long_is_refused_and_never_repeated(tmp_path: Path) -> None:
    checkpoint(tmp_path, word_embedding=VALUES)
    config(tmp_path, f'tensor_name: "{"x" * 20_000}"')

    survey = logdir.survey(tmp_path)

    assert "20,000 characters; at most 10,000" in survey.skipped[0].reason
    assert all(len(notice.message) < 500 for notice in survey.notices)
