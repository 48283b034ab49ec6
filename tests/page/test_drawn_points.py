"""The last step of the size ladder: fewer points in the page, with their exact lists and all else as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from node_runner import run_node
from report_factory import make_column, make_report, make_result, make_sprite, plain_templates

from embreport.errors import ReportError
from embreport.page import Page, StoredEmbedding, build_page, read_page
from embreport.page.thinning import drawn_rows, thinned
from embreport.views import EmbeddingResult

ROWS = 1600
LEFT_OUT = [5, 900]


@pytest.fixture(scope="module")
def large() -> EmbeddingResult:
    columns = [make_column("word", [f"word {row * 7919 % 100_003:x}" for row in range(ROWS)])]
    return make_result(ROWS, 6, k=10, columns=columns, left_out=LEFT_OUT, sprite=make_sprite(ROWS, 2, 2))


@pytest.fixture(scope="module")
def smaller(large: EmbeddingResult) -> Page:
    whole = build_page(make_report(large), max_bytes=14_000_000, templates=plain_templates())
    limit = len(whole.html) - 55_000
    return build_page(make_report(large), max_bytes=limit, templates=plain_templates())


@pytest.fixture(scope="module")
def stored(smaller: Page) -> StoredEmbedding:
    return read_page(smaller.html).embeddings[0]


def drawn_of(stored: StoredEmbedding) -> np.ndarray:
    return np.isfinite(stored.projections[0].coordinates).all(axis=1)


def test_how_many_are_drawn_is_said(smaller: Page, stored: StoredEmbedding) -> None:
    notice = smaller.notices[-1]

    assert notice.code == "size-points"
    assert f": {drawn_of(stored).sum():,} of 1,598 points drawn, chosen with seed 0; all rows are" in notice.message
    assert notice.message in smaller.html


def test_drawn_points_keep_number_cells_and_exact_lists(large: EmbeddingResult, stored: StoredEmbedding) -> None:
    drawn = drawn_of(stored)

    assert 1000 <= drawn.sum() < 1598
    assert stored.shape == (ROWS, 6)
    assert (stored.left_out, stored.not_taken) == (2, ROWS - 2 - drawn.sum())
    for table, exact in ((stored.cosine, large.numbers.cosine), (stored.euclidean, large.numbers.euclidean)):
        np.testing.assert_array_equal(table.indices[drawn], exact.indices[drawn])
        assert (table.indices[~drawn] == -1).all()
        assert not drawn[table.indices[drawn]].all()
    for row in range(ROWS):
        there = drawn[row] or row in LEFT_OUT
        assert stored.columns[0].cells[row] == (large.columns[0].cells[row] if there else None)


def test_the_modules_read_what_python_reads(smaller: Page, stored: StoredEmbedding, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(smaller.html, encoding="utf-8", newline="")
    dump = json.loads(run_node(Path(__file__).with_name("dump_report.mjs"), tmp_path / "report.html"))["embeddings"][0]
    rows, drawn = np.array(dump["rowOf"]), drawn_of(stored)

    count = int(drawn.sum())
    assert drawn[rows[:count]].all()
    assert rows[count : count + 2].tolist() == LEFT_OUT
    lists = np.array(dump["tables"]["cosine"]["indices"]).reshape(ROWS, 10)
    np.testing.assert_array_equal(rows[lists[:count]], stored.cosine.indices[rows[:count]])
    assert [place is not None for place in dump["places"]] == [at < count + 2 for at in range(ROWS)]


def test_a_smaller_draw_is_part_of_a_larger_one_and_prefers_what_all_layouts_place(large: EmbeddingResult) -> None:
    numbers = large.numbers
    partial = numbers.projections[1].coordinates.copy()
    partial[::2] = np.nan
    flat = replace(numbers.projections[1], coordinates=partial)
    result = replace(large, numbers=replace(numbers, projections=(numbers.projections[0], flat)))
    few, more, most = (drawn_rows(result, points, 0) for points in (200, 790, 1200))

    assert (few.sum(), more.sum(), most.sum()) == (200, 790, 1200)
    assert not (few & ~more).any()
    assert not (more & ~most).any()
    assert np.isfinite(partial[more]).all()
    assert not np.array_equal(few, drawn_rows(result, 200, 1))
    assert numbers.finite[most].all()


def test_what_is_not_taken_stays_so_when_fewer_are_drawn(large: EmbeddingResult) -> None:
    taken = np.arange(ROWS) % 3 > 0
    taken[LEFT_OUT] = True
    numbers = replace(large.numbers, taken=taken, finite=large.numbers.finite & taken)
    fewer = thinned(replace(large, numbers=numbers), drawn_rows(replace(large, numbers=numbers), 500, 0)).numbers

    assert (int(fewer.finite.sum()), fewer.nan_rows, fewer.not_taken) == (500, 2, ROWS - 502)
    assert fewer.taken is not None
    assert not (fewer.taken & ~taken).any()


def test_a_page_too_large_for_a_thousand_points_is_refused(large: EmbeddingResult) -> None:
    with pytest.raises(ReportError, match="all that can be given up is given up"):
        build_page(make_report(large), max_bytes=2_000_000, templates=plain_templates())
