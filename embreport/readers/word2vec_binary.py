"""word2vec's binary format: `rows dims` as text, then each word, a space, and its values as float32.

The original tool (word2vec.c) ends every vector with a line feed, gensim does not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from embreport.errors import FormatError
from embreport.readers.dtypes import as_values, spelled_shape
from embreport.readers.files import InputFile
from embreport.readers.stored_tensor import StoredTensors
from embreport.readers.text_stream import is_binary

_COUNTS = re.compile(rb"([1-9]\d{0,11}) ([1-9]\d{0,6})\n")
_LONGEST_WORD = 1 << 12
_CHUNK = 1 << 22
_FLOAT32 = np.dtype("<f4")


@dataclass(frozen=True, kw_only=True)
class Word2VecTensor:
    """The vectors of a word2vec file. `shape` is what the file announces, checked against its size."""

    file: InputFile
    name: str
    shape: tuple[int, ...]
    start: int
    dtype: str = "float32"

    def read(self) -> np.ndarray:
        """The values as float32."""
        values = np.empty(self.shape, _FLOAT32)
        for row, (_, vector) in enumerate(self._records()):
            values[row] = np.frombuffer(vector, _FLOAT32)
        return as_values(values, self.dtype)

    def labels(self) -> list[str]:
        """The word of each vector."""
        return [word.decode("utf-8", "backslashreplace") for word, _ in self._records()]

    def _records(self) -> Iterator[tuple[bytes, bytes]]:
        with self.file.open() as stream:
            stream.seek(self.start)
            yield from _records(stream, self.shape[0], self.shape[1] * _FLOAT32.itemsize, self.file.label)


def is_word2vec_binary(head: bytes) -> bool:
    """Whether a file that starts so has word2vec's counts, and no text after them."""
    match = _COUNTS.match(head)
    return match is not None and is_binary(head)


def read_word2vec_binary(file: InputFile, name: str) -> StoredTensors:
    """The vectors of a word2vec file, as the tensor `name`. FormatError when it is too short for its counts."""
    with file.open() as stream:
        there = os.fstat(stream.fileno()).st_size
        match = _COUNTS.match(stream.read(64))
    if match is None:
        raise FormatError("The file does not start with the counts of word2vec's format.", where=file.label)
    shape = int(match[1]), int(match[2])
    if shape[0] * (shape[1] * _FLOAT32.itemsize + 1) > there:
        raise FormatError(
            f"The file announces {spelled_shape(shape)} values; its {there:,} bytes hold fewer. It seems cut short.",
            where=file.label,
        )
    tensor = Word2VecTensor(file=file, name=name, shape=shape, start=match.end())
    return StoredTensors(source="word2vec", tensors={name: tensor})


def _records(stream: BinaryIO, count: int, size: int, where: str) -> Iterator[tuple[bytes, bytes]]:
    """Word and bytes of each vector."""
    data, position = b"", 0
    for row in range(count):
        space = data.find(b" ", position, position + _LONGEST_WORD)
        while space < 0 or len(data) < space + 1 + size:
            more = stream.read(_CHUNK + size) if space >= 0 or len(data) - position < _LONGEST_WORD else b""
            if not more:
                raise FormatError(f"The vector of row {row:,} is cut off or its word too long.", where=where)
            data, position = data[position:] + more, 0
            space = data.find(b" ", position, position + _LONGEST_WORD)
        yield data[position:space].lstrip(b"\n"), data[space + 1 : space + 1 + size]
        position = space + 1 + size
