from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from bundle_factory import block, bytes_field, number_field, shape_message, table, varint

from embreport.errors import FormatError
from embreport.readers.checkpoint_v1 import read_v1
from embreport.readers.files import InputFile
from embreport.readers.ordered_code import slice_key
from embreport.readers.stored_tensor import StoredTensors

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3)
WHOLE = ((0, -1), (0, -1))


def opened(path: Path) -> StoredTensors:
    return read_v1(InputFile(path=path, label=path.name))


def slice_message(extents: tuple[tuple[int, int], ...]) -> bytes:
    out = b""
    for start, length in extents:
        first = number_field(1, start) if start else b""
        out += bytes_field(1, b"" if length < 0 else first + number_field(2, length))
    return out


def v1(
    parts: dict[tuple[tuple[int, int], ...], bytes], *, dtype: int = 1, shape: tuple[int, ...] = (4, 3), field: int = 5
) -> bytes:
    """A checkpoint with the tensor `x`; `parts` holds the packed values of each slice."""
    described = bytes_field(1, b"x") + bytes_field(2, shape_message(shape)) + number_field(3, dtype)
    described += b"".join(bytes_field(4, slice_message(extents)) for extents in parts)
    pairs = [(b"", bytes_field(1, bytes_field(1, described)))]
    for extents, packed in parts.items():
        values = number_field(1, dtype) + bytes_field(field, packed)
        saved = bytes_field(1, b"x") + bytes_field(2, slice_message(extents)) + bytes_field(3, values)
        pairs.append((slice_key(b"x", extents), bytes_field(2, saved)))
    return table([block(sorted(pairs))])


def test_a_whole_tensor_comes_back(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(v1({WHOLE: VALUES.tobytes()}))

    tensor = opened(tmp_path / "m").tensors["x"]

    assert (tensor.shape, tensor.dtype) == ((4, 3), "float32")
    np.testing.assert_array_equal(tensor.read(), VALUES)


def test_a_partitioned_tensor_comes_back_which_tensorboard_cannot_read(tmp_path: Path) -> None:
    parts = {((0, 1), (0, -1)): VALUES[:1].tobytes(), ((1, 3), (0, -1)): VALUES[1:].tobytes()}
    (tmp_path / "m").write_bytes(v1(parts))

    np.testing.assert_array_equal(opened(tmp_path / "m").tensors["x"].read(), VALUES)


@pytest.mark.parametrize(
    ("dtype", "field", "packed", "expected"),
    [
        (2, 6, struct.pack("<4d", 1, -2, 3, 4), [[1, -2], [3, 4]]),
        (3, 7, varint(1) + varint(-2) + varint(3) + varint(4), [[1, -2], [3, 4]]),
        (6, 7, varint(1) + varint(-2) + varint(3) + varint(4), [[1, -2], [3, 4]]),
        (9, 10, varint(1) + varint(-2) + varint(3) + varint(4), [[1, -2], [3, 4]]),
        (10, 11, bytes([1, 0, 1, 1]), [[1, 0], [1, 1]]),
        (19, 13, varint(0x3C00) + varint(0xC000) + varint(0x4200) + varint(0x7C00), [[1, -2], [3, np.inf]]),
        (14, 13, varint(0x3F80) + varint(0xC000) + varint(0x4040) + varint(0x4080), [[1, -2], [3, 4]]),
    ],
)
def test_every_dtype_of_the_format_comes_back(
    tmp_path: Path, dtype: int, field: int, packed: bytes, expected: list[list[float]]
) -> None:
    (tmp_path / "m").write_bytes(v1({WHOLE: packed}, dtype=dtype, shape=(2, 2), field=field))

    np.testing.assert_array_equal(opened(tmp_path / "m").tensors["x"].read(), expected)


@pytest.mark.parametrize("shape", [(5, 3), (1 << 40, 1 << 20), (4, 4)])
def test_a_shape_that_the_values_do_not_fill_is_refused(tmp_path: Path, shape: tuple[int, int]) -> None:
    (tmp_path / "m").write_bytes(v1({WHOLE: VALUES.tobytes()}, shape=shape))

    with pytest.raises(FormatError, match="does not hold the values of its shape"):
        opened(tmp_path / "m").tensors["x"].read()


def test_a_slice_that_is_not_there_is_said(tmp_path: Path) -> None:
    content = v1({WHOLE: VALUES.tobytes()})
    (tmp_path / "m-00000-of-00002").write_bytes(content)

    stored = opened(tmp_path / "m-00000-of-00002")

    assert [notice.where for notice in stored.notices] == ["m-00001-of-00002"]
    np.testing.assert_array_equal(stored.tensors["x"].read(), VALUES)


def test_a_table_that_is_no_v1_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(table([block([(b"key", b"value")])]))

    with pytest.raises(FormatError, match="no list of tensors"):
        opened(tmp_path / "m")
