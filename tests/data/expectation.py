"""Writes `expected.json` beside a fixture: what a reader must find in it, taken from what its writer was given.

Every fixture is `<name>/logdir/` (what the writer left) and `<name>/expected.json`:

    made_by      packages and versions
    wanted       "ok", "warn" (report is built, a notice says what is missing) or "error" (nothing to build)
    about        one sentence
    embeddings   as in `embreport inspect --json`, plus `first_row` and `last_row` (at most 8 values; NaN and infinities
                 as the strings "nan", "inf", "-inf"), `role` ("weights", "slot", "kernel", "other": what the tensor is
                 to its training) and metadata `cells` (every row, as the file spells it; null where nothing stands).
                 `sha256` is of the values as float32, little-endian, row-major. `dtype` is "text" for TSV.
                 `path` is the tensor's file; of a checkpoint, its prefix.
    others       what else the source holds and why it is no embedding
    say          words that a notice or an error about the fixture should hold
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent

WORDS = (
    "apple pear plum cherry lemon melon grape peach mango fig river lake ocean hill valley forest desert island cliff "
    "cave red green blue yellow purple white black brown pink gray dog cat horse cow sheep goat wolf fox bear hare"
).split()


def fresh_logdir(name: str) -> Path:
    """An empty `<name>/logdir`, whatever stood there before."""
    shutil.rmtree(HERE / name, ignore_errors=True)
    logdir = HERE / name / "logdir"
    logdir.mkdir(parents=True)
    return logdir


def seeded(seed: int, rows: int, dims: int) -> np.ndarray:
    """Normal float32 values; nearby seeds share nothing."""
    return np.random.default_rng([2026, seed]).normal(size=(rows, dims)).astype(np.float32)


def table(path: str, columns: list[str], cells: list[list[str | None]]) -> dict[str, Any]:
    """The `metadata` of an embedding. A file without a header line has the one column `label`."""
    return {
        "path": path,
        "columns": columns,
        "rows": len(cells),
        "first": cells[0] if cells else [],
        "last": cells[-1] if cells else [],
        "cells": cells,
    }


def tile(path: str, width: int, height: int) -> dict[str, Any]:
    return {"path": path, "width": width, "height": height}


def embedding(values: np.ndarray, tensor: str, source: str, path: str, **more: Any) -> dict[str, Any]:
    """One entry of `embeddings`; `more` overrides the defaults and adds to them."""
    with np.errstate(over="ignore"):
        single = np.ascontiguousarray(values, dtype="<f4")
    entry = {
        "run": ".",
        "tensor": tensor,
        "shape": list(values.shape),
        "dtype": "text" if source == "tsv" else str(values.dtype),
        "source": source,
        "path": path,
        "step": None,
        "steps": [],
        "sha256": hashlib.sha256(single.tobytes()).hexdigest(),
        "first_row": spelled(single[0]) if len(single) else [],
        "last_row": spelled(single[-1]) if len(single) else [],
        "metadata": None,
        "sprite": None,
        "bookmarks": 0,
        "listed": True,
        "role": "weights",
    }
    return entry | more


def spelled(row: np.ndarray) -> list[float | str]:
    return [value if math.isfinite(value) else str(value) for value in map(float, row[:8])]


def write_expected(name: str, made_by: str, about: str, embeddings: list[dict[str, Any]], **more: Any) -> None:
    """Writes `<name>/expected.json` and drops event files, which carry the name of the machine."""
    for event_file in (HERE / name / "logdir").rglob("events.out.tfevents.*"):
        event_file.unlink()
    whole = {
        "made_by": made_by,
        "wanted": "ok",
        "about": about,
        "embeddings": embeddings,
        "others": [],
        "say": [],
    } | more
    text = json.dumps(whole, indent=1, ensure_ascii=True, allow_nan=False)
    (HERE / name / "expected.json").write_text(text + "\n", encoding="ascii")
    size = sum(file.stat().st_size for file in (HERE / name).rglob("*") if file.is_file() and not file.is_symlink())
    print(f"{name}: {len(embeddings)} embeddings, {size:,} bytes")
