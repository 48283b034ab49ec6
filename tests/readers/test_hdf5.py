from __future__ import annotations

import io
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embreport.errors import FormatError, LimitExceeded
from embreport.readers import hdf5_chunks, read_tensor_file
from embreport.readers.cursor import Cursor
from embreport.readers.files import InputFile
from embreport.readers.hdf5_chunk_index import Extent, read_indexed_chunks
from embreport.readers.hdf5_chunks import read_values
from embreport.readers.hdf5_parts import Parts
from embreport.readers.hdf5_sums import fits_fletcher32
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


_VERSIONS = [("earliest", "v108"), ("v108", "v108"), ("v110", "v110"), ("v112", "v112"), ("latest", "latest")]


@pytest.mark.parametrize("version", _VERSIONS)
def test_groups_of_every_file_version_are_read_with_the_names_of_their_layers(
    tmp_path: Path, version: tuple[str, str]
) -> None:
    with h5py.File(tmp_path / "v.h5", "w", libver=version) as file:
        for number in range(40):
            variables = file.create_group(f"layers/l{number}/vars")
            variables.attrs["name"] = f"layer {number}"
            variables["0"] = np.full((2, 2), number, np.float32)
        for number in range(20):
            file["layers/l7/vars"].attrs[f"note {number}"] = "x" * 50

    stored = opened(tmp_path / "v.h5")

    assert len(stored.tensors) == 40
    for number in range(40):
        name = f"layers/l{number}/vars/0"
        assert stored.tensors[name].read()[0, 0] == number
        assert stored.titles[name] == f"layer {number}"


@pytest.mark.parametrize("length", [10, 230])
def test_thousands_of_members_over_a_deep_heap_are_all_found(tmp_path: Path, length: int) -> None:
    with h5py.File(tmp_path / "v.h5", "w", libver="latest") as file:
        for number in range(3_000):
            file.create_dataset(f"{number:0{length}}", data=np.float32(number))

    tensors = opened(tmp_path / "v.h5").tensors

    assert list(tensors) == [f"{number:0{length}}" for number in range(3_000)]
    assert tensors[f"{2_345:0{length}}"].read() == 2_345


def test_members_of_a_heap_that_lead_out_of_the_file_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["x"] = VALUES
    with h5py.File(tmp_path / "v.h5", "w", libver="latest") as file:
        for number in range(20):
            file[f"soft{number}"] = h5py.SoftLink("/own")
            file[f"far{number}"] = h5py.ExternalLink("secret.h5", "/x")
        file["own"] = VALUES

    assert list(opened(tmp_path / "v.h5").tensors) == ["own"]


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
    {"chunks": (7, 2), "maxshape": (None, 3)},
    {"chunks": (7, 2), "maxshape": (100, None), "fletcher32": True},
    {"chunks": (7, 2), "maxshape": (None, None)},
    {"chunks": (7, 2), "maxshape": (None, None), "compression": "gzip", "shuffle": True, "fletcher32": True},
    {"chunks": (7, 2), "maxshape": (500, 9), "shuffle": True},
    {"chunks": (100, 3)},
    {"chunks": (100, 3), "compression": "gzip", "shuffle": True, "fletcher32": True},
    {"chunks": (128, 4), "maxshape": (200, 9), "fletcher32": True},
]


@pytest.mark.parametrize("options", _PACKED)
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i2"])
@pytest.mark.parametrize("version", [None, *_VERSIONS])
def test_chunks_packed_or_not_come_back(
    tmp_path: Path, options: dict[str, object], dtype: str, version: tuple[str, str] | None
) -> None:
    values = np.arange(300).reshape(100, 3).astype(dtype)
    with h5py.File(tmp_path / "v.h5", "w", libver=version) as file:
        file.create_dataset("x", data=values, **options)

    np.testing.assert_array_equal(opened(tmp_path / "v.h5").tensors["x"].read(), values)


