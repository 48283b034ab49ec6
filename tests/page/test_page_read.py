"""A page read back holds what went in, by source row; a file that is no whole report is a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np
import pytest
from report_factory import make_column, make_report, make_result, make_sprite, plain_templates

from embreport.errors import ReportError
from embreport.page import StoredEmbedding, build_page, read_page
from embreport.views import EmbeddingResult

LIMIT = 14_000_000


def built(*results: EmbeddingResult) -> str:
    return build_page(make_report(*results), max_bytes=LIMIT, templates=plain_templates()).html


def assert_comes_back(result: EmbeddingResult, stored: StoredEmbedding) -> None:
    numbers = result.numbers
    assert stored.shape == result.embedding.values.shape
    assert [(c.name, c.cells) for c in stored.columns] == [(c.name, c.cells) for c in result.columns]
    assert [p.name for p in stored.projections] == [p.name for p in numbers.projections]
    for read, made in zip(stored.projections, numbers.projections, strict=True):
        exact = made.coordinates.astype(np.float64)
        np.testing.assert_array_equal(np.isnan(read.coordinates), np.isnan(exact))
        if np.isfinite(exact).any():
            extent = np.nanmax(exact, axis=0) - np.nanmin(exact, axis=0)
            assert np.nanmax(np.abs(read.coordinates - exact) - extent / 32768) <= np.nanmax(np.abs(exact)) * 2**-22
        assert read.neighbors_kept == made.neighbors_kept
        assert dict(read.settings) == dict(made.settings)
    for read_table, table in ((stored.cosine, numbers.cosine), (stored.euclidean, numbers.euclidean)):
        np.testing.assert_array_equal(read_table.indices, table.indices)
        assert read_table.indices.dtype == np.int32
        assert read_table.distances.dtype == np.float32
        np.testing.assert_array_equal(np.isnan(read_table.distances), np.isnan(table.distances))
        if table.distances.shape[1]:
            largest = np.nan_to_num(table.distances).max(axis=1, keepdims=True)
            assert (
                np.abs(np.nan_to_num(read_table.distances) - np.nan_to_num(table.distances)) <= largest * 0.001
            ).all()


def test_an_embedding_with_everything_comes_back_by_source_row() -> None:
    columns = [
        make_column("label", [None if row == 3 else f"w{row}\n" * (row % 3) for row in range(90)]),
        make_column("kind", ["</script><script>alert(1)</script>", "{{ 7*7 }}", "\0\u2028"] * 30, "category"),
        make_column("count", [f"{row:03d}" for row in range(90)], "number"),
    ]
    first = make_result(90, columns=columns, sprite=make_sprite(90), left_out=[0, 44])
    second = make_result(40, tensor="second", run="run/a", methods=("pca", "tsne2d", "tsne3d", "tsne3d-p10", "umap3d"))
    report = read_page(built(first, second))
    assert (report.title, report.version, report.format) == ("Words", "0.0.1", 1)
    for result, stored in zip((first, second), report.embeddings, strict=True):
        assert_comes_back(result, stored)
    assert [(one.run, one.tensor) for one in report.embeddings] == [(".", "words"), ("run/a", "second")]
    assert report.embeddings[0].left_out == 2
    assert dict(report.embeddings[0].settings)["perplexity"] == "30"


@pytest.mark.parametrize("rows", [1, 2, 3])
@pytest.mark.parametrize("dims", [1, 2, 5])
def test_the_smallest_embeddings_come_back(rows: int, dims: int) -> None:
    result = make_result(rows, dims)
    stored = read_page(built(result)).embeddings[0]
    assert_comes_back(result, stored)
    assert stored.cosine.indices.shape == (rows, rows - 1)


def test_rows_of_nan_only_come_back_as_missing() -> None:
    result = make_result(5, 3, left_out=[0, 1, 2, 3, 4])
    stored = read_page(built(result)).embeddings[0]
    assert_comes_back(result, stored)
    assert stored.left_out == 5


def test_a_column_shown_as_classes_on_request_comes_back_whole() -> None:
    result = make_result(20, columns=[make_column("name", [f"n{row}" for row in range(20)])], color_by="name")
    assert_comes_back(result, read_page(built(result)).embeddings[0])


def test_what_is_no_report_says_so() -> None:
    for text in ("", "<html></html>", "not even html"):
        with pytest.raises(ReportError, match="not a report of embreport"):
            read_page(text)


def test_a_report_cut_anywhere_says_that_it_ends_early_or_is_none() -> None:
    html = built(make_result(30))
    start = html.index('<script type="application/json"')
    for end in (
        start + 200,
        html.index("block-e0-order") + 40,
        html.index("block-e0-cosine-indices") + 40,
        len(html) - 3000,
    ):
        with pytest.raises(ReportError, match="ends early"):
            read_page(html[:end])
    with pytest.raises(ReportError, match="not a report"):
        read_page(html[:start])


def test_a_report_of_a_newer_format_says_what_to_do() -> None:
    html = built(make_result(5)).replace('"format":1', '"format":2', 1)
    with pytest.raises(ReportError, match="format 2, newer than the format 1 this version reads"):
        read_page(html)


def test_a_changed_manifest_is_a_sentence_and_never_another_error() -> None:
    html = without_plotly(built(make_result(20, columns=[make_column("c", ["a", "b"] * 10, "category")], left_out=[2])))
    found = re.search(r'<script type="application/json" id="embreport-manifest">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    manifest = json.loads(found.group(1))
    wrong_values: list[object] = [None, -1, 10**12, "x", [], {}, 1.5, True]
    refused = 0
    for path in _paths(manifest):
        for wrong in wrong_values:
            changed = json.loads(found.group(1))
            target = changed
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = wrong
            try:
                read_page(html[: found.start(1)] + json.dumps(changed) + html[found.end(1) :])
            except ReportError:
                refused += 1
    assert refused > 100


def test_a_damaged_block_is_a_sentence() -> None:
    html = built(make_result(20))
    at = html.index('id="block-e0-cosine-indices">') + 40
    with pytest.raises(ReportError, match="damaged"):
        read_page(html[:at] + ("A" if html[at] != "A" else "B") + html[at + 1 :])


def without_plotly(html: str) -> str:
    """The page without its largest block, which no number depends on."""
    html = re.sub(r'<script type="application/octet-stream" id="block-plotly">[^<]*</script>', "", html)
    return re.sub(r',"block-plotly":\{[^{}]*\}', "", html)


def _paths(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Where the manifest says anything a reader of numbers depends on."""
    items: Sequence[tuple[object, object]] = []
    if isinstance(value, dict):
        items = [(key, one) for key, one in value.items() if key not in ("palette", "notices", "provenance", "digest")]
    elif isinstance(value, list):
        items = list(enumerate(value))[:2]
    paths = [(*path, key) for key, _ in items]
    return paths + [deeper for key, one in items for deeper in _paths(one, (*path, key))]
