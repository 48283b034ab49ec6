"""The page's modules read what Python packed, value for value."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from node_runner import run_node
from report_factory import make_column, make_report, make_result, make_sprite, plain_templates

from embreport.page import StoredEmbedding, build_page, read_page
from embreport.views import EmbeddingResult

DUMP = Path(__file__).with_name("dump_report.mjs")
HOSTILE = [
    "",
    "\n",
    "\n\n",
    "a\nb",
    "\0",
    "\ufeffbom",
    "ü",
    "𝒳\u2028",
    "</script>",
    "{{ x }}",
    "\r",
    "\t\\",
    "007",
    " ",
]


def dumped(tmp_path: Path, *results: EmbeddingResult) -> tuple[list[dict[str, Any]], tuple[StoredEmbedding, ...]]:
    """What the modules and what Python read from the same page."""
    html = build_page(make_report(*results), max_bytes=14_000_000, templates=plain_templates()).html
    target = tmp_path / "report.html"
    target.write_text(html, encoding="utf-8", newline="")
    return json.loads(run_node(DUMP, target))["embeddings"], read_page(html).embeddings


def assert_same(dump: dict[str, Any], stored: StoredEmbedding) -> None:
    rows = np.array(dump["rowOf"], dtype=np.int64)
    assert [dump["indexOf"][row] for row in dump["rowOf"]] == list(range(stored.shape[0]))
    for column, read in zip(dump["columns"], stored.columns, strict=True):
        assert column["cells"] == [read.cells[row] for row in rows]
        assert column["slices"] == [read.cells[row] or "" for row in rows]
    for projection in stored.projections:
        read_back = np.array(dump["projections"][projection.name]["values"], dtype=np.float32)
        np.testing.assert_array_equal(read_back, projection.coordinates[rows].reshape(-1))
    place = np.argsort(rows)
    for table in (stored.cosine, stored.euclidean):
        width = table.indices.shape[1]
        assert dump["tables"][table.metric]["k"] == width
        indices = np.array(dump["tables"][table.metric]["indices"], dtype=np.int64).reshape(len(rows), width)
        expected = table.indices[rows]
        np.testing.assert_array_equal(indices, np.where(expected < 0, -1, place[expected]))
        lengths = np.array([math.nan if v is None else float(v) for v in dump["tables"][table.metric]["distances"]])
        np.testing.assert_allclose(lengths.reshape(len(rows), width), table.distances[rows], rtol=1e-6)


def test_modules_and_python_read_the_same_values_of_every_kind(tmp_path: Path) -> None:
    cells = [HOSTILE[row % len(HOSTILE)] + str(row) * (row % 2) for row in range(70)]
    columns = [
        make_column("label", [None if row == 4 else cell for row, cell in enumerate(cells)]),
        make_column("class", [None if row == 7 else f"k{row % 5}\n" for row in range(70)], "category"),
        make_column("price", [None if row == 9 else f"{row / 7:.4f}" for row in range(70)], "number"),
    ]
    first = make_result(70, columns=columns, sprite=make_sprite(66), left_out=[3, 11, 69])
    second = make_result(30, tensor="other", seed=5)
    dumps, stored = dumped(tmp_path, first, second)
    for dump, embedding in zip(dumps, stored, strict=True):
        assert_same(dump, embedding)


def test_numbers_codes_and_counts_of_columns_are_those_of_the_cells(tmp_path: Path) -> None:
    cells = ["b", "a", "a", None, "b", "c", "c", "c"]
    numbers = ["1.5", "-2", None, "007", "1e3", "0", "3", "4"]
    columns = [make_column("class", cells, "category"), make_column("value", numbers, "number")]
    dumps, _ = dumped(tmp_path, make_result(8, columns=columns, left_out=[5]))
    dump = dumps[0]
    assert dump["columns"][0]["values"] == ["c", "b", "a"]
    assert dump["columns"][0]["counts"] == [2, 2, 2, 1]
    assert [dump["columns"][0]["codes"][dump["indexOf"][row]] for row in range(8)] == [1, 2, 2, 3, 1, 0, 0, 0]
    assert [dump["columns"][1]["numbers"][dump["indexOf"][row]] for row in range(8)] == [
        1.5,
        -2,
        None,
        7,
        1000,
        0,
        3,
        4,
    ]


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_tiny_embeddings_are_read_by_both(tmp_path: Path, rows: int) -> None:
    dumps, stored = dumped(tmp_path, make_result(rows, 2))
    assert_same(dumps[0], stored[0])


def test_an_embedding_without_any_finite_row_is_read_by_both(tmp_path: Path) -> None:
    dumps, stored = dumped(tmp_path, make_result(4, 3, left_out=[0, 1, 2, 3]))
    assert_same(dumps[0], stored[0])
    assert all(value is None for value in dumps[0]["projections"]["pca"]["values"])


def test_each_thumbnail_is_found_at_its_own_place(tmp_path: Path) -> None:
    sprite = make_sprite(20)
    dumps, _ = dumped(tmp_path, make_result(25, sprite=sprite))
    places = [dumps[0]["places"][dumps[0]["indexOf"][row]] for row in range(25)]
    assert places[20:] == [None] * 5
    assert len({(place["sheet"], place["x"], place["y"]) for place in places[:20]}) == 20
