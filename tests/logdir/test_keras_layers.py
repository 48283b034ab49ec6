"""Keras' callback gives all its config entries one name: which layer each of them is meant for.

It writes an entry for every Embedding layer among the layers of the model, in their order, whether it has labels or
not (seen with Keras 2.21 and 3.15).
"""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from logdir_factory import checkpoint, codes, config

from embreport import logdir
from embreport.logdir.keras_callback import in_order_of_model
from embreport.model import Survey
from embreport.readers import StoredTensors
from embreport.readers.object_graph import shared_titles

NAME = 'tensor_name: "layer_with_weights-0/embeddings/.ATTRIBUTES/VARIABLE_VALUE"'
KINDS = ("keras 2", "keras 3")


def layers(folder: Path, kind: str, rows: list[int]) -> None:
    """The files of the callback for Embedding layers of so many rows; the n-th is filled with n."""
    values = [np.full((count, 3), number, np.float32) for number, count in enumerate(rows)]
    train = folder / "train"
    train.mkdir(parents=True)
    if kind == "keras 2":
        names = [f"layer_with_weights-{number}/embeddings/.ATTRIBUTES/VARIABLE_VALUE" for number in range(len(rows))]
        checkpoint(train, "keras_embedding.ckpt-0", **dict(zip(names, values, strict=True)))
        return
    with h5py.File(train / "keras_embedding.ckpt-0.weights.h5", "w") as file:
        for number, each in enumerate(values):
            file[f"layers/embedding{f'_{number}' if number else ''}/vars/0"] = each


def entries(folder: Path, *paths: str) -> None:
    """The config of the callback: one entry for each layer, with or without labels."""
    config(folder, *(f'{NAME} metadata_path: "{path}"' if path else NAME for path in paths))


def label_file(folder: Path, name: str, count: int) -> None:
    (folder / name).write_text("".join(f"{name} {row}\n" for row in range(count)))


