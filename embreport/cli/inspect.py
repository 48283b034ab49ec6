"""`embreport inspect`: what is there, what would be read, what is skipped and why; computes nothing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from embreport.cli.build import refuse_remote
from embreport.cli.options import add_options
from embreport.cli.streams import print_bytes
from embreport.cli.terminal import json_bytes, say_notices
from embreport.plain_text import plain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("logdir", metavar="LOGDIR", help="a folder, a checkpoint prefix, or one tensor file")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--checksums", action="store_true", help="read every tensor and give its SHA-256")
    add_options(parser, ("metadata", "sprite", "sprite-size"))
    parser.add_argument("--allow-outside", action="store_true", help="follow asset paths that leave the log directory")
    parser.add_argument("--debug", action="store_true", help="show a traceback with an error")
    parser.set_defaults(command=_run)


def _run(parsed: argparse.Namespace) -> int:
    refuse_remote(parsed.logdir)
    from embreport.inspection import inspect_logdir

    given = {name: Path(value) for name in ("metadata", "sprite") if (value := getattr(parsed, name, None))}
    found = inspect_logdir(
        Path(parsed.logdir),
        checksums=parsed.checksums,
        allow_outside=parsed.allow_outside,
        sprite_size=getattr(parsed, "sprite_size", None),
        **given,
    )
    if parsed.json:
        print_bytes(json_bytes(found.as_json()))
        return 0
    lines = "".join(f"{plain(line)}\n" for line in found.as_lines())
    print_bytes(lines.encode(getattr(sys.stdout, "encoding", None) or "utf-8", "backslashreplace"))
    say_notices(found.survey.notices)
    return 0
