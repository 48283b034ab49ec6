"""Whatever is written in a format that a few lines here can write comes back as it was: every bit, every label."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
from bundle_factory import BundleWriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from embreport.assets import read_metadata_table
from embreport.readers import read_tensor_file
from embreport.readers.files import InputFile
from embreport.readers.tensor_bundle import read_bundle

_DTYPES = {"F32": "<f4", "F64": "<f8", "F16": "<f2", "I8": "i1", "U8": "u1", "I16": "<i2", "U16": "<u2"}
_DTYPES |= {"I32": "<i4", "U32": "<u4", "I64": "<i8", "U64": "<u8"}
_MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    """Any bits, NaN and denormals among them, as an array of two dimensions."""
    dtype = np.dtype(draw(st.sampled_from(list(_DTYPES.values()))))
    rows, dims = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    size = rows * dims * dtype.itemsize
    return np.frombuffer(draw(st.binary(min_size=size, max_size=size)), dtype).reshape(rows, dims)


# No line ends, no byte order mark at the start, and none of the zeros that text of two bytes a character has.
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\t\n\r\ufeff"), max_size=8)


def assert_same(values: np.ndarray, written: np.ndarray) -> None:
    """Equal as float64, but for what no float64 holds; floats keep their size from 32 bits on."""
    assert values.dtype == (max(written.dtype, np.dtype("f4")) if written.dtype.kind == "f" else values.dtype)
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(values.astype(np.float64), written.astype(np.float64))


@_MANY
@given(array=arrays(), fortran=st.booleans())
def test_any_npy_file_comes_back(tmp_path: Path, array: np.ndarray, fortran: bool) -> None:
    np.save(tmp_path / "x.npy", np.asfortranarray(array) if fortran else array)

    assert_same(read_tensor_file(InputFile(path=tmp_path / "x.npy", label="x"), "x").tensors["x"].read(), array)


@_MANY
@given(tensors=st.dictionaries(_TEXT.filter(bool), arrays(), max_size=4))
def test_any_safetensors_file_comes_back(tmp_path: Path, tensors: dict[str, np.ndarray]) -> None:
    header, data = {}, b""
    for name, array in tensors.items():
        dtype = next(spelled for spelled, stored in _DTYPES.items() if np.dtype(stored) == array.dtype)
        places = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": places}
        data += array.tobytes()
    described = json.dumps(header).encode()
    (tmp_path / "x.safetensors").write_bytes(struct.pack("<Q", len(described)) + described + data)

    stored = read_tensor_file(InputFile(path=tmp_path / "x.safetensors", label="x"), "x")
    assert stored.tensors.keys() == tensors.keys()
    assert not stored.notices
    for name, array in tensors.items():
        assert_same(stored.tensors[name].read(), array)


@_MANY
@given(tensors=st.dictionaries(_TEXT.filter(bool), arrays(), max_size=6), block_size=st.integers(1, 100))
def test_any_checkpoint_comes_back(tmp_path: Path, tensors: dict[str, np.ndarray], block_size: int) -> None:
    writer = BundleWriter(block_size=block_size)
    for name, array in tensors.items():
        writer.add(name, array)

    stored = read_bundle(InputFile(path=writer.write(tmp_path), label="x.index"))
    assert stored.tensors.keys() == tensors.keys()
    for name, array in tensors.items():
        assert_same(stored.tensors[name].read(), array)


@_MANY
@given(
    table=st.integers(1, 3).flatmap(
        lambda width: st.lists(st.lists(_TEXT, min_size=width, max_size=width), min_size=2)
    ),
    header=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_any_metadata_table_comes_back_without_a_shift(table: list[list[str]], header: bool, end: str) -> None:
    # Blank lines leave it open where a header ends; what is made of them is tested with the metadata.
    assume(any(table[-1]) and (not header or all(map(any, table))))
    labels = table[1:] if header else table
    content = "".join("\t".join(row) + end for row in table).encode()

    read = read_metadata_table(content, len(labels), path="metadata.tsv")
    columns = read.for_rows(len(labels)).columns
    cells = [[column.cells[row] or "" for column in columns] for row in range(len(labels))]
    told = {notice.code for notice in read.notices}
    # A header is none where the first label comes up again; then there is a line too many, which is said.
    shown = table[: len(labels)] if "metadata-row-count" in told else labels
    width = len(columns)
    assert cells == [(["\t".join(row)] if width == 1 else row[:width]) for row in shown]
    assert header or "metadata-row-count" not in told
