"""What the page says of points that a layout leaves out and of an approximate search, and the colors it opens with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from browser_page import OpenReport

import embreport
from embreport.compute import approximate

Open = Callable[..., OpenReport]
CAPTION = ".embedding.current figcaption .live"
VALUES = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)


def test_a_layout_of_a_sample_says_how_many_points_it_places(open_report: Open, tmp_path: Path) -> None:
    file = tmp_path / "r.html"
    embreport.from_arrays(VALUES, output=file, projections="pca,tsne", neighbors=20, layout_points=120)
    report = open_report(file, plain=True).ready()
    page = report.page

    assert "120 of 300 points" in page.locator(CAPTION).first.inner_text().replace("\u00a0", " ")
    assert page.get_by_text("120 of 300 points placed by t-SNE, chosen with seed 0").count() > 0
    placed = report.evaluate("Array.from(embreport.coordinates('tsne3d'), Number.isFinite).filter(Boolean).length / 3")
    assert placed == 120
    left_out = report.evaluate("Array.from(embreport.coordinates('tsne3d')).findIndex((one) => Number.isNaN(one)) / 3")
    assert report.screen(int(left_out)) is None
    assert len(report.evaluate(f"embreport.neighbors({int(left_out)}, {{metric: 'cosine', k: 5}})")) == 5
    report.set_state(projection="pca")
    report.until(f"embreport.screen({int(left_out)}) !== null")


def test_an_approximate_search_is_said_with_its_recall(
    open_report: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approximate, "EXACT_COST", 0)
    file = tmp_path / "r.html"
    rows = np.random.default_rng(1).normal(size=(900, 6)).astype(np.float32)
    made = embreport.from_arrays(rows, output=file, projections="pca", neighbors=10)
    assert "approximate-neighbors" in [notice.code for notice in made.notices]
    report = open_report(file, "select=3", plain=True).ready()

    report.set_state(selection=[3], focus=3)

    report.until_true(
        report.page.get_by_text("of the true neighbors were found").first.is_visible,
        "the recall is told beside the list",
    )
    assert report.page.get_by_text("are searched approximately").count() > 0


def test_the_page_opens_in_the_colors_of_the_figure_asked_for(open_report: Open, tmp_path: Path) -> None:
    file = tmp_path / "r.html"
    columns = {"kind": ["ab"[row % 2] for row in range(300)]}
    embreport.from_arrays(VALUES, columns, output=file, projections="pca,tsne", color_by="continuity_10@tsne3d")
    report = open_report(file, plain=True).ready()

    assert report.state["colorBy"] == "continuity_10@tsne3d"
    chosen = "document.querySelector('[aria-label=\"Color by\"]').selectedOptions[0].textContent"
    assert report.evaluate(chosen) == "Continuity (10)"
    report.until_true(report.page.locator(".legend.live .ramp").is_visible, "the legend has a scale")
    report.set_state(projection="pca")
    report.until("embreport.state.colorBy === 'continuity_10@pca'")
