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
    "safetensors": ("safetensors", ("safetensors_file", "safetensors_torch")),
    "pandas, pyarrow: parquet": ("pyarrow", ("parquet_file", "pandas_parquet")),
    "Embedding Projector, saved views": ("bookmarks by the Projector of tensorboard", ("projector_bookmarks",)),
    "hand-written or any tool": (
        "",
        (
            *("tsv_kinds", "tsv_sprite", "raw_bytes", "metadata_kinds", "sprite_kinds", "image_folder", "polylines"),
            *("bookmarks", "bookmarks_odd", "bookmarks_several"),
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

# Writer -> what the script that made its fixtures imports of it.
IMPORTS = {
    "TensorFlow 2 `tf.train.Checkpoint`": "import tensorflow as tf",
    "TensorFlow 1 `Saver` (V2 format)": "import tensorflow.compat.v1 as tf",
    "TensorFlow 1 `Saver` (V1 format)": "import tensorflow.compat.v1 as tf",
    "TensorFlow `tf.saved_model.save`": "import tensorflow as tf",
    "Keras 3 model in `tf.train.Checkpoint`": "import keras",
    "Keras 2 model in `tf.train.Checkpoint`": "import tf_keras as keras",
    "Keras 2 `TensorBoard` callback": "import tf_keras as keras",
    "Keras 3 `TensorBoard` callback": "import keras",
    "Keras before 2.3, `TensorBoard` callback": "from tf_keras.src.callbacks_v1 import TensorBoard",
    "Keras `save`, `save_weights`": "import keras",
    "PyTorch `SummaryWriter.add_embedding`": "from torch.utils.tensorboard import SummaryWriter",
    "tensorboardX `add_embedding`": "from tensorboardX import SummaryWriter",
    "gensim `word2vec2tensor`": "from gensim.scripts.word2vec2tensor import word2vec2tensor",
    "word2vec format (gensim `save_word2vec_format`)": "from gensim.models import KeyedVectors",
    "NumPy `save`, `savez`": "import numpy as np",
    "safetensors": "from safetensors.",
    "pandas, pyarrow: parquet": "import pyarrow",
    "Embedding Projector, saved views": "from playwright.sync_api import",
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


@pytest.mark.parametrize("writer", IMPORTS)
def test_files_of_a_writer_are_made_by_that_writer_itself(writer: str) -> None:
    scripts = [path.read_text(encoding="utf-8") for path in DATA.glob("make_*.py")]

    for fixture in WRITERS[writer][1]:
        makers = [text for text in scripts if f'"{fixture}"' in text and f"\n{IMPORTS[writer]}" in text]
        assert makers, fixture


def test_the_row_of_pandas_has_a_file_by_pandas() -> None:
    assert "pandas" in expected_of("pandas_parquet")["made_by"]


def test_only_what_no_writer_left_is_made_by_hand() -> None:
    assert set(WRITERS) - set(IMPORTS) == {"hand-written or any tool"}
    for writer in IMPORTS:
        assert not [fixture for fixture in WRITERS[writer][1] if "by hand" in expected_of(fixture)["made_by"]]


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
