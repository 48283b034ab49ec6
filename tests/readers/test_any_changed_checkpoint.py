"""Whatever happens to a byte of a checkpoint, its checksums see it: the same values, or an error naming the file."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spoiling import attempt, spoilt

from embreport.readers.checkpoint_v1 import read_v1
from embreport.readers.files import InputFile
from embreport.readers.stored_tensor import StoredTensors
from embreport.readers.tensor_bundle import read_bundle

DATA = Path(__file__).resolve().parent.parent / "data"
CHECKPOINTS = {
    "tf2_words": "embedding.ckpt-1.index",
    "tf2_snappy": "model.ckpt-1.index",
    "tf1_partitioned": "model.ckpt-300.index",
    "tf1_sharded": "model.ckpt-300.index",
    "keras2_model": "model.ckpt-1.index",
    "v1_plain": "model.ckpt-3",
    "v1_partitioned": "model.ckpt-3",
    "v1_sharded": "model.ckpt-3-00000-of-00003",
}


def opened(folder: Path, first: str) -> StoredTensors:
    read = read_bundle if first.endswith(".index") else read_v1
    return read(InputFile(path=folder / first, label=first))


@functools.cache
def contents(name: str) -> dict[str, bytes]:
    """The files of a checkpoint."""
    start = CHECKPOINTS[name].removesuffix(".index").split("-00000-of")[0]
    return {path.name: path.read_bytes() for path in (DATA / name / "logdir").glob(f"{start}*") if path.stat().st_size}


@functools.cache
def untouched(name: str) -> tuple[dict[str, np.ndarray], frozenset[str]]:
    """The values of every tensor, and the names of those that are no numbers."""
    stored = opened(DATA / name / "logdir", CHECKPOINTS[name])
    values = {tensor: stored.tensors[tensor].read() for tensor in stored.tensors}
    return values, frozenset(stored.unreadable)


@pytest.mark.parametrize("name", CHECKPOINTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_checkpoint_gives_the_same_values_or_an_error_that_names_the_file(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    files = contents(name)
    spoilt_file = data.draw(st.sampled_from(sorted(files)))
    for file, content in files.items():
        (tmp_path / file).write_bytes(data.draw(spoilt(content)) if file == spoilt_file else content)

    check(tmp_path, name, spoilt_file)


def check(folder: Path, name: str, spoilt_file: str) -> None:
    values, no_numbers = untouched(name)
    stored = attempt(lambda: opened(folder, CHECKPOINTS[name]), spoilt_file)
    if stored is None:
        return
    assert stored.tensors.keys() | stored.unreadable.keys() == values.keys() | no_numbers
    for tensor in stored.tensors.keys() & values.keys():
        read = attempt(stored.tensors[tensor].read, spoilt_file)
        if read is not None:
            assert read.dtype == values[tensor].dtype
            np.testing.assert_array_equal(read, values[tensor])
    damaged = [stored.unreadable[tensor].error.where for tensor in stored.unreadable.keys() - no_numbers]
    assert set(damaged) <= {spoilt_file}
