"""What is drawn, what is said of it, and the way back to everything."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from browser_page import OpenReport

import embreport

Open = Callable[..., OpenReport]
LEGEND = ".legend.live [data-class]"


def _names(report: OpenReport, selector: str) -> list[str]:
    return [text.strip() for text in report.page.locator(selector).all_inner_texts()]


def test_the_legend_leaves_a_trail_back_to_all_points(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    page = report.page
    page.locator(LEGEND).first.click()
    trail = page.get_by_role("navigation", name="Isolation")
    report.until_true(trail.is_visible, "the trail is shown")
    name, count = page.locator(LEGEND).first.inner_text().split()
    assert f"{name} {count}" in trail.inner_text()
    caption = page.locator(".embedding.current figcaption .live").first
    report.until_true(lambda: f"{count} of 120\u00a0points" in caption.inner_text(), "the caption counts what is drawn")
    trail.get_by_role("button", name="Show all").click()
    report.until("embreport.state.hidden.length === 0")
    report.until_true(lambda: "118 of 120\u00a0points" in caption.inner_text(), "the caption counts all again")
    assert not trail.is_visible()


def test_isolating_takes_only_what_the_legend_shows(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    page = report.page
    hidden = page.locator(LEGEND).first.inner_text().split()[0]
    report.set_state(hidden=[hidden], selection=list(range(40)))
    page.get_by_role("button", name="Isolate selection").click()
    report.until("embreport.state.isolated !== null")
    shown = report.state["isolated"]
    drawn = report.evaluate("(rows) => rows.filter((row) => embreport.screen(row) !== null)", list(range(40)))
    assert 0 < len(shown) < 39
    assert shown == drawn
    assert f"{len(shown)}" in page.get_by_role("navigation", name="Isolation").inner_text().split("\n")[-2]


def test_a_selection_that_is_not_drawn_dims_nothing(open_report: Open) -> None:
    report = open_report("digits", plain=True).ready()
    report.set_state(isolated=[1, 2, 3, 4], labels=False)
    report.at_rest()
    alone = report.pixels()
    report.set_state(selection=[7, 9])
    report.at_rest()
    area = (slice(200, 640), slice(260, 900))
    bright = [int((shot[area].max(axis=2) - shot[area].min(axis=2)).max()) for shot in (alone, report.pixels())]
    assert bright[1] > 0.9 * bright[0]


def test_a_page_in_a_sandboxed_frame_keeps_quiet_about_its_address(
    open_report: Open, built_page: Callable[[str], Path], tmp_path: Path
) -> None:
    outer = tmp_path / "outer.html"
    inner = html.escape(built_page("cells").read_text(encoding="utf-8"), quote=True)
    outer.write_text(
        f'<meta charset="utf-8"><iframe sandbox="allow-scripts" width="900" height="600" srcdoc="{inner}"></iframe>'
    )
    report = open_report(outer)
    frame = report.until_true(lambda: next(iter(report.page.frames[1:]), None), "the frame is there")
    report.until_true(lambda: frame.evaluate("Boolean(window.embreport && embreport.renderer)"), "the report is open")
    frame.evaluate("embreport.setState({theme: 'dark', selection: [3]})")
    report.page.wait_for_timeout(400)
    assert not [line for line in report.console if line.startswith("error")]


def test_cells_that_cannot_be_seen_have_a_name_everywhere(open_report: Open) -> None:
    report = open_report("cells", "color=name&label=name", plain=True).ready()
    page = report.page
    assert all(_names(report, f"{LEGEND} span"))
    assert _names(report, f"{LEGEND} span").count("blank") == 2
    report.set_state(selection=[0])
    rows = page.get_by_role("list", name="Nearest neighbors").get_by_role("listitem")
    report.until_true(lambda: rows.count() == 10, "ten neighbors are listed")
    assert all(_names(report, ".neighbors .list li > span"))
    assert page.locator(".subject h2").inner_text() == "blank"
    page.get_by_role("searchbox").fill("0")
    report.until_true(lambda: page.locator(".panel .list li").count() > 3, "matches are listed")
    assert all(_names(report, ".panel .list li > span"))


def test_a_number_is_shown_as_its_cell_spells_it(open_report: Open) -> None:
    report = open_report("cells", "color=code&label=name&focus=3", plain=True).ready()
    assert report.page.locator(".subject .own").inner_text().split() == ["code", "003"]
    report.set_state(selection=[])
    report.at_rest()
    report.page.mouse.move(**report.screen(8))
    own = report.page.locator(".card .own")
    report.until_true(own.is_visible, "the card is shown")
    assert len(own.inner_text().split()[1]) == 3


@pytest.mark.parametrize(("name", "row"), [("nowhere", 3), ("cells", 7)])
def test_a_row_without_a_place_says_why_and_offers_nothing(open_report: Open, name: str, row: int) -> None:
    report = open_report(name, plain=True).ready()
    page = report.page
    report.set_state(selection=[row])
    report.until_true(lambda: "not finite" in page.locator(".neighbors .foot").inner_text(), "the reason is given")
    assert page.get_by_role("button", name="Isolate selection").count() == 0
    assert page.get_by_role("button", name="Select neighbors").count() == 0


def test_a_picture_without_points_is_empty(open_report: Open) -> None:
    report = open_report("nowhere", plain=True).ready()
    assert report.evaluate(
        """[...document.querySelectorAll('.stage > canvas')].every((canvas) =>
          canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.every((value) => value === 0))"""
    )


def test_classes_that_do_not_exist_are_not_hidden(open_report: Open) -> None:
    report = open_report("mixed", "hidden=%5B%22zz%22%5D", plain=True).ready()
    assert report.state["hidden"] == []
    report.set_state(hidden=["zz", "Boot", None, True])
    assert report.state["hidden"] == ["Boot", None]


def test_the_search_can_be_cleared_with_a_button(open_report: Open) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    report = open_report("mixed", plain=True, **phone).ready()
    page = report.page
    clear = page.get_by_role("button", name="Clear search")
    assert clear.count() == 0
    page.get_by_role("searchbox").fill("boot")
    report.until_true(clear.is_visible, "the button is shown")
    box = clear.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    clear.click()
    report.until("embreport.state.search.query === ''")
    assert page.get_by_role("searchbox").input_value() == ""
    assert clear.count() == 0


def test_the_invitation_to_search_never_shows_half_a_number(open_report: Open) -> None:
    narrow = open_report("mixed", plain=True, viewport={"width": 320, "height": 568}).ready()
    assert narrow.page.get_by_role("searchbox").get_attribute("placeholder") == "Search"
    wide = open_report("mixed", plain=True).ready()
    assert wide.page.get_by_role("searchbox").get_attribute("placeholder") == "Search 120\u00a0labels"


def test_a_tablet_with_a_selection_keeps_half_of_it_for_the_picture(open_report: Open) -> None:
    report = open_report("mixed", plain=True, viewport={"width": 768, "height": 1024}).ready()
    report.set_state(selection=[40])
    report.at_rest()
    side = report.page.locator(".side").bounding_box()
    assert side is not None
    assert side["width"] <= 384
    places = [report.screen(row)["x"] for row in range(120) if row not in (5, 77)]
    assert max(places) - min(places) > 250


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390)])
def test_a_phone_reaches_the_caption_the_notices_and_the_figures(open_report: Open, width: int, height: int) -> None:
    phone = {"viewport": {"width": width, "height": height}, "has_touch": True}
    page = open_report("mixed", plain=True, **phone).ready().page
    if width < height:
        page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Figures and source").click()
    panel = page.get_by_role("region", name="Figures and source")
    about = panel.locator(".about")
    assert about.is_visible()
    assert "118 of 120\u00a0points" in about.inner_text()
    assert panel.get_by_role("list", name="Notices").first.is_visible()
    page.get_by_role("tab", name="PCA").click()
    page.wait_for_timeout(300)
    assert about.inner_text().startswith("PCA")


def test_what_is_doubtful_stands_beside_the_headline_and_colors_the_points(open_report: Open, tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    kinds = np.repeat(["boot", "coat", "bag"], 40)
    values = rng.normal(size=(120, 8)) + np.repeat(np.eye(3, 8) * 30, 40, axis=0)
    kinds[[3, 50]] = "bag"
    file = tmp_path / "doubtful.html"
    embreport.from_arrays(values, {"kind": list(kinds)}, output=file, projections=("pca",))
    report = open_report(file, plain=True).ready()
    button = report.page.get_by_role("button", name="2 labels to check")
    button.click()
    report.until("embreport.state.colorBy === 'suspected_label_10:kind'")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    report.until("embreport.state.colorBy === 'kind'")
    report.set_state(selection=[3], focus=3)
    said = report.page.locator(".suspect")
    assert said.inner_text() == "10 of 10 neighbors are boot (kind to check)"
    report.set_state(selection=[4], focus=4)
    assert said.count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_a_warning_is_seen_without_opening_anything(open_report: Open, tmp_path: Path, width: int) -> None:
    (tmp_path / "vectors.tsv").write_text("".join(f"{row}\t{row % 3}\t{row % 5}\n" for row in range(20)))
    (tmp_path / "labels.tsv").write_text("".join(f"word {row}\n" for row in range(17)))
    config = 'embeddings { tensor_path: "vectors.tsv" metadata_path: "labels.tsv" }'
    (tmp_path / "projector_config.pbtxt").write_text(config)
    file = tmp_path / "report.html"
    embreport.build(tmp_path, file, projections=("pca",))
    phone = {"viewport": {"width": width, "height": 844}}
    page = open_report(file, plain=True, **phone).ready().page
    page.get_by_role("button", name="1 warning").click()
    notices = page.get_by_role("region", name="Figures and source").get_by_role("list").filter(has_text="17 rows")
    assert notices.first.is_visible()
