"""Where results go: the page, the figures for machines, the summary and the test report."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from embreport.cli.streams import ReaderGone, print_bytes, print_place, say
from embreport.cli.terminal import json_bytes, say_notices, say_skipped
from embreport.errors import EmbreportError, OutputError, UsageError
from embreport.output import check_target, write_together

if TYPE_CHECKING:
    from embreport.pipeline import BuiltReport

STANDARD_OUTPUT = "-"
_FIGURES = ("json", "summary", "junit")
_STARTS = {"output": b"<!doctype html", "json": b'{\n  "version"', "summary": b"# ", "junit": b"<?xml"}


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Where results go and how much is said."""
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        default="report.html",
        help="the page, - for standard output (default: report.html)",
    )
    parser.add_argument("--json", metavar="FILE", help="write the same figures for machines, as JSON")
    parser.add_argument("--summary", metavar="FILE.md", help="write the same figures as Markdown, for a CI job summary")
    parser.add_argument("--junit", metavar="FILE.xml", help="write the same figures for a test reporter, as JUnit XML")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress, only notices and errors")
    parser.add_argument("--debug", action="store_true", help="show a traceback with an error")


def check_outputs(parsed: argparse.Namespace) -> None:
    """Raise before anything is computed what would keep the results from being written.

    UsageError for two results under one name and for a page that would land in a terminal, OutputError for a file
    that cannot be there.
    """
    names = _names(parsed)
    places = [name if name == STANDARD_OUTPUT else os.path.realpath(name) for name in names.values()]
    twice = next((option for option, place in zip(names, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        raise UsageError(f"--{twice} names what another option writes, too; each result needs a place of its own.")
    if names["output"] == STANDARD_OUTPUT and sys.stdout is None:
        raise OutputError("-o - writes the page to standard output, which is closed; name a file.")
    if names["output"] == STANDARD_OUTPUT and sys.stdout.isatty():
        raise UsageError("-o - writes the page to standard output, which is a terminal here; add > report.html.")
    for option, name in names.items():
        if name != STANDARD_OUTPUT:
            check_target(Path(name))
            _check_not_input(option, name, parsed)


def _check_not_input(option: str, name: str, parsed: argparse.Namespace) -> None:
    """UsageError for a file that is read, unless it is an earlier result, which may lie in the log directory."""
    target = os.path.realpath(name)
    if not os.path.isfile(target) or not any(_is_of(target, given) for given in _inputs(parsed)):
        return
    with contextlib.suppress(OSError), open(target, "rb") as file:
        head = file.read(64)
        if head and not head.startswith(_STARTS[option]):
            raise UsageError(f"--{option} names {name}, which is among the files to read; name another place.")


def _inputs(parsed: argparse.Namespace) -> Iterator[str]:
    for name in ("logdir", "metadata", "sprite", "config", "view"):
        given = getattr(parsed, name, None) or ()
        yield from map(os.path.realpath, (given,) if isinstance(given, (str, Path)) else given)


def _is_of(target: str, given: str) -> bool:
    """Whether a file is the one that is given, in the folder, or one of a checkpoint's under the prefix."""
    return target.startswith(given + os.sep if os.path.isdir(given) else given)


def _names(parsed: argparse.Namespace) -> dict[str, str]:
    """What is written where, by option."""
    return {option: name for option in ("output", *_FIGURES) if (name := getattr(parsed, option))}


@contextlib.contextmanager
def failure_reported(parsed: argparse.Namespace, title: str) -> Iterator[None]:
    """Where there is no report, `--summary` and `--junit` say why; the error goes on."""
    try:
        yield
    except UsageError:
        raise
    except EmbreportError as error:
        from embreport.junit import failed_junit
        from embreport.markdown import failed_summary

        files = {}
        for name, text in ((parsed.summary, failed_summary), (parsed.junit, failed_junit)):
            if name and name != STANDARD_OUTPUT:
                files[Path(name)] = text(title, str(error)).encode("utf-8")
        write_together(files)
        raise


def write_report(report: BuiltReport, parsed: argparse.Namespace, *, strict: bool = False) -> None:
    """Write the page and what else was asked for, all or nothing, then say what the page is made of and where it is."""
    results = {name: _result(option, report, parsed, strict) for option, name in _names(parsed).items()}
    printed = results.pop(STANDARD_OUTPUT, None)
    parsed.interrupts.check()
    write_together({Path(name): data for name, data in results.items()}, parsed.interrupts.held())
    parsed.written = tuple(results)
    say_notices(report.notices)
    say_skipped(report.skipped)
    if not parsed.quiet:
        for part in report.page.parts:
            say(f"{part.page_bytes:>12,} bytes  {part.name}")
        if report.cached is not None:
            used = report.cached
            say(f"cache: {used.reused:,} of {used.reused + used.made:,} results reused")
    if printed is not None:
        _print(printed, parsed.written)
    else:
        print_place(parsed.output)


def _result(option: str, report: BuiltReport, parsed: argparse.Namespace, strict: bool) -> bytes:
    file = None if parsed.output == STANDARD_OUTPUT else Path(parsed.output).name
    if option == "output":
        text = report.page.html
    elif option == "json":
        from embreport.summary import summarize

        return json_bytes(summarize(report))
    elif option == "summary":
        from embreport.markdown import markdown_summary

        text = markdown_summary(report, file=file, strict=strict)
    else:
        from embreport.junit import junit

        text = junit(report, file=file, strict=strict)
    return text.encode("utf-8")


def _print(data: bytes, written: tuple[str, ...]) -> None:
    """Raises OutputError, which names the files that are written all the same."""
    whole = f" {', '.join(written)} {'is' if len(written) == 1 else 'are'} written." if written else ""
    try:
        print_bytes(data)
    except ReaderGone as error:
        raise OutputError(f"Standard output was closed before all was written.{whole}") from error
    except OutputError as error:
        raise OutputError(error.message + whole) from error
