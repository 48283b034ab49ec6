"""Whatever bytes a log directory holds, a survey and its loads end with values, notices, or an error of our tree."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spoiling import spoilt

from embreport import logdir
from embreport.errors import InputError
from embreport.model import Embedding, TensorSource

DATA = Path(__file__).resolve().parent.parent / "data"

# One good folder per format, small enough to be copied for every example.
_FOLDERS = [
    name
    for name in (
        "tf2_words",
        "tf1_saver",
        "tf1_partitioned",
        "tf1_sharded",
        "tf2_snappy",
        "tf2_keras3_model",
        "v1_plain",
        "v1_partitioned",
        "v1_sharded",
        "torch_images",
        "tsv_sprite",
        "raw_bytes",
        "bookmarks",
        "keras2_callback",
        "keras3_callback",
        "keras3_files",
        "npy_files",
        "npz_files",
        "safetensors_file",
        "word2vec_binary",
        "word2vec_text",
        "gensim_pair",
        "image_folder",
    )
    if (DATA / name / "logdir").is_dir()
]


def load_everything(folder: Path) -> None:
    survey = logdir.survey(folder)
    for source in survey.embeddings:
        try:
            embedding, _ = logdir.load(source, survey)
        except InputError:
            continue
        assert embedding.values.shape == source.shape
        assert embedding.values.dtype in (np.float32, np.float64)
        if embedding.metadata:
            assert all(len(column.cells) == source.shape[0] for column in embedding.metadata.columns)


@pytest.mark.parametrize("name", _FOLDERS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
@given(data=st.data())
def test_any_flipped_or_cut_byte_of_any_file_is_survived(tmp_path: Path, name: str, data: st.DataObject) -> None:
    folder = tmp_path / "logdir"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DATA / name / "logdir", folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    spoilt = data.draw(st.sampled_from(files))
    content = bytearray(spoilt.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, max(0, len(content) - 1)))
        kind = data.draw(st.sampled_from(["flip", "cut", "insert", "drop"]))
        if kind == "cut":
            del content[place:]
        elif kind == "insert":
            content[place:place] = data.draw(st.binary(min_size=1, max_size=9))
        elif kind == "drop":
            del content[place : place + data.draw(st.integers(1, 64))]
        elif content:
            content[place] ^= data.draw(st.integers(1, 255))
        if not content:
            break
    spoilt.write_bytes(content)

    load_everything(folder)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(
        [
            "x.npy",
            "x.npz",
            "x.safetensors",
            "x.h5",
            "x.weights.h5",
            "x.keras",
            "x.index",
            "model.ckpt-1",
            "vectors.tsv",
            "vectors.bin",
            "checkpoint",
            "projector_config.pbtxt",
            "words_tensor.tsv",
            "x.tsv.gz",
        ]
    ),
    start=st.sampled_from(
        [
            b"",
            b"\x93NUMPY\x01\x00",
            b"PK\x03\x04",
            b"\x89HDF\r\n\x1a\n",
            b"\x1f\x8b\x08\0",
            b"3 2\n",
            b"\x10" + b"\0" * 7 + b"{",
        ]
    ),
    noise=st.binary(max_size=200),
    tail=st.sampled_from([b"", bytes.fromhex("57fb808b247547db")]),
)
def test_noise_under_any_name_is_survived(tmp_path: Path, name: str, start: bytes, noise: bytes, tail: bytes) -> None:
    folder = tmp_path / "noise"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / name).write_bytes(start + noise + tail)

    load_everything(folder)


def key_of(source: TensorSource) -> str:
    """A text file's tensor is called what the config says."""
    return source.path if source.dtype == "text" else source.tensor


@functools.cache
def untouched(name: str) -> dict[str, Embedding]:
    survey = logdir.survey(DATA / name / "logdir")
    return {key_of(source): logdir.load(source, survey)[0] for source in survey.embeddings}


@pytest.mark.parametrize("name", ["tf2_words", "torch_plain", "v1_plain", "v1_sharded", "keras3_callback"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_config_says_a_row_has_its_own_values_and_label(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    folder = tmp_path / "logdir"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DATA / name / "logdir", folder)
    files = [path for path in folder.rglob("*") if path.name in ("projector_config.pbtxt", "checkpoint")]
    file = data.draw(st.sampled_from(sorted(files)))
    file.write_bytes(data.draw(spoilt(file.read_bytes())))

    survey = logdir.survey(folder)
    for source in survey.embeddings:
        embedding, _ = logdir.load(source, survey)
        good = untouched(name).get(key_of(source))
        assert good is not None, source
        assert np.array_equal(embedding.values, good.values, equal_nan=True)
        if embedding.metadata and good.metadata and embedding.metadata.path == good.metadata.path:
            assert embedding.metadata.columns == good.metadata.columns
