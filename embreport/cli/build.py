"""`embreport build`: the main job."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embreport.cli.options import add_build_options, build_options
from embreport.cli.terminal import ProgressPrinter, say, say_notices, say_skipped
from embreport.errors import UsageError

if TYPE_CHECKING:
    from embreport.pipeline import BuiltReport

EXIT_GATE = 3


def add_parser(commands: Any) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("build", help="make a report from a log directory", description=__doc__)
    parser.add_argument("logdir", metavar="LOGDIR", help="a folder, a checkpoint prefix, or one tensor file")
    add_output_options(parser)
    add_build_options(parser)
    parser.set_defaults(command=_run)


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Where results go and how much is said."""
    parser.add_argument("-o", "--output", metavar="FILE", default="report.html", help="the page (default: report.html)")
    parser.add_argument("--json", metavar="FILE", help="write the same figures for machines, as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress, only notices and errors")
    parser.add_argument("--debug", action="store_true", help="show a traceback with an error")


def _run(parsed: argparse.Namespace) -> int:
    refuse_remote(parsed.logdir)
    options = build_options(parsed)
    from embreport.pipeline import build_from_logdir

    progress = ProgressPrinter(quiet=parsed.quiet)
    try:
        report = build_from_logdir(Path(parsed.logdir), options, progress)
    finally:
        progress.close()
    write_report(report, parsed)
    unclean = any(notice.severity != "info" for notice in report.notices) or bool(report.skipped)
    if options.strict and unclean:
        say("embreport: --strict: something was skipped or warned of; the report is written.")
        return EXIT_GATE
    return 0


def write_report(report: BuiltReport, parsed: argparse.Namespace) -> None:
    """Write the page and what else was asked for, then say what it is made of and where it is."""
    from embreport.output import write_whole
    from embreport.summary import summarize

    write_whole(Path(parsed.output), report.page.html.encode("utf-8"))
    if parsed.json:
        text = json.dumps(summarize(report), indent=2, ensure_ascii=False, allow_nan=False)
        write_whole(Path(parsed.json), (text + "\n").encode("utf-8"))
    say_notices(report.notices)
    say_skipped(report.skipped)
    if not parsed.quiet:
        for part in report.page.parts:
            say(f"{part.page_bytes:>12,} bytes  {part.name}")
    print(parsed.output)


def refuse_remote(path: str) -> None:
    """Refuse an address such as s3://bucket/logs, naming the command that copies it here."""
    copies = {"s3": "aws s3 cp --recursive", "gs": "gcloud storage cp --recursive"}
    scheme, separator, _ = path.partition("://")
    if separator and scheme.isalnum():
        command = copies.get(scheme, "the tool of that storage")
        hint = f"{command} '{path}' logdir" if scheme in copies else f"copy it here first with {command}"
        raise UsageError(f"Remote addresses are not read. Copy the folder here first: {hint}", where=path)
