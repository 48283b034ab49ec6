"""From bytes to tensors, one file per format. Nothing here knows where a log directory keeps what."""

from __future__ import annotations

import math

from embreport.errors import FormatError, InputError, LimitExceeded
from embreport.readers.files import InputFile
from embreport.readers.flat_tensor import raw_float32
from embreport.readers.hdf5 import SIGNATURE
from embreport.readers.keras_weights import read_keras_weights
from embreport.readers.npy import NPY_MAGIC, read_npy, read_npz
from embreport.readers.parquet import PARQUET_MAGIC, read_parquet
from embreport.readers.safetensors import read_safetensors
from embreport.readers.stored_tensor import StoredTensor, StoredTensors
from embreport.readers.text_layout import TextLayout, starts_with_a_vector
from embreport.readers.text_stream import is_binary, is_packed_or_wide
from embreport.readers.text_vectors import survey_text_vectors
from embreport.readers.unread_kinds import has_unread_name, why_unread
from embreport.readers.word2vec_binary import is_word2vec_binary, read_word2vec_binary

__all__ = [
    "InputFile",
    "StoredTensor",
    "StoredTensors",
    "has_unread_name",
    "head_of",
    "is_word2vec_binary",
    "read_tensor_file",
    "starts_with_a_vector",
    "why_unread",
]

_HEAD = 1 << 12
# Noise may begin with a line that is taken for a header, and one that looks like a number.
_MOST_LINES_OF_NOISE = 3
_ZIP_MAGIC = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_STARTS = {
    ".npy": (NPY_MAGIC,),
    ".npz": (_ZIP_MAGIC, _EMPTY_ZIP),
    ".parquet": (PARQUET_MAGIC,),
    ".h5": (SIGNATURE,),
    ".keras": (_ZIP_MAGIC,),
}


def head_of(file: InputFile) -> bytes:
    """The first bytes of a file, enough to see what it is. Raises InputError subclasses."""
    with file.open() as stream:
        return stream.read(_HEAD)


def read_tensor_file(file: InputFile, name: str, shape: tuple[int, ...] = ()) -> StoredTensors:
    """The tensors of a file: `.npy`, `.npz`, `.safetensors`, parquet, Keras weights, word2vec's binary, text, or raw.

    What it is, is seen from its content. A file with one tensor gives it the name `name`. Raw values need
    `shape`, the config's tensor_shape. Raises InputError subclasses.
    """
    head = head_of(file)
    _check_start(file, head)
    if head.startswith(NPY_MAGIC):
        return read_npy(file, name)
    if head.startswith(SIGNATURE) or file.path.suffix == ".keras":
        return read_keras_weights(file)
    if head.startswith(PARQUET_MAGIC):
        return read_parquet(file, name)
    if head.startswith((_ZIP_MAGIC, _EMPTY_ZIP)):
        return read_npz(file)
    if is_word2vec_binary(head):
        return read_word2vec_binary(file, name)
    if file.path.suffix == ".safetensors":
        return read_safetensors(file)
    return _text_or_raw(file, name, shape, head)


def _text_or_raw(file: InputFile, name: str, shape: tuple[int, ...], head: bytes) -> StoredTensors:
    fits = len(shape) == 2 and file.size() == 4 * math.prod(shape)
    try:
        text = survey_text_vectors(file, name)
    except (FormatError, LimitExceeded) as error:
        if not is_binary(head) or (is_packed_or_wide(head) and not fits):
            raise
        # Vectors were read before it: this is text with noise in it.
        if not shape and _line_of(error, file) > _MOST_LINES_OF_NOISE:
            raise
        if not shape:
            raise FormatError(
                "The file is no text. If it holds raw float32 values, the projector config must give their "
                "tensor_shape: rows and dimensions.",
                where=file.label,
            ) from error
    else:
        # Digits may be the bytes of numbers: what has the shape that is asked for only as bytes is read as bytes.
        if not fits or text.shape == shape:
            return StoredTensors(source=_text_source(text.layout), tensors={name: text}, notices=text.notices)
    return StoredTensors(source="bytes", tensors={name: raw_float32(file, name, shape)})


def _line_of(error: InputError, file: InputFile) -> int:
    """The line of a file in which an error is, 0 where it has none."""
    line = (error.where or "").removeprefix(file.label).split(":")[1:2]
    return int(line[0]) if line and line[0].isdecimal() else 0


def _check_start(file: InputFile, head: bytes) -> None:
    """FormatError for an empty file, one that does not start as its name says, and one of a kind that is not read."""
    if not head:
        raise FormatError("The file is empty, so it holds no vectors.", where=file.label)
    suffix = file.path.suffix.lower()
    starts = _STARTS.get(suffix)
    if starts and not head.startswith(starts):
        raise FormatError(
            f"The file does not start as a {suffix} file does; it is damaged, or another kind of file.",
            where=file.label,
        )
    if reason := why_unread(file.path.name, head):
        raise FormatError(reason, where=file.label)


def _text_source(layout: TextLayout) -> str:
    """Words before their values, with spaces: word2vec's text format, or GloVe's, which has no first line of counts."""
    if layout.labels and layout.separator == b" ":
        return "glove" if layout.announced_rows is None else "word2vec"
    return "tsv"
