"""The spherized variant of the PCA, and figures of single points as colors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from browser_page import OpenReport, colored

from embreport.page import read_page

Open = Callable[..., OpenReport]
CAPTION = ".embedding.current figcaption .live"
TITLES = "[...document.querySelectorAll('[aria-label=\"Color by\"] optgroup')].map((group) => group.label)"


def _first_words(report: OpenReport) -> str:
    return str(report.page.locator(CAPTION).first.inner_text())


def test_spherize_is_a_switch_of_the_pca(open_report: Open) -> None:
    report = open_report("digits", plain=True).ready()
    page = report.page
    switch = page.get_by_role("checkbox", name="Spherize")
    assert switch.count() == 0
    report.set_state(projection="pca")
    report.at_rest()
    before = report.screen(3)
    kept = page.get_by_role("tab", name="PCA").inner_text()

    switch.check()
    report.until("embreport.state.spherize")
    report.at_rest()

    assert report.state["projection"] == "pca"
    assert report.screen(3) != before
    assert "of the centered, normalized rows" in _first_words(report)
    assert page.get_by_role("tab", name="PCA").inner_text() != kept
    assert page.get_by_role("tab").all_inner_texts()[0].startswith("PCA")
    assert "pca-spherized" in report.evaluate("embreport.embeddings[0].projections")
    report.until("location.hash.includes('spherize=1')")
    assert switch.is_checked()
    switch.uncheck()
    report.until("!embreport.state.spherize")
    report.at_rest()
    assert report.screen(3) == before


def test_the_spherized_coordinates_are_those_of_rows_at_length_one(
    open_report: Open, built_page: Callable[[str], Path]
) -> None:
    report = open_report("mixed", "show=pca-spherized", plain=True).ready()

    assert (report.state["projection"], report.state["spherize"]) == ("pca", True)
    given = report.evaluate("Array.from(embreport.coordinates('pca-spherized'))")
    [embedding] = read_page(built_page("mixed").read_text(encoding="utf-8")).embeddings
    stored = next(one.coordinates for one in embedding.projections if one.name == "pca-spherized")
    shown = np.array([np.nan if value is None else value for value in given], np.float32).reshape(stored.shape)
    np.testing.assert_array_equal(shown, stored)
    assert np.nanmax(np.linalg.norm(stored, axis=1)) < 2.01


def test_points_are_colored_by_a_figure_of_the_picture(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    page = report.page
    assert report.evaluate(TITLES) == ["This picture (t-SNE 3D)", "Every point"]
    names = [one["name"] for one in report.evaluate("embreport.embeddings[0].figures")]
    assert {"neighbors_kept_10@tsne3d", "hubness_10", "norm"} <= set(names)

    page.get_by_role("combobox", name="Color by").select_option(label="Neighbors kept (10)")
    report.until("embreport.state.colorBy === 'neighbors_kept_10@tsne3d'")

    ramp = page.locator(".legend.live .ramp")
    report.until_true(ramp.is_visible, "the legend has a scale")
    assert [text.replace("\u00a0", " ") for text in ramp.locator("span").all_inner_texts()] == ["0 %", "100 %"]
    assert "left out" in page.locator(".legend.live").inner_text()
    assert "of a point" in page.locator(".legend.live").inner_text()
    report.set_state(selection=[11])
    assert "Neighbors kept (10): " in page.get_by_role("region", name="Selected point").inner_text()
    assert "%" in page.locator(".subject .own").inner_text()
    assert "Neighbors kept" not in page.get_by_role("combobox", name="Label by").inner_text()
    assert colored(report.pixels()) > 300
    report.until("location.hash.includes('color=neighbors_kept_10%40tsne3d')")


def test_the_legend_shows_the_whole_name_of_a_long_figure(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    select = report.page.get_by_role("combobox", name="Color by")
    titles = select.locator("optgroup option").all_inner_texts()
    line = select.bounding_box()["height"]

    select.select_option(label=max(titles, key=len))

    words = report.page.locator(".legend.live .by.figure")
    report.until_true(words.is_visible, "the legend names the figure")
    width = select.evaluate(
        """(element) => {
          const pen = document.createElement('canvas').getContext('2d'), style = getComputedStyle(element);
          pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
          const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
          return pen.measureText(element.selectedOptions[0].textContent).width / room;
        }"""
    )
    assert width > 1, "the longest name needs more than one line"
    assert select.bounding_box()["height"] >= 2 * line


def test_a_figure_of_the_picture_follows_to_the_next_picture(open_report: Open) -> None:
    report = open_report("mixed", "color=continuity_10%40tsne3d", plain=True).ready()
    page = report.page
    chosen = page.get_by_role("combobox", name="Color by")

    page.get_by_role("tab", name="PCA").click()
    report.until("embreport.state.colorBy === 'continuity_10@pca'")
    assert report.evaluate(TITLES)[0] == "This picture (PCA 3D)"
    page.get_by_role("checkbox", name="Spherize").check()
    report.until("embreport.state.colorBy === 'continuity_10@pca-spherized'")
    page.get_by_role("tab", name="t-SNE").click()
    page.get_by_role("radio", name="2D").check(force=True)
    report.until("embreport.state.colorBy === 'continuity_10@tsne2d'")
    assert chosen.evaluate("(select) => select.selectedOptions[0].text") == "Continuity (10)"
    report.set_state(colorBy="kind")
    page.get_by_role("tab", name="PCA").click()
    report.until("embreport.state.projection === 'pca'")
    assert report.state["colorBy"] == "kind"


def test_a_figure_asked_for_along_with_another_picture_is_kept(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    report.set_state(projection="tsne2d", colorBy="neighbors_kept_10@pca")

    assert report.state["colorBy"] == "neighbors_kept_10@pca"
    assert "Another picture (PCA 3D)" in report.evaluate(TITLES)
    report.set_state(colorBy="no_such_figure")
    assert report.state["colorBy"] == "neighbors_kept_10@pca"


def test_along_other_components_the_figures_name_those_they_are_about(open_report: Open) -> None:
    report = open_report("mixed", "show=pca&axes=2,4,5", plain=True).ready()
    assert report.evaluate(TITLES)[0] == "PCA 3D, components 1 to 3"


def test_without_metadata_there_are_still_figures_to_color_by(open_report: Open) -> None:
    report = open_report("bare", plain=True).ready()
    page = report.page
    assert page.get_by_role("combobox", name="Label by").count() == 0
    page.get_by_role("combobox", name="Color by").select_option(label="Length")
    report.until("embreport.state.colorBy === 'norm'")
    report.until_true(page.locator(".legend.live .ramp").is_visible, "the legend has a scale")


def test_the_article_has_the_figures_of_every_projection(open_report: Open) -> None:
    page = open_report("digits", java_script_enabled=False).page
    heads = page.locator(".figures thead th").all_inner_texts()
    assert heads == ["Projection", "Neighbors kept", "Trustworthiness", "Continuity", "Variance"]
    rows = page.locator(".figures tbody th").all_inner_texts()
    assert rows[:2] == ["PCA 3D", "PCA 3D, spherized"]
    assert "Effective rank" in page.locator(".figures .prov").inner_text()


def test_the_legend_counts_what_is_isolated(open_report: Open) -> None:
    report = open_report("digits", plain=True).ready()
    page = report.page
    counts = page.locator(".legend.live [data-class] b")
    whole = [int(text) for text in counts.all_inner_texts()]
    report.set_state(isolated=list(range(40)))
    report.until_true(lambda: sum(int(text) for text in counts.all_inner_texts()) == 40, "the counts are of 40 points")
    report.set_state(isolated=None)
    report.until_true(lambda: [int(text) for text in counts.all_inner_texts()] == whole, "all are counted again")


@pytest.mark.parametrize("renderer", ["webgl", "plotly"])
def test_plotly_is_given_no_text_and_obeys_no_markup(open_report: Open, renderer: str) -> None:
    report = open_report("markup", f"renderer={renderer}&color=kind+<b>of</b>").ready()
    assert report.evaluate("embreport.renderer") == renderer
    page = report.page
    report.set_state(selection=[1])
    report.at_rest()
    place = report.screen(5)
    page.mouse.move(place["x"], place["y"])
    page.wait_for_timeout(300)

    given = report.evaluate("""() => {
      const plot = document.querySelector('.js-plotly-plot');
      const { data, layout } = plot;
      return JSON.stringify([data, layout], (key, value) => ArrayBuffer.isView(value) ? null : value);
    }""")

    for word in (
        "bold",
        "href",
        "<b",
        "<br",
        "&lt;",
        "frac",
        "%{",
        "hovertext",
        '"text"',
        "hovertemplate",
        "customdata",
    ):
        assert word not in given
    assert report.evaluate("document.querySelectorAll('.js-plotly-plot a, .js-plotly-plot text').length") == 0
    assert report.evaluate("[...document.links].filter((link) => link.protocol.startsWith('http')).length") == 0
    legend = page.locator(".legend.live [data-class] span").all_inner_texts()
    assert sorted(legend) == sorted(
        ["<b>bold</b>", '<a href="https://example.org/">link</a>', "one<br>two", "&lt;br&gt; &amp;lt;br>"]
    )
    listed = page.get_by_role("list", name="Nearest neighbors").inner_text()
    assert any(mark in listed for mark in ("<b>", "<br>", "&lt;", "<i>", "%{x}", "<span", "$"))
    assert page.locator("h2", has_text='<a href="https://example.org/">link</a> 1').count() == 1
    assert not report.console
