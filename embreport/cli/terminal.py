"""What the terminal shows: progress and notices on stderr, control characters shown and not obeyed."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Iterable, Sequence

from embreport.model import Notice, Skipped
from embreport.selection import sentence

_SECONDS_BETWEEN_LINES = 0.1
_MOST_SKIPPED_LINES = 20


def plain(text: str) -> str:
    """The text with control, bidirectional and unprintable characters spelled out, so that no terminal obeys them."""
    return "".join(character if _is_harmless(character) else _spelled(character) for character in text)


def _is_harmless(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii") if character != "\u00a0" else " "


def say(line: str) -> None:
    """One line on stderr."""
    print(plain(line), file=sys.stderr)


def say_error(message: str) -> None:
    """An error as one line on stderr."""
    say(f"embreport: {message}")


def say_notices(notices: Iterable[Notice]) -> None:
    """Every notice as a line on stderr, the gravest first."""
    order = {"error": 0, "warning": 1, "info": 2}
    for notice in sorted(notices, key=lambda item: order[item.severity]):
        say(f"{notice.severity}: {sentence(notice)}")


def say_skipped(skipped: Sequence[Skipped]) -> None:
    """What is not in the report, and why: a line each, the rest of a long list as a count."""
    for item in skipped[:_MOST_SKIPPED_LINES]:
        say(f"skipped: {item.tensor or 'everything'} in run {item.run}: {item.reason}")
    if len(skipped) > _MOST_SKIPPED_LINES:
        say(f"skipped: {len(skipped) - _MOST_SKIPPED_LINES:,} more; embreport inspect names them all")


class ProgressPrinter:
    """Progress on stderr: one line that is rewritten on a terminal, one line a phase elsewhere, nothing when quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._phase = ""
        self._said: set[str] = set()
        self._printed = 0.0
        self._width = 0

    def __call__(self, phase: str, share: float) -> None:
        if self._quiet:
            return
        if not self._live:
            if phase not in self._said:  # layouts run side by side and report in turns
                say(phase)
            self._said.add(phase)
            return
        now = time.monotonic()
        if phase == self._phase and now - self._printed < _SECONDS_BETWEEN_LINES:
            return
        self._phase, self._printed = phase, now
        self._rewrite(f"{plain(phase)} {share:4.0%}" if share else plain(phase))

    def close(self) -> None:
        """Clear the live line, so that what follows starts on an empty one."""
        if self._live and self._width:
            self._rewrite("")
            sys.stderr.write("\r")

    def _rewrite(self, line: str) -> None:
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)
