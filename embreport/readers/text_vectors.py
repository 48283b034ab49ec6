"""Vectors as text: TensorBoard's `tensors.tsv`, and what people have in its place (see `text_layout`).

A survey pass looks at every byte (is it part of a number, has every line as many cells) without parsing;
the numbers are parsed by numpy when read, block by block.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from embreport.errors import FormatError, LimitExceeded
from embreport.model import Notice
from embreport.readers.dtypes import narrowed
from embreport.readers.files import InputFile
from embreport.readers.text_layout import (
    CSV_SEPARATORS,
    LONGEST_LINE,
    TextLayout,
    clean_line,
    detect_layout,
    is_number,
    not_a_number,
    split_cells,
    unquoted,
)
from embreport.readers.text_stream import open_text
from embreport.text_encoding import is_utf8

_BLOCK = 1 << 23
_TAB, _NEWLINE = 9, 10
_MARK = codecs.BOM_UTF8
_IN_NUMBERS = np.zeros(256, bool)
_IN_NUMBERS[list(b"0123456789+-.eE\t\n naifNAIFtyTY")] = True


@dataclass(frozen=True, kw_only=True)
class TextVectors:
    """A text file of vectors, its layout known and every line counted."""

    file: InputFile
    layout: TextLayout
    name: str
    shape: tuple[int, ...]
    notices: tuple[Notice, ...] = ()
    dtype: str = "text"
    label_codec: str = "utf-8"

    def read(self) -> np.ndarray:
        """The values: float32 where that is exact (as for numbers written by PyTorch), else float64."""
        rows, dims = self.shape
        values = np.empty((rows, dims), np.float64)
        row = 0
        for block in _blocks(self.file, self.layout):
            part = _parse(block, dims, self.file.label)
            if row + len(part) > rows:
                raise FormatError("The file grew while it was read.", where=self.file.label)
            values[row : row + len(part)] = part
            row += len(part)
        if row != rows:
            raise FormatError("The file shrank while it was read.", where=self.file.label)
        return narrowed(values)

    def labels(self) -> list[str] | None:
        """The label in front of each vector, None where the file has none."""
        if not self.layout.labels:
            return None
        found = [label for block in _blocks(self.file, self.layout) for label in block.labels]
        return [label.decode(self.label_codec, "backslashreplace") for label in found]


@dataclass(frozen=True, kw_only=True)
class _Block:
    """Whole lines, tab-separated and without labels and blank lines; `lines` are their numbers in the file.

    `marks` counts the lines that started with a byte order mark, as in files that were joined.
    """

    data: bytes
    lines: np.ndarray
    labels: list[bytes]
    marks: int = 0


def survey_text_vectors(file: InputFile, name: str) -> TextVectors:
    """The shape of the vectors in a text file, with notices about what deviates from TensorBoard's format.

    Raises FormatError naming line and column for a line with another number of cells or a cell that is no
    number, and for a file without any vector.
    """
    with open_text(file) as text:
        layout, encoding = detect_layout(text.stream, where=file.label), text.encoding
    if layout is None:
        raise FormatError("The file holds no vectors; expected one per line, tab-separated.", where=file.label)
    rows = marks = foreign = odd = 0
    for block in _blocks(file, layout):
        rows += _count_rows(block, layout.dims, file.label)
        marks += block.marks
        foreign += sum(not label.isascii() for label in block.labels)
        odd += sum(not is_utf8(label) for label in block.labels)
    latin = 2 * odd > foreign
    more = (
        (marks > 0, f"Byte order marks within the file ({marks:,}) were ignored; it seems joined from several."),
        (encoding != "UTF-8", f"The file is {encoding} text; TensorBoard reads UTF-8 only."),
        (latin, "The labels are not UTF-8; they were read as Latin-1. Save the file as UTF-8 to be sure."),
    )
    return TextVectors(
        file=file,
        layout=layout,
        name=name,
        shape=(rows, layout.dims),
        notices=tuple(_notices(layout, rows, file.label, more)),
        label_codec="cp1252" if latin else "utf-8",
    )


def _notices(layout: TextLayout, rows: int, where: str, more: Sequence[tuple[bool, str]]) -> Iterator[Notice]:
    words = layout.labels and layout.separator == b" "
    separator = {b",": "commas", b";": "semicolons", b" ": "spaces"}.get(layout.separator)
    told = (
        (layout.byte_order_mark, "The file starts with a byte order mark, which was ignored."),
        (layout.header, "The first line is a header, not a vector; it was left out."),
        (layout.labels and not words, "Each line starts with a label; the labels are kept apart from the vectors."),
        (separator and not words, f"The numbers are separated by {separator}; TensorBoard reads tabs only."),
        (layout.trailing_separator, "Every line ends with a separator, which was ignored."),
        *more,
    )
    for applies, message in told:
        if applies:
            yield Notice(code="tensor-text-layout", severity="info", message=message, where=where)
    if layout.announced_rows is not None and layout.announced_rows != rows:
        message = f"The first line announces {layout.announced_rows:,} vectors; the file holds {rows:,}."
        yield Notice(code="tensor-row-count", severity="warning", message=message, where=where)


def _blocks(file: InputFile, layout: TextLayout) -> Iterator[_Block]:
    """The file's vectors in blocks of whole lines."""
    with open_text(file) as text:
        stream = text.stream
        number = 1
        for _ in range(layout.skipped_lines):
            number += 1
            stream.readline(LONGEST_LINE)
        first = number == 1 and layout.byte_order_mark
        rest = b""
        while chunk := stream.read(_BLOCK):
            if first:
                chunk, first = chunk[3:], False
            body, newline, tail = (rest + chunk).rpartition(b"\n")
            rest = tail
            if len(rest) > LONGEST_LINE:
                raise LimitExceeded(f"A line has more than {LONGEST_LINE:,} bytes.", where=file.label)
            if newline:
                yield _normal_block(body, number, layout, file.label)
                number += body.count(b"\n") + 1
        if rest:
            yield _normal_block(rest, number, layout, file.label)


