"""Search: live, in any column, by text or by pattern."""

from __future__ import annotations

from collections.abc import Callable

from browser_page import OpenReport

Open = Callable[..., OpenReport]


def rows_that_hold(report: OpenReport, text: str) -> list[int]:
    found: list[int] = report.evaluate("(text) => embreport.search(text)", text)
    return found


def test_matches_are_listed_as_one_types(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    page = report.page
    page.get_by_role("searchbox", name="Search").press_sequentially("BOOT")
    rows = rows_that_hold(report, "boot")
    report.until_true(page.get_by_role("heading", name=f"{len(rows)}\u00a0matches").count, "the count is shown")
    items = page.get_by_role("list", name="Matches").get_by_role("listitem")
    assert items.count() > 5
    assert "Boot" in items.first.inner_text()
    assert rows == sorted(rows)
    assert page.locator("mark").first.inner_text() == "Boot"


def test_text_is_compared_folded_and_normalised(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    assert rows_that_hold(report, "STRASSE") == rows_that_hold(report, "straße") != []
    assert rows_that_hold(report, "\uff22oot") == rows_that_hold(report, "boot")


def test_a_search_can_be_kept_to_one_column(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    page = report.page
    page.get_by_role("searchbox", name="Search").fill("1")
    everywhere = rows_that_hold(report, "1")
    report.until("document.querySelector('[aria-label=\"Search column\"]')")
    page.get_by_role("combobox", name="Search column").select_option(label="in name")
    report.until("embreport.state.search.column === 'name'")
    in_names = report.evaluate("embreport.search('1', {column: 'name'})")
    assert 0 < len(in_names) < len(everywhere)
    report.until_true(page.get_by_role("heading", name=f"{len(in_names)}\u00a0matches").count, "the count is shown")


def test_a_pattern_is_found_in_a_worker(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    rows = report.evaluate("embreport.search('^(boot|coat) 1\\\\d?$', {regex: true})")
    labels = report.evaluate("embreport.search('oat 1').then((rows) => rows.length)")
    assert labels > 0
    assert rows == sorted(rows)
    assert rows
    assert set(rows) <= set(rows_that_hold(report, "oot 1")) | set(rows_that_hold(report, "oat 1"))


def test_a_pattern_that_cannot_be_read_is_said_in_a_sentence(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    page = report.page
    page.get_by_role("button", name="Regular expression").click()
    page.get_by_role("searchbox", name="Search").fill("(boot")
    report.until_true(page.get_by_text("Not a pattern: “(boot” lacks a closing parenthesis.").count, "the sentence")
    page.get_by_role("searchbox", name="Search").fill("(boot)")
    report.until_true(page.get_by_role("list", name="Matches").count, "the matches")


def test_a_pattern_that_does_not_end_is_stopped(open_report: Open) -> None:
    report = open_report("hostile", plain=True).ready()
    page = report.page
    page.get_by_role("button", name="Regular expression").click()
    page.get_by_role("searchbox", name="Search").fill("(a+)+(a+)+(a+)+b$")
    report.until_true(page.get_by_text("was stopped after").count, "the sentence")
    assert page.get_by_role("searchbox", name="Search").is_enabled()


def test_an_empty_result_offers_a_shorter_query(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    page = report.page
    page.get_by_role("searchbox", name="Search").fill("bootx")
    report.until_true(page.get_by_text("No label contains “bootx”").count, "the sentence")
    page.get_by_role("button", name="Search “boot”").click()
    report.until_true(page.get_by_role("list", name="Matches").count, "the matches")
    assert page.get_by_role("searchbox", name="Search").input_value() == "boot"


def test_slash_focuses_the_search_and_escape_clears_it(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    report.page.keyboard.press("/")
    report.page.keyboard.type("coat")
    report.until("embreport.state.search.query === 'coat'")
    report.page.keyboard.press("Escape")
    report.until("embreport.state.search.query === ''")
    assert report.page.get_by_role("list", name="Matches").count() == 0


def test_matches_can_be_walked_selected_and_isolated(open_report: Open) -> None:
    report = open_report("mixed", plain=True).ready()
    page = report.page
    page.get_by_role("searchbox", name="Search").fill("sandal")
    rows = rows_that_hold(report, "sandal")
    report.until_true(page.get_by_role("list", name="Matches").count, "the matches")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    report.until("embreport.state.focus !== null")
    assert report.state["focus"] == rows[1]
    page.get_by_role("button", name="matches").click()
    page.get_by_role("button", name="Select all").click()
    report.until("embreport.state.selection.length > 1")
    assert report.state["selection"] == rows
    page.get_by_role("button", name="Isolate selection").click()
    report.set_state()
    assert report.state["isolated"] == rows
    outside = next(row for row in range(120) if row not in rows and row not in (5, 77))
    assert report.screen(outside) is None
    page.get_by_role("button", name="Show all").click()
    report.set_state()
    assert report.screen(outside) is not None


def test_an_embedding_without_metadata_is_searched_by_row(open_report: Open) -> None:
    report = open_report("bare", plain=True).ready()
    assert rows_that_hold(report, "12") == [12]
    report.page.get_by_role("searchbox", name="Search").fill("29")
    report.until_true(report.page.get_by_role("list", name="Matches").count, "the matches")
    assert "row 29" in report.page.get_by_role("list", name="Matches").inner_text()
