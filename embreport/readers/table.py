"""LevelDB-style tables, the container of TensorFlow checkpoints (leveldb/doc/table_format.md).

A table is a run of blocks. A block holds entries whose keys share prefixes, then an array of restart
points; a type byte and a masked CRC-32C follow it. The last 48 bytes of the file say where the index
block is, whose entries say where the data blocks are.
"""

from __future__ import annotations

from collections.abc import Iterator

from embreport.errors import FormatError, LimitExceeded
from embreport.readers import snappy
from embreport.readers.cursor import Cursor, masked_crc32c

_FOOTER_SIZE = 48
_MAGIC = bytes.fromhex("57fb808b247547db")
_TRAILER_SIZE = 5
_LONGEST_KEY = 1 << 14
_MOST_KEY_BYTES = 1 << 26
_MOST_UNPACKED = 1 << 30


def is_table(tail: bytes) -> bool:
    """Whether a file that ends with `tail` claims to be a table."""
    return tail.endswith(_MAGIC)


def read_table(data: bytes, *, where: str) -> Iterator[tuple[bytes, bytes]]:
    """All (key, value) pairs in the order of the file, which is that of the keys; every block's CRC is verified.

    Raises FormatError for anything that does not follow the format, LimitExceeded when the keys, prefixes
    written out, or the unpacked blocks need far more memory than real checkpoints do.
    """
    blocks = _Blocks(data, where)
    previous: bytes | None = None
    key_bytes = 0
    for block in blocks.data_blocks():
        for key, value in _entries(block, where):
            if previous is not None and key <= previous:
                raise FormatError("The table is damaged: its keys are out of order. Copy the file again.", where=where)
            previous = key
            key_bytes += len(key)
            if key_bytes > _MOST_KEY_BYTES:
                raise LimitExceeded(f"The names in the table need more than {_MOST_KEY_BYTES:,} bytes.", where=where)
            yield key, value


class _Blocks:
    """The blocks of a table, each checked before it is handed out."""

    def __init__(self, data: bytes, where: str) -> None:
        self._data = data
        self._where = where
        self._unpacked = 0
        if len(data) < _FOOTER_SIZE or not is_table(data):
            raise FormatError(
                f"The file has {len(data):,} bytes and does not end like a checkpoint index; it seems cut short. "
                "Copy it again.",
                where=where,
            )
        self._end = len(data) - _FOOTER_SIZE

    def data_blocks(self) -> Iterator[bytes]:
        footer = Cursor(self._data, where=self._where, what="The end of the table", start=self._end)
        self._handle(footer)
        index = self._block(*self._handle(footer))
        end_of_previous = 0
        for _, value in _entries(index, self._where):
            offset, size = self._handle(Cursor(value, where=self._where, what="The table's index"))
            # Blocks are written one after the other; without this a small file could name one block a million times.
            if offset < end_of_previous:
                raise FormatError("The table is damaged: its blocks overlap. Copy the file again.", where=self._where)
            end_of_previous = offset + size + _TRAILER_SIZE
            yield self._block(offset, size)

    def _handle(self, cursor: Cursor) -> tuple[int, int]:
        return cursor.varint(), cursor.varint()

    def _block(self, offset: int, size: int) -> bytes:
        end = offset + size
        if end + _TRAILER_SIZE > self._end:
            raise FormatError(
                f"A block is said to end at byte {end:,}, but the file's blocks end at {self._end:,}; "
                "the file seems cut short. Copy it again.",
                where=self._where,
            )
        stored = int.from_bytes(self._data[end + 1 : end + _TRAILER_SIZE], "little")
        if masked_crc32c(memoryview(self._data)[offset : end + 1]) != stored:
            raise FormatError(
                f"The checksum of the block at byte {offset:,} does not match; the file is damaged. Copy it again.",
                where=self._where,
            )
        return self._unpack(self._data[offset:end], self._data[end])

    def _unpack(self, block: bytes, compression: int) -> bytes:
        if compression == 1:
            block = snappy.decompress(block, where=self._where)
            self._unpacked += len(block)
            if self._unpacked > _MOST_UNPACKED:
                raise LimitExceeded(f"The table unpacks to more than {_MOST_UNPACKED:,} bytes.", where=self._where)
        elif compression:
            raise FormatError(
                f"A block is compressed in a way this reader does not know (type {compression}); "
                "expected none or Snappy.",
                where=self._where,
            )
        return block


def _entries(block: bytes, where: str) -> Iterator[tuple[bytes, bytes]]:
    """The (key, value) pairs of one block; a key is stored as what differs from the one before."""
    if len(block) < 4:
        raise FormatError("A block of the table is too short. Copy the file again.", where=where)
    restarts = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 - 4 * restarts
    if end < 0:
        raise FormatError(f"A block of the table claims {restarts:,} restart points. Copy the file again.", where=where)
    cursor = Cursor(block, where=where, what="A block of the table", end=end)
    key = b""
    while cursor:
        shared, unshared, value_size = cursor.varint(), cursor.varint(), cursor.varint()
        if shared > len(key) or shared + unshared > _LONGEST_KEY:
            raise cursor.fail(f"a key of {shared:,} + {unshared:,} bytes")
        key = key[:shared] + cursor.take(unshared)
        yield key, cursor.take(value_size)
