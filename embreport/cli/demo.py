"""`embreport demo`: a report from example data made on the spot, nothing needed but the install."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from embreport.cli.outputs import add_output_options, check_outputs, write_report
from embreport.cli.progress import ProgressPrinter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_output_options(parser)
    parser.set_defaults(command=_run)


def _run(parsed: argparse.Namespace) -> int:
    check_outputs(parsed)
    from embreport.demo import write_demo_logdir
    from embreport.options import BuildOptions
    from embreport.pipeline import build_from_logdir

    progress = ProgressPrinter(quiet=parsed.quiet, check=parsed.interrupts.check)
    try:
        with tempfile.TemporaryDirectory(prefix="embreport-demo-") as folder:
            logdir = write_demo_logdir(Path(folder))
            report = build_from_logdir(logdir, BuildOptions(title="Handwritten digits"), progress)
    finally:
        progress.close()
    write_report(report, parsed)
    return 0
