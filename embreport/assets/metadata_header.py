"""Whether a metadata file starts with a header line: decided by counting its lines against the tensor's rows.

TensorBoard looks for a tab in the first line instead, and so takes a one-column header for a label and the
first row of a table without header for a header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_NO_DIGITS = str.maketrans("", "", "0123456789")
_LINES_TO_JUDGE = 1000
_ENOUGH_FOR_A_VOCABULARY = 50
_NO_VALUE = frozenset({"", "?", "-", "na", "n/a", "nan", "null", "none", "inf", "-inf"})


@dataclass(frozen=True, kw_only=True)
class LineRoles:
    """`rows` are the lines that stand for rows of the tensor; `fits` says whether they are as many as it has.

    `like_header` says that the first row looks like a header, though the count says that it is none; `blank_end`
    that a blank line at the end was taken for no label, though it may be one under a header.
    """

    header: str | None
    rows: Sequence[str]
    fits: bool
    blank_lines_dropped: int = 0
    like_header: bool = False
    blank_end: bool = False


def assign_lines(lines: Sequence[str], count: int) -> LineRoles:
    """Which lines are the header and the rows of a tensor with `count` rows.

    Blank lines are rows where the count says so. Where no reading of the file gives `count` rows, nothing is
    dropped from its start but a line that is a header by its looks.
    """
    trailing = _trailing_blanks(lines)
    if len(lines) == count:
        return LineRoles(header=None, rows=lines, fits=True, like_header=_is_header_by_numbers(lines))
    cut = trailing and (len(lines) == count + 1 or len(lines) - trailing == count)
    if cut and len(lines) > count and not _is_header_by_numbers(lines):
        doubtful = trailing == 1 and len(lines) == count + 1 and _may_be_header(lines)
        return LineRoles(header=None, rows=lines[:count], fits=True, blank_end=doubtful)
    for kept in (lines, lines[: count + 1] if len(lines) - trailing <= count + 1 <= len(lines) else lines):
        if len(kept) == count + 1 and _may_be_header(kept):
            return LineRoles(header=kept[0], rows=kept[1:], fits=True)
    if len(lines) - trailing <= count < len(lines):
        return LineRoles(header=None, rows=lines[:count], fits=True)
    return _without_blanks(lines, count) or _misfit(lines)


def _without_blanks(lines: Sequence[str], count: int) -> LineRoles | None:
    filled = [line for line in lines if line]
    dropped = len(lines) - len(filled)
    if dropped and len(filled) == count:
        return LineRoles(header=None, rows=filled, fits=True, blank_lines_dropped=dropped)
    if dropped and len(filled) == count + 1 and _may_be_header(filled):
        return LineRoles(header=filled[0], rows=filled[1:], fits=True, blank_lines_dropped=dropped)
    return None


def _misfit(lines: Sequence[str]) -> LineRoles:
    lines = lines[: len(lines) - _trailing_blanks(lines)]
    if _looks_like_header(lines):
        return LineRoles(header=lines[0], rows=lines[1:], fits=False)
    return LineRoles(header=None, rows=lines, fits=False)


def _trailing_blanks(lines: Sequence[str]) -> int:
    count = 0
    while count < len(lines) and not lines[-1 - count]:
        count += 1
    return count


def _may_be_header(lines: Sequence[str]) -> bool:
    """Whether nothing speaks against a header where the count speaks for one.

    Against it speak a number in a column of numbers, and, in a file of one column, lines with a tab, the first label
    coming up again among labels that do so, or a first line that counts as the others do: PyTorch writes line
    breaks and tabs of labels as they are.
    """
    first = lines[0].split("\t")
    rows = [line.split("\t") for line in lines[1:_LINES_TO_JUDGE]]
    if len(first) == 1:
        if any(len(row) > 1 for row in rows):
            return len({len(row) for row in rows}) == 1
        if _comes_up_again(lines) or _is_one_of_a_series(lines):
            return False
    return not _first_is_number_among_numbers(first, rows)


def _comes_up_again(lines: Sequence[str]) -> bool:
    """Whether the first line is also a label, unless no other one repeats: a vocabulary may hold its header's word."""
    labels = lines[1:]
    if lines[0] not in labels:
        return False
    return len(labels) < _ENOUGH_FOR_A_VOCABULARY or len(set(labels)) < len(labels)


def _is_one_of_a_series(lines: Sequence[str]) -> bool:
    """Whether the first label is built with digits as most others are: `img_0` before `img_1`."""
    shape = _DIGITS.sub("0", lines[0])
    others = lines[1:_LINES_TO_JUDGE]
    alike = sum(_DIGITS.sub("0", line) == shape for line in others)
    return shape != lines[0].translate(_NO_DIGITS) and 2 * alike > len(others)


def _looks_like_header(lines: Sequence[str]) -> bool:
    """Whether the first line is a header by its looks alone."""
    if len(lines) < 2:
        return False
    first = lines[0].split("\t")
    rows = [line.split("\t") for line in lines[1:_LINES_TO_JUDGE]]
    if _first_is_number_among_numbers(first, rows):
        return False
    if _is_header_by_numbers(lines):
        return True
    unique = len(set(first)) == len(first) and all(cell.strip() for cell in first)
    repeats = any(cell == row[index] for row in rows for index, cell in enumerate(first) if index < len(row))
    return len(first) > 1 and unique and not repeats


def _is_header_by_numbers(lines: Sequence[str]) -> bool:
    """Whether some column holds numbers in every line but the first, where not just a number is missing."""
    first = lines[0].split("\t")
    rows = [line.split("\t") for line in lines[1:_LINES_TO_JUDGE] if line]
    return any(
        bool(rows) and cell.lower() not in _NO_VALUE and not _is_number(cell) and _all_numbers(rows, index)
        for index, cell in enumerate(first)
    )


def _first_is_number_among_numbers(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first line has a number where most others that hold something have one, too."""
    for index in (index for index, cell in enumerate(first) if _is_number(cell)):
        filled = [row[index] for row in rows if index < len(row) and row[index]]
        if 2 * sum(map(_is_number, filled)) > len(filled):
            return True
    return False


def _all_numbers(rows: Sequence[Sequence[str]], index: int) -> bool:
    return all(index < len(row) and _is_number(row[index]) for row in rows)


def _is_number(cell: str) -> bool:
    return _DECIMAL.fullmatch(cell) is not None
