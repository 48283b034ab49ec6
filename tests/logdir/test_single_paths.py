"""A checkpoint prefix or one tensor file in place of a log directory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from logdir_factory import LABELS, VALUES, checkpoint, config, loaded, only

from embreport import logdir
from embreport.errors import InputError, InputNotFound


@pytest.mark.parametrize("given", ["model.ckpt-1", "model.ckpt-1.index", "model.ckpt-1.data-00000-of-00001"])
def test_a_checkpoint_prefix_is_as_good_as_a_folder(tmp_path: Path, given: str) -> None:
    checkpoint(tmp_path)
    checkpoint(tmp_path, "model.ckpt-2")

    source = only(logdir.survey(tmp_path / given))

    assert (source.run, source.path, source.step, source.built) == (".", "model.ckpt-1", 1, True)


def test_one_tensor_file_takes_the_metadata_and_sprite_it_is_given(tmp_path: Path) -> None:
    from PIL import Image

    np.save(tmp_path / "v.npy", VALUES)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "labels.tsv").write_text(LABELS)
    Image.new("RGB", (8, 6), (9, 8, 7)).save(tmp_path / "elsewhere" / "s.png")

    survey = logdir.survey(
        tmp_path / "v.npy",
        metadata=tmp_path / "elsewhere" / "labels.tsv",
        sprite=tmp_path / "elsewhere" / "s.png",
        sprite_size=(4, 3),
    )
    embedding = loaded(survey)

    assert (only(survey).tensor, only(survey).built) == ("v", True)
    assert embedding.metadata is not None
    assert embedding.metadata.columns[0].cells == ("a", "b", "c", "d")
    assert embedding.sprite is not None
    assert embedding.sprite.tile(3).shape == (3, 4, 3)


def test_metadata_given_for_a_folder_overrides_what_its_config_says(tmp_path: Path) -> None:
    checkpoint(tmp_path / "logs")
    (tmp_path / "logs" / "m.tsv").write_text(LABELS)
    (tmp_path / "other.tsv").write_text("w\nx\ny\nz\n")
    config(tmp_path / "logs", 'tensor_name: "embedding" metadata_path: "m.tsv"')

    embedding = loaded(logdir.survey(tmp_path / "logs", metadata=tmp_path / "other.tsv"))

    assert embedding.metadata is not None
    assert embedding.metadata.columns[0].cells[0] == "w"


def test_a_given_metadata_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    checkpoint(tmp_path)

    with pytest.raises(InputNotFound):
        logdir.survey(tmp_path, metadata=tmp_path / "gone.tsv")


def test_a_file_that_is_no_tensor_is_skipped_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello world\nhow are you\n")

    survey = logdir.survey(tmp_path / "notes.txt")

    assert survey.embeddings == ()
    assert "not a number" in survey.skipped[0].reason


def test_a_tensor_that_is_damaged_fails_on_load_only(tmp_path: Path) -> None:
    checkpoint(tmp_path, embedding=VALUES, other_embedding=VALUES)
    data = tmp_path / "model.ckpt-1.data-00000-of-00001"
    content = bytearray(data.read_bytes())
    content[0] ^= 1
    data.write_bytes(content)
    survey = logdir.survey(tmp_path)

    results = {}
    for source in survey.embeddings:
        try:
            results[source.tensor] = logdir.load(source, survey)[0].values.shape
        except InputError as error:
            results[source.tensor] = error.code

    assert results == {"embedding": "format", "other_embedding": (4, 3)}
