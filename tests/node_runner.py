"""Runs Node for a test: the installed one, or the one from PyPI beside this Python; never skipped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_STARTER = Path(__file__).with_name("node")


def run_node(*arguments: str | Path, **environment: str) -> str:
    """What a Node program prints; fails the test, with what it complained of, when it does not end well."""
    command = [_STARTER, Path(sys.executable).parent, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=os.environ | environment, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
