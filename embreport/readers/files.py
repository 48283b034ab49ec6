"""The one place that opens files of a log directory.

Only regular files are opened (never a FIFO, device or folder), only as many bytes are read as the caller
allows, and a file that lies, symbolic links followed, outside the folder it must stay in is refused.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path

from embreport.errors import FormatError, InputError, InputNotFound, LimitExceeded, OutsideLogdir


def printable_name(name: str) -> str:
    """A file name as text that can be printed and stored: bytes that are not UTF-8 are shown as `\\xff`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def shortened(name: str, most: int = 200) -> str:
    """A name for a message: printable, and without its middle where it is very long."""
    shown = printable_name(name)
    return shown if len(shown) <= most else f"{shown[: most // 2]}…{shown[-most // 2 :]}"


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """A file to read: where it is, how messages name it, and the real folder it must not leave (None: any)."""

    path: Path
    label: str
    inside: Path | None = None

    def sibling(self, name: str) -> InputFile:
        """A file in the same folder, named and guarded alike."""
        folder, slash, _ = self.label.rpartition("/")
        return replace(self, path=self.path.with_name(name), label=f"{folder}{slash}{printable_name(name)}")

    def exists(self) -> bool:
        """Whether a regular file is there, readable or not, inside or not."""
        try:
            return self.path.is_file()
        except (OSError, ValueError):
            return False

    def size(self) -> int:
        """Bytes in the file. Raises like `open`."""
        with self.open() as stream:
            return os.fstat(stream.fileno()).st_size

    @contextmanager
    def open(self) -> Iterator[BufferedReader]:
        """The file, open for reading bytes.

        Raises InputNotFound when nothing is there, OutsideLogdir when it leaves its folder, FormatError for
        what is no regular file, InputError when it cannot be opened or read.
        """
        try:
            self._check_inside()
            # O_NONBLOCK: opening a FIFO that nobody writes to must not wait; it has no effect on regular files.
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            with os.fdopen(descriptor, "rb") as stream:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise FormatError("This is a folder or a special file; expected a regular file.", where=self.label)
                yield stream
        except (FileNotFoundError, NotADirectoryError) as error:
            raise InputNotFound("The file is not there.", where=self.label) from error
        except IsADirectoryError as error:
            raise FormatError("This is a folder; expected a file.", where=self.label) from error
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            hint = "It leads back to itself." if error.errno == errno.ELOOP else "Check its permissions."
            raise InputError(f"The file cannot be read ({reason}). {hint}", where=self.label) from error
        except ValueError as error:
            if "null" not in str(error):
                raise
            raise InputNotFound("The file's name holds a NUL, so it cannot be there.", where=self.label) from error

    def read(self, limit: int, what: str) -> bytes:
        """The whole file, which holds `what`; LimitExceeded when it has more than `limit` bytes."""
        with self.open() as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > limit:
                raise LimitExceeded(f"{what} of {size:,} bytes; at most {limit:,} are read.", where=self.label)
            return stream.read(size)

    def _check_inside(self) -> None:
        if self.inside is None:
            return
        real = Path(os.path.realpath(self.path))
        if not real.is_relative_to(self.inside):
            raise OutsideLogdir(
                "The file lies outside the log directory. To read it nevertheless, give --allow-outside.",
                where=self.label,
            )
