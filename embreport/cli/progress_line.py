"""What a line of progress says: "t-SNE 3D  300 of 750 steps, 61 a second, 7 s left"."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from embreport.plain_text import plain
from embreport.progress import PhaseProgress

_BETWEEN = " | "
_SAY_SECONDS_FROM = 3.0
_LONGEST_TITLE = 24


@dataclass(frozen=True, kw_only=True)
class Moving:
    """A phase under way. `rate` is the share it makes in a second, None while that is not known.

    `seconds` is how long it has been going on, `since` how much of its time left has passed since it last moved.
    """

    progress: PhaseProgress
    rate: float | None
    seconds: float
    since: float

    @property
    def seconds_left(self) -> float | None:
        """None where nobody can tell."""
        if not self.rate:
            return None
        return max(0.0, (1.0 - self.progress.share) / self.rate - self.since)


def progress_line(phases: Sequence[Moving], columns: int) -> tuple[str, int]:
    """The fullest line on the phases that fits, and how many columns it takes.

    Where there is less room, rates go first, then units, counts, times, and at last all but the slowest phase.
    """
    if not phases:
        return "", 0
    title = phases[0].progress.embedding
    said = [_BETWEEN.join(_phrase(phase, detail) for phase in phases) for detail in range(5)]
    slowest = max(phases, key=lambda phase: phase.seconds_left or 0.0)
    if len(phases) > 1:
        said += [f"{_phrase(slowest, 3)} and {len(phases) - 1:,} more", _phrase(slowest, 3)]
    said.append(_phrase(slowest, 4))
    if title is not None:
        said = [f"{_shortened(plain(title), _LONGEST_TITLE)}: {line}" for line in said[:4]] + said[3:]
    line = next((line for line in said if text_width(line) <= columns), said[-1])
    line = _shortened(line, columns)
    return line, text_width(line)


def _phrase(phase: Moving, detail: int) -> str:
    """From 0, everything, to 4, the name and the percentage."""
    name, now = plain(phase.progress.phase), phase.progress
    if now.share == 0.0 and now.total is None:
        parts = [name]
    elif now.total is None or detail >= 3:
        parts = [f"{name} {now.share:.0%}"]
    else:
        parts = [f"{name}  {now.done:,} of {now.total:,}{f' {now.unit}' if detail < 2 else ''}"]
    if detail == 0 and now.total is not None and phase.rate:
        parts.append(_rate(phase.rate * now.total))
    if detail < 4 and phase.seconds_left is not None:
        parts.append(f"{duration(phase.seconds_left)} left")
    elif detail < 4 and phase.seconds >= _SAY_SECONDS_FROM:
        parts.append(f"{duration(phase.seconds)} so far")
    return ", ".join(parts)


def _rate(a_second: float) -> str:
    if a_second >= 9.5:
        return f"{a_second:,.0f} a second"
    return f"{a_second:.1f} a second" if a_second >= 0.95 else f"{1 / a_second:,.0f} s each"


def duration(seconds: float) -> str:
    """In words: "7 s", "3 min", "2 h 5 min"."""
    whole = int(seconds + 0.5)
    if whole < 90:
        return f"{whole} s"
    minutes = int(seconds / 60 + 0.5)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def text_width(text: str) -> int:
    """Columns a terminal takes for the text: two for a wide character, none for a combining one."""
    return sum(map(_width, text))


def _width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _shortened(text: str, columns: int) -> str:
    """The text in at most so many columns, dots where something is missing."""
    if text_width(text) <= columns:
        return text
    dots = "." * max(0, min(3, columns))
    kept, taken = [], len(dots)
    for character in text:
        taken += _width(character)
        if taken > columns:
            break
        kept.append(character)
    return "".join(kept).rstrip() + dots
