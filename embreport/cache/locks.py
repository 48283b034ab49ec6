"""Who is at work in the folder: a lock on the folder itself, and one on every file that is being written.

The system takes a lock away when its process ends, however it ends. Where there are no such locks (Windows, some
network folders), builds go on without: then two at once may exceed the limit for a moment.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_fcntl: Any = None
with contextlib.suppress(ImportError):  # on Windows
    _fcntl = importlib.import_module("fcntl")

_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.005
_BUSY = (errno.EWOULDBLOCK, errno.EACCES)


@contextlib.contextmanager
def folder_held(folder: Path) -> Iterator[None]:
    """Within, no other build changes which files are in the folder. OSError where one holds it for very long."""
    if _fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        end = time.monotonic() + _PATIENCE_SECONDS
        while _take(descriptor) is False:
            if time.monotonic() > end:
                raise OSError(errno.ETIMEDOUT, "another build keeps it locked")
            time.sleep(_PAUSE_SECONDS)
        yield
    finally:
        os.close(descriptor)


def hold_file(descriptor: int) -> None:
    """Lock an open file until it is closed."""
    if _fcntl is not None:
        _take(descriptor)


def is_abandoned(path: Path) -> bool | None:
    """Whether the build that wrote a file has ended; None where that cannot be known."""
    if _fcntl is None:
        return None
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        return _take(descriptor)
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool | None:
    """Whether the lock was free and is taken now; None where there are no locks."""
    try:
        _fcntl.flock(descriptor, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _BUSY else None
    return True
