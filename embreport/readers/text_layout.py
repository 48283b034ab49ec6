"""How a text file of vectors is laid out, decided from its first lines.

TensorBoard reads one layout: tab-separated numbers and nothing else. People also have a header line, a label
in front of each vector, commas or spaces, a trailing tab, and word2vec's first line with the counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

from embreport.errors import FormatError, LimitExceeded

LONGEST_LINE = 1 << 26
NUMBER = re.compile(
    rb"\s*[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|inf|infinity)\s*",
    re.IGNORECASE,
)
CSV_SEPARATORS = (b",", b";")
_QUOTED = re.compile(rb'"(?:[^"]++|"")*+"(?=[,;]|$)')
_COUNT = re.compile(rb"\d{1,12}")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FEWEST_WITHOUT_COUNTS = 8
_LINES_TO_JUDGE = 3
_MOST_COMMENTS = 100


@dataclass(frozen=True, kw_only=True)
class TextLayout:
    """What a line holds. `skipped_lines` come before the first vector; `announced_rows` is word2vec's count."""

    separator: bytes
    dims: int
    labels: bool = False
    header: bool = False
    skipped_lines: int = 0
    trailing_separator: bool = False
    byte_order_mark: bool = False
    announced_rows: int | None = None


def clean_line(line: bytes) -> bytes:
    """A line without its end, LF or CRLF."""
    return line.removesuffix(b"\n").removesuffix(b"\r")


def split_cells(line: bytes, separator: bytes) -> list[bytes]:
    """The cells of a line; with spaces as separator, a run of them counts once.

    The first may be a label in quotes that holds the separator, as CSV has it.
    """
    if separator == b" ":
        return line.split()
    quoted = _QUOTED.match(line) if separator in CSV_SEPARATORS else None
    if quoted is None:
        return line.split(separator)
    return [unquoted(quoted[0]), *line[quoted.end() :].split(separator)[1:]]


def unquoted(cell: bytes) -> bytes:
    """A cell of CSV without the quotes around it."""
    return cell[1:-1].replace(b'""', b'"') if _QUOTED.fullmatch(cell) else cell


def is_number(cell: bytes) -> bool:
    """Whether a cell is a decimal number, NaN or an infinity."""
    return NUMBER.fullmatch(cell) is not None


def starts_with_a_vector(head: bytes) -> bool:
    """Whether a file that starts so is word2vec's text or GloVe's: a label and numbers, after two counts or without.

    Without counts, a line must have at least 8 numbers, and the next as many. Of what is cut off by the end of
    `head`, what is there must be numbers.
    """
    *lines, cut = head.split(b"\n", 2)
    rows = [line.split() for line in lines]
    begun = cut.split()[:-1]
    counts = rows[0] if rows else begun
    if len(counts) == 2 and all(_COUNT.fullmatch(count) for count in counts):
        dims = int(counts[1])
        if len(rows) > 1:
            return dims == len(rows[1]) - 1 and _are_numbers(rows[1][1:])
        return 1 < len(begun) <= dims and _are_numbers(begun[1:])
    if len(counts) <= _FEWEST_WITHOUT_COUNTS or is_number(counts[0]) or not _are_numbers(counts[1:]):
        return False
    if len(rows) > 1:
        return len(rows[1]) == len(counts) and _are_numbers(rows[1][1:])
    return len(begun) < len(counts) + (not rows) and _are_numbers(begun[1:])


def _are_numbers(cells: list[bytes]) -> bool:
    return all(map(is_number, cells))


def detect_layout(stream: BinaryIO, *, where: str) -> TextLayout | None:
    """The layout of the vectors in `stream`, read from its start; None for a file with nothing but blank lines.

    Raises FormatError when the first lines are no vectors, naming line and column.
    """
    lines, blank_lines, marked = _first_lines(stream, where)
    comments = _comments(lines)
    commented, blank_lines, lines = comments > 0, blank_lines + comments, lines[comments : comments + _LINES_TO_JUDGE]
    if not lines:
        return None
    separator = _separator(lines[-1])
    rows = [split_cells(line, separator) for line in lines]
    trailing = separator != b" " and all(len(row) > 1 and row[-1] == b"" for row in rows)
    if trailing:
        rows = [row[:-1] for row in rows]
    counts = _announced_counts(rows) if separator == b" " else None
    indexed = separator != b" " and _is_header_over_an_index(rows)
    header = counts is None and len(rows) > 1 and (indexed or _is_header(rows) or _is_header_of_numbers(rows))
    data = rows[1:] if header or counts else rows
    labels = indexed or _has_labels(data, None if counts is None else counts[1], separator)
    dims = counts[1] if counts else _dims(data, separator) if labels else len(data[0])
    if not labels:
        _check_numbers(data[0], blank_lines + (len(rows) - len(data)) + 1, where)
    return TextLayout(
        separator=separator,
        dims=dims,
        labels=labels,
        header=header or commented,
        skipped_lines=blank_lines + (len(rows) - len(data)),
        trailing_separator=trailing,
        byte_order_mark=marked,
        announced_rows=counts[0] if counts else None,
    )


