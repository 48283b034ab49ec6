"""A changed byte of a text file of vectors: every row is still its line's numbers, or an error names the file.

The lines are split and their numbers parsed a second time here, by Python itself. A line that is left out is said.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spoiling import attempt, spoilt

from embreport.readers import read_tensor_file
from embreport.readers.files import InputFile
from embreport.readers.text_vectors import TextVectors
from embreport.text_encoding import wide_codec

DATA = Path(__file__).resolve().parent.parent / "data"
FILES = [
    "tsv_kinds/logdir/one_column.tsv",
    "tsv_kinds/logdir/header.tsv",
    "tsv_kinds/logdir/labels_first.tsv",
    "tsv_kinds/logdir/crlf.tsv",
    "tsv_kinds/logdir/bom.tsv",
    "tsv_kinds/logdir/commas.tsv",
    "tsv_kinds/logdir/spaces.tsv",
    "tsv_kinds/logdir/trailing_tab.tsv",
    "tsv_kinds/logdir/blank_lines.tsv",
    "tsv_kinds/logdir/utf16.tsv",
]


def text_of(content: bytes) -> bytes:
    """The text of a file as UTF-8 without a byte order mark."""
    codec = wide_codec(content)
    return content.decode(codec).encode() if codec else content.removeprefix(b"\xef\xbb\xbf")


def row_of(line: bytes, separator: bytes, dims: int) -> tuple[bytes, list[float]]:
    """Label and numbers of a line."""
    cells = line.split() if separator == b" " else line.replace(separator, b"\t").split(b"\t")
    if len(cells) > dims and cells[-1] == b"":
        cells.pop()
    return separator.join(cells[:-dims]), list(map(float, cells[-dims:]))


def check(folder: Path, name: str, content: bytes) -> None:
    path = folder / Path(name).name
    path.write_bytes(content)
    stored = attempt(lambda: read_tensor_file(InputFile(path=path, label=path.name), "x"), path.name)
    values = stored and attempt(stored.tensors["x"].read, path.name)
    if stored is None or values is None:
        return
    tensor = stored.tensors["x"]
    assert isinstance(tensor, TextVectors)
    lines = [line.removesuffix(b"\r").rstrip(b" ") for line in text_of(content).split(b"\n")]
    lines = [line for line in lines if line]
    left_out = len(lines) - len(values)
    said = " ".join(notice.message for notice in stored.notices)
    assert left_out == 0 or "header" in said or (left_out == 1 and stored.source == "word2vec")
    rows = [row_of(line, tensor.layout.separator, tensor.shape[1]) for line in lines[left_out:]]
    np.testing.assert_array_equal(values, np.array([numbers for _, numbers in rows]))
    if tensor.layout.labels:
        assert tensor.labels() == [label.decode(tensor.label_codec, "backslashreplace") for label, _ in rows]
    else:
        assert all(label == b"" for label, _ in rows)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_vector_of_a_changed_file_is_that_of_its_line(tmp_path: Path, name: str, data: st.DataObject) -> None:
    check(tmp_path, name, data.draw(spoilt((DATA / name).read_bytes())))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=spoilt((DATA / "tsv_kinds/logdir/packed.tsv.gz").read_bytes()))
def test_a_changed_packed_file_gives_the_same_values_or_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "packed.tsv.gz"
    good = gzip.decompress((DATA / "tsv_kinds/logdir/packed.tsv.gz").read_bytes())
    path.write_bytes(content)
    file = InputFile(path=path, label=path.name)
    values = attempt(lambda: read_tensor_file(file, "x").tensors["x"].read(), path.name)
    if values is not None:
        np.testing.assert_array_equal(values, [list(map(float, line.split(b"\t"))) for line in good.splitlines()])
