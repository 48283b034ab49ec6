"""Fixtures of the browser tests: the installed Chromium, reports built once, and pages that are watched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser_page import OpenReport
from playwright.sync_api import Browser, Playwright, sync_playwright

import embreport

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking")
NO_WEBGL = ("--disable-gpu", "--disable-3d-apis")
QUICK: dict[str, Any] = {"projections": ("pca", "tsne"), "neighbors": 30}
HOSTILE = (
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "{{ 7 * 7 }}{% raw %}",
    '"><svg onload=window.hacked=1>',
    "<!-- --><style>*{display:none}</style>",
    "\u202edesrever",
    "&amp;&lt;",
    "a" * 2000,
)
# Tags and entities of plotly's own little HTML, and placeholders of its templates.
PSEUDO_HTML = (
    "<b>bold</b>",
    '<a href="https://example.org/">link</a>',
    "one<br>two",
    "&lt;br&gt; &amp;lt;br>",
    "<i>x</i><sub>1</sub><sup>2</sup>",
    '<span style="font-size:200px">big</span>',
    "%{x} %{customdata}<extra></extra>",
    "$\\frac{1}{2}$",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    """The path of a Chromium; without one the tests are skipped, and fail where CI is true."""
    found = os.environ.get("EMBREPORT_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    reason = "No Chromium is installed. Type: sudo apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def browser_without_webgl(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, *NO_WEBGL])
    yield launched
    launched.close()


def _hostile(file: Path) -> None:
    values = np.random.default_rng(2).normal(size=(48, 6))
    labels = [HOSTILE[row % len(HOSTILE)] + str(row) for row in range(48)]
    columns = {"<b>label</b>": labels, 'kind "&" {{ x }}': [HOSTILE[row % 4] for row in range(48)]}
    embreport.from_arrays(
        values,
        columns,
        output=file,
        tensor="t</script><script>window.hacked = 1</script>",
        title="<i>title</i>{{ 7 * 7 }}",
        **QUICK,
    )


def _markup(file: Path) -> None:
    """Labels in what plotly takes for markup where it is given text."""
    values = np.random.default_rng(7).normal(size=(36, 6))
    labels = [f"{PSEUDO_HTML[row % len(PSEUDO_HTML)]} {row}" for row in range(36)]
    columns = {"name": labels, "kind <b>of</b>": [PSEUDO_HTML[row % 4] for row in range(36)]}
    embreport.from_arrays(values, columns, output=file, projections=("pca",), neighbors=10)


def _mixed(file: Path) -> None:
    """Rows that hold NaN, a column of numbers, missing cells, labels that differ in case and form only."""
    rng = np.random.default_rng(3)
    kinds = rng.integers(0, 4, 120)
    values = rng.normal(size=(120, 10)) + np.eye(4, 10)[kinds] * 6
    values[[5, 77]] = np.nan
    words = ("Boot", "Sandal", "Coat", "Straße")
    columns = {
        "name": [f"{words[kind]} {row}" for row, kind in enumerate(kinds)],
        "kind": [None if row == 9 else words[kind] for row, kind in enumerate(kinds)],
        "price": [f"{value:.2f}" for value in np.exp(rng.normal(3, 2, 120))],
    }
    embreport.from_arrays(values, columns, output=file, title="Mixed", **QUICK)


def _cells(file: Path) -> None:
    """Cells nobody can see, cells that look like other numbers, and a row without a place."""
    values = np.random.default_rng(6).normal(size=(24, 5))
    values[7] = np.nan
    columns = {
        "name": [("", " ", None, "seen")[row % 4] for row in range(24)],
        "code": [f"{row:03d}" for row in range(24)],
    }
    embreport.from_arrays(values, columns, output=file, projections=("pca",), neighbors=10)


def _runs(file: Path) -> None:
    logdir = file.parent / "runs"
    shutil.copytree(EXAMPLES / "words" / "logdir", logdir / "text" / "words")
    shutil.copytree(EXAMPLES / "digits" / "logdir", logdir / "digits")
    embreport.build(logdir, file, **QUICK)


MAKERS: dict[str, Callable[[Path], Any]] = {
    "words": lambda file: embreport.build(EXAMPLES / "words" / "logdir", file, **QUICK),
    "digits": lambda file: embreport.build(EXAMPLES / "digits" / "logdir", file, **QUICK),
    "runs": _runs,
    "mixed": _mixed,
    "hostile": _hostile,
    "cells": _cells,
    "markup": _markup,
    "nowhere": lambda file: embreport.from_arrays(np.full((9, 4), np.nan), output=file, projections=("pca",)),
    "bare": lambda file: embreport.from_arrays(np.random.default_rng(4).normal(size=(30, 5)), output=file, **QUICK),
}


@pytest.fixture(scope="session")
def built_page(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`built_page("words")` is the path of a finished report, built once a session."""
    folder = tmp_path_factory.mktemp("reports")

    def built(name: str) -> Path:
        file = folder / f"{name}.html"
        if not file.exists():
            MAKERS[name](file)
        return file

    return built


@pytest.fixture
def open_report(browser: Browser, built_page: Callable[[str], Path]) -> Iterator[Callable[..., OpenReport]]:
    """`open_report("words", "k=3", color_scheme="dark")` opens a report; all are closed after the test.

    With `plain` the picture is drawn on a canvas, which is there sooner: for what does not depend on the drawing.
    """
    opened: list[OpenReport] = []

    def open_it(
        name: str | Path, fragment: str = "", *, within: Browser | None = None, plain: bool = False, **context: Any
    ) -> OpenReport:
        settings = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **context}
        if plain:
            fragment = "&".join(filter(None, (fragment, "renderer=canvas")))
        file = name if isinstance(name, Path) else built_page(name)
        opened.append(OpenReport(within or browser, file, fragment, settings))
        return opened[-1]

    yield open_it
    for report in opened:
        report.close()
