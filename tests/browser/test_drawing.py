"""The picture is drawn, where the public object says, by every renderer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from browser_page import OpenReport, colored
from playwright.sync_api import Browser

Open = Callable[..., OpenReport]


def test_points_are_drawn_in_the_hues_of_their_classes(open_report: Open) -> None:
    report = open_report("digits").ready()
    assert report.evaluate("embreport.renderer") == "webgl"
    assert colored(report.pixels()) > 2000


def test_a_point_is_drawn_where_the_page_says_it_is(open_report: Open) -> None:
    report = open_report("mixed").ready()
    report.set_state(labels=False)
    hits = 0
    pixels = report.pixels("body").astype(int)
    for row in range(0, 120, 3):
        place = report.evaluate("(row) => embreport.screen(row)", row)
        if place is None:
            continue
        x, y = round(place["x"]), round(place["y"])
        hits += int(np.ptp(pixels[y - 1 : y + 2, x - 1 : x + 2], axis=2).max() > 30)
    assert hits >= 38


@pytest.mark.parametrize("renderer", ["plotly", "canvas"])
def test_other_renderers_can_be_asked_for_in_the_address(open_report: Open, renderer: str) -> None:
    report = open_report("digits", f"renderer={renderer}").ready()
    assert report.evaluate("embreport.renderer") == renderer
    assert colored(report.pixels()) > 2000


def test_without_webgl_the_picture_is_drawn_and_says_so(open_report: Open, browser_without_webgl: Browser) -> None:
    report = open_report("digits", within=browser_without_webgl).ready()
    assert report.evaluate("embreport.renderer") == "canvas"
    assert colored(report.pixels()) > 2000
    assert report.page.get_by_text("Drawn without WebGL").is_visible()
    report.click_row(3)
    assert report.state["selection"] == [3]


def test_the_still_picture_stands_where_the_live_one_appears(open_report: Open) -> None:
    report = open_report("digits").ready()
    report.set_state(labels=False)
    live = report.pixels().astype(int)
    report.evaluate("document.documentElement.classList.remove('drawn')")
    report.evaluate("document.querySelector('.stage').style.opacity = 0")
    still = report.pixels().astype(int)
    masks = [np.ptp(pixels, axis=2) > 40 for pixels in (live, still)]
    centers = [np.argwhere(mask[60:, 230:]).mean(axis=0) for mask in masks]
    assert np.abs(centers[0] - centers[1]).max() < 2.5
    assert (masks[0] & masks[1]).sum() > 0.6 * masks[0].sum()


def test_every_projection_can_be_shown_in_two_and_three_dimensions(open_report: Open) -> None:
    report = open_report("mixed").ready()
    page = report.page
    page.get_by_role("tab", name="PCA").click()
    page.get_by_role("radio", name="2D").check()
    assert report.state["projection"] == "pca"
    assert report.state["components"] == [1, 2]
    page.get_by_role("tab", name="t-SNE").click()
    assert report.state["projection"] == "tsne2d"
    page.get_by_role("radio", name="3D").check()
    assert report.state["projection"] == "tsne3d"
    report.at_rest()
    assert colored(report.pixels()) > 500


def test_other_components_can_be_put_on_the_axes(open_report: Open) -> None:
    report = open_report("mixed", "show=pca").ready()
    before = report.screen(0)
    report.page.get_by_role("combobox", name="X axis").select_option("4")
    assert report.state["components"] == [4, 2, 3]
    report.until_true(lambda: report.screen(0) != before, "the points have moved")


def test_hidden_and_left_out_rows_have_no_place(open_report: Open) -> None:
    report = open_report("mixed").ready()
    assert report.screen(5) is None
    row = report.evaluate("embreport.search('Coat', {column: 'kind'})")[0]
    assert report.screen(row) is not None
    report.set_state(hidden=["Coat"])
    assert report.screen(row) is None


def test_dragging_turns_the_picture_and_home_brings_it_back(open_report: Open) -> None:
    report = open_report("digits").ready()
    before = report.screen(0)
    report.page.mouse.move(760, 420)
    report.page.mouse.down()
    report.page.mouse.move(860, 440, steps=5)
    report.page.mouse.up()
    assert abs(report.screen(0)["x"] - before["x"]) > 3
    assert report.state["camera"] is not None
    report.page.get_by_role("button", name="Home").click()
    report.at_rest()
    assert abs(report.screen(0)["x"] - before["x"]) < 0.5


def test_images_stand_at_the_points(open_report: Open) -> None:
    report = open_report("digits").ready()
    plain = report.pixels()
    report.page.get_by_role("button", name="Images").click()
    report.until("embreport.state.images")
    report.set_state()
    assert int((plain != report.pixels()).any(axis=2).sum()) > 5000


def test_dark_is_dark_and_light_is_light(open_report: Open) -> None:
    report = open_report("digits", color_scheme="dark").ready()
    assert report.pixels("body").mean() < 60
    report.page.keyboard.press("d")
    report.until("document.documentElement.dataset.theme === 'light'")
    report.set_state()
    assert report.pixels("body").mean() > 200