def test_thousands_of_chunks_over_a_deep_index_come_back(tmp_path: Path) -> None:
    values = np.arange(12_000, dtype=np.float32).reshape(4_000, 3)
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_dataset("x", data=values, chunks=(1, 3))

    np.testing.assert_array_equal(opened(tmp_path / "v.h5").tensors["x"].read(), values)


@pytest.mark.parametrize("most", [None, (None, 3), (None, None)])
@pytest.mark.parametrize("packed", [False, True])
def test_thousands_of_chunks_over_every_newer_index_come_back(
    tmp_path: Path, most: tuple[int | None, ...] | None, packed: bool
) -> None:
    values = np.arange(12_000, dtype=np.float32).reshape(4_000, 3)
    with h5py.File(tmp_path / "v.h5", "w", libver="latest") as file:
        file.create_dataset("x", data=values, chunks=(1, 3), maxshape=most, fletcher32=packed)

    np.testing.assert_array_equal(opened(tmp_path / "v.h5").tensors["x"].read(), values)


def test_an_index_that_has_grown_to_paged_blocks_comes_back(tmp_path: Path) -> None:
    values = np.arange(67_000, dtype=np.uint8).reshape(67_000, 1)
    with h5py.File(tmp_path / "v.h5", "w", libver="latest") as file:
        file.create_dataset("x", data=values, chunks=(1, 1), maxshape=(None, 1))

    np.testing.assert_array_equal(opened(tmp_path / "v.h5").tensors["x"].read(), values)


def test_chunks_that_lie_in_a_row_come_back(tmp_path: Path) -> None:
    values = np.arange(300, dtype=np.float32).reshape(100, 3)
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((7, 2))
    plan.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    with h5py.File(tmp_path / "v.h5", "w", libver="latest") as file:
        space = h5py.h5s.create_simple((100, 3), (120, 5))
        made = h5py.h5d.create(file.id, b"x", h5py.h5t.IEEE_F32LE, space, plan)
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, values)

    np.testing.assert_array_equal(opened(tmp_path / "v.h5").tensors["x"].read(), values)


@pytest.mark.parametrize("most", [None, (None, 3), (None, None)])
def test_chunks_that_a_newer_index_leaves_out_are_refused(tmp_path: Path, most: tuple[int | None, ...] | None) -> None:
    with h5py.File(tmp_path / "v.h5", "w", libver="latest") as file:
        file.create_dataset("part", shape=(40, 3), dtype="f4", chunks=(2, 3), maxshape=most)[:5] = 1
        file.create_dataset("none", shape=(40, 3), dtype="f4", chunks=(2, 3), maxshape=most)

    unreadable = opened(tmp_path / "v.h5").unreadable

    assert "3 chunks; its shape needs 20" in str(unreadable["part"].error)
    assert "0 chunks; its shape needs 20" in str(unreadable["none"].error)


def test_a_chunk_with_a_wrong_fletcher_sum_is_named(tmp_path: Path) -> None:
    values = np.arange(3_000, dtype=np.float32).reshape(1_000, 3)
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_dataset("x", data=values, chunks=(100, 3), fletcher32=True)
        place = file["x"].id.get_chunk_info(3).byte_offset
    content = bytearray((tmp_path / "v.h5").read_bytes())
    content[place + 77] ^= 4
    (tmp_path / "v.h5").write_bytes(content)

    with pytest.raises(FormatError, match=f"“x” is damaged. The chunk at byte {place:,} does not have the Fletcher-32"):
        opened(tmp_path / "v.h5").tensors["x"].read()


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400), place=st.integers(0, 10**6), bit=st.integers(1, 255))
def test_fletcher_sums_are_those_of_the_definition(data: bytes, place: int, bit: int) -> None:
    low = high = 0
    for start in range(0, len(data), 2):
        low = (low + int.from_bytes(data[start : start + 2].ljust(2, b"\0"), "big")) % 65_535
        high = (high + low) % 65_535
    stored = high << 16 | low

    assert fits_fletcher32(data, stored)
    changed = bytearray(data)
    if data and {changed[place % len(data)], changed[place % len(data)] ^ bit} != {0, 255}:
        changed[place % len(data)] ^= bit
        assert not fits_fletcher32(bytes(changed), stored)


