from __future__ import annotations

import gzip
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embreport.errors import EmbreportError, FormatError, LimitExceeded
from embreport.readers import read_tensor_file
from embreport.readers.files import InputFile
from embreport.readers.stored_tensor import StoredTensors
from embreport.readers.text_vectors import TextVectors

EXPECTED = np.array([[1.0, -2.5, 3e-7], [4.0, 5.0, np.inf]])


def stored(folder: Path, content: bytes, *, name: str = "v.tsv", shape: tuple[int, ...] = ()) -> StoredTensors:
    path = folder / name
    path.write_bytes(content)
    return read_tensor_file(InputFile(path=path, label=name), "v", shape)


def values(folder: Path, content: bytes) -> np.ndarray:
    return stored(folder, content).tensors["v"].read()


@pytest.mark.parametrize(
    "content",
    [
        b"1\t-2.5\t3e-7\n4\t5\tinf\n",
        b"1\t-2.5\t3e-7\r\n4\t5\tinf\r\n",
        b"1\t-2.5\t3e-7\n4\t5\tinf",
        b"\xef\xbb\xbf1\t-2.5\t3e-7\n4\t5\tinf\n",
        b"1\t-2.5\t3e-7\t\n4\t5\tinf\t\n",
        b"x\ty\tz\n1\t-2.5\t3e-7\n4\t5\tinf\n",
        b"1,-2.5,3e-7\n4,5,inf\n",
        b"1 -2.5  3e-7\n 4 5 inf \n",
        b"\n1\t-2.5\t3e-7\n\n4\t5\tinf\n\n",
        b"one\t1\t-2.5\t3e-7\ntwo\t4\t5\tInfinity\n",
        b"word\tx\ty\tz\none\t1\t-2.5\t3e-7\ntwo\t4\t5\tInfinity\n",
        b"2 3\none 1 -2.5 3e-7\n1999 4 5 inf\n",
        b"+1.0\t-.25e1\t.0000003\n4.\t5\t+INF\n",
        b"# x y z\n1 -2.5 3e-7\n4 5 inf\n",
        b"# made by us\n#\n\n1\t-2.5\t3e-7\n4\t5\tinf\n",
        b"# 1 2 3\n1 -2.5 3e-7\n4 5 inf\n",
        b"# x\ty\tz\none\t1\t-2.5\t3e-7\ntwo\t4\t5\tinf\n",
        b",0,1,2\nw0,1,-2.5,3e-7\nw1,4,5,inf\n",
        b"\t0\t1\t2\n0\t1\t-2.5\t3e-7\n1\t4\t5\tinf\n",
        b",x,y,z\r\n0,1,-2.5,3e-7\r\n1,4,5,inf\r\n",
        b"the 1 -2.5 3e-7\n. . . 4 5 inf\n",
        b"the 1 -2.5 3e-7\n12 4 5 inf\n",
        b"# 1 -2.5 3e-7\nthe 4 5 inf\n",
        b"2 3\n, 1 -2.5 3e-7\n; 4 5 inf\n",
        b"a,b 1 -2.5 3e-7\n, 4 5 inf\n",
        b"1;-2.5;3e-7\n4;5;inf\n",
        b"\xef\xbb\xbf1\t-2.5\t3e-7\n\xef\xbb\xbf4\t5\tinf\n",
    ],
)
def test_every_layout_gives_the_same_values(tmp_path: Path, content: bytes) -> None:
    np.testing.assert_array_equal(values(tmp_path, content), EXPECTED)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"]
)
def test_text_of_any_width_packed_or_not_gives_the_same_values_and_labels(
    tmp_path: Path, encoding: str, packed: bool
) -> None:
    content = "日本語\t1\t-2.5\t3e-7\né\t4\t5\tinf\n".encode(encoding)

    found = stored(tmp_path, gzip.compress(content, mtime=0) if packed else content)

    np.testing.assert_array_equal(found.tensors["v"].read(), EXPECTED)
    assert found.tensors["v"].labels() == ["日本語", "é"]  # type: ignore[attr-defined]
    said = [notice.message for notice in found.notices if encoding[:6].upper() in notice.message]
    assert len(said) == (not encoding.startswith("utf-8"))


