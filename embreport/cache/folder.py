"""A folder of entries with a limit on its size, shared by any number of builds at once.

An entry is written whole under a name of its own and then renamed, readable by its owner alone. Nothing in the folder
is trusted: what is damaged is made again. A folder that cannot be used is a notice, and the build goes on without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from embreport.cache.entry import DamagedEntry, read_entry, write_entry
from embreport.cache.fingerprint import fingerprint
from embreport.model import Notice

Result = TypeVar("Result")

_SUFFIX = ".embreport-cache"
_UNFINISHED = ".embreport-unfinished"
_UNFINISHED_SECONDS = 3600
_TAG = "CACHEDIR.TAG"
# https://bford.info/cachedir/: backup programs pass over a folder with such a file.
_TAG_TEXT = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by embreport; everything here can be deleted.\n"


class FolderStore:
    """Results in a folder of at most `limit` bytes; the least recently used go first.

    `reused` counts the results found, `made` those that were not. Safe for several threads and processes.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._lock = threading.Lock()
        self._notices: dict[str, Notice] = {}
        self._writable = True
        self.reused = 0
        self.made = 0

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was wrong with the folder, in order; not part of a report, which is the same with and without it."""
        return tuple(self._notices.values())

    def get(
        self, stage: str, digest: str, unpack: Callable[[Mapping[str, np.ndarray]], Result | None]
    ) -> Result | None:
        """See `compute.stored.ResultStore`."""
        path = self._path(stage, digest)
        result = None
        try:
            result = unpack(read_entry(path, stage, digest))
            if result is None:
                raise DamagedEntry("it does not hold what it should")
            with contextlib.suppress(OSError):
                os.utime(path)
        except FileNotFoundError:
            pass
        except DamagedEntry as error:
            self._tell("cache-damaged", f"A cache entry cannot be used: {error}. It is made again.", path)
        except OSError as error:
            self._tell("cache-unreadable", f"The cache cannot be read ({_reason(error)}).", self._folder)
        with self._lock:
            self.reused += result is not None
            self.made += result is None
        return result

    def put(self, stage: str, digest: str, arrays: Mapping[str, np.ndarray]) -> None:
        """See `compute.stored.ResultStore`."""
        size = sum(array.nbytes for array in arrays.values())
        if size > self._limit:
            message = f"A result of {size:,} bytes is not kept: the cache may have {self._limit:,}. Raise --cache-size."
            self._tell("cache-too-small", message, self._folder)
        elif self._writable:
            try:
                self._make_folder()
                self._make_room(size)
                self._write(self._path(stage, digest), stage, digest, arrays)
            except OSError as error:
                self._writable = False
                message = f"The cache cannot be written ({_reason(error)}); results are not kept."
                self._tell("cache-not-written", message, self._folder)

    def _path(self, stage: str, digest: str) -> Path:
        key = hashlib.sha256(f"{stage} {digest} {fingerprint()}".encode()).hexdigest()
        return self._folder / f"{stage}-{key[:40]}{_SUFFIX}"

    def _make_folder(self) -> None:
        if self._folder.is_dir():
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), (self._folder / _TAG).open("xb") as stream:
            stream.write(_TAG_TEXT)

    def _write(self, path: Path, stage: str, digest: str, arrays: Mapping[str, np.ndarray]) -> None:
        unfinished = path.with_name(f"{path.stem}.{secrets.token_hex(8)}{_UNFINISHED}")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            with open(os.open(unfinished, flags, 0o600), "wb") as stream:
                write_entry(stream, stage, digest, arrays)
            unfinished.replace(path)
        finally:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def _make_room(self, size: int) -> None:
        """Removes what a killed build left unfinished, and the least recently used entries until `size` fits."""
        entries = []
        for item in self._files():
            if item.name.endswith(_SUFFIX):
                entries.append(item)
            elif time.time() - item.used > _UNFINISHED_SECONDS:
                _remove(self._folder / item.name)
        total = size + sum(item.size for item in entries)
        for item in sorted(entries, key=lambda item: (item.used, item.name)):
            if total <= self._limit:
                break
            _remove(self._folder / item.name)
            total -= item.size

    def _files(self) -> Iterator[_File]:
        """The cache's own files; whatever else is in the folder is nobody's business here."""
        with os.scandir(self._folder) as items:
            for item in items:
                if item.name.endswith((_SUFFIX, _UNFINISHED)):
                    with contextlib.suppress(OSError):  # another build has removed it
                        status = item.stat(follow_symlinks=False)
                        yield _File(name=item.name, size=status.st_size, used=status.st_mtime)

    def _tell(self, code: str, message: str, where: Path) -> None:
        with self._lock:
            self._notices.setdefault(code, Notice(code=code, severity="info", message=message, where=str(where)))


@dataclass(frozen=True, kw_only=True)
class _File:
    name: str
    size: int
    used: float


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
