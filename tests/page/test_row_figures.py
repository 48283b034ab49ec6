"""Figures of single rows and of the whole: packed, read back by Python and by the page, given up in order."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from node_runner import run_node
from report_factory import make_column, make_report, make_result, plain_templates

from embreport.diagnostics import Diagnostics, Hubness
from embreport.model import Faithfulness, FigureUnit, NeighborTable, RowFigure
from embreport.page import StoredEmbedding, build_page, read_page
from embreport.page.ladder import plans
from embreport.page.payload.figures import decode_figure, encode_figure
from embreport.views import EmbeddingResult

DUMP = Path(__file__).with_name("dump_report.mjs")
METHODS = ("pca", "pca-spherized", "tsne2d", "tsne3d", "tsne3d-p10", "umap2d")


def figure(name: str, values: np.ndarray, unit: FigureUnit = "share", projection: str | None = None) -> RowFigure:
    return RowFigure(name=name, title=name.title(), unit=unit, values=values.astype(np.float32), projection=projection)


def with_figures(result: EmbeddingResult, *more: RowFigure) -> EmbeddingResult:
    """The result with figures of every projection, for 10 and for 30 neighbors, and with the faithfulness they mean."""
    draw = np.random.default_rng(5)
    figures = []
    projections = []
    for projection in result.numbers.projections:
        for k in (10, 30):
            shares = draw.integers(0, k + 1, result.rows) / k
            shares[~result.numbers.finite] = np.nan
            figures.append(figure(f"neighbors_kept_{k}@{projection.name}", shares, projection=projection.name))
        kept = Faithfulness(k=10, neighbors_kept=0.5, trustworthiness=0.9, continuity=None, reference_rows=40)
        projections.append(dataclasses.replace(projection, faithfulness=(kept,)))
    hubness = Hubness(metric="cosine", k=10, skewness=1.5, hub_rows=2, antihub_rows=0, antihub_share=0.0, hubs=())
    whole = Diagnostics(metric="cosine", rows=result.finite_rows, hubness=(hubness,), figures=(*figures, *more))
    numbers = dataclasses.replace(result.numbers, projections=tuple(projections), diagnostics=whole)
    return dataclasses.replace(result, numbers=numbers)


def built(result: EmbeddingResult, limit: int = 14_000_000) -> str:
    return build_page(make_report(result), max_bytes=limit, templates=plain_templates()).html


def stored(result: EmbeddingResult) -> StoredEmbedding:
    return read_page(built(result)).embeddings[0]


def round_trip(values: np.ndarray, unit: str) -> np.ndarray:
    raw, described = encode_figure(values, unit)
    return decode_figure(raw, len(values), json.loads(json.dumps(described)))


def test_shares_come_back_to_a_thousandth() -> None:
    values = np.random.default_rng(0).random(500).astype(np.float32)

    assert np.abs(round_trip(values, "share") - values).max() <= 0.0005 + 1e-7


@pytest.mark.parametrize("k", [1, 5, 10])
def test_shares_of_few_neighbors_come_back_exactly_in_a_byte_each(k: int) -> None:
    values = (np.arange(k + 1) / k).astype(np.float32)

    assert len(encode_figure(values, "share")[0]) == len(values)
    np.testing.assert_array_equal(round_trip(values, "share"), values)


def test_counts_come_back_exactly() -> None:
    values = np.array([0, 1, 254, 255, 256, 65533], np.float32)

    np.testing.assert_array_equal(round_trip(values, "count"), values)
    np.testing.assert_array_equal(round_trip(values[:3], "count"), values[:3])


@pytest.mark.parametrize("unit", ["distance", "norm", "ratio"])
def test_lengths_of_one_size_come_back_within_a_step_of_their_range(unit: str) -> None:
    values = np.random.default_rng(1).uniform(3, 40, 300).astype(np.float32)

    assert np.abs(round_trip(values, unit) - values).max() <= 37 / 131_066 + 4e-6


def test_lengths_of_many_sizes_keep_their_small_values() -> None:
    values = np.append(np.geomspace(1e-12, 1e12, 400), 0.0).astype(np.float32)

    back = round_trip(values, "distance")

    np.testing.assert_allclose(back[:-1], values[:-1], rtol=5e-4)
    assert back[-1] == 0.0


@pytest.mark.parametrize("unit", ["share", "count", "distance", "norm", "ratio"])
@pytest.mark.parametrize("values", [[], [np.nan], [np.nan, np.nan], [0.0], [1.0, np.nan], [np.inf, 0.5]])
def test_what_is_no_number_comes_back_as_missing(unit: str, values: list[float]) -> None:
    given = np.array(values, np.float32)

    back = round_trip(given, unit)

    np.testing.assert_array_equal(np.isnan(back), ~np.isfinite(given))
    np.testing.assert_allclose(back[np.isfinite(given)], given[np.isfinite(given)])


def test_every_code_of_a_full_width_differs_from_missing() -> None:
    values = np.append(np.arange(255), np.nan)

    np.testing.assert_array_equal(round_trip(values, "count"), values)


def test_a_figure_cut_short_is_refused() -> None:
    raw, described = encode_figure(np.arange(9.0), "count")
    with pytest.raises(ValueError, match="shorter than its description"):
        decode_figure(raw[:-1], 9, described)


def test_figures_come_back_by_source_row() -> None:
    hubs = figure("hubness_10", np.arange(60.0), "count")
    result = with_figures(make_result(left_out=(3, 17)), hubs)

    read = stored(result)

    assert result.numbers.diagnostics is not None
    assert [one.name for one in read.figures] == [one.name for one in result.numbers.diagnostics.figures]
    np.testing.assert_array_equal(read.figures[-1].values, hubs.values)
    for one, given in zip(read.figures, result.numbers.diagnostics.figures, strict=True):
        assert (one.title, one.unit, one.projection) == (given.title, given.unit, given.projection)
        np.testing.assert_allclose(one.values, given.values, atol=0.00051)


def test_what_is_said_of_the_whole_comes_back() -> None:
    result = with_figures(make_result())

    read = stored(result)

    assert read.diagnostics is not None
    assert result.numbers.diagnostics is not None
    assert read.diagnostics.hubness == result.numbers.diagnostics.hubness
    assert [one.faithfulness for one in read.projections] == [one.faithfulness for one in result.numbers.projections]


def test_a_report_without_diagnostics_has_none() -> None:
    read = stored(make_result())

    assert read.diagnostics is None
    assert read.figures == ()


def test_recall_of_an_approximate_table_comes_back() -> None:
    result = make_result()
    exact = result.numbers.cosine
    found = NeighborTable(metric="cosine", indices=exact.indices, distances=exact.distances, recall=0.987)
    numbers = dataclasses.replace(result.numbers, cosine=found)

    read = stored(dataclasses.replace(result, numbers=numbers))

    assert (read.cosine.recall, read.euclidean.recall) == (0.987, None)


def test_rows_a_layout_has_no_place_for_come_back_without_one() -> None:
    result = make_result(methods=("pca", "tsne3d"))
    pca, layout = result.numbers.projections
    coordinates = layout.coordinates.copy()
    coordinates[::3] = np.nan
    sampled = dataclasses.replace(layout, coordinates=coordinates, settings={**layout.settings, "points": 40})
    numbers = dataclasses.replace(result.numbers, projections=(pca, sampled))
    html = built(dataclasses.replace(result, numbers=numbers))

    read = read_page(html).embeddings[0]

    assert "40 of 60\u00a0points placed" in html
    np.testing.assert_array_equal(np.isnan(read.projections[1].coordinates), np.isnan(coordinates))
    assert np.isfinite(read.projections[0].coordinates).all()
    np.testing.assert_array_equal(read.cosine.indices, result.numbers.cosine.indices)


def test_the_page_reads_the_figures_that_python_packed(tmp_path: Path) -> None:
    lengths = np.append(np.geomspace(1e-6, 10, 59), 0.0)
    columns = [make_column("label", [f"w{row}" for row in range(60)]), make_column("norm", ["1"] * 60, "number")]
    result = with_figures(
        make_result(left_out=(8,), columns=columns),
        figure("hubness_10", np.arange(60.0) * 7, "count"),
        figure("norm", lengths, "norm"),
        figure("outlier_factor_20", 1 + np.arange(60.0) / 7, "ratio"),
    )
    target = tmp_path / "report.html"
    target.write_text(built(result), encoding="utf-8", newline="")

    [dumped] = json.loads(run_node(DUMP, target))["embeddings"]
    read = read_page(target.read_text(encoding="utf-8")).embeddings[0]

    assert [one["name"] for one in dumped["figures"]][-3:] == ["hubness_10", "figure:norm", "outlier_factor_20"]
    for one, figures in zip(dumped["figures"], read.figures, strict=True):
        values = np.array([np.nan if value is None else value for value in one["values"]], np.float32)
        np.testing.assert_allclose(values, figures.values[dumped["rowOf"]], rtol=1e-6)


def test_figures_of_a_projection_go_with_it() -> None:
    result = with_figures(make_result(methods=METHODS))

    for plan in plans((result,), 1, 0):
        kept = {one.name for one in result.numbers.projections if plan.keeps(one)}
        assert "pca" in kept
        assert plan.spherized == ("pca-spherized" in kept)
    codes = [notice.code for notice in plan.notices]
    assert codes.index("size-perplexities") < codes.index("size-spherized") < codes.index("size-umap")
    assert codes.index("size-umap") < codes.index("size-figures") < codes.index("size-coordinates")


def test_figures_are_given_up_the_wide_ones_first() -> None:
    result = with_figures(make_result(methods=METHODS), figure("hubness_10", np.arange(60.0), "count"))
    assert result.numbers.diagnostics is not None
    figures = result.numbers.diagnostics.figures

    rungs = [
        frozenset(one.name.partition("@")[0] for one in figures if plan.keeps_figure(one))
        for plan in plans((result,), 1, 0)
    ]

    everything = {"neighbors_kept_10", "neighbors_kept_30", "hubness_10"}
    assert list(dict.fromkeys(rungs)) == [everything, everything - {"neighbors_kept_30"}, set()]


def test_a_report_that_is_too_large_says_which_figures_it_gave_up() -> None:
    result = with_figures(
        make_result(rows=900, k=10, methods=("pca",)), figure("hubness_10", np.arange(900.0), "count")
    )
    limit = len(built(result).encode()) - 300

    page = build_page(make_report(result), max_bytes=limit, templates=plain_templates())

    names = {one.name for one in read_page(page.html).embeddings[0].figures}
    [notice] = [one for one in page.notices if one.code == "size-figures"]
    assert names == {"neighbors_kept_10@pca", "hubness_10"}
    assert "30 neighbors" in notice.message
