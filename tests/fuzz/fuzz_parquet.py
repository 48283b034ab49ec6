"""Parquet files, by the program that reads them in a process of its own; here it runs in this one."""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from types import SimpleNamespace

from harness import fuzz, instrumented, seeds

with instrumented():
    from embreport.readers import parquet_program

_MOST_BYTES = 1 << 26
_MOST_VALUES = 1 << 20


def check(data: bytes) -> None:
    """Ask for everything the program can be asked for, each tensor held against its announced size."""
    given, sys.stdin = sys.stdin, SimpleNamespace(buffer=io.BytesIO(data))  # type: ignore[assignment]
    try:
        # The program answers every exception of pyarrow by a sentence; a crash or excess is what is searched for.
        with suppress(Exception):
            _ask_all()
    finally:
        sys.stdin = given


def _ask_all() -> None:
    table = parquet_program.Table({"most_bytes": _MOST_BYTES})
    told = table.describe()
    for tensor in told["tensors"]:
        if told["rows"] * tensor["dims"] <= _MOST_VALUES:
            for wide in (False, True):
                values = table.values(tensor["columns"], tensor["dims"], wide)
                if len(values) != told["rows"] * tensor["dims"] * (8 if wide else 4):
                    print(f"{len(values)} bytes of {tensor} with {told['rows']} rows are refused by the reader")
    table.labels(told["labels"])


if __name__ == "__main__":
    fuzz(check, seeds("parquet_file/logdir/*.parquet"))
