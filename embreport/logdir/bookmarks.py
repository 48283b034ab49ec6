"""Bookmark files: JSON arrays of the Projector's State (class State in vz_projector/data.ts of TensorBoard).

Younger keys may lack in older files. One tensor may have several files; their views are shown one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from embreport.errors import FormatError, InputError, LimitExceeded
from embreport.logdir.saved_state import Unfit, label_of, read_state
from embreport.logdir.stored_states import StoredState, stored_states
from embreport.model import Notice, SavedView
from embreport.readers import InputFile

# Enough for any tensor; one of many rows may have this many bytes for each, several States of some hundred.
_LARGEST_FILE, _LARGEST_OF_ALL = 64_000_000, 256_000_000
_BYTES_PER_ROW = 1_500
_LARGEST_WIDE = 16_000_000
_MOST_VIEWS = 50
_MOST_LOOKED_AT = 200
_MOST_NUMBERS = 30_000_000
_MOST_NAMED = 3
_LONGEST_NAME = 60


def read_bookmark_files(
    files: Sequence[InputFile], shape: tuple[int, int]
) -> tuple[tuple[SavedView, ...], tuple[Notice, ...]]:
    """The saved views of all files, in their order, and notices about what cannot be shown; a bad file costs itself."""
    views: list[SavedView] = []
    notices: list[Notice] = []
    for file in files:
        try:
            found, told = read_bookmarks(file, shape, before=len(views))
        except InputError as error:
            notices.append(
                Notice(code="bookmarks-unusable", severity="warning", message=error.message, where=error.where)
            )
            continue
        views += found
        notices += told
    return tuple(views), tuple(notices)


def read_bookmarks(
    file: InputFile, shape: tuple[int, int], *, before: int = 0
) -> tuple[tuple[SavedView, ...], tuple[Notice, ...]]:
    """The saved views of a bookmarks file that fit a tensor of `shape` (n, d), and a notice about the others.

    `before` views of other files count against the most that are shown. Raises FormatError for what is no JSON or no
    array of views, LimitExceeded for a file that holds too much.
    """
    largest = min(_LARGEST_OF_ALL, max(_LARGEST_FILE, _BYTES_PER_ROW * shape[0]))
    data = _as_utf8(file.read(largest, "A bookmarks file"), file.label)
    most = max(1, min(_MOST_VIEWS, _MOST_NUMBERS // (3 * max(1, shape[0]))))
    views: list[SavedView] = []
    reasons: list[str] = []
    count, cut = 0, False
    for number, state in enumerate(stored_states(data, shape[0], where=file.label), start=1):
        if number > _MOST_LOOKED_AT:
            cut = True
            break
        count = number
        if before + len(views) >= most:
            continue
        try:
            views.append(read_state(state, shape, name=f"view{before + len(views) + 1}", number=number))
        except Unfit as error:
            reasons.append(f"{_quoted(state, number)} {error}")
    if before + len(views) >= most and len(views) + len(reasons) < count:
        reasons.append(f"only the first {most:,} that fit are shown")
    return tuple(views), tuple(_tell(reasons, len(views), count, cut, file.label))


def _as_utf8(data: bytes, where: str) -> bytes:
    """The text of a file as UTF-8 without a mark; JSON may also be UTF-16 or UTF-32, which is seen from its start."""
    encoding = json.detect_encoding(data[:4])
    if encoding == "utf-8":
        return data
    if len(data) > _LARGEST_WIDE and encoding != "utf-8-sig":
        raise LimitExceeded(f"The file has {len(data):,} bytes of {encoding.upper()}; save it as UTF-8.", where=where)
    try:
        return data[3:] if encoding == "utf-8-sig" else data.decode(encoding).encode("utf-8")
    except UnicodeError as error:
        raise FormatError("The file is not JSON; expected an array of saved views.", where=where) from error


def _tell(reasons: list[str], shown: int, count: int, cut: bool, where: str) -> Iterable[Notice]:
    left_out = count - shown
    if not left_out and not cut:
        return
    named = "; ".join(reasons[:_MOST_NAMED])
    more = f"; and {len(reasons) - _MOST_NAMED:,} more" if len(reasons) > _MOST_NAMED else ""
    message = f"{left_out:,} of {count:,} saved views {'is' if left_out == 1 else 'are'} left out: {named}{more}."
    if cut:
        first = f"The file holds more than {_MOST_LOOKED_AT:,} saved views; only the first {count:,} are looked at."
        message = f"{first} {message}" if left_out else first
    yield Notice(code="bookmarks-unfit", severity="warning", message=message, where=where)


def _quoted(state: StoredState, number: int) -> str:
    label = " ".join(label_of(state, number).split())
    short = label if len(label) <= _LONGEST_NAME else f"{label[: _LONGEST_NAME - 1]}…"
    return f"“{short}”"
