from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from embreport import logdir
from embreport.errors import FormatError, InputError
from embreport.readers import parquet as reader
from embreport.readers import read_tensor_file
from embreport.readers.files import InputFile
from embreport.readers.parquet import ParquetTensor

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3) / 7
WORDS = ["a", "b", None, "d"]


def write(path: Path, columns: dict[str, object], **options: object) -> Path:
    parquet.write_table(pyarrow.table(columns), path, **options)
    return path


def opened(path: Path) -> dict[str, ParquetTensor]:
    return dict(read_tensor_file(InputFile(path=path, label=path.name), "frame").tensors)  # type: ignore[arg-type]


def lists(values: np.ndarray, kind: pyarrow.DataType) -> pyarrow.Array:
    return pyarrow.array(values.tolist(), pyarrow.list_(kind))


@pytest.mark.parametrize("kind", ["float32", "float64", "float16", "int8", "int64"])
def test_a_column_of_lists_is_a_tensor_and_the_rest_are_labels(tmp_path: Path, kind: str) -> None:
    values = (VALUES * 7).astype(kind)
    path = write(tmp_path / "v.parquet", {"word": WORDS, "vec": lists(values, pyarrow.from_numpy_dtype(values.dtype))})

    tensor = opened(path)["vec"]

    np.testing.assert_array_equal(tensor.read(), values)
    assert tensor.dtype == kind
    assert tensor.table() == (("word",), (("a",), ("b",), (None,), ("d",)))


def test_numbered_columns_are_a_tensor_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    columns: dict[str, object] = {f"x{axis}": VALUES[:, axis % 3] for axis in (10, 9, 2, 1, 0)}
    path = write(tmp_path / "v.parquet", {"id": [1, 2, 3, 4]} | columns | {"size": VALUES[:, 0].astype(np.float64)})

    tensor = opened(path)["frame"]

    np.testing.assert_array_equal(tensor.read(), VALUES[:, [0, 1, 2, 0, 1]])
    assert tensor.label_columns == ("id", "size")


def test_cells_are_spelled_as_the_writer_has_them(tmp_path: Path) -> None:
    columns = {"vec": lists(VALUES, pyarrow.float32()), "share": pyarrow.array([0.1, 0.25, None, 3], pyarrow.float32())}
    path = write(tmp_path / "v.parquet", columns | {"yes": [True, False, None, True], "nested": [{"a": 1}] * 4})

    names, rows = opened(path)["vec"].table()

    assert names == ("share", "yes")
    assert rows[:3] == (("0.1", "true"), ("0.25", "false"), (None, None))


def test_missing_values_are_nan(tmp_path: Path) -> None:
    column = pyarrow.array([[1.0, None], [2.0, 3.0]], pyarrow.list_(pyarrow.float32()))

    values = opened(write(tmp_path / "v.parquet", {"vec": column}))["vec"].read()

    np.testing.assert_array_equal(values, np.array([[1, np.nan], [2, 3]], np.float32))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"vec": [[1.0, 2.0], [3.0]]}, "row 1"),
        ({"vec": [[1.0, 2.0], None]}, "row 1"),
        ({"word": ["a", "b"]}, "no column of lists"),
        ({"one": [1.0, 2.0]}, "no column of lists"),
    ],
)
def test_a_frame_without_vectors_of_one_length_is_refused(
    tmp_path: Path, columns: dict[str, object], words: str
) -> None:
    with pytest.raises(FormatError, match=words):
        opened(write(tmp_path / "v.parquet", columns))


def test_many_rows_over_many_groups_come_back_in_order(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(20_000, 4)).astype(np.float32)
    path = write(tmp_path / "v.parquet", {"v": lists(values, pyarrow.float32())}, row_group_size=3_000)

    np.testing.assert_array_equal(opened(path)["v"].read(), values)


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_LARGE", 1 << 16)
    monkeypatch.setattr(reader, "_DENSEST", 2)
    zeros = pyarrow.array(np.zeros(1 << 18, np.float32))
    path = write(tmp_path / "v.parquet", {"x0": zeros, "x1": zeros}, compression="zstd")

    with pytest.raises(FormatError, match="unpacks to"):
        opened(path)["frame"].read()


def test_without_pyarrow_the_line_that_installs_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "v.parquet", {"v": lists(VALUES, pyarrow.float32())})
    program = Path(reader.parquet_program.__file__).read_text().replace("import pyarrow\n", "import no_pyarrow\n")
    (tmp_path / "program.py").write_text(program)
    monkeypatch.setattr(reader, "_PROGRAM", tmp_path / "program.py")

    survey = logdir.survey(tmp_path)

    assert not survey.embeddings
    assert "pip install 'embreport[parquet]'" in survey.notices[0].message
    assert "pip install" in survey.skipped[0].reason


@pytest.mark.parametrize("program", ["import os\nos.abort()", "print('x' * 10)", "import time\ntime.sleep(60)"])
def test_a_crash_or_hang_of_pyarrow_is_an_error_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    path = write(tmp_path / "v.parquet", {"v": lists(VALUES, pyarrow.float32())})
    (tmp_path / "program.py").write_text(program)
    monkeypatch.setattr(reader, "_PROGRAM", tmp_path / "program.py")
    monkeypatch.setattr(reader, "_MOST_SECONDS", 1)
    started = time.monotonic()

    with pytest.raises(FormatError, match="crashed"):
        opened(path)
    assert time.monotonic() - started < 20


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_gives_values_or_an_error_of_our_tree(tmp_path: Path, data: st.DataObject) -> None:
    path = write(tmp_path / "v.parquet", {"word": WORDS, "v": lists(VALUES, pyarrow.float32())})
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(4, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)

    try:
        for tensor in opened(path).values():
            assert tensor.read().shape == tensor.shape
            tensor.table()
    except InputError:
        pass


_REAL = Path(reader.parquet_program.__file__).read_text(encoding="utf-8")
_START = "        self.arrow, self.compute"


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("import os\nos.kill(os.getpid(), 9)", "crashed, or took too long"),
        (
            _REAL.replace(_START, "        while True: pass\n" + _START).replace("= 120", "= 1"),
            "crashed, or took too long",
        ),
        (_REAL.replace(_START, "        bytearray(1 << 36)\n" + _START), "too much memory"),
    ],
    ids=["killed", "processor time", "memory"],
)
def test_where_the_program_is_stopped_the_other_files_are_still_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, says: str
) -> None:
    write(tmp_path / "v.parquet", {"v": lists(VALUES, pyarrow.float32())})
    np.save(tmp_path / "w.npy", VALUES)
    outside = tmp_path.parent / "program.py"
    outside.write_text(program, encoding="utf-8")
    monkeypatch.setattr(reader, "_PROGRAM", outside)

    survey = logdir.survey(tmp_path)

    assert [source.tensor for source in survey.embeddings] == ["w"]
    assert [(notice.where, notice.severity) for notice in survey.notices] == [("v.parquet", "error")]
    assert says in survey.notices[0].message