def _normal_block(body: bytes, first_line: int, layout: TextLayout, where: str) -> _Block:
    marks = 0
    if _MARK in body and not layout.labels:
        joined = (b"\n" + body).replace(b"\n" + _MARK, b"\n")[1:]
        marks, body = (len(body) - len(joined)) // len(_MARK), joined
    if _is_plain(body, layout):
        numbers = np.arange(first_line, first_line + body.count(b"\n") + 1)
        return _Block(data=body + b"\n", lines=numbers, labels=[], marks=marks)
    lines = [clean_line(line).rstrip(b" ") for line in body.split(b"\n")]
    numbers = np.fromiter((number for number, line in enumerate(lines, first_line) if line), np.int64)
    kept = [line for line in lines if line]
    labels: list[bytes] = []
    if layout.trailing_separator:
        kept = [line.removesuffix(layout.separator) for line in kept]
    if layout.labels:
        pairs = [_split_label(line, layout, where, int(number)) for line, number in zip(kept, numbers, strict=True)]
        labels = [label for label, _ in pairs]
        kept = [vector for _, vector in pairs]
    elif layout.separator != b"\t":
        kept = [_with_tabs(line, layout.separator) for line in kept]
    data = b"\n".join(kept) + b"\n" if kept else b""
    return _Block(data=data, lines=numbers, labels=labels, marks=marks)


def _is_plain(body: bytes, layout: TextLayout) -> bool:
    """Whether a block needs no mending line by line."""
    if layout.labels or layout.trailing_separator or layout.separator != b"\t" or not body:
        return False
    blank = body.startswith(b"\n") or body.endswith((b"\n", b" ")) or b"\n\n" in body
    return not blank and b"\r" not in body and b" \n" not in body


def _with_tabs(line: bytes, separator: bytes) -> bytes:
    return b"\t".join(line.split()) if separator == b" " else line.replace(separator, b"\t")


def _split_label(line: bytes, layout: TextLayout, where: str, number: int) -> tuple[bytes, bytes]:
    """A line as its label, which may hold the separator itself, and its numbers with tabs between them."""
    cells = line.rsplit(None if layout.separator == b" " else layout.separator, layout.dims)
    if len(cells) <= layout.dims:
        raise _ragged(len(cells) - 1, layout.dims, where, number)
    label = unquoted(cells[0]) if layout.separator in CSV_SEPARATORS else cells[0]
    return label, b"\t".join(cells[1:])


def _count_rows(block: _Block, dims: int, where: str) -> int:
    """Number of vectors in a block, after a look at every byte."""
    data = np.frombuffer(block.data, np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    tabs = np.flatnonzero(data == _TAB)
    cells = np.diff(np.searchsorted(tabs, ends), prepend=0) + 1
    odd_bytes = np.flatnonzero(~_IN_NUMBERS[data])
    odd_lines = np.concatenate([np.flatnonzero(cells != dims)[:1], np.searchsorted(ends, odd_bytes[:1])])
    if odd_lines.size:
        _explain(block, int(odd_lines.min()), dims, where)
    separators = (data == _TAB) | (data == _NEWLINE)
    empty = np.flatnonzero(separators[1:] & separators[:-1]) + 1
    if empty.size or (data.size and separators[0]):
        first = int(empty[0]) if empty.size else 0
        _explain(block, 0 if separators[0] else int(np.searchsorted(ends, first)), dims, where)
    return len(ends)


def _parse(block: _Block, dims: int, where: str) -> np.ndarray:
    if not block.data:
        return np.empty((0, dims))
    try:
        values = np.loadtxt(
            io.BytesIO(block.data), delimiter="\t", comments=None, ndmin=2, encoding="latin-1", dtype=np.float64
        )
    except (ValueError, OverflowError) as error:
        for line, number in zip(block.data.split(b"\n"), block.lines, strict=False):
            _explain_line(line, int(number), dims, where)
        raise FormatError("The file holds something that is not a number.", where=where) from error
    if values.shape != (len(block.lines), dims):
        raise FormatError(f"The lines give an array of shape {values.shape}; the file is damaged.", where=where)
    return values


def _explain(block: _Block, index: int, dims: int, where: str) -> None:
    _explain_line(block.data.split(b"\n")[index], int(block.lines[index]), dims, where)


def _explain_line(line: bytes, number: int, dims: int, where: str) -> None:
    """Raise the error that says what is wrong with a line; nothing when it is fine."""
    cells = split_cells(line, b"\t")
    for column, cell in enumerate(cells, start=1):
        if not is_number(cell):
            raise not_a_number(cell, where, number, column)
    if len(cells) != dims:
        raise _ragged(len(cells), dims, where, number)


def _ragged(found: int, dims: int, where: str, number: int) -> FormatError:
    return FormatError(
        f"Line {number:,} has {found:,} numbers; the first vector has {dims:,}, and all must have as many.",
        where=f"{where}:{number}",
    )
