from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from embreport.errors import FormatError
from embreport.readers import hdf5_chunks, read_tensor_file
from embreport.readers.files import InputFile
from embreport.readers.stored_tensor import StoredTensors

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3)


def opened(path: Path) -> StoredTensors:
    return read_tensor_file(InputFile(path=path, label=path.name), "v")


def test_hdf5_datasets_come_back_with_the_names_of_their_layers(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.weights.h5", "w") as file:
        variables = file.create_group("layers/embedding/vars")
        variables.attrs["name"] = "words"
        variables["0"] = VALUES
        file["optimizer/vars/1"] = VALUES

    stored = opened(tmp_path / "v.weights.h5")

    np.testing.assert_array_equal(stored.tensors["layers/embedding/vars/0"].read(), VALUES)
    assert stored.titles["layers/embedding/vars/0"] == "words"
    assert stored.slots == {"optimizer/vars/1"}


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", "<f2", "<i4", "<u1", "|b1"])
def test_hdf5_numbers_of_every_kind_come_back(tmp_path: Path, dtype: str) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file["x"] = (VALUES % 2).astype(dtype)

    np.testing.assert_array_equal(opened(tmp_path / "v.h5").tensors["x"].read(), VALUES % 2)


def test_many_hdf5_groups_over_several_tree_nodes_are_all_found(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        for number in range(500):
            file[f"layers/layer_{number}/vars/0"] = np.full((2, 2), number, np.float32)

    tensors = opened(tmp_path / "v.h5").tensors

    assert len(tensors) == 500
    assert tensors["layers/layer_321/vars/0"].read()[0, 0] == 321


def test_hdf5_links_out_of_the_file_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"] = VALUES
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file["soft"] = h5py.SoftLink("/nowhere")
        file["own"] = VALUES
        file["loop"] = file["/"]

    assert list(opened(tmp_path / "v.h5").tensors) == ["own"]


def test_an_external_hdf5_link_is_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"] = VALUES
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file["own"] = VALUES
        file["far"] = h5py.ExternalLink("secret.h5", "/x")

    assert list(opened(tmp_path / "v.h5").tensors) == ["own"]


def test_a_group_that_keeps_the_order_of_its_members_is_read(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w", track_order=True) as file:
        file["b"] = VALUES
        file["a"] = VALUES

    assert sorted(opened(tmp_path / "v.h5").tensors) == ["a", "b"]


def test_a_file_of_the_latest_version_is_read_or_refused_with_what_to_do(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w", libver="latest") as file:
        file["a/x"] = VALUES
        file["a"].attrs["name"] = "text"
    with h5py.File(tmp_path / "w.h5", "w", libver="latest") as file:
        for number in range(50):
            file[f"x{number}"] = VALUES

    np.testing.assert_array_equal(opened(tmp_path / "v.h5").tensors["a/x"].read(), VALUES)
    with pytest.raises(FormatError, match="libver='latest'"):
        opened(tmp_path / "w.h5")


def test_complex_numbers_are_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file["odd"] = VALUES.astype(np.complex64)

    assert "expected real numbers" in str(opened(tmp_path / "v.h5").unreadable["odd"].error)


_PACKED: list[dict[str, object]] = [
    {"chunks": (2, 3)},
    {"chunks": (3, 2), "compression": "gzip"},
    {"chunks": (3, 2), "compression": "gzip", "shuffle": True},
    {"chunks": (16, 2), "compression": "gzip", "shuffle": True, "fletcher32": True},
    {"compression": "gzip", "maxshape": (None, 3)},
]


@pytest.mark.parametrize("options", _PACKED)
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i2"])
def test_chunks_packed_or_not_come_back(tmp_path: Path, options: dict[str, object], dtype: str) -> None:
    values = np.arange(300).reshape(100, 3).astype(dtype)
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_dataset("x", data=values, **options)

    np.testing.assert_array_equal(opened(tmp_path / "v.h5").tensors["x"].read(), values)


def test_thousands_of_chunks_over_a_deep_index_come_back(tmp_path: Path) -> None:
    values = np.arange(12_000, dtype=np.float32).reshape(4_000, 3)
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_dataset("x", data=values, chunks=(1, 3))

    np.testing.assert_array_equal(opened(tmp_path / "v.h5").tensors["x"].read(), values)


def test_a_hdf5_dataset_packed_in_another_way_is_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_dataset("odd", data=VALUES, compression="lzf")
        file["good"] = VALUES

    stored = opened(tmp_path / "v.h5")

    assert list(stored.tensors) == ["good"]
    assert "lzf" in str(stored.unreadable["odd"].error)


def test_chunks_that_were_never_written_are_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_dataset("huge", shape=(1 << 40, 64), dtype="f4", chunks=(1 << 20, 64))
        file.create_dataset("part", shape=(4, 3), dtype="f4", chunks=(2, 3))[:2] = 1

    stored = opened(tmp_path / "v.h5")

    assert not stored.tensors
    assert "never written" in str(stored.unreadable["part"].error)


def test_a_hdf5_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdf5_chunks, "_LARGE", 1 << 16)
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_dataset("bomb", data=np.zeros((1 << 12, 256), np.float32), compression=9)

    assert "unpacks from" in str(opened(tmp_path / "v.h5").unreadable["bomb"].error)


def test_a_damaged_chunk_is_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_dataset("x", data=np.arange(3_000, dtype=np.float32).reshape(1_000, 3), compression="gzip")
        place = file["x"].id.get_chunk_info(0).byte_offset
    content = bytearray((tmp_path / "v.h5").read_bytes())
    content[place : place + 40] = bytes(40)
    (tmp_path / "v.h5").write_bytes(content)

    with pytest.raises(FormatError, match="“x” is damaged"):
        opened(tmp_path / "v.h5").tensors["x"].read()


def test_a_hdf5_dataset_in_another_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(VALUES.tobytes())
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_dataset("far", shape=(4, 3), dtype="f4", external=[(str(tmp_path / "secret.bin"), 0, 48)])

    stored = opened(tmp_path / "v.h5")

    assert not stored.tensors
    assert "another file" in str(stored.unreadable["far"].error)
