"""What the page promises to its readers: offline, nothing executed, names kept, address, document, phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser_page import OpenReport, colored

Open = Callable[..., OpenReport]


def use_everything(report: OpenReport) -> None:
    page = report.page
    report.click_row(2)
    for key in ("2", "1", "v", "t", "i", "h", "?", "Escape", "o", "o", "d"):
        page.keyboard.press(key)
    page.keyboard.press("/")
    page.keyboard.type("a")
    page.get_by_role("button", name="Regular expression").click()
    report.until("embreport.state.search.regex")
    report.set_state(search={"query": "", "regex": False, "column": None})
    page.get_by_role("button", name="Figures and source").click()
    report.set_state(panel=None)


@pytest.mark.parametrize("name", ["digits", "words", "runs"])
def test_nothing_is_sent_and_no_policy_is_violated(open_report: Open, name: str) -> None:
    report = open_report(name).ready()
    use_everything(report)
    assert [url for url in report.requests if not url.startswith(("file:", "blob:", "data:"))] == []
    assert len([url for url in report.requests if url.startswith("file:")]) == 1
    assert report.evaluate("violations") == []
    assert report.console == []


def test_hostile_words_are_shown_and_executed_nowhere(open_report: Open) -> None:
    report = open_report("hostile", plain=True).ready()
    report.set_state(colorBy='kind "&" {{ x }}', labelBy="<b>label</b>")
    for row in range(8):
        report.set_state(selection=[row])
    report.page.get_by_role("searchbox", name="Search").fill("<img")
    report.until_true(report.page.get_by_role("list", name="Matches").count, "the matches")
    report.page.get_by_role("button", name="Figures and source").click()
    assert report.evaluate("window.hacked") is None
    assert report.evaluate("violations") == []
    assert report.console == []
    assert report.page.title() == "<i>title</i>{{ 7 * 7 }}: embedding report"
    strangers = 'article script, .side script, .bar script, .side img, article img:not([src^="data:"])'
    assert report.evaluate("(selector) => document.querySelectorAll(selector).length", strangers) == 0
    assert "<img src=x" in report.page.get_by_role("region", name="Legend").inner_text()


def test_the_shell_is_usable_before_the_picture(open_report: Open) -> None:
    report = open_report("digits").ready()
    shell, drawn = (
        report.evaluate("(name) => performance.getEntriesByName(name)[0].startTime", f"embreport:{name}")
        for name in ("shell", "drawn")
    )
    assert shell < drawn


def test_the_public_object_says_what_is_there(open_report: Open) -> None:
    report = open_report("runs", plain=True).ready()
    embeddings = report.evaluate("embreport.embeddings")
    assert {item["run"] for item in embeddings} == {"text/words", "digits"}
    digits = next(item for item in embeddings if item["run"] == "digits")
    assert digits["sprite"]["width"] > 0
    assert {"pca", "tsne2d", "tsne3d"} <= set(digits["projections"])
    report.set_state(embedding=digits["id"])
    places = np.array(report.evaluate("Array.from(embreport.coordinates('pca'))"))
    assert places.size % digits["rows"] == 0
    with pytest.raises(Exception, match="No projection is called"):
        report.evaluate("embreport.coordinates('none')")


def test_run_and_tensor_can_be_picked(open_report: Open) -> None:
    report = open_report("runs").ready()
    run = report.page.get_by_role("combobox", name="Run")
    before = report.state["embedding"]
    other = next(item for item in report.evaluate("embreport.embeddings") if item["id"] != before)
    run.select_option(other["run"])
    report.set_state()
    assert report.state["embedding"] == other["id"]
    assert report.page.locator("article.current").get_attribute("data-embedding") == other["id"]
    report.at_rest()
    report.click_row(1)
    report.until("embreport.state.selection.length === 1")
    assert report.console == []


def test_the_names_of_the_controls_are_kept(open_report: Open) -> None:
    page = open_report("digits", "focus=3", plain=True).ready().page
    names: dict[Any, tuple[str, ...]] = {
        "searchbox": ("Search",),
        "list": ("Nearest neighbors",),
        "combobox": ("Color by", "Label by"),
        "tab": ("PCA", "t-SNE"),
        "radiogroup": ("Distance",),
        "radio": ("Cosine", "Euclidean"),
        "spinbutton": ("Neighbors",),
        "button": ("Isolate selection", "Clear selection", "Add bookmark"),
    }
    for role, expected in names.items():
        for name in expected:
            assert page.get_by_role(role, name=name, exact=True).count() == 1, (role, name)
    page.get_by_role("button", name="Isolate selection").click()
    assert page.get_by_role("button", name="Show all").count() == 1
    page.get_by_role("searchbox", name="Search").fill("3")
    page.get_by_role("combobox", name="Search column").wait_for()
    assert page.get_by_role("list", name="Matches").count() == 1


def test_the_address_brings_the_state_back(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    report.set_state(projection="pca", components=[2, 3], metric="euclidean", k=7, colorBy="price", labels=False)
    report.set_state(selection=[4, 5, 6, 90], search={"query": "boot"}, theme="dark")
    report.set_state(camera={"yaw": 0, "pitch": 0, "zoom": 2.5, "center": [0.25, 0, 0]})
    report.until("location.hash.includes('zoom') || location.hash.includes('camera=')")
    fragment = report.evaluate("location.hash").lstrip("#")
    assert len(fragment) <= 2000
    wanted = report.state
    again = open_report("mixed", fragment).ready()
    assert again.state == wanted


def test_a_nonsense_address_is_ignored(open_report: Open) -> None:
    nonsense = "embedding=e99&camera=x&selection=-1,9999&show=nothing&hidden=[&k=many&color=none"
    report = open_report("mixed", nonsense, plain=True).ready()
    assert report.state["selection"] == []
    assert report.console == []


def test_bookmarks_restore_a_view(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    report.set_state(selection=[8], metric="euclidean")
    report.page.get_by_role("button", name="Add bookmark").click()
    report.set_state(selection=[], metric="cosine", panel="bookmarks")
    report.page.get_by_role("list", name="Bookmarks").get_by_role("button").first.click()
    report.until("embreport.state.metric === 'euclidean'")
    assert report.state["selection"] == [8]


def test_without_scripts_the_report_is_an_article_with_its_picture(open_report: Open) -> None:
    report = open_report("digits", java_script_enabled=False)
    page = report.page
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_role("heading", name="Where this comes from").is_visible()
    picture = page.locator(".picture img.on-light")
    assert picture.is_visible()
    assert not page.locator(".picture img.on-dark").is_visible()
    assert colored(report.pixels(".picture")) > 2000
    assert page.get_by_role("button").count() == 0
    assert page.get_by_role("searchbox").count() == 0
    assert page.locator(".legend li").count() >= 10


def test_without_scripts_a_dark_system_gets_the_dark_picture(open_report: Open) -> None:
    report = open_report("digits", java_script_enabled=False, color_scheme="dark")
    assert report.page.locator(".picture img.on-dark").is_visible()
    assert not report.page.locator(".picture img.on-light").is_visible()


def test_paper_gets_the_light_document_whatever_the_screen(open_report: Open) -> None:
    report = open_report("digits", color_scheme="dark").ready()
    report.page.emulate_media(media="print")
    assert report.page.locator(".picture img.on-light").is_visible()
    assert report.page.get_by_role("heading", name="Where this comes from").is_visible()
    assert report.page.locator(".live:visible").count() == 0
    assert report.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_file_cut_short_says_so_and_keeps_its_picture(
    open_report: Open, tmp_path: Path, built_page: Callable[[str], Path]
) -> None:
    whole = built_page("digits").read_text(encoding="utf-8")
    file = tmp_path / "cut.html"
    file.write_text(whole[: int(len(whole) * 0.7)], encoding="utf-8")
    report = open_report(file)
    report.until_true(report.page.get_by_role("alert").count, "the alert")
    assert "This file ends early:" in report.page.get_by_role("alert").inner_text()
    assert report.page.locator(".picture img.on-light").is_visible()
    assert report.page.get_by_role("searchbox").count() == 0


def test_on_a_phone_no_part_of_the_picture_is_left_out(open_report: Open) -> None:
    report = open_report("words", viewport={"width": 390, "height": 844}).ready()
    report.set_state(labels=False)
    pixels = report.pixels("body").astype(int)
    drawn = []
    for row in range(0, 800, 8):
        place = report.screen(row)
        x, y = round(place["x"]), round(place["y"])
        drawn.append(np.ptp(pixels[y - 3 : y + 4, x - 3 : x + 4], axis=2).max() > 30)
    assert np.mean(drawn) > 0.97


def test_on_a_phone_nothing_is_wider_than_the_screen_and_targets_are_large(open_report: Open) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "device_scale_factor": 2}
    report = open_report("digits", **phone).ready()
    assert report.evaluate("document.documentElement.scrollWidth") <= 390
    assert colored(report.pixels()) > 2000
    place = report.screen(3)
    report.page.touchscreen.tap(place["x"], place["y"])
    report.until("embreport.state.selection.length === 1")
    side = report.page.get_by_role("complementary", name="Inspector").bounding_box()
    assert side is not None
    assert 300 < side["height"] < 500
    heights = "[...document.querySelectorAll('.tools .icon, .bar .icon, .list > li')].map((one) => one.offsetHeight)"
    assert [height for height in report.evaluate(heights) if 0 < height < 44] == []
