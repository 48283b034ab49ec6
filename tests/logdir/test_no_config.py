"""What is built where no config lists it, and of several steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from logdir_factory import LABELS, VALUES, checkpoint, codes, config, loaded, only, vectors

from embreport import logdir


def test_of_several_steps_of_a_tag_the_latest_is_built_and_the_rest_named(tmp_path: Path) -> None:
    for step in (2, 10, 100_000):
        vectors(tmp_path / f"{step:05d}" / "words", "tensors.tsv", VALUES + step)
    entries = [
        f'tensor_name: "words:{step:05d}" tensor_path: "{step:05d}/words/tensors.tsv"' for step in (10, 2, 100_000)
    ]
    config(tmp_path, *entries)

    survey = logdir.survey(tmp_path)
    earlier = logdir.survey(tmp_path, step=2)

    assert [(source.tensor, source.step, source.steps) for source in survey.embeddings if source.built] == [
        ("words:100000", 100_000, (2, 10, 100_000))
    ]
    assert [source.title for source in survey.embeddings] == ["words"] * 3
    assert codes(survey) == ["steps-not-built"]
    assert [source.tensor for source in earlier.embeddings if source.built] == ["words:00002"]


def test_without_a_config_the_likely_embeddings_are_built_and_the_rest_named(tmp_path: Path) -> None:
    checkpoint(
        tmp_path,
        **{
            "model/embed/embeddings": VALUES,
            "model/embed/embeddings/Adam": VALUES,
            "model/dense/kernel": VALUES,
            "model/dense/bias": np.zeros(3, np.float32),
            "global_step": np.int64(1),
        },
    )

    survey = logdir.survey(tmp_path)

    assert [source.tensor for source in survey.embeddings if source.built] == ["model/embed/embeddings"]
    assert sorted(source.tensor for source in survey.embeddings if not source.built) == [
        "model/dense/kernel",
        "model/embed/embeddings/Adam",
    ]
    assert codes(survey) == ["tensors-not-built"]


def test_metadata_beside_a_checkpoint_without_config_is_taken_where_its_count_fits(tmp_path: Path) -> None:
    checkpoint(tmp_path, embedding=VALUES)
    (tmp_path / "metadata.tsv").write_text(LABELS)

    assert only(logdir.survey(tmp_path)).metadata is not None
    (tmp_path / "metadata.tsv").write_text("a\nb\n")
    assert only(logdir.survey(tmp_path)).metadata is None


@pytest.mark.parametrize(
    ("tensor", "metadata", "name"),
    [
        ("words_tensor.tsv", "words_metadata.tsv", "words"),
        ("vectors.tsv", "metadata.tsv", "vectors"),
        ("tensors.tsv", "metadata.tsv", "tensors"),
    ],
)
def test_a_pair_of_files_without_config_is_an_embedding_with_labels(
    tmp_path: Path, tensor: str, metadata: str, name: str
) -> None:
    vectors(tmp_path, tensor)
    (tmp_path / metadata).write_text(LABELS)

    source = only(logdir.survey(tmp_path))

    assert (source.tensor, source.built, source.listed) == (name, True, False)
    assert source.metadata is not None
    assert source.metadata.path == metadata


def test_a_loose_array_is_built_where_no_config_says_what_to_show(tmp_path: Path) -> None:
    np.save(tmp_path / "features.npy", VALUES)
    assert only(logdir.survey(tmp_path)).built

    checkpoint(tmp_path / "run")
    config(tmp_path / "run", 'tensor_name: "embedding"')
    survey = logdir.survey(tmp_path)

    assert {source.tensor: source.built for source in survey.embeddings} == {"features": False, "embedding": True}


def test_pytorch_folders_without_their_config_keep_tag_and_step(tmp_path: Path) -> None:
    for step in (1, 2):
        vectors(tmp_path / "run" / f"{step:05d}" / "a%2fb", "tensors.tsv")
        (tmp_path / "run" / f"{step:05d}" / "a%2fb" / "metadata.tsv").write_text(LABELS)

    survey = logdir.survey(tmp_path)

    assert [(source.run, source.tensor, source.step, source.steps, source.built) for source in survey.embeddings] == [
        ("run", "a/b:00001", 1, (1, 2), False),
        ("run", "a/b:00002", 2, (1, 2), True),
    ]
    assert all(source.metadata for source in survey.embeddings)


def test_a_second_config_in_the_plugin_folder_repeats_nothing(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    for folder in (tmp_path, tmp_path / "plugins" / "org_tensorflow_tensorboard_projector"):
        config(folder, 'tensor_name: "embedding"')

    assert only(logdir.survey(tmp_path)).listed


def test_a_listed_tensor_without_the_step_that_is_asked_for_says_so(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    config(tmp_path, 'tensor_name: "embedding"')

    survey = logdir.survey(tmp_path, step=5)

    assert [item.reason for item in survey.skipped] == ["Step 5 was not saved here; there are: 1."]


@pytest.mark.parametrize("name", ["model.txt", "wiki.en.vec"])
@pytest.mark.parametrize(("counts", "dims"), [(True, 3), (True, 800), (False, 8), (False, 500), (False, 800)])
def test_text_of_word2vec_and_glove_is_known_by_its_first_lines_under_any_name(
    tmp_path: Path, name: str, counts: bool, dims: int
) -> None:
    values = np.linspace(-1, 1, 2 * dims).reshape(2, dims)
    rows = [" ".join([word, *map(repr, map(float, row))]) for word, row in zip(("cat", "7"), values, strict=True)]
    (tmp_path / name).write_text((f"2 {dims}\n" if counts else "") + "\n".join(rows) + "\n")
    (tmp_path / "notes.txt").write_text("2 3\nthree words are no numbers\n")
    (tmp_path / "log.txt").write_text("loss 1 2 3 4 5 6 7 8 9\nand 1 2 words\n")

    embedding = loaded(logdir.survey(tmp_path))

    np.testing.assert_array_equal(embedding.values, values.astype(embedding.values.dtype))
    assert embedding.metadata is not None
    assert list(embedding.metadata.columns[0].cells) == ["cat", "7"]


def test_of_the_two_copies_of_a_variable_in_an_exported_keras_model_one_is_built(tmp_path: Path) -> None:
    ending = "/.ATTRIBUTES/VARIABLE_VALUE"
    checkpoint(tmp_path, **{f"_all_variables/3{ending}": VALUES, f"variables/0{ending}": VALUES})
    alone = tmp_path / "alone"
    alone.mkdir()
    checkpoint(alone, **{f"_all_variables/3{ending}": VALUES})

    found = {(source.run, source.tensor): source.built for source in logdir.survey(tmp_path).embeddings}

    assert found == {
        (".", f"variables/0{ending}"): True,
        (".", f"_all_variables/3{ending}"): False,
        ("alone", f"_all_variables/3{ending}"): True,
    }