def _first_lines(stream: BinaryIO, where: str) -> tuple[list[bytes], int, bool]:
    """The first lines that hold something, how many blank ones precede them, and whether there is a BOM."""
    lines: list[bytes] = []
    blank = comments = 0
    marked = False
    first = True
    while len(lines) - comments < _LINES_TO_JUDGE and (line := stream.readline(LONGEST_LINE)):
        if first and line.startswith(_BYTE_ORDER_MARK):
            marked, line = True, line[len(_BYTE_ORDER_MARK) :]
        first = False
        if len(line) >= LONGEST_LINE:
            raise LimitExceeded(f"A line has more than {LONGEST_LINE:,} bytes.", where=where)
        if clean := clean_line(line).rstrip(b" "):
            lines.append(clean)
            comments += clean.startswith(b"#") and len(lines) <= min(comments + 1, _MOST_COMMENTS)
        elif not lines:
            blank += 1
    return lines, blank, marked


def _comments(lines: list[bytes]) -> int:
    """How many lines at the start are comments, as `numpy.savetxt` writes a header: `# x y z`.

    A label may be `#`, too: a line is none that holds as many cells as the first without the sign, numbers behind it.
    """
    count = next((at for at, line in enumerate(lines) if not line.startswith(b"#")), 0)
    if not count:
        return 0
    separator = _separator(lines[count])
    first = split_cells(lines[count], separator)
    labelled = len(first) > 1 and not is_number(first[0])
    for at, line in enumerate(lines[:count]):
        cells = split_cells(line, separator)
        if labelled and len(cells) == len(first) and all(map(is_number, cells[1:])):
            return at
    return count


def _separator(line: bytes) -> bytes:
    """A tab, else what most numbers at the end of a line stand behind: a word may be `,` or hold one."""
    if b"\t" in line:
        return b"\t"
    there = [separator for separator in (b";", b",", b" ") if separator in line.strip()]
    rows = [split_cells(line.removesuffix(separator), separator) for separator in there]
    numbers = [_numbers_at_end(row) for row in rows]
    return there[numbers.index(max(numbers))] if there else b"\t"


def _announced_counts(rows: list[list[bytes]]) -> tuple[int, int] | None:
    """(rows, dims) where the first line is word2vec's: two whole numbers before lines of a label and `dims` numbers."""
    if len(rows) < 2 or len(rows[0]) != 2 or not all(_COUNT.fullmatch(cell) for cell in rows[0]):
        return None
    dims = int(rows[0][1])
    return (int(rows[0][0]), dims) if dims > 0 and len(rows[1]) > dims >= len(rows[1]) - 4 else None


def _is_header(rows: list[list[bytes]]) -> bool:
    """Whether no cell of the first line is a number while all of the second are, a label in front aside.

    A number in quotes, or with a decimal comma, is no name of a column.
    """
    if any(is_number(cell.strip(b"\"'").replace(b",", b".")) for cell in rows[0]):
        return False
    return len(rows[0]) <= len(rows[1]) <= len(rows[0]) + 1 and all(is_number(cell) for cell in rows[1][1:])


def _is_header_over_an_index(rows: list[list[bytes]]) -> bool:
    """Whether the first line is a data frame's: nothing over the names of the rows, a name over each number.

    The names of the columns may be their numbers, counted from 0.
    """
    if len(rows) < 2 or len(rows[0]) < 2 or rows[0][0] or len(rows[1]) != len(rows[0]):
        return False
    names = rows[0][1:]
    counted = names == [b"%d" % number for number in range(len(names))]
    return (counted or not any(map(is_number, names))) and all(map(is_number, rows[1][1:]))


def _is_header_of_numbers(rows: list[list[bytes]]) -> bool:
    """Whether the first line counts the columns from 0, as pandas names them, over values that are not all whole."""
    labels = not is_number(rows[0][0])
    names = rows[0][labels:]
    if len(names) < 2 or len(rows[1]) != len(rows[0]) or names != [b"%d" % number for number in range(len(names))]:
        return False
    return any(is_number(cell) and not _COUNT.fullmatch(cell) for row in rows[1:] for cell in row[labels:])


def _numbers_at_end(row: list[bytes]) -> int:
    return next((at for at, cell in enumerate(reversed(row)) if not is_number(cell)), len(row))


def _dims(rows: list[list[bytes]], separator: bytes) -> int:
    """How many numbers stand behind the labels; those of GloVe may be numbers, or hold spaces."""
    return min(map(_numbers_at_end, rows)) if separator == b" " else min(map(len, rows)) - 1


def _has_labels(rows: list[list[bytes]], dims: int | None, separator: bytes) -> bool:
    """Whether every vector comes after a label: in the first lines, not all that stands there is numbers."""
    if len(rows[0]) < 2:
        return False
    if dims is not None:
        return len(rows[0]) > dims
    if separator == b" ":
        behind = _dims(rows, separator)
        return behind > 0 and any(len(row) == behind + 1 and not is_number(row[0]) for row in rows)
    return all(len(row) > 1 and not is_number(row[0]) and all(map(is_number, row[1:])) for row in rows)


def _check_numbers(cells: list[bytes], line: int, where: str) -> None:
    for column, cell in enumerate(cells, start=1):
        if not is_number(cell):
            raise not_a_number(cell, where, line, column)


def not_a_number(cell: bytes, where: str, line: int, column: int) -> FormatError:
    """The error for a cell that holds something else."""
    shown = cell[:40].decode("utf-8", "backslashreplace")
    shown = "".join(character if character.isprintable() else repr(character)[1:-1] for character in shown)
    found = f"“{shown}”" if cell.strip() else "An empty cell"
    return FormatError(
        f"{found} in line {line:,}, column {column:,}, is not a number; every cell of a vector must be one.",
        where=f"{where}:{line}:{column}",
    )
