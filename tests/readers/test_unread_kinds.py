"""Files that hold vectors and are not read: named by what they are, with what to write in their place."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from embreport import logdir
from embreport.errors import FormatError
from embreport.readers import read_tensor_file, why_unread
from embreport.readers.files import InputFile

VALUES = np.arange(12, dtype=np.float32).reshape(4, 3)
TEXT = b"1\t2\n3\t4\n"


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


# What torch.save wrote before its version 1.6: a pickled number of its own, then its version, and more pickles.
OLD_TORCH = pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2) + pickle.dumps(1001, protocol=2)
KINDS = {
    "model.pt": (zipped("model/data.pkl", pickle.dumps({}, protocol=2)), "PyTorch", "safetensors.torch.save_file"),
    "old.pth": (OLD_TORCH, "PyTorch", "numpy.save"),
    "script.pt": (zipped("script/data/0", b"x"), "PyTorch", "numpy.save"),
    "pytorch_model.bin": (zipped("archive/data.pkl", b"."), "PyTorch", "safetensors"),
    "epoch=1.ckpt": (zipped("archive/data.pkl", b"."), "PyTorch", "safetensors"),
    "words.kv": (b"\x80\x04\x95" + bytes(8) + b"\x8c\x1agensim.models.keyedvectors", "gensim", "save_word2vec_format"),
    "word2vec.model": (b"\x80\x02cgensim.models.word2vec\nWord2Vec", "gensim", "save_word2vec_format"),
    "lda.model": (pickle.dumps({"topics": VALUES}), "pickle", "numpy.save"),
    "x.pkl": (pickle.dumps(VALUES), "pickle", "numpy.save"),
    "x.joblib": (pickle.dumps(VALUES, protocol=3), "pickle", "numpy.save"),
    "vectors.bin.gz": (gzip.compress(b"4 3\nthe " + VALUES.tobytes(), mtime=0), "gzip", "Unpack"),
    "x.npy.xz": (lzma.compress(VALUES.tobytes()), "xz", "Unpack"),
    "x.npy.gz": (gzip.compress(VALUES.tobytes(), mtime=0), "gzip", "Unpack"),
    "x.safetensors.bz2": (bz2.compress(VALUES.tobytes()), "bzip2", "Unpack"),
    "model.onnx": (b"\x08\x07\x12\x07pytorch", "ONNX", "numpy_helper"),
    "model.gguf": (b"GGUF\x03\0\0\0", "GGUF", "safetensors"),
    "x.feather": (b"ARROW1\0\0", "Arrow", "parquet"),
    "x.mat": (b"MATLAB 5.0 MAT-file", "MATLAB", "numpy.save"),
    "x.rds": (gzip.compress(b"X\n", mtime=0), "R file", "write.table"),
}


def opened(path: Path) -> object:
    return read_tensor_file(InputFile(path=path, label=path.name), "v")


@pytest.mark.parametrize("name", KINDS)
def test_an_unread_kind_is_named_with_what_to_write_in_its_place(tmp_path: Path, name: str) -> None:
    content, what, instead = KINDS[name]
    (tmp_path / name).write_bytes(content)

    with pytest.raises(FormatError) as caught:
        opened(tmp_path / name)

    assert caught.value.where == name
    assert what in caught.value.message
    assert instead in caught.value.message


def test_a_pickle_is_named_whatever_its_file_is_called_and_never_loaded(tmp_path: Path) -> None:
    (tmp_path / "vectors.tsv").write_bytes(pickle.dumps(tmp_path, protocol=5))

    with pytest.raises(FormatError, match="pickle"):
        opened(tmp_path / "vectors.tsv")


def test_unread_kinds_beside_an_embedding_are_told_by_inspect_and_trouble_nothing(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", VALUES)
    for name, (content, _, _) in KINDS.items():
        (tmp_path / name).write_bytes(content)

    survey = logdir.survey(tmp_path)

    assert [(source.tensor, source.built) for source in survey.embeddings] == [("x", True)]
    assert survey.notices == ()
    assert survey.skipped == ()
    assert {item.tensor for item in survey.passed_over} == set(KINDS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vectors.tsv.xz", lzma.compress(TEXT)),
        ("vectors.tsv.bz2", bz2.compress(TEXT)),
        ("vectors.tsv.zip", zipped("vectors.tsv", TEXT)),
        ("vectors.tsv", lzma.compress(TEXT)),
        ("vectors.tsv", bz2.compress(TEXT, 1)),
        ("vectors.tsv", zipped("vectors.tsv", TEXT)),
    ],
)
def test_vectors_as_text_in_a_packing_that_is_not_read_are_an_error_that_names_it(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)

    (notice,) = logdir.survey(tmp_path).notices

    assert (notice.severity, notice.where) == ("error", name)
    assert "is packed by" in notice.message


@pytest.mark.parametrize("name", ["model.ckpt", "words.bin", "spm.model"])
@pytest.mark.parametrize("head", [b"", b"text\n", b"\x80\x01", b"PK\x03\x04" + bytes(26) + b"a/b", b"BZhang 1 2\n"])
def test_other_files_of_such_names_are_no_unread_kind(name: str, head: bytes) -> None:
    assert why_unread(name, head) is None
