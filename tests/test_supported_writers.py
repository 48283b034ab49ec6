"""Every writer in the README's table is backed by files that this writer left, and every such file by a row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from embreport import logdir

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
README = (ROOT / "README.md").read_text(encoding="utf-8")

# Writer in the README -> what `made_by` of its fixtures names, and the fixtures.
WRITERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "TensorFlow 2 `tf.train.Checkpoint`": (
        "tensorflow",
        ("tf2_words", "tf2_dtypes", "tf2_shapes", "tf2_many_tensors", "tf2_steps"),
    ),
    "TensorFlow 1 `Saver` (V2 format)": (
        "tf.compat.v1",
        ("tf1_saver", "tf1_sharded", "tf1_partitioned", "tf1_moved"),
    ),
    "TensorFlow 1 `Saver` (V1 format)": ("tf.compat.v1", ("v1_plain", "v1_sharded", "v1_partitioned")),
    "TensorFlow `tf.saved_model.save`": ("tensorflow", ("saved_model",)),
    "Keras 3 model in `tf.train.Checkpoint`": ("keras 3", ("tf2_keras3_model",)),
    "Keras 2 model in `tf.train.Checkpoint`": ("tf_keras 2", ("keras2_model",)),
    "Keras 2 `TensorBoard` callback": ("tf_keras 2", ("keras2_callback",)),
    "Keras 3 `TensorBoard` callback": ("keras 3", ("keras3_callback",)),
    "Keras before 2.3, `TensorBoard` callback": ("callbacks_v1", ("keras_old_callback",)),
    "Keras `save`, `save_weights`": ("keras 3", ("keras3_files",)),
    "PyTorch `SummaryWriter.add_embedding`": (
        "torch",
        ("torch_plain", "torch_images", "torch_odd_labels", "torch_one_header", "torch_steps"),
    ),
    "tensorboardX `add_embedding`": ("tensorboardX", ("tensorboardx_twice",)),
    "gensim `word2vec2tensor`": ("gensim", ("gensim_pair",)),
    "word2vec format (gensim `save_word2vec_format`)": ("gensim", ("word2vec_text", "word2vec_binary", "glove_text")),
    "NumPy `save`, `savez`": ("numpy", ("npy_files", "npz_files")),
    "safetensors": ("safetensors", ("safetensors_file",)),
    "pandas, pyarrow: parquet": ("pyarrow", ("parquet_file",)),
    "Embedding Projector, saved views": (
        "bookmarks by",
        ("bookmarks", "bookmarks_odd", "bookmarks_several", "projector_bookmarks"),
    ),
    "hand-written or any tool": (
        "",
        (
            *("tsv_kinds", "tsv_sprite", "raw_bytes", "metadata_kinds", "sprite_kinds", "image_folder", "polylines"),
            *(
                "nested_runs",
                "no_config",
                "hostile_labels",
                "outside_paths",
                "tf2_snappy",
                "hdf5_latest",
                "glove_odd_words",
            ),
            *sorted(path.name for path in DATA.glob("config_*")),
        ),
    ),
}


def rows_of_readme() -> list[str]:
    table = README.split("## What it reads")[1].split("\n## ")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")]
    return rows[2:]


def expected_of(fixture: str) -> dict[str, Any]:
    return dict(json.loads((DATA / fixture / "expected.json").read_text(encoding="utf-8")))


def test_every_row_of_the_readme_has_fixtures_and_every_writer_a_row() -> None:
    assert rows_of_readme() == list(WRITERS)
    assert all(fixtures for _, fixtures in WRITERS.values())


def test_every_fixture_that_is_not_broken_on_purpose_belongs_to_one_row() -> None:
    there = sorted(path.parent.name for path in DATA.glob("*/expected.json") if not path.parent.match("broken_*"))

    assert sorted(name for _, fixtures in WRITERS.values() for name in fixtures) == there


@pytest.mark.parametrize("writer", WRITERS)
def test_files_of_the_writer_are_read_with_values_labels_and_images(writer: str) -> None:
    made_by, fixtures = WRITERS[writer]

    for fixture in fixtures:
        expected = expected_of(fixture)
        assert made_by in expected["made_by"]
        assert expected["embeddings"]
        survey = logdir.survey(DATA / fixture / "logdir")
        sources = {(source.run, source.tensor, source.path): source for source in survey.embeddings}
        for wanted in expected["embeddings"]:
            source = sources[wanted["run"], wanted["tensor"], wanted["path"]]
            embedding, _ = logdir.load(source, survey)
            assert logdir.checksum(embedding) == wanted["sha256"]
            assert (embedding.metadata is None) == (wanted["metadata"] is None) or "metadata_lines" in wanted
            assert (embedding.sprite is None) == (wanted["sprite"] is None) or "sprite_trouble" in wanted
            assert len(embedding.views) == wanted["bookmarks"]