def test_wide_text_is_read_by_parts_and_its_damage_said(tmp_path: Path) -> None:
    content = "0.25\t0.5\n" * 200_000

    assert stored(tmp_path, content.encode("utf-16")).tensors["v"].shape == (200_000, 2)
    with pytest.raises(FormatError, match="starts as UTF-16 text"):
        stored(tmp_path, content.encode("utf-16") + b"\x00\xd8")


def test_labels_in_latin_1_are_read_and_said(tmp_path: Path) -> None:
    found = stored(tmp_path, "café\t1\nthé\t2\n".encode("cp1252"))

    assert found.tensors["v"].labels() == ["café", "thé"]  # type: ignore[attr-defined]
    assert "Latin-1" in found.notices[-1].message


def test_a_word_cut_within_a_character_makes_no_latin_1_of_the_others(tmp_path: Path) -> None:
    found = stored(tmp_path, "café 1\nthé 2\nna".encode() + b"\xc3 3\n")

    assert found.tensors["v"].labels() == ["café", "thé", "na\\xc3"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"1,2\n", "commas"),
        (b"1;2\n", "semicolons"),
        (b"1 2\n", "spaces"),
        (b"x\ty\n1\t2\n", "header"),
        (b"a\t1\n", "label"),
        (b"1\t2\t\n", "ends with a separator"),
        (b"\xef\xbb\xbf1\t2\n", "starts with a byte order mark"),
        (b"1\t2\n\xef\xbb\xbf3\t4\n", "marks within the file (1)"),
    ],
)
def test_what_tensorboard_would_not_read_is_said(tmp_path: Path, content: bytes, says: str) -> None:
    (notice,) = stored(tmp_path, content).notices

    assert (notice.code, notice.severity, notice.where) == ("tensor-text-layout", "info", "v.tsv")
    assert says in notice.message


@pytest.mark.parametrize("content", [b"1\t2\n", b"0.5\tnan\n"])
def test_numbers_that_float32_holds_are_float32(tmp_path: Path, content: bytes) -> None:
    assert values(tmp_path, content).dtype == np.float32


def test_numbers_that_float32_would_round_stay_float64(tmp_path: Path) -> None:
    read = values(tmp_path, b"0.1\t1e300\n")

    assert read.dtype == np.float64
    assert read[0].tolist() == [0.1, 1e300]


def test_numbers_as_pytorch_writes_them_come_back_bit_for_bit(tmp_path: Path) -> None:
    original = np.random.default_rng(1).normal(size=(50, 7)).astype(np.float32)
    text = "".join("\t".join(str(float(value)) for value in row) + "\n" for row in original)

    read = values(tmp_path, text.encode())

    assert read.dtype == np.float32
    assert read.tobytes() == original.tobytes()


def test_labels_before_the_values_are_kept_even_when_they_hold_spaces(tmp_path: Path) -> None:
    tensor = stored(tmp_path, b"3 2\na b 1 2\n. . . 3 4\n7 5 6\n").tensors["v"]

    assert tensor.labels() == ["a b", ". . .", "7"]  # type: ignore[attr-defined]
    assert tensor.shape == (3, 2)


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        (b'"","V1","V2"\n"1",0.5,1\n"2",2,3\n', ["1", "2"]),
        (b'"","V1","V2"\n"a, b",0.5,1\n"say ""c""",2,3\n', ["a, b", 'say "c"']),
        (b'"a;b";0.5;1\n"c";2;3\n', ["a;b", "c"]),
        (b'"a"\t0.5\t1\n"b\t2\t3\n', ['"a"', '"b']),
    ],
)
def test_quotes_around_labels_are_those_of_csv_where_commas_or_semicolons_separate(
    tmp_path: Path, content: bytes, labels: list[str]
) -> None:
    tensor = stored(tmp_path, content).tensors["v"]

    assert tensor.labels() == labels  # type: ignore[attr-defined]
    np.testing.assert_array_equal(tensor.read(), [[0.5, 1], [2, 3]])


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"1\t2\n3\t4\n5\n", "v.tsv:3", "Line 3 has 1 numbers; the first vector has 2"),
        (b"1\t2\n3\t4\t5\n", "v.tsv:2", "Line 2 has 3 numbers"),
        (b"1\t2\n\n3\tx\n", "v.tsv:3:2", "“x” in line 3, column 2, is not a number"),
        (b"1\t2\n3\t\n", "v.tsv:2:2", "An empty cell in line 2, column 2"),
        (b"1\t2\n\t3\n", "v.tsv:2:1", "An empty cell in line 2, column 1"),
        (b"1\t2\n1.2.3\t3\n", "v.tsv:2:1", "“1.2.3”"),
        (b"1\t2\n1_0\t3\n", "v.tsv:2:1", "“1_0”"),
        (b"1\t2\n0x10\t3\n", "v.tsv:2:1", "“0x10”"),
        (b"1\t2\r3\t4\n", "v.tsv:1:2", "not a number"),
        (b"hello\n", "v.tsv:1:1", "“hello”"),
        (b"1\t2\n\x1b[31m\t3\n", "v.tsv:2:1", "“\\x1b[31m”"),
        (b"x\ty\n1\t2\n3\ty\n", "v.tsv:3:2", "“y”"),
        (b"1 x 2\n1 2 3\n", "v.tsv:1:2", "“x”"),
        (b"0,1;0,2\n3;4\n", "v.tsv:1:1", "“0,1”"),
        (b'"1"\t"2"\n3\t4\n', "v.tsv:1:1", '“"1"”'),
    ],
)
def test_what_is_no_vector_is_refused_with_line_and_column(
    tmp_path: Path, content: bytes, place: str, words: str
) -> None:
    with pytest.raises(FormatError) as caught:
        values(tmp_path, content)

    assert caught.value.where == place
    assert words in caught.value.message


