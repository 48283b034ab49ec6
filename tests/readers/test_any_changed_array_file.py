"""A changed byte of an array file without checksums gives what a second reader, written here, makes of it.

Or an error that names the file; and where there is a checksum, as in archives, the same values or such an error.
"""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spoiling import attempt, spoilt

from embreport.readers import read_tensor_file
from embreport.readers.files import InputFile
from embreport.readers.word2vec_binary import Word2VecTensor

DATA = Path(__file__).resolve().parent.parent / "data"
Second = Callable[[bytes, str], np.ndarray]

_SAFETENSORS = {"F32": "<f4", "F64": "<f8", "F16": "<f2", "I32": "<i4", "I64": "<i8", "U8": "u1", "I8": "i1"}
_SAFETENSORS |= {"I16": "<i2", "U16": "<u2", "U32": "<u4", "U64": "<u8", "BOOL": "u1", "BF16": "<u2"}


def by_numpy(content: bytes, name: str) -> np.ndarray:
    # Python's parser takes a lone CR among the blanks that end a header for a blank; numpy's does not.
    array: np.ndarray = np.load(io.BytesIO(content.replace(b" \r ", b"   ")), allow_pickle=False)
    return array


def by_json(content: bytes, name: str) -> np.ndarray:
    """A tensor of a .safetensors file."""
    length = int.from_bytes(content[:8], "little")
    entry = json.loads(content[8 : 8 + length])[name]
    start, end = entry["data_offsets"]
    flat = np.frombuffer(content[8 + length :][start:end], _SAFETENSORS[entry["dtype"]])
    if entry["dtype"] == "BF16":
        flat = (flat.astype(np.uint32) << 16).view(np.float32)
    return flat.reshape(entry["shape"])


def records(content: bytes) -> list[tuple[str, np.ndarray]]:
    """Words and vectors of a word2vec file, one after the other."""
    line, _, rest = content.partition(b"\n")
    rows, dims = map(int, line.split(b" "))
    found = []
    for _ in range(rows):
        word, _, rest = rest.partition(b" ")
        found.append((word.lstrip(b"\n").decode("utf-8", "backslashreplace"), np.frombuffer(rest[: 4 * dims], "<f4")))
        rest = rest[4 * dims :]
    return found


def by_records(content: bytes, name: str) -> np.ndarray:
    return np.stack([vector for _, vector in records(content)])


@functools.cache
def archive(name: str) -> dict[str, np.ndarray]:
    """The arrays of an archive that nobody changed."""
    with np.load(DATA / name) as arrays:
        return {array: arrays[array] for array in arrays}


READERS: dict[str, Second] = {
    "npy_files/logdir/half.npy": by_numpy,
    "npy_files/logdir/big.npy": by_numpy,
    "npy_files/logdir/fortran.npy": by_numpy,
    "npy_files/logdir/whole.npy": by_numpy,
    "npz_files/logdir/packed.npz": lambda content, name: archive("npz_files/logdir/packed.npz")[name],
    "npz_files/logdir/plain.npz": lambda content, name: archive("npz_files/logdir/plain.npz")[name],
    "safetensors_file/logdir/model.safetensors": by_json,
    "word2vec_binary/logdir/original.bin": by_records,
    "word2vec_binary/logdir/vectors.bin": by_records,
}


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_array_file_gives_what_a_second_reader_makes_of_it_or_an_error_that_names_it(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    check(tmp_path, name, data.draw(spoilt((DATA / name).read_bytes())))


def check(folder: Path, name: str, content: bytes) -> None:
    path = folder / Path(name).name
    path.write_bytes(content)
    stored = attempt(lambda: read_tensor_file(InputFile(path=path, label=path.name), "x"), path.name)
    if stored is None:
        return
    assert all(item.error.where == path.name for item in stored.unreadable.values())
    for tensor in stored.tensors.values():
        values = attempt(tensor.read, path.name)
        if values is None or (name.endswith(".bin") and not isinstance(tensor, Word2VecTensor)):
            continue  # What is left of word2vec's file may be text.
        expected = READERS[name](content, tensor.name)
        np.testing.assert_array_equal(values, expected.astype(values.dtype))
        if expected.dtype.kind == "f":
            assert values.dtype.itemsize == max(4, expected.dtype.itemsize)
        if isinstance(tensor, Word2VecTensor):
            assert tensor.labels() == [word for word, _ in records(content)]
