"""Writing results: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from embreport.errors import OutputError


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` through a temporary file beside it, then rename it into place.

    An older file is replaced only by a whole new one; after a failure or an interrupt it is untouched and
    nothing is left beside it. A link is followed, so that the file it names is what is replaced.
    Raises OutputError for a folder that is missing or not writable, a full disk, or a target that is a folder.
    """
    write_together({path: data})


def write_together(files: Mapping[Path, bytes], renaming: AbstractContextManager[object] | None = None) -> None:
    """Write several files so that all of them are new or none is: each is whole beside its place before any is renamed.

    The renaming goes on inside the context `renaming`, which may hold back an interrupt. Raises OutputError as
    `write_whole` does; a rename that fails after others have worked leaves those.
    """
    waiting: list[_Waiting] = []
    try:
        for path, data in files.items():
            check_target(path)
            waiting.append(_Waiting(path))
            waiting[-1].write(data)
        with renaming or nullcontext():
            for file in waiting:
                file.rename()
    finally:
        for file in waiting:
            file.remove()


def check_target(path: Path) -> None:
    """Raise OutputError where no file can be: a folder or a device has the name, or the folder to be in is missing.

    A device, a FIFO or a link in a loop would be replaced by a file of its name.
    """
    target = Path(os.path.realpath(path))
    if path.is_dir():
        raise OutputError("This is a folder; name the file to write, for example report.html in it.", where=str(path))
    if (os.path.lexists(target) or path.exists()) and not path.is_file():
        raise OutputError(
            "This is no regular file and was left alone; name a file, or -o - for standard output.", where=str(path)
        )
    if not target.parent.is_dir():
        raise OutputError(
            f"The folder {target.parent} does not exist; make it, or name a writable place with -o.", where=str(path)
        )


class _Waiting:
    """A whole file under a temporary name beside its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._target = Path(os.path.realpath(path))
        self._temporary = self._target.parent / f".{self._target.name[:64]}.{secrets.token_hex(4)}.tmp"
        self._size = 0

    def write(self, data: bytes) -> None:
        self._size = len(data)
        with self._told(), self._temporary.open("xb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())

    def rename(self) -> None:
        with self._told():
            _copy_permissions(self._target, self._temporary)
            self._temporary.replace(self._target)

    def remove(self) -> None:
        """Removes the temporary file where it was not renamed."""
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(
                f"{self._size:,} bytes could not be written ({reason}); name a writable place with -o.",
                where=str(self._path),
            ) from error


def _copy_permissions(source: Path, destination: Path) -> None:
    """Keep the mode of the file that is replaced; a new file has the mode the umask gives."""
    if source.exists():
        destination.chmod(source.stat().st_mode & 0o777)
