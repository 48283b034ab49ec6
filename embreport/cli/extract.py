"""`embreport extract`: the numbers back out of a report."""

from __future__ import annotations

import argparse
from pathlib import Path

from embreport.cli.streams import print_place
from embreport.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("report", metavar="REPORT.html", help="a page made by embreport")
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="where the folders go, one per embedding")
    parser.add_argument(
        "--defuse",
        action="store_true",
        help="put a ' before every cell of points.csv that a spreadsheet would take for a formula",
    )
    parser.add_argument("--debug", action="store_true", help="show a traceback with an error")
    parser.set_defaults(command=_run)


def _run(parsed: argparse.Namespace) -> int:
    if parsed.output == "-":
        raise UsageError("extract writes folders, which standard output cannot take; name one with -o.")
    from embreport.extract import extract_report

    def begin() -> None:
        parsed.written = ("part of the numbers",)

    for folder in extract_report(Path(parsed.report), Path(parsed.output), defuse=parsed.defuse, begin=begin):
        print_place(folder)
    return 0
