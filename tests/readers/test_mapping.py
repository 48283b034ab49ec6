"""Large tensors are mapped from their file: the same values and checks as when they are loaded."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import pytest
from bundle_factory import BundleWriter

from embreport import logdir
from embreport.errors import FormatError
from embreport.readers import mapping, read_tensor_file
from embreport.readers.files import InputFile
from embreport.readers.flat_tensor import raw_float32
from embreport.readers.tensor_bundle import read_bundle

VALUES = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)


@pytest.fixture(autouse=True)
def _map_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "MAPPED_FROM", 1)


def is_mapped(values: np.ndarray) -> bool:
    base: object = values
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    return isinstance(base, memoryview) and isinstance(base.obj, mmap.mmap)


def file_of(path: Path) -> InputFile:
    return InputFile(path=path, label=path.name)


@pytest.mark.parametrize("dtype", ["<f4", "<f8"])
def test_a_npy_of_floats_is_mapped_and_read_only(tmp_path: Path, dtype: str) -> None:
    np.save(tmp_path / "v.npy", VALUES.astype(dtype))
    values = read_tensor_file(file_of(tmp_path / "v.npy"), "v").tensors["v"].read()

    np.testing.assert_array_equal(values, VALUES.astype(dtype))
    assert is_mapped(values)
    assert not values.flags.writeable


@pytest.mark.parametrize(("dtype", "order"), [("<f2", "C"), (">f4", "C"), ("<i4", "C"), ("<f4", "F")])
def test_what_must_be_converted_is_loaded_with_the_same_values(tmp_path: Path, dtype: str, order: str) -> None:
    stored = np.asarray(np.round(VALUES * 8), dtype=dtype, order=order)  # type: ignore[call-overload]
    np.save(tmp_path / "v.npy", stored)
    values = read_tensor_file(file_of(tmp_path / "v.npy"), "v").tensors["v"].read()

    np.testing.assert_array_equal(values, stored.astype(np.float32))
    assert not is_mapped(values)
    assert values.flags.c_contiguous


def test_raw_float32_and_checkpoints_are_mapped_wherever_the_values_begin(tmp_path: Path) -> None:
    (tmp_path / "v.bytes").write_bytes(VALUES.tobytes())
    raw = raw_float32(file_of(tmp_path / "v.bytes"), "v", VALUES.shape).read()
    writer = BundleWriter()
    for name, values in (("a", VALUES), ("b", np.arange(3, dtype=np.uint8)), ("c", VALUES)):
        writer.add(name, values)
    tensors = read_bundle(file_of(writer.write(tmp_path))).tensors
    first, odd = tensors["a"].read(), tensors["c"].read()

    for values in (raw, first, odd):
        np.testing.assert_array_equal(values, VALUES)
        assert values.flags.aligned
    assert is_mapped(raw)
    assert is_mapped(first)


def test_the_checksum_of_a_mapped_tensor_is_verified(tmp_path: Path) -> None:
    writer = BundleWriter()
    writer.add("x", VALUES, crc=1)

    with pytest.raises(FormatError, match="checksum"):
        read_bundle(file_of(writer.write(tmp_path))).tensors["x"].read()


def test_a_file_that_was_cut_short_is_refused_and_not_mapped(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", VALUES)
    tensor = read_tensor_file(file_of(tmp_path / "v.npy"), "v").tensors["v"]
    (tmp_path / "v.npy").write_bytes((tmp_path / "v.npy").read_bytes()[:-1])

    with pytest.raises(FormatError, match="cut short"):
        tensor.read()


def test_the_checksum_of_an_embedding_does_not_depend_on_how_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "v.npy", VALUES.astype(np.float64))
    found = []
    for limit in (1, 1 << 40):
        monkeypatch.setattr(mapping, "MAPPED_FROM", limit)
        survey = logdir.survey(tmp_path / "v.npy")
        found.append(logdir.checksum(logdir.load(survey.embeddings[0], survey)[0]))

    assert found[0] == found[1]
    assert len(found[0]) == 64
