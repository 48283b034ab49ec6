"""Metadata files: one line per vector, tab-separated columns, perhaps a header.

Cells stay as the file spells them. Only LF and CRLF end a line: Unicode's other line separators, and a CR
alone, are part of a label. A label is never moved to another row; what does not fit is said in a notice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from embreport.assets.columns import columns_from_table, distinct_names
from embreport.assets.metadata_header import LineRoles, assign_lines
from embreport.errors import FormatError, LimitExceeded
from embreport.model import Metadata, MetadataSummary, Notice, Severity
from embreport.text_encoding import DecodedText, decode_text

LARGEST_METADATA = 1 << 29
_MOST_CELLS = 50_000_000
_MOST_COLUMNS = 2_000
# Far more lines than rows are no labels of these rows.
_ALWAYS_READ, _LINES_PER_ROW = 1_000_000, 10

_PACKINGS = {b"\x1f\x8b\x08": "gzip", b"PK\x03\x04": "zip"}
# Noise has a tenth of these, text none.
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\x0b\x0c\r\x1b")
_MOST_CONTROLS = 0.02
_ENOUGH_TO_JUDGE = 1 << 16

Cell = str | None


@dataclass(frozen=True, kw_only=True)
class MetadataTable:
    """The rows of a metadata file as they stand there, however many the tensor has; absent cells are None."""

    path: str
    names: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notices: tuple[Notice, ...]

    def summary(self) -> MetadataSummary:
        """What `inspect` says of it; absent cells are empty there."""
        first, last = (self.rows[0], self.rows[-1]) if self.rows else ((), ())
        return MetadataSummary(
            path=self.path,
            columns=self.names,
            rows=len(self.rows),
            first=tuple(cell or "" for cell in first),
            last=tuple(cell or "" for cell in last),
        )

    def for_rows(self, count: int) -> Metadata:
        """The columns with exactly `count` cells each: rows without a line have no label, further lines no row."""
        missing: tuple[Cell, ...] = (None,) * len(self.names)
        rows = [*self.rows[:count], *[missing] * (count - len(self.rows))]
        return Metadata(path=self.path, columns=columns_from_table(self.names, rows))


def read_metadata_table(data: bytes, count: int, *, path: str) -> MetadataTable:
    """The table in a metadata file of a tensor with `count` rows, with notices about all that is odd.

    Raises FormatError for a file that is no text or has no line, LimitExceeded for more cells than fit into memory.
    """
    decoded = decode_text(data)
    _check_is_text(data, decoded, path)
    lines = _lines(decoded.text, count, path)
    if not lines:
        raise FormatError("The file is empty; expected one label per line.", where=path)
    _check_cells(lines, path)
    told = _Notices(path)
    _tell_encoding(told, decoded)
    roles = assign_lines(lines, count)
    _tell_roles(told, roles, len(lines), count)
    names, rows = _cells(told, roles)
    return MetadataTable(path=path, names=names, rows=rows, notices=tuple(told.notices))


def _check_is_text(data: bytes, decoded: DecodedText, path: str) -> None:
    """FormatError for archives, images and other bytes, which would become labels of noise."""
    if packing := next((name for start, name in _PACKINGS.items() if data.startswith(start)), None):
        raise FormatError(f"The file is packed by {packing}. Unpack it.", where=path)
    head = data[:_ENOUGH_TO_JUDGE]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if decoded.encoding == "Latin-1" and controls > _MOST_CONTROLS * len(head):
        raise FormatError("The file is no text; expected one label per line.", where=path)


def _lines(text: str, count: int, path: str) -> list[str]:
    """The lines of a file; blank ones at its end beyond those that rows might have are not counted."""
    text = text.replace("\r\n", "\n")
    filled = len(text.rstrip("\n"))
    text = text[: filled + count + 3]
    most = max(_ALWAYS_READ, _LINES_PER_ROW * count)
    there = text.count("\n")
    if there > most:
        raise LimitExceeded(
            f"The file has {there:,} lines for {count:,} vectors; at most {most:,} are read.", where=path
        )
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


class _Notices:
    def __init__(self, path: str) -> None:
        self.path = path
        self.notices: list[Notice] = []

    def info(self, code: str, message: str) -> None:
        self._add(code, "info", message)

    def warn(self, code: str, message: str) -> None:
        self._add(code, "warning", message)

    def _add(self, code: str, severity: Severity, message: str) -> None:
        self.notices.append(Notice(code=code, severity=severity, message=message, where=self.path))


def _tell_encoding(told: _Notices, decoded: DecodedText) -> None:
    if decoded.encoding == "Latin-1":
        told.info("metadata-encoding", "The file is not UTF-8; it was read as Latin-1. Save it as UTF-8 to be sure.")
    elif decoded.encoding != "UTF-8":
        told.info("metadata-encoding", f"The file is {decoded.encoding} text, not UTF-8; it was read as such.")
    if decoded.damaged:
        message = f"Characters that are not {decoded.encoding} ({decoded.damaged:,}) are shown as U+FFFD."
        told.warn("metadata-encoding", message)


def _tell_roles(told: _Notices, roles: LineRoles, lines: int, count: int) -> None:
    if roles.header is not None and "\t" not in roles.header and roles.fits:
        told.info(
            "metadata-header",
            f"The file has {lines:,} lines for {count:,} vectors, so its first line, {_shown(roles.header)}, is taken "
            "for a header.",
        )
    if roles.like_header:
        told.warn(
            "metadata-header",
            f"The file has a line for each vector, so its first one, {_shown(roles.rows[0])}, is the first vector's; "
            "it looks like a header. If it is one, a line is missing and the labels stand one vector too low.",
        )
    if roles.blank_end:
        told.info(
            "metadata-blank-end",
            f"The file has {lines:,} lines for {count:,} vectors; the blank one at its end was taken for no label. If "
            f"the first line, {_shown(roles.rows[0])}, is a header, the labels stand one vector too low.",
        )
    if roles.blank_lines_dropped:
        told.info("metadata-blank-lines", f"{roles.blank_lines_dropped:,} blank lines were left out.")
    if not roles.fits:
        _tell_misfit(told, len(roles.rows), count)


def _shown(line: str) -> str:
    return f"“{line if len(line) <= 60 else line[:57] + '...'}”"


def _tell_misfit(told: _Notices, rows: int, count: int) -> None:
    found = f"The file has {rows:,} rows for {count:,} vectors"
    if rows < count:
        absent = count - rows
        which = "last vector has" if absent == 1 else f"last {absent:,} vectors have"
        told.warn("metadata-row-count", f"{found}; labels are given in order, and the {which} none.")
    else:
        told.warn(
            "metadata-row-count",
            f"{found}; labels are given in order, and the last {rows - count:,} are left out. If a label holds a line "
            "break, those after it stand at the wrong vectors.",
        )


def _cells(told: _Notices, roles: LineRoles) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    rows = [line.split("\t") for line in roles.rows]
    widths = Counter(map(len, rows))
    if roles.header is None:
        usual = widths.most_common(1)[0][0] if widths else 1
        names = ["label"] if usual == 1 else [f"column {number}" for number in range(1, usual + 1)]
    else:
        names = roles.header.split("\t") if roles.header else ["label"]
        if len(names) > 1 and names[-1] == "" and all(row[-1] == "" for row in rows if len(row) >= len(names)):
            names = names[:-1]
        elif _has_row_names(rows, len(names)):
            told.info("metadata-columns", "The rows have one cell more than the header; it is taken for row names.")
            names = ["row name", *names]
    if len(names) * len(rows) > _MOST_CELLS:
        raise LimitExceeded(f"The table has {len(rows):,} rows of {len(names):,} columns.", where=told.path)
    usable = distinct_names(names)
    if list(usable) != names:
        told.info("metadata-columns", f"Columns without a name of their own are called {_renamed(names, usable)}.")
    if len(names) == 1:
        return usable, _single_column(told, roles.rows)
    first_line = None if roles.blank_lines_dropped else 1 if roles.header is None else 2
    return usable, _fit(told, rows, len(names), first_line)


def _check_cells(lines: Sequence[str], path: str) -> None:
    """LimitExceeded for more columns or cells than are read, before any is made."""
    tabs = [line.count("\t") for line in lines]
    columns = max(tabs) + 1
    if columns > _MOST_COLUMNS:
        raise LimitExceeded(f"The table has {columns:,} columns; at most {_MOST_COLUMNS:,} are read.", where=path)
    if sum(tabs) + len(tabs) > _MOST_CELLS:
        raise LimitExceeded(f"The table has more than {_MOST_CELLS:,} cells.", where=path)


def _has_row_names(rows: Sequence[Sequence[str]], width: int) -> bool:
    """R writes row names without a name for their column, so that every row has one cell more than the header."""
    return width > 1 and bool(rows) and all(len(row) == width + 1 for row in rows) and any(row[-1] for row in rows)


def _renamed(names: Sequence[str], usable: Sequence[str]) -> str:
    return ", ".join(f"“{new}”" for old, new in zip(names, usable, strict=True) if old != new)


def _single_column(told: _Notices, lines: Sequence[str]) -> tuple[tuple[Cell, ...], ...]:
    tabs = sum("\t" in line for line in lines)
    if tabs:
        told.info("metadata-columns", f"{tabs:,} labels hold a tab, which was kept.")
    return tuple((line,) for line in lines)


def _fit(told: _Notices, rows: list[list[str]], width: int, first_line: int | None) -> tuple[tuple[Cell, ...], ...]:
    """Rows with exactly `width` cells: short ones end with absent cells, long ones lose what has no column."""
    short = [number for number, row in enumerate(rows) if len(row) < width]
    long = [number for number, row in enumerate(rows) if any(row[width:])]
    for numbers, what in ((short, "fewer cells than there are columns; the rest is missing"), (long, "extra cells")):
        if numbers:
            verb = "row has" if len(numbers) == 1 else "rows have"
            place = "" if first_line is None else f" (the first in line {numbers[0] + first_line:,})"
            end = what if numbers is short else f"{what} that no column is named for; they are left out"
            told.warn("metadata-cells", f"{len(numbers):,} {verb} {end}{place}.")
    return tuple(tuple(row[:width]) + (None,) * (width - len(row)) for row in rows)
