from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from bundle_factory import BundleWriter, block, bytes_field, entry_message, number_field, stored_block, table, varint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embreport.errors import EmbreportError, FormatError, InputError, InputNotFound, LimitExceeded
from embreport.readers.files import InputFile
from embreport.readers.ordered_code import slice_key
from embreport.readers.stored_tensor import StoredTensors
from embreport.readers.tensor_bundle import read_bundle

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3)


def opened(index: Path) -> StoredTensors:
    return read_bundle(InputFile(path=index, label=index.name))


def reason(index: Path, name: str = "x") -> str:
    return str(opened(index).unreadable[name].error)


def writer_with(**spoilt: object) -> BundleWriter:
    writer = BundleWriter()
    writer.add("x", VALUES, **spoilt)
    return writer


def test_a_tensor_comes_back_with_its_values_and_header(tmp_path: Path) -> None:
    tensor = opened(writer_with().write(tmp_path)).tensors["x"]

    assert (tensor.shape, tensor.dtype) == ((4, 3), "float32")
    np.testing.assert_array_equal(tensor.read(), VALUES)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [("f4", "f4"), ("f8", "f8"), ("f2", "f4"), ("i1", "f4"), ("u1", "f4"), ("i2", "f4"), ("u2", "f4"), ("b1", "f4")],
)
def test_each_dtype_becomes_the_narrowest_float_that_holds_it(tmp_path: Path, stored: str, expected: str) -> None:
    writer = BundleWriter()
    values = np.array([[0, 1], [1, 0]]).astype(stored)
    writer.add("x", values)

    read = opened(writer.write(tmp_path)).tensors["x"].read()

    assert read.dtype == np.dtype(expected)
    np.testing.assert_array_equal(read, values.astype(expected))


@pytest.mark.parametrize(("largest", "expected"), [(2**24, "f4"), (2**24 + 1, "f8")])
def test_integers_widen_to_float64_only_where_float32_would_round(tmp_path: Path, largest: int, expected: str) -> None:
    writer = BundleWriter()
    writer.add("x", np.array([[largest, -5]], dtype=np.int64))

    read = opened(writer.write(tmp_path)).tensors["x"].read()

    assert read.dtype == np.dtype(expected)
    assert read[0, 0] == largest


def test_bfloat16_is_the_upper_half_of_float32(tmp_path: Path) -> None:
    writer = BundleWriter()
    bits = np.array([[0x3F80, 0xC000], [0x7F80, 0x0001]], dtype=np.uint16)
    writer.add("x", bits, dtype=14)

    read = opened(writer.write(tmp_path)).tensors["x"].read()

    np.testing.assert_array_equal(read, np.array([[1.0, -2.0], [np.inf, 2.0**-133]], dtype=np.float32))


def test_float8_values_follow_their_two_definitions(tmp_path: Path) -> None:
    writer = BundleWriter()
    bits = np.array([[0x38, 0x7E, 0x01, 0xB8]], dtype=np.uint8)
    writer.add("e4m3", bits, dtype=25)
    writer.add("e5m2", np.array([[0x3C, 0xC0, 0x7C]], dtype=np.uint8), dtype=24)

    tensors = opened(writer.write(tmp_path)).tensors

    np.testing.assert_array_equal(tensors["e4m3"].read(), np.float32([[1.0, 448.0, 2.0**-9, -1.0]]))
    np.testing.assert_array_equal(tensors["e5m2"].read(), np.float32([[1.0, -2.0, np.inf]]))


@pytest.mark.parametrize(("dtype", "word"), [(8, "complex64"), (18, "complex128"), (7, "string"), (99, "unknown (99)")])
def test_what_is_no_real_number_is_refused_by_the_name_of_its_dtype(tmp_path: Path, dtype: int, word: str) -> None:
    assert word in reason(writer_with(dtype=dtype).write(tmp_path))


def test_many_tensors_over_many_blocks_are_all_found(tmp_path: Path) -> None:
    writer = BundleWriter(block_size=300)
    for number in range(200):
        writer.add(f"layer/{number:03d}/embeddings", np.full((2, 2), number, np.float32))

    tensors = opened(writer.write(tmp_path)).tensors

    assert len(tensors) == 200
    assert tensors["layer/123/embeddings"].read()[0, 0] == 123


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"shape": (1 << 40, 1 << 20)}, "1,099,511,627,776 x 1,048,576"),
        ({"shape": (-4, 3)}, "impossible shape"),
        ({"shape": (5, 3)}, "needs 60 bytes; the index announces 48"),
        ({"offset": 1 << 50}, "the file has 48 bytes"),
        ({"offset": -8}, "announces"),
        ({"size": 47}, "announces 47"),
        ({"shard": 7}, "data file 7 of 1"),
        ({"shape": (1,) * 255 + (12,)}, "impossible shape"),
    ],
)
def test_an_entry_that_lies_is_refused_before_anything_is_allocated(
    tmp_path: Path, spoilt: dict[str, object], words: str
) -> None:
    said = reason(writer_with(**spoilt).write(tmp_path))

    assert words.replace("needs", "need") in said


