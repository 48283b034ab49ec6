"""Arrays that are not TensorFlow's: .npy, .npz, .safetensors, word2vec's binary, Keras archives."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from embreport.errors import FormatError, InputError, LimitExceeded
from embreport.readers import read_tensor_file
from embreport.readers.files import InputFile
from embreport.readers.stored_tensor import StoredTensors

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3)


def opened(path: Path) -> StoredTensors:
    return read_tensor_file(InputFile(path=path, label=path.name), "v")


def npy(header: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    text = header.encode() + b"\n"
    size = struct.pack("<H", len(text)) if version == b"\x01\x00" else struct.pack("<I", len(text))
    return b"\x93NUMPY" + version + size + text + data


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", "<f2", "<i8", "<u2", "|i1", "|b1"])
def test_npy_arrays_come_back_whatever_their_order_and_dtype(tmp_path: Path, order: str, dtype: str) -> None:
    values = np.array(VALUES % 2, dtype=dtype, order=order)  # type: ignore[call-overload]
    np.save(tmp_path / "v.npy", values)

    read = opened(tmp_path / "v.npy").tensors["v"].read()

    np.testing.assert_array_equal(read, values.astype(np.float64))
    assert read.flags.c_contiguous


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_version_of_npy_is_read(tmp_path: Path, version: tuple[int, int]) -> None:
    with (tmp_path / "v.npy").open("wb") as stream:
        np.lib.format.write_array(stream, VALUES, version=version)

    np.testing.assert_array_equal(opened(tmp_path / "v.npy").tensors["v"].read(), VALUES)


def test_a_pickled_array_is_never_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.array([[print]], dtype=object), allow_pickle=True)

    with pytest.raises(FormatError, match="plain real numbers"):
        opened(tmp_path / "v.npy")


@pytest.mark.parametrize(
    "content",
    [
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 1048576)}", b"1234"),
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3)}", b"1234"),
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-4, 3)}", b"1234"),
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': 12}", b"1234"),
        npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1, 1)}", b"12345678"),
        npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", b"1234"),
        npy("{'descr': '<f4'}"),
        npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 1)}", b"1234"),
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'shapr': (1, 1)}", b"1234"),
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}\x1d", b"1234"),
        npy("__import__('os').getcwd()"),
        npy("[" * 4000),
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}", b"1234", version=b"\x09\x00"),
        b"\x93NUMPY\x01\x00\xff\xff",
        b"\x93NUMPY",
    ],
)
def test_a_npy_header_that_lies_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v.npy").write_bytes(content)

    with pytest.raises(InputError):
        opened(tmp_path / "v.npy")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_arrays_come_back_by_name(tmp_path: Path, save: object) -> None:
    save(tmp_path / "v.npz", words=VALUES, bias=VALUES[0], odd=np.array([{}], dtype=object))  # type: ignore[operator]

    stored = opened(tmp_path / "v.npz")

    np.testing.assert_array_equal(stored.tensors["words"].read(), VALUES)
    assert stored.tensors["bias"].shape == (3,)
    assert list(stored.unreadable) == ["odd"]


def test_a_npz_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    head = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (300000, 1000)}")
    with (
        zipfile.ZipFile(tmp_path / "v.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("v.npy", "w") as member,
    ):
        member.write(head)
        for _ in range(300):
            member.write(bytes(1_000_000))

    assert isinstance(opened(tmp_path / "v.npz").unreadable["v"].error, LimitExceeded)


def safetensors(tensors: Mapping[str, object], data: bytes) -> bytes:
    header = json.dumps(tensors).encode()
    return struct.pack("<Q", len(header)) + header + data


def entry(dtype: object = "F32", shape: object = (4, 3), offsets: object = (0, 48)) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def test_safetensors_come_back_by_name(tmp_path: Path) -> None:
    content = safetensors({"__metadata__": {"a": "b"}, "w": entry()}, VALUES.tobytes())
    (tmp_path / "v.safetensors").write_bytes(content)

    stored = opened(tmp_path / "v.safetensors")

    np.testing.assert_array_equal(stored.tensors["w"].read(), VALUES)
    assert not stored.notices


@pytest.mark.parametrize(
    "spoilt",
    [
        entry(dtype="C64"),
        entry(dtype=["F32"]),
        entry(shape=(1 << 40, 1 << 20)),
        entry(shape=(-4, 3)),
        entry(shape="4,3"),
        entry(shape=(4, True)),
        entry(offsets=(0, 44)),
        entry(offsets=(48, 96)),
        entry(offsets=(1 << 60, (1 << 60) + 48)),
        entry(offsets=None),
        "nothing",
    ],
)
def test_a_safetensors_entry_that_lies_costs_only_itself(tmp_path: Path, spoilt: object) -> None:
    (tmp_path / "v.safetensors").write_bytes(safetensors({"w": entry(), "bad": spoilt}, VALUES.tobytes()))

    stored = opened(tmp_path / "v.safetensors")

    assert (list(stored.tensors), list(stored.unreadable)) == (["w"], ["bad"])


@pytest.mark.parametrize("data", [VALUES.tobytes() + b"more", b"more" + VALUES.tobytes(), VALUES.tobytes() * 2])
def test_bytes_that_belong_to_no_tensor_of_a_safetensors_file_are_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "v.safetensors").write_bytes(safetensors({"w": entry()}, data))

    notices = opened(tmp_path / "v.safetensors").notices

    assert [(notice.code, notice.severity, notice.where) for notice in notices] == [
        ("tensor-places", "warning", "v.safetensors")
    ]


@pytest.mark.parametrize(
    "content", [b"\xff" * 8 + b"{}", struct.pack("<Q", 4) + b"[1]\n", struct.pack("<Q", 5) + b"[" * 5]
)
def test_a_safetensors_header_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v.safetensors").write_bytes(content)

    with pytest.raises(FormatError):
        opened(tmp_path / "v.safetensors")


def test_a_keras_archive_without_weights_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "v.keras", "w") as archive:
        archive.writestr("config.json", "{}")

    with pytest.raises(FormatError, match=r"model\.weights\.h5"):
        opened(tmp_path / "v.keras")


def word2vec(end: bytes) -> bytes:
    buffer = io.BytesIO(b"")
    buffer.write(b"4 3\n")
    for word, vector in zip(("the", "naïve", "日本", "</s>"), VALUES, strict=True):
        buffer.write(word.encode() + b" " + vector.tobytes() + end)
    return buffer.getvalue()


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_word2vec_binary_gives_words_and_vectors(tmp_path: Path, end: bytes) -> None:
    (tmp_path / "v.bin").write_bytes(word2vec(end))

    tensor = opened(tmp_path / "v.bin").tensors["v"]

    np.testing.assert_array_equal(tensor.read(), VALUES)
    assert tensor.labels() == ["the", "naïve", "日本", "</s>"]  # type: ignore[attr-defined]


def test_word2vec_counts_that_lie_are_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    (tmp_path / "v.bin").write_bytes(b"999999999999 9999999\n" + word2vec(b"")[4:])

    with pytest.raises(FormatError, match="hold fewer"):
        opened(tmp_path / "v.bin")


def test_a_word2vec_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "v.bin").write_bytes(word2vec(b"")[:-1] + b"")

    with pytest.raises(FormatError, match="row 3"):
        opened(tmp_path / "v.bin").tensors["v"].read()


def test_the_eight_bit_floats_of_safetensors_come_back(tmp_path: Path) -> None:
    header = json.dumps(
        {
            "a": {"dtype": "F8_E4M3", "shape": [2, 2], "data_offsets": [0, 4]},
            "b": {"dtype": "F8_E5M2", "shape": [2, 2], "data_offsets": [4, 8]},
        }
    ).encode()
    content = struct.pack("<Q", len(header)) + header + bytes([0x38, 0xC0, 0x01, 0x7E, 0x3C, 0xC0, 0x01, 0x7B])
    (tmp_path / "v.safetensors").write_bytes(content)

    tensors = opened(tmp_path / "v.safetensors").tensors

    np.testing.assert_array_equal(tensors["a"].read(), [[1, -2], [2.0**-9, 448]])
    np.testing.assert_array_equal(tensors["b"].read(), [[1, -2], [2.0**-16, 57344]])


@pytest.mark.parametrize(("sign", "item"), [("{", '"a":{},'), ("[", '"a":[],'), (",", '"a":1,')])
def test_a_header_of_more_objects_than_a_model_has_is_refused_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: str, item: str
) -> None:
    monkeypatch.setattr("embreport.readers.safetensors._MOST_OF", {b"{": 50, b"[": 50, b",": 200})
    header = ("{" + item * 300 + '"b":0}').encode()
    (tmp_path / "v.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)

    with pytest.raises(LimitExceeded, match=r"holds “.” 30. times"):
        opened(tmp_path / "v.safetensors")
    assert header.count(sign.encode()) > 50