@pytest.mark.parametrize("most", [None, (None, 3), (None, None)])
def test_any_changed_byte_of_a_newer_index_is_found_by_its_checksum(
    tmp_path: Path, most: tuple[int | None, ...] | None
) -> None:
    values = np.arange(300, dtype=np.float32).reshape(100, 3)
    with h5py.File(tmp_path / "v.h5", "w", libver="latest") as file:
        for number in range(12):
            file[f"g/{number}"] = np.float32(1)
        file.create_dataset("x", data=values, chunks=(3, 2), maxshape=most, compression="gzip", fletcher32=True)
    good = (tmp_path / "v.h5").read_bytes()
    wrong = []
    for place in range(8, len(good), max(1, len(good) // 70)):
        (tmp_path / "v.h5").write_bytes(good[:place] + bytes([good[place] ^ 0x11]) + good[place + 1 :])
        try:
            tensors = opened(tmp_path / "v.h5").tensors
            for name, tensor in tensors.items():
                expected = values if name == "x" else np.float32(1)
                if tensor.read().tobytes() != expected.tobytes():
                    wrong.append((place, name))
        except FormatError:
            continue

    # The numbers of `g` lie in one piece, which has no checksum in this format.
    assert all(name.startswith("g/") for _, name in wrong)


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


def test_a_dataset_without_rows_takes_no_memory_however_wide_it_is(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w", libver="latest") as file:
        dataset = file.create_dataset("x", data=VALUES, chunks=(2, 1), maxshape=(None, 1 << 40))
        dataset.resize((0, 1 << 40))

    assert opened(tmp_path / "v.h5").tensors["x"].shape == (0, 1 << 40)


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


def test_a_chunk_over_the_edge_may_be_stored_without_its_filters() -> None:
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    stream = io.BytesIO(bytes(8) + values.tobytes())
    # Flags, rank and width of the sizes, the sizes, the kind of index, size and mask of the one chunk, its address.
    told = bytes([3, 3, 1, 4, 4, 4, 1]) + (64).to_bytes(8, "little") + bytes(4) + (8).to_bytes(8, "little")
    message = Cursor(told, where="x", what="x")
    extent = Extent(shape=(3, 4), most=(3, 4))
    chunked = read_indexed_chunks(message, extent, 4, ((1, 6),), Parts(stream, 72, where="x"))

    np.testing.assert_array_equal(read_values(stream, chunked, (3, 4), np.dtype("<f4")), values[:3])


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"hdf5_parts._MOST_SUMMED": 2_000}, "bytes that describe its datasets"),
        ({"hdf5_parts._ALWAYS_READ": 2_000, "hdf5_parts._READ_AGAIN": 0}, "share too many of their bytes"),
        ({"hdf5._MOST_MESSAGES": 20}, "too many messages"),
        ({"hdf5._MOST_OBJECTS": 10}, "20 records; at most 10"),
    ],
)
def test_objects_that_share_what_describes_them_do_not_take_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], says: str
) -> None:
    for name, most in limits.items():
        monkeypatch.setattr(f"embreport.readers.{name}", most)
    with h5py.File(tmp_path / "v.h5", "w", libver="latest") as file:
        for number in range(20):
            file[f"g{number}/x"] = VALUES

    with pytest.raises(LimitExceeded, match=says) as caught:
        opened(tmp_path / "v.h5")
    assert caught.value.where == "v.h5"


def test_datasets_of_too_many_chunks_in_all_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embreport.readers.hdf5_parts._MOST_CHUNKS_OF_ALL", 30)
    with h5py.File(tmp_path / "v.h5", "w") as file:
        for number in range(20):
            file.create_dataset(f"x{number}", data=VALUES, chunks=(1, 3))

    stored = opened(tmp_path / "v.h5")

    assert len(stored.tensors) == 7
    assert all("more than 30 chunks" in str(one.error) for one in stored.unreadable.values())