def test_a_flipped_byte_of_the_values_fails_the_checksum(tmp_path: Path) -> None:
    index = writer_with().write(tmp_path)
    data = tmp_path / "model.ckpt-1.data-00000-of-00001"
    spoilt = bytearray(data.read_bytes())
    spoilt[17] ^= 4
    data.write_bytes(spoilt)

    with pytest.raises(FormatError, match="checksum of the tensor “x” does not match") as caught:
        opened(index).tensors["x"].read()

    assert caught.value.where == data.name


def test_a_data_file_that_is_cut_short_is_known_without_reading_values(tmp_path: Path) -> None:
    index = writer_with().write(tmp_path)
    (tmp_path / "model.ckpt-1.data-00000-of-00001").write_bytes(b"123")

    assert "should end at byte 48, but the file has 3" in reason(index)


def test_a_missing_data_file_is_named(tmp_path: Path) -> None:
    index = writer_with().write(tmp_path)
    (tmp_path / "model.ckpt-1.data-00000-of-00001").unlink()

    assert "model.ckpt-1.data-00000-of-00001" in reason(index)
    assert "expects 1 data file beside it. Copy all" in reason(index)


def test_a_big_endian_checkpoint_is_refused_with_a_sentence(tmp_path: Path) -> None:
    writer = writer_with()
    writer.endianness = 1

    with pytest.raises(FormatError, match="big-endian"):
        opened(writer.write(tmp_path))


def test_a_missing_index_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(InputNotFound):
        opened(tmp_path / "nothing.index")


def test_a_table_without_header_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "x.index").write_bytes(table([block([(b"a", b"")])]))

    with pytest.raises(FormatError, match="no header"):
        opened(tmp_path / "x.index")


def test_keys_out_of_order_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.index").write_bytes(table([block([(b"", number_field(1, 1)), (b"b", b""), (b"a", b"")])]))

    with pytest.raises(FormatError, match="out of order"):
        opened(tmp_path / "x.index")


def test_an_unknown_compression_is_refused_by_number(tmp_path: Path) -> None:
    (tmp_path / "x.index").write_bytes(table([block([(b"", number_field(1, 1))])], compression=9))

    with pytest.raises(FormatError, match="type 9"):
        opened(tmp_path / "x.index")


def test_an_index_that_names_one_block_again_and_again_is_refused(tmp_path: Path) -> None:
    content = block([(b"", number_field(1, 1))])
    handle = varint(0) + varint(len(content))
    index = block([(b"%04d" % number, handle) for number in range(1000)])
    stored = stored_block(content)
    footer = varint(0) + varint(0) + varint(len(stored)) + varint(len(index))
    magic = bytes.fromhex("57fb808b247547db")
    (tmp_path / "x.index").write_bytes(stored + stored_block(index) + footer.ljust(40, b"\0") + magic)

    with pytest.raises(FormatError, match="overlap"):
        opened(tmp_path / "x.index")


def test_keys_that_grow_by_sharing_prefixes_hit_a_limit(tmp_path: Path) -> None:
    entries = b"".join([varint(0), varint(0), varint(2), number_field(1, 1)])
    key_size = 16_000
    entries += varint(0) + varint(key_size) + varint(0) + b"a" * key_size
    for number in range(10_000):
        tail = b"%05d" % number
        entries += varint(key_size - 5) + varint(5) + varint(0) + tail
    content = entries + (0).to_bytes(4, "little")
    (tmp_path / "x.index").write_bytes(table([content]))

    with pytest.raises((LimitExceeded, FormatError)):
        opened(tmp_path / "x.index")


@pytest.mark.parametrize("whole_second_axis", [True, False])
def test_a_partitioned_tensor_is_put_together(tmp_path: Path, whole_second_axis: bool) -> None:
    writer = BundleWriter()
    length = -1 if whole_second_axis else 3
    slices = b""
    for start, rows in ((0, 1), (1, 3)):
        add_slice(writer, VALUES[start : start + rows], ((start, rows), (0, length)))
        second = b"" if whole_second_axis else number_field(2, 3)
        first = (number_field(1, start) if start else b"") + number_field(2, rows)
        slices += bytes_field(7, bytes_field(1, first) + bytes_field(1, second))
    writer.entries[b"x"] = entry_message(dtype=1, shape=(4, 3), offset=0, size=0, crc=0, shard=0, slices=slices)

    np.testing.assert_array_equal(opened(writer.write(tmp_path)).tensors["x"].read(), VALUES)


