"""Saved views and polylines in the page: exact coordinates that come back, what the manifest says, the size ladder."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from report_factory import make_column, make_report, make_result, plain_templates

from embreport.extract import extract_report
from embreport.model import SavedCamera, SavedView
from embreport.page import build_page, read_page
from embreport.page.ladder import plans
from embreport.page.saved_views import ranges
from embreport.views import EmbeddingResult, polyline_notices

ROWS = 60
HOME = float(np.sqrt(0.45**2 + 0.9**2 + 1.6**2))


def saved(name: str = "view1", dims: int = 3, **more: Any) -> SavedView:
    draw = np.random.default_rng(int(name.removeprefix("view")))
    coordinates = (draw.normal(size=(ROWS, dims)) * (30, 1, 0.01)[:dims]).astype(np.float32)
    coordinates[[7, 8]] = np.nan
    return SavedView(**{"name": name, "label": name, "method": "tsne", "coordinates": coordinates} | more)


def with_views(*views: SavedView, **more: Any) -> EmbeddingResult:
    result = make_result(ROWS, **more)
    return dataclasses.replace(result, embedding=dataclasses.replace(result.embedding, views=views))


def page_of(result: EmbeddingResult) -> str:
    return build_page(make_report(result), max_bytes=14_000_000, templates=plain_templates()).html


def entry(html: str) -> dict[str, Any]:
    found = re.search(r'id="embreport-manifest">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return dict(json.loads(found.group(1))["embeddings"][0])


def test_coordinates_of_saved_views_come_back_within_the_promise() -> None:
    views = (saved(), saved("view2", dims=2, method="custom"))
    stored = read_page(page_of(with_views(*views, left_out=[7]))).embeddings[0]
    assert [p.name for p in stored.projections] == ["pca", "tsne2d", "tsne3d", "view1", "view2"]
    for view, read in zip(views, stored.projections[3:], strict=True):
        np.testing.assert_array_equal(np.isnan(read.coordinates), np.isnan(view.coordinates))
        extent = np.nanmax(view.coordinates, axis=0) - np.nanmin(view.coordinates, axis=0)
        assert (np.nan_to_num(np.abs(read.coordinates - view.coordinates)) <= extent / 32768).all()


def test_the_page_opens_as_without_saved_views() -> None:
    assert entry(page_of(with_views(saved())))["opensWith"] == "tsne3d"


def test_the_manifest_says_what_one_click_restores() -> None:
    columns = [make_column("word", [f"w{row}" for row in range(ROWS)])]
    label = "</script><b>cats"
    view = saved(
        label=label,
        selection=(1, 2, 3, 9),
        filtered=(1, 2, 3, 9, 10),
        label_by="word",
        color_by="left out with --drop",
        settings={"perplexity": 7.0, "iterations": 480.0},
    )
    html = page_of(with_views(view, columns=columns))
    assert label not in html
    described = entry(html)
    assert described["savedViews"] == [
        {
            "projection": "view1",
            "label": label,
            "method": "tsne",
            "points": 58,
            "selection": "1-3,9",
            "isolated": "1-3,9-10",
            "colorBy": None,
            "categorical": False,
            "labelBy": "word",
            "camera": None,
        }
    ]
    assert described["projections"][-1]["caption"] == (
        f"Saved view “{label}”: t-SNE 3D, perplexity 7, 480 iterations. 58 of 60\u00a0points, 8\u00a0dimensions."
    )


def test_a_caption_names_the_ends_of_custom_axes() -> None:
    ends = {"left": "/^bad$/", "right": "good", "up": "king", "searched in": "word"}
    html = page_of(with_views(saved(dims=2, method="custom", settings=ends)))
    assert entry(html)["projections"][-1]["caption"].startswith(
        "Saved view “view1”: Custom axes 2D, left “/^bad$/” to right “good”, up “king”, searched in “word”. "
    )


@pytest.mark.parametrize("kind", ["number", "category"])
def test_a_caption_says_where_the_projector_colored_numbers_as_classes(kind: str) -> None:
    columns = [make_column("count", [str(row % 7) for row in range(ROWS)], kind)]
    view = saved(color_by="count", categorical=True)
    described = entry(page_of(with_views(view, columns=columns)))
    assert described["savedViews"][0]["categorical"] is True
    says = "each value of “count” in a color of its own" in described["projections"][-1]["caption"]
    assert says == (kind == "number")


@pytest.mark.parametrize(
    ("position", "yaw", "pitch", "zoom"),
    [
        ((0.0, 0.0, HOME), 0.0, 0.0, 2.0),
        ((-HOME, 0.0, 0.0), np.pi / 2, 0.0, 2.0),
        ((0.0, HOME / 2, 0.0), 0.0, -np.pi / 2, 4.0),
    ],
)
def test_a_camera_looks_from_the_same_side(
    position: tuple[float, float, float], yaw: float, pitch: float, zoom: float
) -> None:
    cube = np.array([[-1, -1, -1], [1, 1, 1]] * (ROWS // 2), dtype=np.float32)
    camera = SavedCamera(position=position, target=(0.0, 0.0, 0.0), zoom=2.0)
    found = entry(page_of(with_views(saved(coordinates=cube, camera=camera))))["savedViews"][0]["camera"]
    assert [found["yaw"], found["pitch"], found["zoom"]] == pytest.approx([yaw, pitch, zoom], abs=1e-5)
    assert found["center"] == [0, 0, 0]


def test_saved_views_are_given_up_with_a_notice_after_umap() -> None:
    result = with_views(saved(), saved("view2"), methods=("tsne3d", "umap3d"))
    ladder = list(plans([result], 1_000_000, 0))
    codes = [notice.code for notice in ladder[-1].notices]
    assert codes.index("size-saved-views") == codes.index("size-umap") + 1
    [notice] = [notice for notice in ladder[-1].notices if notice.code == "size-saved-views"]
    assert notice.message.endswith("2 saved views left out.")
    assert not any(
        notice.code == "size-saved-views" for plan in plans([make_result()], 9, 0) for notice in plan.notices
    )


def test_extract_writes_their_coordinates_beside_the_others(tmp_path: Path) -> None:
    view = saved(dims=2)
    report = tmp_path / "report.html"
    report.write_text(page_of(with_views(view)), encoding="utf-8", newline="")
    [folder] = extract_report(report, tmp_path / "out")
    with (folder / "points.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    written = [[lines[row]["view1_1"], lines[row]["view1_2"]] for row in range(ROWS)]
    assert written[7] == ["", ""]
    np.testing.assert_allclose(np.array(written[9:], dtype=float), view.coordinates[9:], atol=2e-3)


def test_ranges_are_short() -> None:
    assert ranges([]) == ""
    assert ranges([5]) == "5"
    assert ranges([40, 3, 7, 9, 8, 9]) == "3,7-9,40"


def test_a_column_of_next_rows_draws_lines_and_is_no_color_or_label() -> None:
    cells = [str(row + 1) for row in range(ROWS - 1)] + [None]
    following = make_column("__next__", cells, "number")
    described = entry(page_of(make_result(ROWS, columns=[following])))
    assert (described["lines"], described["labelBy"], described["colorBy"]) == (0, None, None)
    assert entry(page_of(make_result(ROWS, columns=[make_column("next", cells)])))["lines"] is None
    asked = make_result(ROWS, columns=[following], color_by="__next__", label_by="__next__")
    assert entry(page_of(asked))["colorBy"] == 0


def test_next_comes_before_seq_next() -> None:
    seq = make_column("__seq_next__", ["1"] * ROWS)
    following = make_column("__next__", ["2"] * ROWS)
    assert entry(page_of(make_result(ROWS, columns=[seq, following])))["lines"] == 1
    assert entry(page_of(make_result(ROWS, columns=[seq])))["lines"] == 0


def test_targets_that_are_no_row_are_counted() -> None:
    cells = ["1", "2.0", "", None, "60", "-1", "x", " 3 ", "99999999999", "9"] + [""] * 50
    column = make_column("__next__", cells)
    [notice] = polyline_notices(make_result(ROWS, columns=[column]).embedding)
    assert (notice.code, notice.where) == ("polyline-target", "labels.tsv")
    assert notice.message.startswith("4 cells of the column “__next__” name no row")
    assert polyline_notices(make_result(ROWS, columns=[make_column("__next__", ["1"] * ROWS)]).embedding) == ()
    hopeless = make_result(ROWS, columns=[make_column("__next__", ["x"] * ROWS)])
    assert entry(page_of(hopeless))["lines"] is None
