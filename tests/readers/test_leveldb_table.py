"""TensorFlow's container is LevelDB's table: one with snappy blocks, by LevelDB itself, is read value for value."""

from __future__ import annotations

from pathlib import Path

import pytest

from embreport.errors import FormatError
from embreport.readers import snappy, table

CONTENT = (Path(__file__).resolve().parent.parent / "data" / "leveldb" / "snappy.ldb").read_bytes()


def key(number: int) -> bytes:
    return f"model/layer_{number // 20:02}/weights/{number:05}".encode()


def value(number: int) -> bytes:
    return (b"abc" * (number % 90) + f"{number * 7919:010}".encode()) * 2 + bytes(range(number % 200))


def test_every_entry_of_a_table_by_leveldb_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[int] = []
    decompress = snappy.decompress

    def counted(data: bytes, *, where: str) -> bytes:
        made = decompress(data, where=where)
        unpacked.append(len(made) - len(data))
        return made

    monkeypatch.setattr(snappy, "decompress", counted)
    entries = list(table.read_table(CONTENT, where="x"))

    # LevelDB ends each key with its own number and kind of change.
    assert [(name[:-8], data) for name, data in entries] == [(key(number), value(number)) for number in range(400)]
    assert len(unpacked) > 10
    assert min(unpacked) > 0


def test_a_changed_byte_anywhere_in_its_blocks_is_found() -> None:
    for place in range(0, len(CONTENT) - 200, 997):
        changed = CONTENT[:place] + bytes([CONTENT[place] ^ 1]) + CONTENT[place + 1 :]
        with pytest.raises(FormatError):
            list(table.read_table(changed, where="x"))
