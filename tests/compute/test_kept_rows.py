"""Rows that are left of a mapped matrix: the same values, in a file without a name and not in memory."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from point_sets import gaussian

from embreport.compute import ComputeSettings, compute_numbers, kept_rows
from embreport.compute.kept_rows import is_mapped
from embreport.model import Numbers
from embreport.readers.mapping import MAPPED_FROM, read_span

N, D = 3000, 24
PCA_ONLY = ComputeSettings(projections=("pca",), jobs=2)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go; any number of rows is many."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setenv("TMPDIR", str(made))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(kept_rows, "FILED_FROM", 1)
    return made


def mapped(tmp_path: Path, values: np.ndarray) -> np.ndarray:
    np.save(tmp_path / "values.npy", values)
    return np.asarray(np.load(tmp_path / "values.npy", mmap_mode="r"))


def spoilt(dtype: type = np.float32) -> np.ndarray:
    values = gaussian(N, D).astype(dtype)
    values[[0, 17, N - 1], 3] = np.nan
    values[1000, 0] = np.inf
    return values


def everything(numbers: Numbers) -> list[bytes]:
    arrays = [projection.coordinates for projection in numbers.projections]
    arrays += [part for table in (numbers.cosine, numbers.euclidean) for part in (table.indices, table.distances)]
    return [array.tobytes() for array in arrays] + [repr(numbers.notices).encode(), repr(numbers.diagnostics).encode()]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_of_a_mapped_matrix_are_mapped_and_equal(folder: Path, tmp_path: Path, dtype: type) -> None:
    values = spoilt(dtype)
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))

    kept = kept_rows.kept_rows(mapped(tmp_path, values), rows)

    assert is_mapped(kept)
    assert kept.dtype == dtype
    assert not kept.flags.writeable
    np.testing.assert_array_equal(kept, values[rows])
    assert list(folder.iterdir()) == []


def test_a_tensor_that_was_read_from_a_large_file_is_known_to_be_mapped(tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(MAPPED_FROM + 64)
    with path.open("rb") as file:
        assert is_mapped(np.frombuffer(read_span(file, 64, MAPPED_FROM), np.float32).reshape(-1, 16)[:, 2:])
        assert not is_mapped(np.frombuffer(read_span(file, 64, 640), np.float32))


@pytest.mark.parametrize("settings", [PCA_ONLY, ComputeSettings(projections=("pca",), jobs=2, max_points=900)])
def test_the_numbers_are_those_of_rows_in_memory(folder: Path, tmp_path: Path, settings: ComputeSettings) -> None:
    values = spoilt()

    assert everything(compute_numbers(mapped(tmp_path, values), settings)) == everything(
        compute_numbers(values, settings)
    )


def test_they_take_no_memory(folder: Path, tmp_path: Path) -> None:
    values = np.zeros((200_000, 32), np.float32)
    matrix, rows = mapped(tmp_path, values), np.arange(1, 200_000)
    tracemalloc.start()
    try:
        kept = kept_rows.kept_rows(matrix, rows)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept.nbytes > 24 << 20
    assert peak < 9 << 20


def test_few_rows_and_rows_in_memory_make_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise AssertionError("a file was made")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    values = gaussian(100, 8)

    assert not is_mapped(kept_rows.kept_rows(mapped(tmp_path, values), np.arange(50)))
    monkeypatch.setattr(kept_rows, "FILED_FROM", 1)
    assert not is_mapped(kept_rows.kept_rows(values, np.arange(50)))


def test_where_there_is_no_folder_for_temporary_files_the_rows_come_into_memory(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    values, rows = spoilt(), np.arange(5, N)
    matrix = mapped(tmp_path, values)
    monkeypatch.setattr(tempfile, "gettempdir", nowhere)

    np.testing.assert_array_equal(kept_rows.kept_rows(matrix, rows), values[rows])


def test_a_full_disk_brings_the_rows_into_memory(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    values, rows = spoilt(), np.arange(5, N)
    matrix = mapped(tmp_path, values)
    monkeypatch.setattr(kept_rows, "_write", full)

    kept = kept_rows.kept_rows(matrix, rows)

    assert not is_mapped(kept)
    np.testing.assert_array_equal(kept, values[rows])


def test_another_folder_serves_where_the_first_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(kept_rows, "FILED_FROM", 1)
    monkeypatch.setattr(kept_rows, "_DISK", str(tmp_path / "none"))
    assert kept_rows._folders() == [str(tmp_path)]

    closed = tmp_path / "closed"
    closed.write_text("no folder")
    monkeypatch.setattr(os.path, "isdir", lambda path: True)
    monkeypatch.setattr(kept_rows, "_DISK", str(closed))

    assert kept_rows._folders() == [str(closed), str(tmp_path)]
    assert is_mapped(kept_rows.kept_rows(mapped(tmp_path, gaussian(40, 3)), np.arange(1, 40)))


def test_a_killed_process_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", spoilt())
    program = f"""
import numpy as np, time
from embreport.compute import kept_rows
kept_rows.FILED_FROM = 1
kept = kept_rows.kept_rows(np.load({str(tmp_path / "values.npy")!r}, mmap_mode="r"), np.arange(1, {N}))
print(kept_rows.is_mapped(kept), flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        process.send_signal(signal.SIGKILL)

    assert list(folder.iterdir()) == []
