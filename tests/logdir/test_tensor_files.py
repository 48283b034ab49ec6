"""Tensor files that no config names: what of them is built, beside a config and without one, and what is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from logdir_factory import LABELS, VALUES, checkpoint, codes, config, only, vectors

from embreport import logdir
from embreport.model import Survey


def reasons(survey: Survey) -> dict[str | None, str]:
    return {item.tensor: item.reason for item in (*survey.skipped, *survey.passed_over)}


def write_safetensors(path: Path, tensors: dict[str, tuple[str, list[int], int, int]], body: bytes) -> None:
    header = {
        name: {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}
        for name, (dtype, shape, start, end) in tensors.items()
    }
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def test_every_member_of_an_npz_that_is_no_embedding_is_named_with_its_reason(tmp_path: Path) -> None:
    objects = np.array([["a", 1]], dtype=object)
    np.savez(
        tmp_path / "arrays.npz",
        words=VALUES,
        bias=np.zeros(3),
        empty=np.zeros((0, 3)),
        objects=objects,
        text=np.array([["a", "b"]]),
        wave=np.zeros((2, 2), complex),
    )

    survey = logdir.survey(tmp_path)

    assert [source.tensor for source in survey.embeddings] == ["words"]
    said = reasons(survey)
    assert set(said) == {"bias", "empty", "objects", "text", "wave"}
    assert "2 dimensions" in said["bias"]
    assert "no values" in said["empty"]
    for name in ("objects", "text", "wave"):
        assert "arrays.npz" in said[name]


def test_every_tensor_of_a_safetensors_file_that_cannot_be_read_is_named_with_its_reason(tmp_path: Path) -> None:
    body = VALUES.tobytes()
    write_safetensors(
        tmp_path / "model.safetensors",
        {
            "words": ("F32", [4, 3], 0, 48),
            "lies": ("F32", [5, 3], 0, 48),
            "outside": ("F32", [4, 3], 480, 528),
            "strange": ("F7", [4, 3], 0, 48),
            "norm": ("F32", [12], 0, 48),
        },
        body,
    )

    survey = logdir.survey(tmp_path)

    assert [source.tensor for source in survey.embeddings] == ["words"]
    assert set(reasons(survey)) == {"lies", "outside", "strange", "norm"}
    assert "F7" in reasons(survey)["strange"]


def test_a_file_beside_a_config_that_lists_others_is_found_and_not_built(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    config(tmp_path, 'tensor_name: "embedding"')
    vectors(tmp_path, "vectors.tsv")
    (tmp_path / "metadata.tsv").write_text(LABELS)

    survey = logdir.survey(tmp_path)

    assert {source.tensor: source.built for source in survey.embeddings} == {"embedding": True, "vectors": False}
    assert "--tensor vectors" in survey.notices[-1].message


def test_a_file_that_a_config_lists_is_not_found_a_second_time(tmp_path: Path) -> None:
    vectors(tmp_path, "vectors.tsv")
    config(tmp_path, 'tensor_name: "mine" tensor_path: "vectors.tsv"')

    assert only(logdir.survey(tmp_path)).tensor == "mine"


def test_a_damaged_file_beside_a_config_that_lists_others_is_named_but_no_error(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    config(tmp_path, 'tensor_name: "embedding"')
    (tmp_path / "vectors.npy").write_bytes(b"\x93NUMPY\x01\x00cut")

    survey = logdir.survey(tmp_path)

    assert only(survey).tensor == "embedding"
    assert survey.skipped == ()
    assert [item.tensor for item in survey.passed_over] == ["vectors"]
    assert codes(survey) == []


def test_a_damaged_file_without_a_config_is_an_error_that_costs_only_itself(tmp_path: Path) -> None:
    np.save(tmp_path / "good.npy", VALUES)
    (tmp_path / "vectors.npy").write_bytes(b"\x93NUMPY\x01\x00cut")

    survey = logdir.survey(tmp_path)

    assert only(survey).tensor == "good"
    assert [item.tensor for item in survey.skipped] == ["vectors"]
    assert [notice.severity for notice in survey.notices] == ["error"]


@pytest.mark.parametrize("name", ["notes.tsv", "metadata.tsv", "losses.csv", "vectors.md", "readme.txt"])
def test_text_under_a_name_that_does_not_say_vectors_is_left_alone(tmp_path: Path, name: str) -> None:
    vectors(tmp_path, name)

    survey = logdir.survey(tmp_path)

    assert (survey.embeddings, survey.skipped, survey.notices) == ((), (), ())


@pytest.mark.parametrize(
    "name", ["VECTORS.TSV", "Words_Tensor.tsv", "embeddings.csv", "glove.6B.50d.txt", "word2vec.txt"]
)
def test_text_under_a_name_that_says_vectors_is_read_in_upper_and_lower_case(tmp_path: Path, name: str) -> None:
    vectors(tmp_path, name)

    assert only(logdir.survey(tmp_path)).path == name
