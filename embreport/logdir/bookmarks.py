"""Bookmark files: JSON arrays of the Projector's State (class State in vz_projector/data.ts of TensorBoard).

What a file may hold is counted in its bytes before it is parsed; younger keys may lack in older files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from embreport.errors import FormatError, LimitExceeded
from embreport.logdir.saved_state import Unfit, label_of, read_state
from embreport.model import Notice, SavedView
from embreport.readers import InputFile

_LARGEST_FILE = 64_000_000
_MOST_OF = {b"{": 1_000_000, b"[": 100_000, b",": 4_000_000}
_MOST_VIEWS = 50
_MOST_LOOKED_AT = 500
_MOST_NUMBERS = 30_000_000
_MOST_NAMED = 3
_LONGEST_NAME = 60


def read_bookmarks(file: InputFile, shape: tuple[int, int]) -> tuple[tuple[SavedView, ...], tuple[Notice, ...]]:
    """The saved views of a bookmarks file that fit a tensor of `shape` (n, d), and a notice about the others.

    Raises FormatError for what is no JSON or no array of views, LimitExceeded for a file that holds too much.
    """
    states = _states(file)
    most = max(1, min(_MOST_VIEWS, _MOST_NUMBERS // (3 * max(1, shape[0]))))
    views: list[SavedView] = []
    reasons: list[str] = []
    for number, state in enumerate(states[:_MOST_LOOKED_AT], start=1):
        if len(views) == most:
            reasons.append(f"only the first {most:,} that fit are shown")
            break
        try:
            views.append(read_state(state, shape, name=f"view{len(views) + 1}", number=number))
        except Unfit as error:
            reasons.append(f"{_quoted(state, number)} {error}")
    if len(views) < most and len(states) > _MOST_LOOKED_AT:
        reasons.insert(0, f"only the first {_MOST_LOOKED_AT:,} are looked at")
    return tuple(views), tuple(_tell(reasons, len(states) - len(views), len(states), file.label))


def _states(file: InputFile) -> list[Any]:
    data = file.read(_LARGEST_FILE, "A bookmarks file")
    for sign, most in _MOST_OF.items():
        if data.count(sign) > most:
            raise LimitExceeded(
                f"The file holds {data.count(sign):,} times “{sign.decode()}”; a bookmarks file has at most {most:,}.",
                where=file.label,
            )
    try:
        states = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError("The file is not JSON; expected an array of saved views.", where=file.label) from error
    if isinstance(states, dict):
        return [states]
    if not isinstance(states, list):
        raise FormatError("The file holds no array of saved views.", where=file.label)
    return states


def _tell(reasons: list[str], left_out: int, count: int, where: str) -> Iterable[Notice]:
    if not left_out:
        return
    named = "; ".join(reasons[:_MOST_NAMED])
    more = f"; and {len(reasons) - _MOST_NAMED:,} more" if len(reasons) > _MOST_NAMED else ""
    message = f"{left_out:,} of {count:,} saved views {'is' if left_out == 1 else 'are'} left out: {named}{more}."
    yield Notice(code="bookmarks-unfit", severity="warning", message=message, where=where)


def _quoted(state: Any, number: int) -> str:
    label = " ".join(label_of(state, number).split())
    short = label if len(label) <= _LONGEST_NAME else f"{label[: _LONGEST_NAME - 1]}…"
    return f"“{short}”"
