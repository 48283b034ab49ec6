"""Views from a bookmarks file, and lines from point to point, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from browser_page import OpenReport, colored

import embreport

DATA = Path(__file__).resolve().parents[1] / "data"
Open = Callable[..., OpenReport]


@pytest.fixture(scope="module")
def saved_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("saved") / "saved.html"
    embreport.build(DATA / "bookmarks" / "logdir", file, projections=("pca",), neighbors=10)
    return file


@pytest.fixture(scope="module")
def line_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("lines") / "lines.html"
    turn = np.arange(8) * np.pi / 4
    values = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    following = [str((row + 4) % 8) for row in range(7)] + ["8"]
    embreport.from_arrays(values, {"__next__": following}, output=file, projections=("pca",))
    return file


def test_a_saved_view_is_shown_with_one_click(open_report: Open, saved_page: Path) -> None:
    states = json.loads((DATA / "bookmarks" / "logdir" / "bookmarks.json").read_text())
    report = open_report(saved_page).ready()
    page = report.page
    names = report.evaluate("embreport.embeddings[0].projections")
    assert names == ["pca", "pca-spherized", "view1", "view2", "view3", "view4", "view5"]
    assert page.get_by_role("tab", name="PCA").get_attribute("aria-selected") == "true"

    page.get_by_role("button", name="Add bookmark").click()
    saved = page.get_by_role("list", name="Saved views")
    assert saved.get_by_role("button").all_inner_texts() == [state["label"] for state in states]
    saved.get_by_role("button", name="t-SNE, two chosen").click()
    report.set_state()
    assert (report.state["projection"], report.state["selection"]) == ("view1", [4, 17])
    assert page.get_by_role("tab", name="Saved views").get_attribute("aria-selected") == "true"
    read = np.array(report.evaluate("Array.from(embreport.coordinates('view1'))")).reshape(40, 3)
    exact = np.array([[point[f"tsne-{axis}"] for axis in range(3)] for point in states[0]["projections"]])
    assert (np.abs(read - exact) <= np.ptp(exact, axis=0) / 32768).all()

    page.get_by_role("combobox", name="Saved view").select_option(label="five only")
    report.set_state()
    report.at_rest()
    assert report.state["isolated"] == [3, 8, 9, 21, 30]
    assert [row for row in range(40) if report.screen(row)] == [3, 8, 9, 21, 30]
    page.get_by_role("button", name="Show all").click()
    report.set_state()
    assert [row for row in range(40) if report.screen(row)] == [3, 8, 9, 21, 30]
    page.get_by_role("tab", name="PCA").click()
    report.set_state()
    assert report.screen(0) is not None
    assert report.console == []


@pytest.mark.parametrize("renderer", ["webgl", "plotly", "canvas"])
def test_lines_run_from_point_to_point_and_can_be_hidden(open_report: Open, line_page: Path, renderer: str) -> None:
    report = open_report(line_page, f"renderer={renderer}&labels=0&label=&size=0.5").ready()
    report.at_rest()
    lines = report.page.get_by_role("button", name="Lines")
    assert lines.get_attribute("aria-pressed") == "true"

    def between(a: int, b: int) -> bool:
        """Whether there is color a third of the way, where no other line and no point is."""
        places = [report.screen(row) for row in (a, b)]
        x, y = (round(places[0][axis] * 2 / 3 + places[1][axis] / 3) for axis in "xy")
        return colored(report.pixels("body")[y - 2 : y + 3, x - 2 : x + 3]) > 0

    assert [between(0, 4), between(2, 6), between(0, 2)] == [True, True, False]
    lines.click()
    report.set_state()
    assert report.state["lines"] is False
    assert not between(0, 4)
    assert report.evaluate("embreport.state.colorBy") is None
    assert "__next__" not in report.page.get_by_role("combobox", name="Color by").inner_text()
    assert report.console == []


def test_without_lines_there_is_no_tool_for_them(open_report: Open, saved_page: Path) -> None:
    page = open_report(saved_page, plain=True).ready().page
    assert page.get_by_role("button", name="Labels", exact=True).count() == 1
    assert page.get_by_role("button", name="Lines", exact=True).count() == 0
