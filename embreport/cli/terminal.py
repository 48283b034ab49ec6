"""What a report is said of on stderr, and JSON; control characters are shown and not obeyed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from embreport.cli.streams import say
from embreport.model import Notice, Skipped
from embreport.plain_text import plain
from embreport.selection import sentence

_MOST_SKIPPED_LINES = 20
_NOT_ASCII = re.compile(r"[^\n\x20-\x7e]")


def json_bytes(value: Any) -> bytes:
    """JSON in which what a terminal would obey, or is no character, is spelled as an escape, which means the same."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return _NOT_ASCII.sub(lambda found: _as_json(found[0]), text).encode("utf-8")


def _as_json(character: str) -> str:
    return character if plain(character) == character else json.dumps(character)[1:-1]


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