def test_the_survey_finds_trouble_without_parsing_numbers(tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        stored(tmp_path, b"1\t2\n3\tx\n")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf\n"])
def test_a_file_without_a_vector_says_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FormatError, match="holds no vectors"):
        stored(tmp_path, content)


def test_a_gzip_bomb_hits_a_limit(tmp_path: Path) -> None:
    with pytest.raises((LimitExceeded, FormatError)):
        stored(tmp_path, gzip.compress(b"0\n" * 40_000_000, 9, mtime=0))


def test_a_gzip_file_that_is_cut_short_says_so(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="gzip"):
        stored(tmp_path, gzip.compress(b"1\t2\n" * 1000, mtime=0)[:-20])


def floats(first: bytes) -> np.ndarray:
    """3 x 4 values whose bytes start so."""
    return np.frombuffer(first + np.full(12, 1.7, np.float32).tobytes()[len(first) :], np.float32).reshape(3, 4)


@pytest.mark.parametrize(
    "original",
    [
        np.zeros((3, 4), np.float32),
        np.full((3, 4), 1.5, np.float32),
        *map(floats, (b"\xff\xfe", b"\x1f\x8b", b"\xfe\xff\0\0", b"\n\0\0\0" * 4)),
    ],
)
def test_raw_float32_is_read_by_its_shape_even_where_the_bytes_start_as_text(
    tmp_path: Path, original: np.ndarray
) -> None:

    found = stored(tmp_path, original.tobytes(), name="v.bytes", shape=(3, 4))

    assert found.source == "bytes"
    np.testing.assert_array_equal(found.tensors["v"].read(), original)


