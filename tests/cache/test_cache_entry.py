"""A cache entry comes back whole or not at all: every spoilt byte is noticed, and nothing is allocated for a lie."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embreport.cache.entry import DamagedEntry, read_entry, write_entry

ARRAYS = {
    "indices": np.arange(12, dtype=np.int32).reshape(4, 3),
    "distances": np.linspace(0, 1, 12, dtype=np.float32).reshape(4, 3),
    "nothing": np.empty((4, 0), np.float64),
    "flag": np.array(True),
}


def written(arrays: dict[str, np.ndarray] = ARRAYS) -> bytes:
    stream = io.BytesIO()
    write_entry(stream, "neighbors", "d1", arrays)
    return stream.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "entry").write_bytes(written())
    return tmp_path / "entry"


def described(description: object, payload: bytes = b"") -> bytes:
    """An entry with any description, its checksum right."""
    text = json.dumps(description).encode()
    whole = b"embcache" + len(text).to_bytes(4, "little") + text + payload
    return whole + hashlib.sha256(whole).digest()


def test_arrays_come_back_bit_for_bit_and_writable(path: Path) -> None:
    found = read_entry(path, "neighbors", "d1")

    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()
        assert found[name].flags.writeable


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_byte_is_noticed(path: Path, data: st.DataObject) -> None:
    spoilt = bytearray(written())
    at = data.draw(st.integers(0, len(spoilt) - 1))
    spoilt[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(spoilt)

    with pytest.raises(DamagedEntry):
        read_entry(path, "neighbors", "d1")


def test_any_cut_and_any_addition_is_noticed(path: Path) -> None:
    whole = written()
    for spoilt in [*(whole[:length] for length in range(len(whole))), whole + b"\0"]:
        path.write_bytes(spoilt)

        with pytest.raises(DamagedEntry):
            read_entry(path, "neighbors", "d1")


def test_an_entry_under_the_name_of_another_is_not_taken_for_it(path: Path) -> None:
    for stage, digest in [("pca", "d1"), ("neighbors", "d2")]:
        with pytest.raises(DamagedEntry, match="another"):
            read_entry(path, stage, digest)


@pytest.mark.parametrize(
    "arrays",
    [
        [["a", "<f4", [10**12]]], [["a", "<f4", [-1]]], [["a", "<f4", [2.5]]], [["a", "<f4", [True]]],
        [["a", "|O", [1]]], [["a", "<U9", [1]]], [["a", "V8", [1]]], [["a", ["x"], [1]]], [[1, "<f4", [1]]],
        [["a", "<f4"]], [["a", "<f4", 1]], "arrays", 7, [["a", "<f4", [1] * 40]], [["a", "<i8", [2**62, 4]]],
    ],
)  # fmt: skip
def test_a_description_that_lies_is_refused(path: Path, arrays: object) -> None:
    path.write_bytes(described({"format": 1, "stage": "neighbors", "digest": "d1", "arrays": arrays}, b"\0" * 8))

    with pytest.raises(DamagedEntry):
        read_entry(path, "neighbors", "d1")


def test_a_description_of_deep_nesting_or_of_another_kind_is_refused(path: Path) -> None:
    for description in [[], None, {"format": 2, "stage": "neighbors", "digest": "d1", "arrays": []}, {}]:
        path.write_bytes(described(description))
        with pytest.raises(DamagedEntry):
            read_entry(path, "neighbors", "d1")
    text = b"[" * 60_000
    path.write_bytes(b"embcache" + len(text).to_bytes(4, "little") + text + bytes(32))
    with pytest.raises(DamagedEntry):
        read_entry(path, "neighbors", "d1")


def _fifo(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [_fifo, Path.mkdir, lambda path: path.symlink_to("elsewhere")])
def test_what_is_no_file_is_refused_without_waiting_for_it(path: Path, make: Callable[[Path], None]) -> None:
    path.rename(path.with_name("elsewhere"))
    make(path)

    with pytest.raises((DamagedEntry, OSError)):
        read_entry(path, "neighbors", "d1")
