"""Reads a parquet file with pyarrow. A program of its own, so that a crash or excess in pyarrow ends only itself.

It is given the file as its input, and what is wanted as one JSON object on the command line. It writes one line of JSON
and, for values, the raw bytes after it. It imports nothing of this package, only pyarrow.
"""

from __future__ import annotations

import array
import json
import os
import re
import sys
from typing import Any

_NUMBERED = re.compile(r"^(.*?)(\d{1,6})$", re.DOTALL)
_LONGEST_CELL = 1 << 16
_MOST_SECONDS = 120


class ParquetTroubleError(Exception):
    """A file that cannot be used; the message says why."""


class Table:
    """An open file: which columns are vectors, which are labels."""

    def __init__(self, request: dict[str, Any]) -> None:
        import pyarrow
        from pyarrow import compute, parquet

        self.arrow, self.compute = pyarrow, compute
        pyarrow.set_cpu_count(1)
        pyarrow.set_io_thread_count(1)
        self.file = parquet.ParquetFile(sys.stdin.buffer, memory_map=False, pre_buffer=False)
        self.rows = self.file.metadata.num_rows
        self.schema = self.file.schema_arrow
        self.most_bytes = int(request["most_bytes"])
        if len(self.schema) > 100_000 or len(set(self.schema.names)) != len(self.schema):
            raise ParquetTroubleError("It has too many columns, or several of one name.")

    def describe(self) -> dict[str, Any]:
        """Rows, tensors with their columns, and the columns that are labels."""
        lists = [field.name for field in self.schema if self._is_list(field.type)]
        tensors = [self._list_tensor(name) for name in lists]
        vectors = set(lists)
        if not tensors:
            names = self._numeric_columns()
            vectors.update(names)
            if names:
                tensors.append({"name": None, "columns": names, "dims": len(names), "dtype": self._dtype(names)})
        labels = [field.name for field in self.schema if field.name not in vectors and self._is_plain(field.type)]
        return {"rows": self.rows, "tensors": tensors, "labels": labels}

    def values(self, columns: list[str], dims: int, wide: bool) -> bytes:
        """The values of a tensor, row after row, as little-endian float64 or float32."""
        kind = self.arrow.float64() if wide else self.arrow.float32()
        self._check_size(self.rows * dims * (8 if wide else 4))
        if len(columns) == 1 and self._is_list(self.schema.field(columns[0]).type):
            parts = [self._flat(batch.column(0), kind, dims) for batch in self._batches(columns)]
            return b"".join(parts)
        code = "d" if wide else "f"
        whole = array.array(code, bytes(self.rows * dims * (8 if wide else 4)))
        row = 0
        for batch in self._batches(columns):
            for axis, column in enumerate(batch.select(columns).columns):
                values = array.array(code, self._raw(column, kind))
                whole[row * dims + axis : (row + batch.num_rows) * dims : dims] = values
            row += batch.num_rows
        return whole.tobytes()

    def labels(self, columns: list[str]) -> list[list[str | None]]:
        """The cells of the columns of labels as text, column by column; None where there is no value."""
        found: list[list[str | None]] = [[] for _ in columns]
        held = 0
        for batch in self._batches(columns):
            for cells, column in zip(found, batch.select(columns).columns, strict=True):
                texts = self._as_texts(column)
                held += sum(len(text) for text in texts if text) + 8 * len(texts)
                self._check_size(held)
                cells.extend(texts)
        return found

    def _as_texts(self, column: Any) -> list[str | None]:
        if self.arrow.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        try:
            texts = column.cast(self.arrow.string()).to_pylist()
        except (self.arrow.ArrowInvalid, self.arrow.ArrowNotImplementedError):
            texts = [None if value is None else str(value) for value in column.to_pylist()]
        return [None if text is None else text[:_LONGEST_CELL] for text in texts]

    def _batches(self, columns: list[str]) -> Any:
        return self.file.iter_batches(batch_size=4096, columns=columns, use_threads=False)

    def _is_list(self, kind: Any) -> bool:
        types = self.arrow.types
        is_list = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
        return bool(is_list and self._is_number(kind.value_type))

    def _is_number(self, kind: Any) -> bool:
        return bool(self.arrow.types.is_integer(kind) or self.arrow.types.is_floating(kind))

    def _is_plain(self, kind: Any) -> bool:
        types = self.arrow.types
        if types.is_dictionary(kind):
            kind = kind.value_type
        return not (types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind))

    def _numeric_columns(self) -> list[str]:
        """The columns that make up a vector: the largest group of names that differ by a number at their end.

        Without such a group: all columns of floats, where there are several.
        """
        groups: dict[str, list[tuple[int, str]]] = {}
        for field in self.schema:
            match = _NUMBERED.match(field.name)
            if match and self._is_number(field.type):
                groups.setdefault(match[1], []).append((int(match[2]), field.name))
        group = max(groups.values(), key=len, default=[])
        if len(group) > 1:
            return [name for _, name in sorted(group)]
        floats = [field.name for field in self.schema if self.arrow.types.is_floating(field.type)]
        return floats if len(floats) > 1 else []

    def _list_tensor(self, name: str) -> dict[str, Any]:
        kind = self.schema.field(name).type
        dims = kind.list_size if self.arrow.types.is_fixed_size_list(kind) else self._list_size(name)
        return {"name": name, "columns": [name], "dims": dims, "dtype": str(kind.value_type)}

    def _list_size(self, name: str) -> int:
        """How long the lists of a column are; all must be of one length."""
        size: int | None = None
        row = 0
        for batch in self._batches([name]):
            lengths = self.compute.list_value_length(batch.column(0)).to_pylist()
            for length in lengths:
                size = length if size is None else size
                if length is None or length != size:
                    raise ParquetTroubleError(
                        f"The list in row {row:,} of the column “{name[:80]}” has {length or 0:,} values; "
                        f"that in row 0 has {size or 0:,}."
                    )
                row += 1
        return size or 0

    def _dtype(self, names: list[str]) -> str:
        kinds = {str(self.schema.field(name).type) for name in names}
        return kinds.pop() if len(kinds) == 1 else "double"

    def _flat(self, column: Any, kind: Any, dims: int) -> bytes:
        if column.null_count:
            raise ParquetTroubleError("A row has no list of values.")
        flat = column.flatten()
        if len(flat) != len(column) * dims:
            raise ParquetTroubleError("The lists of values are not all of one length.")
        return self._raw(flat, kind)

    def _raw(self, column: Any, kind: Any) -> bytes:
        """The values of a column as bytes; a value that is missing is NaN."""
        numbers = column.cast(kind, safe=False)
        if numbers.null_count:
            numbers = numbers.fill_null(float("nan"))
        size = kind.bit_width // 8
        start = numbers.offset * size
        return bytes(memoryview(numbers.buffers()[1])[start : start + len(numbers) * size]) if len(numbers) else b""

    def _check_size(self, size: int) -> None:
        if size > self.most_bytes:
            raise ParquetTroubleError(f"It unpacks to {size:,} bytes; at most {self.most_bytes:,} are read.")


def _limit_resources(memory: int) -> None:
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, _MOST_SECONDS)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    table = Table(request)
    if request["want"] == "describe":
        return table.describe(), b""
    if request["want"] == "labels":
        return {"columns": table.labels(request["columns"])}, b""
    return {}, table.values(request["columns"], request["dims"], request["wide"])


def main() -> None:
    """Answer the request on the command line about the file on standard input."""
    request = json.loads(sys.argv[1])
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    _limit_resources(int(request["memory"]))
    data = b""
    try:
        answer, data = _answer(request)
    except ParquetTroubleError as error:
        answer = {"trouble": str(error)}
    except ImportError:
        answer = {"absent": True}
    except MemoryError:
        answer = {"trouble": "It needs too much memory."}
    except Exception as error:  # pyarrow raises nearly every built-in exception for malformed bytes
        answer = {
            "trouble": f"pyarrow cannot read it ({str(error).splitlines()[0][:160] if str(error) else 'damaged'})."
        }
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii") + b"\n")
    sys.stdout.buffer.write(data)


if __name__ == "__main__":
    main()
