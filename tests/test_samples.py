"""`--max-points` and `--layout-points` from the options to the page: what is left out is said, no row is renumbered."""

from __future__ import annotations

import re

import numpy as np
import pytest

import embreport
from embreport.errors import UsageError
from embreport.page import StoredEmbedding, read_page

VALUES = np.random.default_rng(4).normal(size=(200, 5)).astype(np.float32)
WORDS = [f"word {row}" for row in range(200)]


def built(**options: object) -> tuple[embreport.Report, StoredEmbedding]:
    values = VALUES.copy()
    values[11] = np.nan
    metadata = {"word": WORDS, "class": [f"k{row % 3}" for row in range(200)]}
    report = embreport.from_arrays(values, metadata, projections=("pca", "tsne"), neighbors=10, **options)
    return report, read_page(report.html).embeddings[0]


def captions(report: embreport.Report) -> str:
    return report.html.replace("\u00a0", " ")


def test_rows_not_taken_have_nothing_in_the_page_but_their_number() -> None:
    report, stored = built(max_points=60)

    drawn = np.isfinite(stored.projections[0].coordinates).all(axis=1)
    assert (drawn.sum(), stored.left_out, stored.not_taken, stored.shape) == (60, 1, 139, (200, 5))
    for row in range(200):
        there = drawn[row] or row == 11
        assert stored.columns[0].cells[row] == (WORDS[row] if there else None)
    assert drawn[stored.cosine.indices[drawn]].all()
    figures = report.figures["embeddings"][0]
    assert (figures["shape"], figures["points"], figures["nan_rows"]) == ([200, 5], 60, 1)
    assert "60 of 200 points, 5 dimensions." in captions(report)
    assert any(notice.code == "rows-sampled" for notice in report.notices)
    assert '"missing":0' in report.html
    assert '"missing":139' not in report.html


def test_a_sampled_layout_says_how_many_points_it_places() -> None:
    report, stored = built(layout_points=50)

    placed = {one.name: int(np.isfinite(one.coordinates).all(axis=1).sum()) for one in stored.projections}
    assert placed == {"pca": 199, "pca-spherized": 199, "tsne2d": 50, "tsne3d": 50}
    assert "50 of 200 points placed, 5 dimensions." in captions(report)
    assert "199 of 200 points, 5 dimensions." in captions(report)
    assert (stored.cosine.indices[:, 0] >= 0).sum() == 199
    assert re.search(r"50 of 199 points placed by t-SNE, chosen with seed 0", captions(report))


@pytest.mark.parametrize("wrong", [{"max_points": 0}, {"layout_points": 0}, {"layout_points": "some"}])
def test_a_number_of_points_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"-points is|is not a number of points"):
        built(**wrong)