def labels(survey: Survey) -> dict[int, str | None]:
    """The metadata file of each built layer, by the number that it is filled with."""
    built = [source for source in survey.embeddings if source.built]
    numbers = [int(logdir.load(source, survey)[0].values[0, 0]) for source in built]
    return {number: item.metadata and item.metadata.path for number, item in zip(numbers, built, strict=True)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("labelled", [(2,), (0,), (1,), (0, 2), (1, 2), (0, 1, 2)])
def test_labels_go_to_their_own_layer_where_others_have_as_many_rows_and_none(
    tmp_path: Path, kind: str, labelled: tuple[int, ...]
) -> None:
    rows = [30, 20, 30]
    layers(tmp_path, kind, rows)
    for number in labelled:
        label_file(tmp_path, f"{number}.tsv", rows[number])
    entries(tmp_path, *(f"{number}.tsv" if number in labelled else "" for number in range(3)))

    survey = logdir.survey(tmp_path)

    assert labels(survey) == {number: f"{number}.tsv" if number in labelled else None for number in range(3)}
    assert "config-repeated-entries" not in codes(survey)
    told = next(notice for notice in survey.notices if notice.code == "keras-layers-joined")
    assert "by their order" in told.message
    assert told.severity == "info"


@pytest.mark.parametrize("kind", KINDS)
def test_layers_that_share_one_file_of_labels_all_have_it(tmp_path: Path, kind: str) -> None:
    layers(tmp_path, kind, [20, 20])
    label_file(tmp_path, "words.tsv", 20)
    entries(tmp_path, "words.tsv", "words.tsv")

    survey = logdir.survey(tmp_path)

    assert labels(survey) == {0: "words.tsv", 1: "words.tsv"}
    assert all(source.listed for source in survey.embeddings)


@pytest.mark.parametrize("kind", KINDS)
def test_the_tenth_layer_comes_after_the_second(tmp_path: Path, kind: str) -> None:
    layers(tmp_path, kind, [20] * 12)
    for number in range(12):
        label_file(tmp_path, f"{number}.tsv", 20)
    entries(tmp_path, *(f"{number}.tsv" for number in range(12)))

    assert labels(logdir.survey(tmp_path)) == {number: f"{number}.tsv" for number in range(12)}


def test_layers_that_a_model_class_has_as_attributes_stand_in_the_order_of_the_object_graph() -> None:
    stored = StoredTensors(
        source="checkpoint",
        tensors={},
        full_names={"user/embeddings": "u", "towers/item/embeddings": "i", "d/kernel": "d", "tag/embeddings": "t"},
    )

    assert in_order_of_model(["tag/embeddings", "towers/item/embeddings", "user/embeddings"], stored) == [
        "user/embeddings",
        "tag/embeddings",
        "towers/item/embeddings",
    ]


def test_full_names_that_several_tensors_have_are_told_apart_by_their_keys() -> None:
    end = "/.ATTRIBUTES/VARIABLE_VALUE"
    names = {f"user{end}": "two/embeddings", f"item{end}": "two/embeddings", f"d{end}": "two/kernel", "a": "Variable"}

    titles = shared_titles(names | {"b": "Variable"})

    assert titles == {f"user{end}": "two/embeddings (user)", f"item{end}": "two/embeddings (item)"}


def test_layers_whose_order_is_not_in_the_file_are_warned_of_where_only_that_could_tell(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    with h5py.File(tmp_path / "train" / "keras_embedding.ckpt-0.weights.h5", "w") as file:
        for number, name in enumerate(("item_embedding", "user_embedding")):
            file[f"{name}/vars/0"] = np.full((20, 3), number, np.float32)
    for name in ("a.tsv", "b.tsv"):
        label_file(tmp_path, name, 20)
    entries(tmp_path, "a.tsv", "b.tsv")

    survey = logdir.survey(tmp_path)

    told = next(notice for notice in survey.notices if notice.code == "keras-layers-joined")
    assert told.severity == "warning"
    assert "check that the labels are theirs" in told.message


@pytest.mark.parametrize(("times", "says"), [(2, "1 entry repeats another"), (4, "3 entries repeat others")])
def test_an_entry_that_is_there_again_for_a_single_layer_is_taken_once_and_that_is_said(
    tmp_path: Path, times: int, says: str
) -> None:
    layers(tmp_path, "keras 2", [20])
    label_file(tmp_path, "words.tsv", 20)
    entries(tmp_path, *["words.tsv"] * times)

    survey = logdir.survey(tmp_path)

    assert labels(survey) == {0: "words.tsv"}
    assert codes(survey).count("config-repeated-entries") == 1
    assert says in str(survey.notices)


def test_the_parts_of_large_weights_are_no_steps(tmp_path: Path) -> None:
    for number, rows in enumerate((4, 6)):
        with h5py.File(tmp_path / f"model_{number:05d}.weights.h5", "w") as file:
            file[f"layers/embedding{f'_{number}' if number else ''}/vars/0"] = np.full((rows, 3), number, np.float32)
    (tmp_path / "model.weights.json").write_text('{"weight_map": {}}')

    survey = logdir.survey(tmp_path)

    assert [(source.shape, source.step, source.built) for source in survey.embeddings] == [
        ((4, 3), None, True),
        ((6, 3), None, True),
    ]


def test_an_embedding_of_a_model_class_is_known_by_its_name_where_its_path_says_nothing(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        for path, name in (("item", "item_emb"), ("layers/embedding", "user"), ("d", "dense"), ("layers/dense", "emb")):
            variables = file.create_group(f"{path}/vars")
            variables.attrs["name"] = name
            variables["0"] = np.ones((8, 3), np.float32)

    survey = logdir.survey(tmp_path)

    assert {source.title for source in survey.embeddings if source.built} == {"item_emb", "user"}


def test_weights_that_a_config_names_as_a_tensor_file_are_there_once(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file["vectors"] = np.ones((8, 3), np.float32)
        file["more"] = np.ones((9, 3), np.float32)
    config(tmp_path, 'tensor_name: "vectors" tensor_path: "e.h5"')

    survey = logdir.survey(tmp_path)

    assert [(source.tensor, source.built) for source in survey.embeddings] == [("vectors", True), ("more", False)]
