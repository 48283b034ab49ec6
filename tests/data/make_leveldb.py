"""A table with snappy blocks as LevelDB itself writes it: leveldb/snappy.ldb.

Made with Python 3.11, plyvel 1.5.1 (LevelDB with snappy): `python make_leveldb.py`. No log directory: TensorFlow's
container is LevelDB's, so the reader of tables must read this one. LevelDB ends each key with eight bytes of its own.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import plyvel

HERE = Path(__file__).resolve().parent
COUNT = 400


def key(number: int) -> bytes:
    """Keys that share long prefixes."""
    return f"model/layer_{number // 20:02}/weights/{number:05}".encode()


def value(number: int) -> bytes:
    """Values that snappy packs by copies near and far, and some that it does not pack."""
    return (b"abc" * (number % 90) + f"{number * 7919:010}".encode()) * 2 + bytes(range(number % 200))


def main() -> None:
    """One table, from a database that is compacted into it."""
    target = HERE / "leveldb"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        database = plyvel.DB(folder, create_if_missing=True, compression="snappy", block_size=4096)
        for number in range(COUNT):
            database.put(key(number), value(number))
        database.compact_range()
        database.close()
        [table] = sorted(Path(folder).glob("*.ldb"))
        shutil.copyfile(table, target / "snappy.ldb")
        print(table.stat().st_size)


if __name__ == "__main__":
    main()
