"""Whatever a file of a fixture holds, `inspect` lists it as an embedding or names it with the reason why it is none.

What the files hold is found here by other means than the readers': their own libraries, or the bytes of their tables.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import pytest

from embreport import logdir

DATA = Path(__file__).resolve().parent.parent / "data"
sys.path.insert(0, str(DATA))

from checkpoint_bytes import MAGIC, read_table  # noqa: E402

# The description of the objects that were saved, for TensorFlow itself.
_NO_TENSOR = {"_CHECKPOINTABLE_OBJECT_GRAPH"}
_FIXTURES = sorted(path.parent for path in DATA.glob("*/logdir"))
# Damaged tables, and one whose blocks are packed.
_UNREADABLE = {"broken_index_flip", "broken_index_noise", "broken_index_truncated", "tf2_snappy"}


def names_in_bundle(data: bytes) -> set[str]:
    """The keys of an index: a partition's begins with a NUL and belongs to a tensor that has a key of its own."""
    return {key.decode() for key in read_table(data) if key and not key.startswith(b"\0")}


def names_in_v1(data: bytes) -> set[str]:
    return {key[1 : key.index(b"\0\1", 1)].decode() for key in read_table(data) if key}


def names_in_hdf5(data: bytes) -> set[str]:
    names = set()
    with h5py.File(io.BytesIO(data)) as file:
        file.visititems(lambda name, item: names.add(name) if isinstance(item, h5py.Dataset) else None)
    return names


def names_in_keras(data: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return names_in_hdf5(archive.read("model.weights.h5"))


def names_in_npz(data: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.removesuffix(".npy") for name in archive.namelist()}


def names_in_safetensors(data: bytes) -> set[str]:
    return set(json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])) - {"__metadata__"}


_NAMES: dict[str, Callable[[bytes], set[str]]] = {
    ".index": names_in_bundle,
    ".h5": names_in_hdf5,
    ".keras": names_in_keras,
    ".npz": names_in_npz,
    ".safetensors": names_in_safetensors,
}


def names_in(path: Path) -> set[str]:
    data = path.read_bytes()
    if path.suffix == ".npy":
        return {path.stem}
    if path.suffix in _NAMES:
        return _NAMES[path.suffix](data)
    return names_in_v1(data) if data.endswith(MAGIC) else set()


def prefix_of(label: str) -> str:
    return re.sub(r"\.index$|-\d{5}-of-\d{5}$", "", label)


def step_of(label: str) -> int | None:
    match = re.search(r"[-_.](\d+)(?:\.weights\.h5)?$", prefix_of(label))
    return int(match[1]) if match else None


@pytest.mark.parametrize("fixture", [path.name for path in _FIXTURES if path.name not in _UNREADABLE])
def test_every_tensor_of_every_file_is_an_embedding_or_is_named_with_its_reason(fixture: str) -> None:
    folder = DATA / fixture / "logdir"
    survey = logdir.survey(folder)
    steps = {step for source in survey.embeddings for step in source.steps}
    explained = [*survey.skipped, *survey.passed_over]

    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        label = path.relative_to(folder).as_posix()
        there = {source.tensor for source in survey.embeddings if prefix_of(source.path) == prefix_of(label)}
        if not there and step_of(label) in steps:
            continue  # another step than the one that is read; `steps` has it
        if any(item.tensor is None and label in item.reason for item in explained):
            continue  # the file as a whole
        named = {item.tensor for item in explained if prefix_of(label) in item.reason}
        names = {name.removesuffix(":0") for name in names_in(path)}
        assert names - _NO_TENSOR - there - named == set(), label
    assert all(item.reason for item in explained)
