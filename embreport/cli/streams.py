"""Standard output and standard error, wherever they lead: to a terminal, a full disk, or a reader that has gone.

What is said on standard error is for whoever listens: where nobody does, the work goes on. What is asked for on
standard output is a result, so that a failure is an error.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TextIO

from embreport.errors import OutputError
from embreport.plain_text import plain


class ReaderGone(Exception):
    """Whoever read our standard output has gone (`embreport inspect . | head`)."""


def keep_standard_streams() -> None:
    """Lets closed descriptors 0 to 2 lead nowhere: a file opened later would take their number, and what is said."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest free number, which is this one
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115


def write_error(text: str) -> None:
    """Text on stderr as it is; nothing where it cannot be written."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        _abandon(sys.stderr)


def error_is_a_terminal() -> bool:
    """Whether stderr is a terminal that can rewrite its line."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def say(line: str) -> None:
    """One line on stderr."""
    write_error(plain(line) + "\n")


def say_error(message: str) -> None:
    """An error as one line on stderr."""
    say(f"embreport: {message}")


def print_bytes(data: bytes) -> None:
    """Bytes on stdout as they are, whatever its encoding. Raises ReaderGone, and OutputError for another failure."""
    if sys.stdout is None:
        raise OutputError("Standard output is closed.")
    try:
        sys.stdout.flush()
        if hasattr(sys.stdout, "buffer"):
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:  # something in its place that takes text alone
            sys.stdout.write(data.decode("utf-8", "backslashreplace"))
    except BrokenPipeError as error:
        _abandon(sys.stdout)
        raise ReaderGone from error
    except OSError as error:
        _abandon(sys.stdout)
        raise OutputError(f"Standard output cannot be written ({error.strerror or error}).") from error


def print_place(path: str | Path) -> None:
    """The path of what was written, on stdout; where nobody reads it, it is written all the same, and that is no error.

    Raises OutputError for another failure.
    """
    if sys.stdout is not None:
        with contextlib.suppress(ReaderGone):
            print_bytes(os.fsencode(path) + b"\n")


def _abandon(stream: TextIO) -> None:
    """From now on what is written, and what waits in a buffer to be written, goes nowhere."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # no descriptor is behind it
        return
