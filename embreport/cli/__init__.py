"""The command line. `main` is the one place that turns an error into a line on stderr and an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from embreport.cli.interrupts import Interrupts
from embreport.cli.streams import ReaderGone, keep_standard_streams, print_bytes, say_error, write_error
from embreport.errors import EmbreportError, OutputError
from embreport.version import __version__

EXIT_FAILED = 1
INTERRUPTED_CODES = range(129, 160)

_COMMANDS = {
    "build": "make a report from a log directory",
    "inspect": "say what a log directory holds",
    "extract": "get the numbers back out of a report",
    "demo": "make a report from example data",
}
_DESCRIPTION = "Make one offline HTML page from a TensorBoard Embedding Projector log directory."


def run() -> None:
    """The installed command, from its imports on."""
    keep_standard_streams()
    code = _flushed(main(sys.argv[1:], Interrupts(last=True)))
    if code in INTERRUPTED_CODES:
        # A layout of a package that cannot be stopped from outside may still be at work; nobody waits for it. And
        # Python would end by a signal of its own where an interrupt had passed through `exec`.
        os._exit(code)
    sys.exit(code)


def _flushed(code: int) -> int:
    """The exit code once what argparse has printed is where it belongs."""
    try:
        if sys.stdout is not None:
            print_bytes(b"")
    except ReaderGone:
        return code
    except OutputError as error:
        say_error(error.message)
        return code or EXIT_FAILED
    return code


def main(arguments: Sequence[str], interrupts: Interrupts | None = None) -> int:
    """Run one command and give its exit code.

    0 done, 1 cannot be done, 2 usage, 3 a gate failed, 128 and the number of the signal that ended it: 130 for Ctrl-C.
    """
    interrupts = interrupts or Interrupts()
    parsed = argparse.Namespace(debug="--debug" in arguments, written=(), interrupts=interrupts)
    try:
        with interrupts:
            try:
                return _run(arguments, parsed)
            except BaseException as error:
                interrupts.end()
                return _exit_code(error, parsed)
    except KeyboardInterrupt as error:  # in the instant before all was set up, or before the end
        interrupts.end()
        return _exit_code(error, parsed)


def _run(arguments: Sequence[str], parsed: argparse.Namespace) -> int:
    make_parser(arguments).parse_args(arguments, parsed)
    code: int = parsed.command(parsed)
    parsed.interrupts.check()
    parsed.interrupts.end()
    return code


def _exit_code(error: BaseException, parsed: argparse.Namespace) -> int:
    """Say what ended the command, in one line, and give the exit code for it."""
    if parsed.interrupts.requested:
        error = KeyboardInterrupt()  # it may have become something else on its way here
    if isinstance(error, SystemExit):  # argparse leaves this way, with its own sentence already printed
        return error.code if isinstance(error.code, int) else EXIT_FAILED
    if isinstance(error, ReaderGone):  # nothing is wrong, and nothing is left to say
        return 0
    if parsed.debug:
        import traceback

        write_error("".join(traceback.format_exception(error)))
    say_error(_sentence(error, parsed))
    if isinstance(error, KeyboardInterrupt):
        return 128 + (parsed.interrupts.signal or signal.SIGINT)
    return error.exit_code if isinstance(error, EmbreportError) else EXIT_FAILED


def _sentence(error: BaseException, parsed: argparse.Namespace) -> str:
    if isinstance(error, KeyboardInterrupt):
        ended = "Interrupted" if parsed.interrupts.signal in (signal.SIGINT, None) else "Terminated"
        return f"{ended}; {', '.join(parsed.written) or 'nothing'} {_was(len(parsed.written))} written."
    if isinstance(error, EmbreportError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; --neighbors 10 or one --tensor at a time need less."
    if isinstance(error, OSError):
        return f"{error.filename or 'The system'}: {error.strerror or error}."
    return f"This is a fault of embreport ({type(error).__name__}: {error}); --debug shows where it is."


def _was(count: int) -> str:
    return "were" if count > 1 else "was"


class _Parser(argparse.ArgumentParser):
    """argparse, but a wrong call gets one sentence and not the whole usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"embreport: {message.removesuffix('.')}; see {self.prog} --help\n")


def make_parser(arguments: Sequence[str] = tuple(_COMMANDS)) -> argparse.ArgumentParser:
    """The parser of the command line; only commands that are among the arguments are imported and have options."""
    parser = _Parser(prog="embreport", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"embreport {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, line in _COMMANDS.items():
        command = commands.add_parser(name, help=line)
        if name in arguments:
            module = importlib.import_module(f"embreport.cli.{name}")
            command.description = module.__doc__
            module.add_arguments(command)
    return parser
