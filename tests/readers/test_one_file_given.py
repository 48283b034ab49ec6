"""One tensor file in place of a log directory, of every kind that is read."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from embreport import logdir
from embreport.readers.files import InputFile
from embreport.readers.flat_tensor import FlatTensor

VALUES = np.array([[0.5, -1.0, 2.0], [3.0, 4.5, 1e-3], [7.0, 8.0, 9.0], [0.0, 1.0, 2.5]], np.float32)
WORDS = ["the", "naïve", "日本", "007"]


def text(separator: str, labels: bool = False) -> bytes:
    rows = [[word] * labels + [repr(float(cell)) for cell in row] for word, row in zip(WORDS, VALUES, strict=True)]
    return "".join(separator.join(row) + "\n" for row in rows).encode()


def word2vec(path: Path) -> None:
    rows = [word.encode() + b" " + row.tobytes() for word, row in zip(WORDS, VALUES, strict=True)]
    path.write_bytes(b"4 3\n" + b"".join(rows))


def safetensors(path: Path) -> None:
    header = json.dumps({"w": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + VALUES.tobytes())


def parquet(path: Path) -> None:
    lists = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(VALUES.ravel()), 3)
    pyarrow.parquet.write_table(pyarrow.table({"word": WORDS, "w": lists}), path)


def writes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


KINDS: dict[str, tuple[Callable[[Path], object], str, bool]] = {
    "anything.tsv": (writes(text("\t")), "tsv", False),
    "labelled.tsv": (writes(text("\t", labels=True)), "tsv", True),
    "header.txt": (writes(b"word\tx\ty\tz\n" + text("\t", labels=True)), "tsv", True),
    "comma.csv": (writes(text(",", labels=True)), "tsv", True),
    "packed.tsv.gz": (writes(gzip.compress(text("\t"), mtime=0)), "tsv", False),
    "glove.txt": (writes(text(" ", labels=True)), "glove", True),
    "word2vec.vec": (writes(b"4 3\n" + text(" ", labels=True)), "word2vec", True),
    "word2vec.bin": (word2vec, "word2vec", True),
    "no ending": (writes(text("\t")), "tsv", False),
    "x.npy": (lambda path: np.save(path, VALUES), "npy", False),
    "x.npz": (lambda path: np.savez(path, w=VALUES), "npz", False),
    "x.safetensors": (safetensors, "safetensors", False),
    "x.parquet": (parquet, "parquet", True),
}


@pytest.mark.parametrize("name", KINDS)
def test_one_tensor_file_given_is_built_with_the_labels_it_holds(tmp_path: Path, name: str) -> None:
    write, kind, labelled = KINDS[name]
    write(tmp_path / name)

    survey = logdir.survey(tmp_path / name)
    (source,) = survey.embeddings
    embedding, _ = logdir.load(source, survey)

    assert (source.source, source.path, source.built, survey.skipped) == (kind, name, True, ())
    np.testing.assert_array_equal(np.asarray(embedding.values, np.float32), VALUES)
    labels = embedding.metadata.columns[0].cells if embedding.metadata else None
    assert labels == (tuple(WORDS) if labelled else None)


def test_raw_values_given_alone_say_that_their_shape_is_wanting(tmp_path: Path) -> None:
    VALUES.tofile(tmp_path / "x.bytes")

    survey = logdir.survey(tmp_path / "x.bytes")

    assert survey.embeddings == ()
    assert "tensor_shape" in survey.skipped[0].reason


@pytest.mark.parametrize(("bits", "value"), [(0x7F, np.nan), (0xFF, np.nan), (0x7E, 448.0), (0x80, -0.0), (1, 2**-9)])
def test_the_floats_of_four_bits_of_exponent_have_no_infinity(tmp_path: Path, bits: int, value: float) -> None:
    (tmp_path / "x").write_bytes(bytes([bits]))
    file = InputFile(path=tmp_path / "x", label="x")

    read = FlatTensor(file=file, name="x", shape=(1, 1), dtype="float8_e4m3fn", stored="|u1").read()

    np.testing.assert_array_equal(read, [[value]])
    assert np.signbit(read[0, 0]) == (bits >= 0x80)
