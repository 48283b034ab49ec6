"""What Keras leaves: its callback of three ages, its weight files, and models saved by TensorFlow."""

from __future__ import annotations

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
from logdir_factory import VALUES, checkpoint, codes, config, vectors

from embreport import logdir
from embreport.model import Survey

DATA = Path(__file__).resolve().parent.parent / "data"


def labels(survey: Survey) -> dict[str, str | None]:
    """Metadata files of the built tensors, by their titles."""
    return {
        source.title: source.metadata.path if source.metadata else None for source in survey.embeddings if source.built
    }


@pytest.fixture(params=["keras2_callback", "keras3_callback"])
def callback(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A log directory of Keras' callback with labels for two layers."""
    shutil.copytree(DATA / request.param / "logdir", tmp_path / "logs")
    return tmp_path / "logs"


def titles(folder: Path) -> tuple[str, str]:
    return ("user", "item") if list(folder.glob("train/*.h5")) else ("user/embeddings", "item/embeddings")


def test_each_layer_of_the_callback_has_its_own_labels(callback: Path) -> None:
    user, item = titles(callback)

    survey = logdir.survey(callback)

    assert labels(survey) == {user: "users.tsv", item: "items.tsv"}
    assert "keras-layers-joined" in codes(survey)
    assert {source.run for source in survey.embeddings} == {"."}


def test_labels_stay_with_their_layers_where_the_config_lists_them_in_another_order(callback: Path) -> None:
    text = (callback / "projector_config.pbtxt").read_text()
    first, second = text.index("embeddings {"), text.rindex("embeddings {")
    (callback / "projector_config.pbtxt").write_text(text[second:] + "\n" + text[first:second])
    user, item = titles(callback)

    assert labels(logdir.survey(callback)) == {user: "users.tsv", item: "items.tsv"}


def test_labels_that_fit_no_layer_shift_no_other_labels(callback: Path) -> None:
    (callback / "users.tsv").write_text("only\nthree\nlabels\n")
    user, item = titles(callback)

    survey = logdir.survey(callback)

    assert labels(survey) == {user: "users.tsv", item: "items.tsv"}
    assert "metadata-row-count" in codes(survey)


def test_a_layer_without_labels_leaves_the_other_its_own(callback: Path) -> None:
    (callback / "users.tsv").unlink()
    user, item = titles(callback)

    assert labels(logdir.survey(callback)) == {user: None, item: "items.tsv"}


def test_another_epoch_of_the_callback_is_read_when_asked_for(callback: Path) -> None:
    latest, first = logdir.survey(callback), logdir.survey(callback, step=0)
    _, item = titles(callback)

    assert {source.step for source in latest.embeddings} == {1}
    assert {source.steps for source in latest.embeddings} == {(0, 1)}
    assert {source.step for source in first.embeddings} == {0}
    assert labels(first)[item] == "items.tsv"


@pytest.mark.parametrize("fixture", ["keras3_files", "keras2_model", "tf2_keras3_model"])
def test_weights_are_told_from_moments_and_kernels(fixture: str) -> None:
    survey = logdir.survey(DATA / fixture / "logdir")

    built = {source.title for source in survey.embeddings if source.built}
    left = {source.tensor for source in survey.embeddings if not source.built}
    assert built <= {"user", "item", "user/embeddings", "item/embeddings", "sequential/item/embeddings"}
    assert built
    assert {tensor for tensor in left if "optimizer" in tensor or "kernel" in tensor or "dense" in tensor} == left
    assert "tensors-not-built" in codes(survey)


def test_the_title_of_a_tensor_under_an_optimizers_key_is_its_name_in_the_object_graph() -> None:
    survey = logdir.survey(DATA / "tf2_keras3_model" / "logdir")

    [source] = [source for source in survey.embeddings if source.built]
    assert source.tensor.startswith("model/optimizer/")
    assert source.title.endswith("item/embeddings")


# The callback of Keras before 2.3, which saved what a layer puts out


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    shutil.copytree(DATA / "keras_old_callback" / "logdir", tmp_path / "logs")
    return tmp_path / "logs"


def explanation(survey: Survey) -> tuple[str, str]:
    [notice] = [notice for notice in survey.notices if notice.code == "keras-layer-output"]
    return notice.severity, notice.message


def test_layer_outputs_are_read_with_what_their_rows_are_and_where_the_weights_are(outputs: Path) -> None:
    survey = logdir.survey(outputs)

    assert labels(survey) == {"words_embedding": None}
    severity, said = explanation(survey)
    assert severity == "warning"
    assert "8 rows" in said
    assert "one sample" in said
    assert "30 labels of metadata.tsv are for the layer's weights" in said
    assert said.endswith("The weights are here: --tensor words/words/embeddings builds them.")


def test_layer_outputs_keep_labels_that_there_are_as_many_of(outputs: Path) -> None:
    (outputs / "metadata.tsv").write_text("".join(f"sample {row}\n" for row in range(8)))

    survey = logdir.survey(outputs)

    assert labels(survey) == {"words_embedding": "metadata.tsv"}
    severity, said = explanation(survey)
    assert severity == "info"
    assert "left out" not in said
    assert "--tensor words/words/embeddings" in said


def test_layer_outputs_without_weights_beside_them_point_nowhere(outputs: Path) -> None:
    (outputs / "weights.h5").unlink()

    assert explanation(logdir.survey(outputs))[1].endswith("left out.")


def test_weights_of_another_size_are_not_pointed_to(outputs: Path) -> None:
    (outputs / "weights.h5").unlink()
    with h5py.File(outputs / "weights.h5", "w") as file:
        file.create_dataset("other/other/embeddings", data=np.zeros((31, 4), np.float32))

    assert explanation(logdir.survey(outputs))[1].endswith("left out.")


def test_a_tensor_that_is_only_named_alike_is_not_taken_for_a_layers_output(tmp_path: Path) -> None:
    checkpoint(tmp_path, words_embedding=VALUES)
    config(tmp_path, 'tensor_name: "words_embedding"')

    assert codes(logdir.survey(tmp_path)) == []


# SavedModel


@pytest.mark.parametrize("place", [".", "export/1"])
def test_labels_beside_a_saved_model_are_those_of_its_variables(tmp_path: Path, place: str) -> None:
    shutil.copytree(DATA / "saved_model" / "logdir" / "export", tmp_path / place, dirs_exist_ok=True)
    (tmp_path / place / "metadata.tsv").write_text("".join(f"word {row}\n" for row in range(20)))

    [source] = logdir.survey(tmp_path).embeddings

    assert (source.run, source.built) == (place, True)
    assert source.metadata
    assert source.metadata.path == ("metadata.tsv" if place == "." else f"{place}/metadata.tsv")


def test_a_config_beside_a_saved_model_lists_its_variables(tmp_path: Path) -> None:
    shutil.copytree(DATA / "saved_model" / "logdir" / "export", tmp_path, dirs_exist_ok=True)
    (tmp_path / "m.tsv").write_text("".join(f"word {row}\n" for row in range(20)))
    config(tmp_path, 'tensor_name: "word_vectors" metadata_path: "m.tsv"')

    [source] = logdir.survey(tmp_path).embeddings

    assert (source.run, source.path, source.listed) == (".", "variables/variables", True)
    assert source.metadata


def test_a_folder_named_variables_that_is_no_saved_model_is_a_run_of_its_own(tmp_path: Path) -> None:
    checkpoint(tmp_path / "variables")
    vectors(tmp_path / "other")

    assert {source.run for source in logdir.survey(tmp_path).embeddings} == {"variables"}
