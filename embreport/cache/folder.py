"""A folder of entries with a limit on its size, shared by any number of builds at once.

An entry is written whole under a name of its own and then renamed, readable by its owner alone. From its first moment
that file has its full size and is locked, so that every build counts it, and knows when its writer was killed. Nothing
in the folder is trusted: what is damaged is made again. A folder that cannot be used is a notice, and the build goes
on without it.
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
from typing import BinaryIO, TypeVar

import numpy as np

from embreport.cache.entry import DamagedEntry, entry_size, read_entry, write_entry
from embreport.cache.fingerprint import fingerprint
from embreport.cache.locks import folder_held, hold_file, is_abandoned
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
        self._is_tidy = False
        self.reused = 0
        self.made = 0

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was wrong with the folder, in order; not part of a report, which is the same with and without it."""
        return tuple(self._notices.values())

    def get(
        self, stage: str, digest: str, unpack: Callable[[Mapping[str, np.ndarray]], Result | None]
    ) -> Result | None:
        """See `ResultStore`."""
        if not self._is_tidy:
            self._tidy()
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
        """See `ResultStore`."""
        size = entry_size(stage, digest, arrays)
        if size > self._limit:
            self._tell_too_small(size)
        elif self._writable:
            try:
                self._make_folder()
                self._write(self._path(stage, digest), size, stage, digest, arrays)
            except OSError as error:
                self._writable = False
                message = f"The cache cannot be written ({_reason(error)}); results are not kept."
                self._tell("cache-not-written", message, self._folder)

    def _path(self, stage: str, digest: str) -> Path:
        made_by = fingerprint(page=stage.startswith("page-"))
        key = hashlib.sha256(f"{stage} {digest} {made_by}".encode()).hexdigest()
        return self._folder / f"{stage}-{key[:40]}{_SUFFIX}"

    def _make_folder(self) -> None:
        if self._folder.is_dir():
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), (self._folder / _TAG).open("xb") as stream:
            stream.write(_TAG_TEXT)

    def _write(self, path: Path, size: int, stage: str, digest: str, arrays: Mapping[str, np.ndarray]) -> None:
        unfinished = path.with_name(f"{path.stem}.{secrets.token_hex(8)}{_UNFINISHED}")
        try:
            with folder_held(self._folder):
                stream = self._begun(unfinished, size) if self._make_room(size, path.name) else None
            if stream is None:
                self._tell_too_small(size)
                return
            with stream:
                write_entry(stream, stage, digest, arrays)
                stream.flush()
                with folder_held(self._folder):
                    stream.close()
                    unfinished.replace(path)
        finally:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def _begun(self, unfinished: Path, size: int) -> BinaryIO:
        """A file of the size it will have, so that other builds count it from now on."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        stream = open(os.open(unfinished, flags, 0o600), "wb")  # noqa: SIM115 - closed by `_write`
        try:
            hold_file(stream.fileno())
            stream.truncate(size)
        except BaseException:
            stream.close()
            raise
        return stream

    def _make_room(self, size: int, replaced: str) -> bool:
        """Removes what killed builds left unfinished, and entries until `size` fits, if it can.

        The one that will be `replaced` goes first, then the least recently used.
        """
        there = [item for item in self._files() if not self._is_left_over(item)]
        entries = [item for item in there if item.name.endswith(_SUFFIX)]
        total = sum(item.size for item in there)
        fits = size + total - sum(item.size for item in entries) <= self._limit
        most = self._limit - size if fits else self._limit
        for item in sorted(entries, key=lambda item: (item.name != replaced, item.used, item.name)):
            if total <= most:
                break
            _remove(self._folder / item.name)
            total -= item.size
        return fits

    def _tidy(self) -> None:
        """Once a build: a folder that has too much, or what killed builds left, has less after it."""
        self._is_tidy = True
        with contextlib.suppress(OSError), folder_held(self._folder):
            self._make_room(0, "")

    def _is_left_over(self, item: _File) -> bool:
        """Whether a killed build left a file unfinished; then it is removed."""
        if not item.name.endswith(_UNFINISHED):
            return False
        path = self._folder / item.name
        abandoned = None
        with contextlib.suppress(OSError):
            abandoned = is_abandoned(path)
        if abandoned is None:
            abandoned = time.time() - item.used / 1e9 > _UNFINISHED_SECONDS
        if abandoned:
            _remove(path)
        return abandoned

    def _files(self) -> Iterator[_File]:
        """The cache's own files; whatever else is in the folder is nobody's business here."""
        with os.scandir(self._folder) as items:
            for item in items:
                if item.name.endswith((_SUFFIX, _UNFINISHED)) or item.name == _TAG:
                    with contextlib.suppress(OSError):  # another build has removed it
                        status = item.stat(follow_symlinks=False)
                        yield _File(name=item.name, size=status.st_size, used=status.st_mtime_ns)

    def _tell_too_small(self, size: int) -> None:
        message = f"A result of {size:,} bytes is not kept: the cache may have {self._limit:,}. Raise --cache-size."
        self._tell("cache-too-small", message, self._folder)

    def _tell(self, code: str, message: str, where: Path) -> None:
        with self._lock:
            self._notices.setdefault(code, Notice(code=code, severity="info", message=message, where=str(where)))


@dataclass(frozen=True, kw_only=True)
class _File:
    name: str
    size: int
    used: int


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