@pytest.mark.parametrize("text", [b"1234" * 12, b"1\t2\n" * 12])
def test_digits_that_have_the_shape_only_as_bytes_are_read_as_bytes(tmp_path: Path, text: bytes) -> None:
    shape = (len(text) // 4, 1)

    found = stored(tmp_path, text, name="v.bytes", shape=shape)

    assert found.source == "bytes"
    np.testing.assert_array_equal(found.tensors["v"].read(), np.frombuffer(text, "<f4").reshape(shape))


def test_raw_values_without_a_line_end_are_no_line_that_is_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embreport.readers.text_layout.LONGEST_LINE", 40)
    original = np.full((3, 4), 1.5, np.float32)

    found = stored(tmp_path, original.tobytes(), name="v.bytes", shape=(3, 4))

    np.testing.assert_array_equal(found.tensors["v"].read(), original)


def test_the_names_of_a_data_frames_rows_are_labels_even_when_they_are_numbers(tmp_path: Path) -> None:
    tensor = stored(tmp_path, b",0,1\n10,0.5,1\n11,2,3\n").tensors["v"]

    assert tensor.labels() == ["10", "11"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        *((f"v{suffix}", b"", "is empty") for suffix in (".tsv", ".npy", ".npz", ".parquet", ".safetensors", ".h5")),
        ("v.npy", b"\x93NU", "does not start as a .npy file"),
        ("v.npz", b"PK", "does not start as a .npz file"),
        ("v.parquet", b"PA", "does not start as a .parquet file"),
        ("v.keras", b"1\t2\n", "does not start as a .keras file"),
        ("v.tsv", b"\xfd7zXZ\0abc", "packed by xz"),
        ("v.tsv", b"BZh91AY&SYabc", "packed by bzip2"),
        ("v.tsv", b"\x28\xb5\x2f\xfdabc", "packed by zstd"),
        ("v.tsv", b"PK\x03\x04abc", "packed by zip"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_named_by_what_it_is(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(FormatError, match=says):
        stored(tmp_path, content, name=name)


def test_text_whose_size_happens_to_fit_the_shape_is_text(tmp_path: Path) -> None:
    found = stored(tmp_path, b"0.1\t0.2\n0.3\t0.4\n", shape=(2, 2))

    assert found.source == "tsv"


@pytest.mark.parametrize(
    ("shape", "words"), [((3, 5), "60"), ((12,), "needs tensor_shape"), ((), "must give their tensor_shape")]
)
def test_raw_values_without_the_right_shape_are_refused(tmp_path: Path, shape: tuple[int, ...], words: str) -> None:
    with pytest.raises(FormatError, match=words):
        stored(tmp_path, np.full((3, 4), 1.5, np.float32).tobytes(), shape=shape)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=60), st.text("12.e-+nai\tx, \n\r", max_size=60).map(str.encode)))
def test_any_bytes_give_values_or_an_error_of_our_tree(tmp_path: Path, content: bytes) -> None:
    try:
        found = stored(tmp_path, content, shape=(2, 2))
        for tensor in found.tensors.values():
            assert tensor.read().shape == tensor.shape
    except EmbreportError:
        pass


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(st.floats(allow_nan=False, width=64), min_size=3, max_size=3), min_size=1, max_size=5))
def test_any_floats_come_back_exactly(tmp_path: Path, rows: list[list[float]]) -> None:
    text = "".join("\t".join(map(repr, row)) + "\n" for row in rows)

    assert values(tmp_path, text.encode()).astype(np.float64).tolist() == rows


def test_a_large_file_is_read_in_seconds(tmp_path: Path) -> None:
    block = ("\t".join(["0.123456789"] * 128) + "\n") * 1000
    (tmp_path / "v.tsv").write_text(block * 20)
    started = time.monotonic()

    tensor = read_tensor_file(InputFile(path=tmp_path / "v.tsv", label="v.tsv"), "v").tensors["v"]

    assert tensor.read().shape == (20_000, 128)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("content", "expected", "names"),
    [
        (b"0,1,2\n0.5,-2,3\n4,5,6\n", [[0.5, -2, 3], [4, 5, 6]], None),
        (b"0\t1\n0.5\t2\n", [[0.5, 2]], None),
        (b"word,0,1\na,0.5,2\nb,1,4\n", [[0.5, 2], [1, 4]], ["a", "b"]),
        (b"0\t1\t2\n3\t4\t5\n", [[0, 1, 2], [3, 4, 5]], None),
        (b"0\t1\t2.0\n3.5\t4\t5\n", [[0, 1, 2], [3.5, 4, 5]], None),
        (b"0\n0.5\n", [[0], [0.5]], None),
    ],
)
def test_columns_that_pandas_numbers_are_a_header_over_values_that_are_not_whole(
    tmp_path: Path, content: bytes, expected: list[list[float]], names: list[str] | None
) -> None:
    tensor = stored(tmp_path, content).tensors["v"]

    assert isinstance(tensor, TextVectors)
    assert tensor.read().tolist() == expected
    assert tensor.labels() == names
    assert any("header" in notice.message for notice in tensor.notices) == (len(expected) < content.count(b"\n"))


def test_noise_after_vectors_is_named_by_its_place(tmp_path: Path) -> None:
    lines = [b"0.5\t-1\t2"] * 8

    with pytest.raises(FormatError) as caught:
        stored(tmp_path, b"\n".join([*lines, b"1\t2\0\t3", *lines]))

    assert caught.value.where == "v.tsv:9:2"
    with pytest.raises(FormatError, match="no text"):
        stored(tmp_path, np.random.default_rng(3).bytes(5_000))
