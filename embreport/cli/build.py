"""`embreport build`: the main job."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from embreport.cli.options import add_build_options, build_options
from embreport.cli.outputs import add_output_options, check_outputs, failure_reported, write_report
from embreport.cli.progress import ProgressPrinter
from embreport.cli.streams import say
from embreport.errors import UsageError

EXIT_GATE = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("logdir", metavar="LOGDIR", help="a folder, a checkpoint prefix, or one tensor file")
    add_output_options(parser)
    add_build_options(parser)
    parser.set_defaults(command=_run)


def _run(parsed: argparse.Namespace) -> int:
    refuse_remote(parsed.logdir)
    options = build_options(parsed)
    check_outputs(parsed)
    from embreport.pipeline import build_from_logdir

    path = Path(parsed.logdir)
    progress = ProgressPrinter(quiet=parsed.quiet, check=parsed.interrupts.check)
    try:
        with failure_reported(parsed, options.title or Path(os.path.realpath(path)).name):
            report = build_from_logdir(path, options, progress)
    finally:
        progress.close()
    write_report(report, parsed, strict=options.strict)
    if options.strict and not report.is_clean:
        say("embreport: --strict: something was skipped or warned of; the report is written.")
        return EXIT_GATE
    return 0


def refuse_remote(path: str) -> None:
    """Refuse an address such as s3://bucket/logs, naming the command that copies it here."""
    copies = {"s3": "aws s3 cp --recursive", "gs": "gcloud storage cp --recursive"}
    scheme, separator, _ = path.partition("://")
    if separator and scheme.isalnum():
        command = copies.get(scheme, "the tool of that storage")
        hint = f"{command} '{path}' logdir" if scheme in copies else f"copy it here first with {command}"
        raise UsageError(f"Remote addresses are not read. Copy the folder here first: {hint}", where=path)