def add_slice(writer: BundleWriter, values: np.ndarray, extents: tuple[tuple[int, int], ...]) -> None:
    writer.add("slice", values)
    writer.entries[slice_key(b"x", extents)] = writer.entries.pop(b"slice")


@pytest.mark.parametrize("rows", [((0, 2), (1, 2)), ((0, 2), (0, 2)), ((0, 4), (0, 4)), ((2, 4), (0, 2))])
def test_slices_that_overlap_or_leave_the_tensor_are_refused(tmp_path: Path, rows: tuple[tuple[int, int], ...]) -> None:
    writer = BundleWriter()
    slices = b""
    for start, count in rows:
        add_slice(writer, np.zeros((count, 3), np.float32), ((start, count), (0, -1)))
        extent = (number_field(1, start) if start else b"") + number_field(2, count)
        slices += bytes_field(7, bytes_field(1, extent) + bytes_field(1, b""))
    writer.entries[b"x"] = entry_message(dtype=1, shape=(4, 3), offset=0, size=0, crc=0, shard=0, slices=slices)

    stored = opened(writer.write(tmp_path))

    if "x" in stored.tensors:
        with pytest.raises(FormatError):
            stored.tensors["x"].read()
    else:
        assert "slice" in str(stored.unreadable["x"].error)


def test_a_slice_key_is_what_tensorflow_writes() -> None:
    key = slice_key(b"w\x00\xff", ((0, 63), (64, -1)))

    assert key == b"\x00" + b"w\x00\xff\xff\x00" + b"\x00\x01" + b"\x01\x02" + b"\x80\xbf" + b"\xc0\x40\x7f"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    writer = BundleWriter(block_size=60)
    writer.add("embedding", VALUES)
    writer.add("other", VALUES.astype(np.int64))
    return writer.write(tmp_path_factory.mktemp("good"))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_or_cut_byte_gives_the_values_or_an_error_of_our_tree(
    good: Path, tmp_path: Path, data: st.DataObject
) -> None:
    spoilt = data.draw(st.sampled_from(sorted(path.name for path in good.parent.iterdir())))
    for path in good.parent.iterdir():
        content = bytearray(path.read_bytes())
        if path.name == spoilt:
            place = data.draw(st.integers(0, len(content) - 1))
            if data.draw(st.booleans()):
                content[place] ^= data.draw(st.integers(1, 255))
            else:
                del content[place:]
        (tmp_path / path.name).write_bytes(content)

    try:
        stored = opened(tmp_path / good.name)
        read = {name: tensor.read() for name, tensor in stored.tensors.items()}
    except InputError:
        return

    if "embedding" in read:
        np.testing.assert_array_equal(read["embedding"], VALUES)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entry=st.binary(max_size=60), header=st.binary(max_size=8))
def test_any_bytes_with_right_checksums_give_an_error_of_our_tree_at_most(
    tmp_path: Path, entry: bytes, header: bytes
) -> None:
    pairs = [(b"", number_field(1, 1) + header), (b"x", entry)]
    (tmp_path / "x.index").write_bytes(table([block(pairs)]))
    (tmp_path / "x.data-00000-of-00001").write_bytes(bytes(range(64)))

    try:
        for tensor in opened(tmp_path / "x.index").tensors.values():
            tensor.read()
    except EmbreportError:
        pass


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_any_block_with_a_right_checksum_gives_an_error_of_our_tree_at_most(tmp_path: Path, content: bytes) -> None:
    for compression in (0, 1):
        (tmp_path / "x.index").write_bytes(table([content], compression=compression))

        with pytest.raises(EmbreportError):
            opened(tmp_path / "x.index")


def test_ten_megabytes_of_noise_are_refused_at_once(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, 10_000_000, np.uint8).tobytes()
    (tmp_path / "x.index").write_bytes(noise)
    started = time.monotonic()

    with pytest.raises(FormatError, match="cut short"):
        opened(tmp_path / "x.index")

    assert time.monotonic() - started < 2


def test_a_scalar_keeps_its_shape(tmp_path: Path) -> None:
    writer = BundleWriter()
    writer.add("step", np.array(7, np.float32))
    index = writer.write(tmp_path, "model.ckpt-1")

    values = read_bundle(InputFile(path=index, label=index.name)).tensors["step"].read()

    assert values.shape == ()
    assert values == 7
