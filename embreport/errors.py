"""Everything embreport can fail with, as one tree.

    EmbreportError
    ├── UsageError          the call itself is wrong (exit code 2)
    ├── InputError          something in the log directory cannot be used (exit code 1)
    │   ├── InputNotFound   a file or folder is not there
    │   ├── FormatError     the bytes are not what their format promises
    │   ├── OutsideLogdir   a path leaves the log directory
    │   └── LimitExceeded   more than this machine or a stated limit allows
    ├── NothingToBuild      the log directory holds no embedding (exit code 1)
    ├── MissingExtra        an optional package is needed (exit code 1)
    ├── OutputError         the result cannot be written (exit code 1)
    └── ReportError         a report cannot be assembled or read back (exit code 1)

A message is one or two sentences: where, what was found, what was expected, what to try. `cli.main` is
the one place that turns an error into a line on stderr and an exit code.
"""

from __future__ import annotations


class EmbreportError(Exception):
    """Base of all errors that are meant for a user; `code` is stable and documented."""

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, where: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class UsageError(EmbreportError):
    """An option has a value it cannot have, or options contradict each other."""

    code = "usage"
    exit_code = 2


class InputError(EmbreportError):
    """Something in the input cannot be used."""

    code = "input"


class InputNotFound(InputError):
    """A file or folder that was named is not there."""

    code = "not-found"


class FormatError(InputError):
    """Bytes do not follow the format they claim to have."""

    code = "format"


class OutsideLogdir(InputError):
    """A path given by the log directory leads out of it."""

    code = "outside-logdir"


class LimitExceeded(InputError):
    """The input asks for more than a limit allows; nothing was allocated for it."""

    code = "limit"


class NothingToBuild(EmbreportError):
    """No embedding was found, or the filters left none."""

    code = "nothing-to-build"


class MissingExtra(EmbreportError):
    """An optional package is needed for what was asked by name."""

    code = "missing-extra"


class OutputError(EmbreportError):
    """A result cannot be written where it should go."""

    code = "output"


class ReportError(EmbreportError):
    """A report cannot be assembled, or a file is not a report that can be read back."""

    code = "report"
