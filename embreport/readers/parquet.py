"""Parquet files, by pyarrow in a process of its own; pyarrow is optional (`pip install 'embreport[parquet]'`).

A column of lists of numbers is a tensor. Without one, the columns whose names differ by a number at their end are,
or else all columns of floats. The other columns are the labels.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from embreport.errors import FormatError, InputError
from embreport.readers import parquet_program
from embreport.readers.dtypes import narrowed
from embreport.readers.files import InputFile
from embreport.readers.stored_tensor import StoredTensor, StoredTensors

PARQUET_MAGIC = b"PAR1"
_PROGRAM = Path(parquet_program.__file__)
_MOST_SECONDS = 180
_BASE_MEMORY = 3 << 30
# What unpacks to more than this, and to far more than it takes packed, is a decompression bomb.
_LARGE = 1 << 28
_DENSEST = 200
_LONGEST_ANSWER = 1 << 20
_DTYPES = {"float": "float32", "double": "float64", "halffloat": "float16"}


@dataclass(frozen=True, kw_only=True)
class ParquetTensor:
    """The vectors of a data frame. `columns` hold them, `label_columns` what belongs to each row."""

    file: InputFile
    name: str
    shape: tuple[int, ...]
    dtype: str
    columns: tuple[str, ...]
    label_columns: tuple[str, ...]
    wide: bool

    def read(self) -> np.ndarray:
        """The values as float32 or float64; a missing one is NaN."""
        dtype = np.dtype("<f8" if self.wide else "<f4")
        size = math.prod(self.shape) * dtype.itemsize
        more = {"columns": self.columns, "dims": self.shape[1], "wide": self.wide}
        _, data = _ask(self.file, "values", size, **more)
        if len(data) != size:
            raise FormatError("The file does not hold the values it announces.", where=self.file.label)
        values = np.frombuffer(data, dtype).reshape(self.shape)
        return narrowed(values) if self.wide and self.dtype != "float64" else values

    def table(self) -> tuple[tuple[str, ...], tuple[tuple[str | None, ...], ...]]:
        """Names and rows of the columns that are no vectors, as text; a missing cell is None."""
        if not self.label_columns:
            return (), ()
        answer, _ = _ask(self.file, "labels", _most_bytes(self.file), columns=self.label_columns)
        columns = answer.get("columns", ())
        whole = isinstance(columns, list) and all(
            isinstance(column, list)
            and len(column) == self.shape[0]
            and all(cell is None or isinstance(cell, str) for cell in column)
            for column in columns
        )
        if not whole or len(columns) != len(self.label_columns):
            raise FormatError("The columns of the file are not all of one length.", where=self.file.label)
        return self.label_columns, tuple(zip(*columns, strict=True))


def read_parquet(file: InputFile, name: str) -> StoredTensors:
    """The tensors of a parquet file; one that is spread over columns gets the name `name`.

    Raises InputError where pyarrow is not installed, FormatError for a file that it cannot read or without vectors.
    """
    answer, _ = _ask(file, "describe", _LONGEST_ANSWER)
    try:
        rows, labels = int(answer["rows"]), tuple(map(str, answer["labels"]))
        tensors: dict[str, StoredTensor] = {
            tensor.name: tensor for tensor in (_tensor(file, name, rows, labels, item) for item in answer["tensors"])
        }
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError("The file cannot be read; it seems damaged.", where=file.label) from error
    if not tensors:
        raise FormatError(
            "The file has no column of lists of numbers, and no columns of numbers that make up a vector.",
            where=file.label,
        )
    return StoredTensors(source="parquet", tensors=tensors)


def _tensor(file: InputFile, name: str, rows: int, labels: tuple[str, ...], item: Any) -> ParquetTensor:
    dtype = str(item["dtype"])
    return ParquetTensor(
        file=file,
        name=name if item["name"] is None else str(item["name"]),
        shape=(rows, int(item["dims"])),
        dtype=_DTYPES.get(dtype, dtype),
        columns=tuple(map(str, item["columns"])),
        label_columns=labels,
        wide=dtype not in ("float", "halffloat", "int8", "uint8", "int16", "uint16"),
    )


def _most_bytes(file: InputFile) -> int:
    return max(_LARGE, _DENSEST * file.size())


def _ask(file: InputFile, want: str, longest: int, **more: Any) -> tuple[dict[str, Any], bytes]:
    """The program's answer, of at most `longest` bytes beyond its JSON, and the bytes after it."""
    most = _most_bytes(file)
    request = {"want": want, "most_bytes": most, "memory": _BASE_MEMORY + 4 * min(longest, most), **more}
    with file.open() as stream:
        line, _, data = _run(stream.fileno(), json.dumps(request), min(longest, most) + _LONGEST_ANSWER).partition(
            b"\n"
        )
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise FormatError("The file cannot be read: pyarrow crashed, or took too long.", where=file.label)
    if answer.get("absent"):
        raise InputError(
            "Parquet files are read by pyarrow, which is not installed: pip install 'embreport[parquet]'.",
            where=file.label,
        )
    if "trouble" in answer:
        raise FormatError(f"The parquet file cannot be read. {answer['trouble']}", where=file.label)
    return answer, data


def _run(source: int, request: str, longest: int) -> bytes:
    """What the program writes, up to `longest` bytes, within its time; nothing where it cannot be started."""
    os.lseek(source, 0, os.SEEK_SET)
    try:
        # -P: the folder of the program, which is this package's, must not come first on the module path.
        process = subprocess.Popen(
            [sys.executable, "-P", str(_PROGRAM), request],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, ValueError):
        return b""
    alarm = threading.Timer(_MOST_SECONDS, process.kill)
    alarm.start()
    try:
        return process.stdout.read(longest) if process.stdout else b""
    finally:
        alarm.cancel()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
