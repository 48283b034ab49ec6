"""A changed byte of a metadata file: every label is still its line, in the order of the lines, and none is shifted.

The lines are split a second time here. Where a line is left out, at the start for a header or blank, that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spoiling import attempt, spoilt

from embreport.assets import read_metadata_table
from embreport.model import Column
from embreport.text_encoding import decode_text

FOLDER = Path(__file__).resolve().parent.parent / "data" / "metadata_kinds" / "logdir"
FILES = sorted(path.name for path in FOLDER.glob("*.tsv") if path.name != "vectors.tsv")
COUNT = len((FOLDER / "vectors.tsv").read_text().splitlines())


def lines_of(content: bytes) -> list[str]:
    """The lines of a file, without what stands behind the last end of a line, where that is nothing."""
    lines = decode_text(content).text.replace("\r\n", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def has_cells(lines: list[str], columns: Sequence[Column]) -> bool:
    """Whether every row has the cells of its line, as far as there are lines; an empty cell may be an absent one."""
    for row, line in enumerate(lines[:COUNT]):
        cells = [line] if len(columns) == 1 else line.split("\t")[: len(columns)]
        if [column.cells[row] or "" for column in columns] != cells + [""] * (len(columns) - len(cells)):
            return False
    return all(cell is None for column in columns for cell in column.cells[len(lines) :])


def check(content: bytes) -> None:
    table = attempt(lambda: read_metadata_table(content, COUNT, path="metadata.tsv"), "metadata.tsv")
    if table is None:
        return
    told = {notice.code for notice in table.notices}
    columns = table.for_rows(COUNT).columns
    lines = lines_of(content)
    if "metadata-blank-lines" in told:
        lines = [line for line in lines if line]
    fits = len(lines) == COUNT or not any(lines[COUNT:])
    if fits and has_cells(lines, columns):
        return
    header = not has_cells(lines, columns)
    assert has_cells(lines[header:], columns)
    assert fits or "metadata-row-count" in told or (header and not any(lines[COUNT + 1 :]))


def test_a_blank_line_more_at_the_end_shifts_no_label() -> None:
    check((FOLDER / "odd_cells.tsv").read_bytes() + b"\n")


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_label_of_a_changed_metadata_file_is_that_of_its_line(name: str, data: st.DataObject) -> None:
    check(data.draw(spoilt((FOLDER / name).read_bytes())))
