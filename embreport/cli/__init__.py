"""The command line. `main` is the one place that turns an error into a line on stderr and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from embreport.errors import EmbreportError
from embreport.version import __version__

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130

_DESCRIPTION = "Make one offline HTML page from a TensorBoard Embedding Projector log directory."


def run() -> None:
    """Entry point of the installed command."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code: 0 done, 1 cannot be done, 2 usage, 3 a gate failed, 130 interrupted."""
    from embreport.cli.terminal import say_error

    parsed = argparse.Namespace(debug="--debug" in arguments)
    try:
        make_parser().parse_args(arguments, parsed)
        code: int = parsed.command(parsed)
        sys.stdout.flush()
        return code
    except SystemExit as leaving:  # argparse leaves this way, with its own sentence already printed
        return leaving.code if isinstance(leaving.code, int) else EXIT_FAILED
    except KeyboardInterrupt:
        say_error("Interrupted; nothing was written.")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`embreport inspect . | head`). Nothing is wrong, nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except EmbreportError as error:
        if parsed.debug:
            traceback.print_exc()
        say_error(str(error))
        return error.exit_code
    except MemoryError:
        if parsed.debug:
            traceback.print_exc()
        say_error("There is not enough memory for this; --neighbors 10 or one --tensor at a time need less.")
        return EXIT_FAILED
    except OSError as error:
        if parsed.debug:
            traceback.print_exc()
        say_error(f"{error.filename or 'The system'}: {error.strerror or error}.")
        return EXIT_FAILED
    except Exception as error:
        if parsed.debug:
            traceback.print_exc()
        say_error(f"This is a fault of embreport ({type(error).__name__}: {error}); --debug shows where it is.")
        return EXIT_FAILED


class _Parser(argparse.ArgumentParser):
    """argparse, but a wrong call gets one sentence and not the whole usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"embreport: {message}; see {self.prog} --help\n")


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    from embreport.cli import build, demo, extract, inspect

    parser = _Parser(prog="embreport", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"embreport {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (build, inspect, extract, demo):
        command.add_parser(commands)
    return parser
