"""A changed byte of an HDF5 file: what h5py makes of it, the values as they were, or an error that names the file.

h5py may crash on such bytes, so it runs in a process of its own, which goes on with the next file then.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from spoiling import KINDS, attempt, spoil

from embreport.errors import FormatError
from embreport.readers import read_tensor_file
from embreport.readers.cursor import Cursor
from embreport.readers.files import InputFile
from embreport.readers.hdf5_messages import read_type

DATA = Path(__file__).resolve().parent.parent / "data"
FILES = ["keras3_files/logdir/plain.weights.h5", "keras3_files/logdir/legacy.h5", "hdf5_latest/logdir/words.weights.h5"]
_COUNT = 100
_BY_H5PY = """
import hashlib, json, sys
import h5py

def visit(name, item):
    if isinstance(item, h5py.Dataset):
        try:
            values = item[()].astype("<f8")
            found[name] = [list(values.shape), hashlib.sha256(values.tobytes()).hexdigest()]
        except Exception:
            pass

for path in sys.argv[1:]:
    found = {}
    print(path, end="\\t", flush=True)
    try:
        with h5py.File(path, "r") as file:
            file.visititems(visit)
    except Exception:
        pass
    print(json.dumps(found), flush=True)
"""
Digests = dict[str, list[object]]


def by_h5py(paths: list[Path]) -> Iterator[Digests]:
    """Shape and digest of every dataset of each file that h5py reads; nothing for a file at which it crashes."""
    todo = [str(path) for path in paths]
    while todo:
        run = subprocess.run([sys.executable, "-c", _BY_H5PY, *todo], capture_output=True, text=True, check=False)
        lines = [line.partition("\t")[2] for line in run.stdout.splitlines()]
        for line in lines:
            yield json.loads(line) if line else {}
        todo = todo[len(lines) :]


def digest(values: np.ndarray) -> list[object]:
    return [list(values.shape), hashlib.sha256(values.astype("<f8").tobytes()).hexdigest()]


def by_us(path: Path) -> Digests:
    stored = attempt(lambda: read_tensor_file(InputFile(path=path, label=path.name), "x"), path.name)
    read = {tensor.name: attempt(tensor.read, path.name) for tensor in stored.tensors.values()} if stored else {}
    return {name: digest(values) for name, values in read.items() if values is not None}


@pytest.mark.parametrize("name", FILES)
def test_a_changed_hdf5_file_gives_what_h5py_makes_of_it_or_what_it_held(tmp_path: Path, name: str) -> None:
    good = (DATA / name).read_bytes()
    held = by_us(DATA / name)
    chance = random.Random(name)
    used = [place for place, byte in enumerate(good) if byte]
    paths = []
    for number in range(_COUNT):
        paths.append(tmp_path / f"{number}.h5")
        noise = chance.randbytes(chance.randint(1, 9))
        paths[-1].write_bytes(spoil(good, chance.choice(KINDS), chance.choice(used), chance.randint(1, 64), noise))

    for path, expected in zip(paths, by_h5py(paths), strict=True):
        for tensor, found in by_us(path).items():
            theirs = expected.get(tensor) or expected.get(f"{tensor}:0")
            # A name may be what was changed.
            right = [theirs, held[tensor]] if tensor in held else [theirs, *held.values()]
            assert found in right, (path, tensor)


def test_no_changed_bit_of_its_type_gives_a_dataset_other_numbers() -> None:
    float32 = bytes.fromhex("11 20 1f 00 04 00 00 00 00 00 20 00 17 08 00 17 7f 00 00 00")
    found = set()
    for bit in range(8 * len(float32)):
        changed = (int.from_bytes(float32, "little") ^ 1 << bit).to_bytes(len(float32), "little")
        with suppress(FormatError):
            found.add((read_type(Cursor(changed, where="v.h5", what="A type")).stored, bit))

    # The order of a VAX, and fractions that are normalized in another way.
    assert not {12, 13, 14} & {bit for _, bit in found}
    # All that is left to change is the order of the bytes.
    assert {(stored, bit) for stored, bit in found if stored != "<f4"} == {(">f4", 8)}
