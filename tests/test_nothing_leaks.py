"""Names and labels are text everywhere: obeyed by no terminal, page, Markdown, XML or spreadsheet, and lost nowhere."""

from __future__ import annotations

import csv
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from embreport.cli import main
from embreport.extract import extract_report
from embreport.plain_text import plain

# No slash, so that each may be a folder; and no tab or line break, so that each may be a cell.
HOSTILE = [
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b2J\x85",
    "back\x08\x08\x7f\x00end".replace("\x00", ""),
    "a\u202edesrever\u2066b",
    "line\u2028separator\u2029",
    "<script>window.hacked=1<\u2215script>",
    "<img src=x onerror=window.hacked=1>",
    "<b>bold<br><a href='javascript:window.hacked=1'>link",
    "&lt;&#60;&amp;&nbsp;",
    "[link](javascript:window.hacked=1) ![i](x) | `code` **b** # h",
    "]]><failure>&x;",
    "{{ 7*7 }}${7*7}%s{0}",
    "=cmd|' !A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "$(touch hacked)`touch hacked`; touch hacked'\"",
    "..",
    "__proto__",
    "\u00e9\u6f22\U0001f600\u0301",
]


def folder_name(text: str) -> str:
    return text if text != ".." else "...."


def escaped(text: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in text.encode())


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run for every text, which is the name of its folder, file, tensor and column, and a label of every run."""
    logs = tmp_path_factory.mktemp("logs")
    values = np.random.default_rng(3).normal(size=(len(HOSTILE), 3)).astype(np.float32)
    for text in HOSTILE:
        folder = logs / folder_name(text)
        folder.mkdir()
        np.savetxt(folder / f"{text}.tsv", values, fmt="%.9g", delimiter="\t")
        rows = [[text, "number"], *([label, str(row)] for row, label in enumerate(HOSTILE))]
        (folder / f"{text}.labels").write_bytes("".join("\t".join(row) + "\n" for row in rows).encode())
        (folder / "projector_config.pbtxt").write_text(
            f'embeddings {{ tensor_name: "{escaped(text)}" tensor_path: "{escaped(text)}.tsv" '
            f'metadata_path: "{escaped(text)}.labels" }}'
        )
    return logs


@pytest.fixture(scope="module")
def results(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page and everything else that a build writes."""
    folder = tmp_path_factory.mktemp("results")
    files = {"-o": "r.html", "--json": "f.json", "--summary": "s.md", "--junit": "j.xml"}
    arguments = [part for option, name in files.items() for part in (option, str(folder / name))]
    assert main(["build", str(logs), *arguments, "--projections", "pca", "--neighbors", "10"]) == 0
    return folder


def is_harmless(text: str) -> bool:
    """Whether nothing in the lines of a text is obeyed by a terminal."""
    return all(plain(line) == line for line in text.split("\n"))


def test_nothing_is_obeyed_by_a_terminal(logs: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    broken = tmp_path / "broken\x1b[2J"
    broken.mkdir()
    (broken / "projector_config.pbtxt").write_bytes(b"embeddings { \x1b[31m\x9b }")
    assert main(["inspect", str(tmp_path)]) == 0
    assert main(["build", str(tmp_path)]) == 1
    assert main(["inspect", str(logs)]) == 0
    assert main(["inspect", str(logs), "--json"]) == 0
    target = tmp_path / "r.html"
    assert main(["build", str(logs), "-o", str(target), "--projections", "pca", "--json", "-"]) == 0
    assert main(["build", str(logs), "--tensor", "\x1b[31m", "-o", str(target)]) == 1
    assert main(["build", str(logs / "gone\x1b[31m"), "-o", str(target)]) == 1

    captured = capfdbinary.readouterr()

    assert is_harmless(captured.out.decode())
    assert is_harmless(captured.err.decode())
    assert b"\\x1b[31mred" in captured.out


def test_names_come_back_whole_from_what_inspect_prints(logs: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["inspect", str(logs), "--json"]) == 0

    found = json.loads(capfdbinary.readouterr().out)

    assert sorted(item["tensor"] for item in found["embeddings"]) == sorted(HOSTILE)
    for item in found["embeddings"]:
        text = item["tensor"]
        assert (item["run"], item["path"]) == (folder_name(text), f"{folder_name(text)}/{text}.tsv")
        assert item["metadata"]["columns"] == [text, "number"]
        assert item["metadata"]["first"] == [HOSTILE[0], "0"]


def test_the_figures_for_machines_hold_the_names_as_they_are(results: Path) -> None:
    figures = json.loads((results / "f.json").read_bytes())

    assert sorted(item["tensor"] for item in figures["embeddings"]) == sorted(HOSTILE)


def test_names_are_text_in_the_summary(results: Path) -> None:
    summary = (results / "s.md").read_text("utf-8")

    assert is_harmless(summary)
    assert not re.search(r"(?<!\\)<(?:script|img|b|a|failure)", summary)
    assert not re.search(r"(?<!\\)\]\(javascript", summary)
    assert not re.search(r"(?<!\\)!\[i", summary)


def test_names_are_text_in_the_report_of_tests(results: Path) -> None:
    tree = ElementTree.fromstring((results / "j.xml").read_bytes())

    cases = list(tree.iter("testcase"))
    assert len(cases) >= len(HOSTILE)
    assert {element.tag for element in tree.iter()} <= {
        *("testsuites", "testsuite", "testcase", "properties", "property"),
        *("system-out", "system-err", "skipped", "failure", "error"),
    }
    assert not list(tree.iter("failure"))
    assert is_harmless("\n".join(case.get("name", "") for case in cases))


@pytest.mark.parametrize("defuse", [False, True])
def test_labels_are_text_in_the_table_for_spreadsheets(results: Path, tmp_path: Path, defuse: bool) -> None:
    folders = [Path(folder) for folder in extract_report(results / "r.html", tmp_path / "numbers", defuse=defuse)]

    assert len(folders) == len(HOSTILE)
    assert all(re.fullmatch(r"\d\d-[\w-]*", folder.name) for folder in folders)
    assert sorted(os.listdir(tmp_path / "numbers")) == sorted(folder.name for folder in folders)
    for folder in folders:
        with (folder / "points.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        texts = [row[1] for row in rows]
        if defuse:
            assert not [cell for cell in (header[1], *texts) if cell.startswith(("=", "+", "-", "@"))]
            texts = [cell.removeprefix("'") for cell in texts]
        assert texts == HOSTILE


class Elements(HTMLParser):
    """The elements of a page that something in a name could be."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.handlers: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]


def test_names_are_text_in_the_page(results: Path, logs: Path, tmp_path: Path) -> None:
    page = (results / "r.html").read_text("utf-8")
    found = Elements()
    found.feed(page)

    assert found.handlers == []
    assert [link for link in found.links if not link.startswith(("data:", "#", "https://"))] == []
    kinds = re.findall(r"<script([^>]*)>", page)
    assert found.scripts == len(kinds)
    assert not [kind for kind in kinds if 'type="application/' not in kind and "embreport-script" not in kind]
    assert str(logs) not in page
    assert str(Path.home()) not in page
