"""Pointing at points and selecting them: the right point, the right neighbors."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from browser_page import OpenReport

import embreport

Open = Callable[..., OpenReport]


def test_hovering_shows_the_card_of_the_point_under_the_pointer(open_report: Open) -> None:
    report = open_report("mixed").ready()
    right = 0
    for row in range(0, 120, 10):
        place = report.evaluate("(row) => embreport.screen(row)", row)
        report.page.mouse.move(place["x"], place["y"])
        card = report.page.locator(".card")
        report.until_true(card.is_visible, "the card is shown")
        right += f"row {row}" in card.inner_text().splitlines()
    assert right >= 11  # one may lie behind another


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbors_are_those_of_the_vectors(open_report: Open, metric: str) -> None:
    report = open_report("mixed", plain=True).ready()
    rng = np.random.default_rng(3)
    kinds = rng.integers(0, 4, 120)
    values = rng.normal(size=(120, 10)) + np.eye(4, 10)[kinds] * 6
    values[[5, 77]] = np.nan
    for row in (0, 50, 119):
        if metric == "cosine":
            unit = values / np.linalg.norm(values, axis=1, keepdims=True)
            distances = 1 - unit @ unit[row]
        else:
            distances = np.linalg.norm(values - values[row], axis=1)
        distances[row] = np.nan
        found = report.evaluate(f"embreport.neighbors({row}, {{metric: '{metric}', k: 8}})")
        wanted = np.argsort(np.where(np.isnan(distances), np.inf, distances), kind="stable")[:8]
        assert [item["row"] for item in found] == wanted.tolist()
        fineness = 1e-3 * np.sort(distances)[30 - 1]
        assert np.allclose([item["distance"] for item in found], distances[wanted], rtol=0, atol=fineness)
    assert report.evaluate("embreport.neighbors(5)") == []


def test_a_click_lists_the_nearest_neighbors(open_report: Open) -> None:
    report = open_report("mixed").ready()
    page = report.page
    report.click_row(40)
    report.until("embreport.state.selection.length === 1")
    row = report.state["focus"]
    wanted = report.evaluate("(row) => embreport.neighbors(row, {metric: 'cosine', k: 10})", row)
    rows = page.get_by_role("list", name="Nearest neighbors").get_by_role("listitem")
    report.until_true(lambda: rows.count() == 10, "ten neighbors are listed")
    shown = [text.split("\n")[0].split()[-1] for text in rows.all_inner_texts()]
    assert shown == [str(item["row"]) for item in wanted]


def test_the_number_of_neighbors_and_the_distance_can_be_chosen(open_report: Open) -> None:
    report = open_report("mixed", "focus=40", plain=True).ready()
    page = report.page
    page.get_by_role("spinbutton", name="Neighbors").fill("25")
    page.keyboard.press("Tab")
    rows = page.get_by_role("list", name="Nearest neighbors").get_by_role("listitem")
    report.until_true(lambda: rows.count() == 25, "25 neighbors are listed")
    page.get_by_role("radio", name="Euclidean").check()
    report.until("embreport.state.metric === 'euclidean'")
    wanted = report.evaluate("embreport.neighbors(40, {metric: 'euclidean', k: 25})")
    last = str(wanted[-1]["row"])
    report.until_true(lambda: rows.last.inner_text().split("\n")[0].split()[-1] == last, "the order is the distance's")


def test_the_dots_say_which_neighbors_are_near_in_the_picture(open_report: Open) -> None:
    report = open_report("mixed", "focus=40", plain=True).ready()
    places = np.array(report.evaluate("Array.from(embreport.coordinates('tsne3d'))"), dtype=float).reshape(-1, 3)
    gaps = np.linalg.norm(places - places[40], axis=1)
    gaps[40] = np.nan
    near = set(np.argsort(np.where(np.isnan(gaps), np.inf, gaps), kind="stable")[:10].tolist())
    wanted = [item["row"] in near for item in report.evaluate("embreport.neighbors(40, {k: 10})")]
    rows = report.page.get_by_role("list", name="Nearest neighbors").get_by_role("listitem")
    report.until_true(lambda: rows.count() == 10, "ten neighbors are listed")
    dots = report.evaluate(
        "[...document.querySelectorAll('.neighbors li')].map((item) => item.lastElementChild.className)"
    )
    assert [dot == "kept" for dot in dots] == wanted


def test_the_neighbors_kept_agree_with_the_figure_where_rows_tie(open_report: Open, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    heaps = np.repeat(rng.normal(size=(4, 8)), 30, axis=0)
    file = tmp_path / "heaps.html"
    embreport.from_arrays(np.vstack([heaps, rng.normal(size=(60, 8))]), output=file, projections=("pca",))
    report = open_report(file, "color=neighbors_kept_10%40pca", plain=True).ready()
    assert report.state["colorBy"] == "neighbors_kept_10@pca"
    said = []
    for row in range(0, 180, 12):
        report.set_state(selection=[row], focus=row)
        figure = report.page.locator(".own").inner_text()
        foot = report.page.locator(".neighbors .foot").inner_text()
        kept = re.search(r"(\d+) of ", foot)
        assert kept is not None
        assert figure.replace("\u00a0", " ").endswith(f" {int(kept[1]) * 10} %"), (row, figure, foot)
        said.append(foot)
    assert said[0].startswith("10 of the 10 nearest in this picture")
    assert said[-1].startswith("also a neighbor in this picture")


def test_a_click_on_empty_paper_clears_and_so_does_escape(open_report: Open) -> None:
    report = open_report("mixed", "focus=40", plain=True).ready()
    report.page.mouse.click(300, 700)
    report.until("embreport.state.selection.length === 0")
    report.set_state(selection=[1, 2])
    report.page.keyboard.press("Escape")
    report.until("embreport.state.selection.length === 0")
    report.set_state(selection=[1])
    report.page.get_by_role("button", name="Clear selection").click()
    report.until("embreport.state.selection.length === 0")


def test_a_click_with_control_adds_to_the_selection(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    report.click_row(40)
    first = report.until("embreport.state.selection.length === 1 && embreport.state.selection[0]") or 0
    report.at_rest()
    place = report.screen(10)
    report.page.keyboard.down("Control")
    report.page.mouse.click(place["x"], place["y"])
    report.page.keyboard.up("Control")
    report.until("embreport.state.selection.length === 2")
    assert first in report.state["selection"]
    assert report.page.get_by_role("heading", name="2 selected").is_visible()


def test_a_class_is_shown_alone_by_its_legend(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    report.set_state(colorBy="kind")
    report.page.get_by_role("region", name="Legend").get_by_role("button", name="Coat").click()
    report.until("embreport.state.hidden.length > 0")
    assert "Coat" not in report.state["hidden"]
    coat = report.evaluate("embreport.search('coat', {column: 'kind'})")[0]
    boot = report.evaluate("embreport.search('boot', {column: 'kind'})")[0]
    report.set_state()
    assert report.screen(coat) is not None
    assert report.screen(boot) is None


def test_thumbnails_stand_beside_the_neighbors(open_report: Open) -> None:
    report = open_report("digits", "focus=3", plain=True).ready()
    report.until("document.querySelectorAll('.neighbors .thumb').length === 10")
    shown = report.evaluate("getComputedStyle(document.querySelector('.subject .thumb')).backgroundImage")
    assert shown.startswith('url("blob:')
