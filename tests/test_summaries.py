"""The Markdown summary and the JUnit report: the figures of --json, and names that stay text whatever they hold."""

from __future__ import annotations

import dataclasses
import html
import re
import string
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embreport.arrays import embedding_from_arrays
from embreport.cli import main
from embreport.junit import failed_junit, junit
from embreport.markdown import escaped, failed_summary, markdown_summary
from embreport.model import Faithfulness, Notice, Skipped
from embreport.options import BuildOptions
from embreport.outcome import main_figures
from embreport.pipeline import BuiltReport, build_from_embeddings
from embreport.plain_text import plain
from embreport.progress import ignore_progress

HOSTILE = [
    "a|b",
    "<script>alert(1)</script>",
    "&amp;&#60;",
    "`code` ``",
    "two\nlines\r\n\n# head",
    "\x1b[31mred\x07\0",
    "\udcff",
    "[x](javascript:alert(1))",
    "![x](//e.vil/i.png)",
    "https://e.vil/x",
    "www.e.vil",
    "]]>",
    "--> <!--",
    "\ufffe\uffff",
    "a\u202eb\u2028c",
    "# head",
    "- item",
    "1. item",
    "> quote",
    "*b* _i_ ~~s~~ $x$",
    "| --- |",
    "\\",
    "\\|",
    "'\"",
    "",
    "    code",
    "\t",
    "=1+1",
    "@someone",
    ":smile:",
    "---",
    "+++",
    "\ud800",
    "é\u0301漢",
]
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)


@pytest.fixture(scope="module")
def report() -> BuiltReport:
    values = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    embedding = embedding_from_arrays(values, {"class": ["a", "b"] * 20}, None, tensor="words")
    return build_from_embeddings("Title", [embedding], BuildOptions(projections=("pca",)), ignore_progress)


def renamed(report: BuiltReport, name: str) -> BuiltReport:
    """The report with one name for everything that has one."""
    (result,) = report.embeddings
    source = dataclasses.replace(result.embedding.source, run=name, tensor=name, title=name)
    warning = Notice(code="w", severity="warning", message=name, where=name)
    result = dataclasses.replace(
        result, embedding=dataclasses.replace(result.embedding, source=source), notices=(warning,)
    )
    notices = (
        warning,
        Notice(code="i", severity="info", message=name),
        Notice(code="x", severity="error", message=name),
    )
    skipped = (Skipped(run=name, tensor=name, reason=f"{name}."), Skipped(run=name, tensor=None, reason=f"{name}!"))
    return dataclasses.replace(report, title=name, embeddings=(result,), notices=notices, skipped=skipped)


def cases(text: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(text.encode("utf-8")).iter("testcase"))


def begins(line: str) -> str:
    """The mark of the block that a line of Markdown begins."""
    found = re.match(r" {0,3}(#+ |[-+*] |[0-9]+[.)] |>|\||\*\*|```|~~~|---|    )", line)
    return found[0] if found else ""


def shown(text: str) -> str:
    """What a Markdown reader shows of a line without markup."""
    return html.unescape(text)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("strict", [False, True])
def test_xml_holds_every_name_as_text(report: BuiltReport, name: str, strict: bool) -> None:
    text = junit(renamed(report, name), file=name, strict=strict)

    suite = ElementTree.fromstring(text.encode("utf-8"))[0]
    assert suite.get("name") == plain(name)
    assert suite.find("testcase").get("classname") == plain(name)  # type: ignore[union-attr]
    assert suite.find("properties/property[@name='file']").get("value") == plain(name)  # type: ignore[union-attr]
    assert [element.tag for element in suite] == ["properties", *["testcase"] * (len(suite) - 1)]


@settings(max_examples=150, deadline=None)
@given(name=ANY_TEXT)
def test_xml_of_a_failure_is_valid_whatever_the_text(name: str) -> None:
    (case,) = cases(failed_junit(name, name))

    assert case.find("failure").get("message") == plain(name)  # type: ignore[union-attr]


@settings(max_examples=300, deadline=None)
@given(
    name=st.one_of(
        ANY_TEXT, st.sampled_from(HOSTILE), st.text(st.sampled_from(string.punctuation + "a1 \n"), max_size=12)
    )
)
def test_markdown_shows_a_name_and_obeys_nothing_of_it(name: str) -> None:
    text = escaped(name)

    assert shown(text) == (plain(name).strip() or " ")
    outside = re.sub(r"&#[0-9]+;", "", text)
    assert not set(outside) & set('<>&|`*_[]()\\~#!$:@"^{}=+\n\r')
    assert not re.match(r"[-.,;%?/']", text)
    assert not re.match(r"[0-9]+\.", text)
    assert "www." not in text.lower()


@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
def test_the_summary_has_the_same_lines_whatever_the_names(report: BuiltReport, name: str) -> None:
    plainly = markdown_summary(renamed(report, "name"), file="name", strict=True).splitlines()
    hostile = markdown_summary(renamed(report, name), file=name, strict=True).splitlines()

    assert len(hostile) == len(plainly)
    for line, other in zip(hostile, plainly, strict=True):
        assert begins(line) == begins(other)
        assert line.count("|") == other.count("|")
        assert line.count("*") == other.count("*")


def test_the_summary_says_headline_projections_notices_and_size(report: BuiltReport) -> None:
    notice = Notice(code="i", severity="info", message="Something to know.")
    told = dataclasses.replace(report, notices=(notice,), skipped=(Skipped(run=".", tensor="bias", reason="One row."),))

    text = shown(markdown_summary(told, file="r.html", strict=False))

    assert text.startswith("# Title\n")
    assert f"r.html, {len(report.page.html.encode()):,} bytes" in text
    assert "PCA keeps" in text
    assert re.search(r"\| PCA 3D \| .* % \|", text)
    for head in ("Neighbors kept (10)", "Trustworthiness (10)", "Continuity (10)", "Variance"):
        assert head in text
    assert "- info: Something to know." in text
    assert "- bias in run .: One row." in text


def test_the_summary_says_what_was_estimated(report: BuiltReport) -> None:
    assert "estimated" not in markdown_summary(report, file=None, strict=False)
    result = report.embeddings[0]
    few = Faithfulness(k=10, neighbors_kept=0.5, trustworthiness=0.9, continuity=0.9, reference_rows=7)
    projections = tuple(dataclasses.replace(one, faithfulness=(few,)) for one in result.numbers.projections)
    numbers = dataclasses.replace(result.numbers, projections=projections)
    sampled = dataclasses.replace(report, embeddings=(dataclasses.replace(result, numbers=numbers),))
    text = html.unescape(markdown_summary(sampled, file=None, strict=False))
    assert f"Trustworthiness and continuity are estimated from 7 of the {result.finite_rows} points." in text


def test_the_xml_has_a_case_per_embedding_with_its_figures(report: BuiltReport) -> None:
    (case,) = cases(junit(report, file="r.html", strict=False))

    properties = {item.get("name"): item.get("value") for item in case.iter("property")}
    assert (case.get("classname"), case.get("name")) == (".", "words")
    assert properties["rows"] == "40"
    for name, value in main_figures(report.embeddings[0]):
        assert properties[name] == str(value)
    assert "trustworthiness_10@pca" in properties
    assert case.find("failure") is None


def test_what_could_not_be_built_fails_and_what_was_left_out_is_skipped(report: BuiltReport) -> None:
    trouble = Notice(code="format", severity="error", message="Ends early.", where="a.tsv")
    skipped = (
        Skipped(run="a", tensor="x", reason="a.tsv: Ends early."),
        Skipped(run="a", tensor="y", reason="A kernel."),
    )
    told = dataclasses.replace(report, notices=(trouble,), skipped=skipped)

    _, broken, kernel = cases(junit(told, file=None, strict=False))

    assert broken.find("failure").get("message") == "a.tsv: Ends early."  # type: ignore[union-attr]
    assert kernel.find("skipped").get("message") == "A kernel."  # type: ignore[union-attr]
    assert "Could not be built" in markdown_summary(told, file=None, strict=False)


WARNING = Notice(code="w", severity="warning", message="Odd.")
INFORMATION = Notice(code="i", severity="info", message="Fine.")
LEFT_OUT = Skipped(run=".", tensor="bias", reason="One row.")


@pytest.mark.parametrize("notices", [(), (INFORMATION,), (WARNING,)])
@pytest.mark.parametrize("skipped", [(), (LEFT_OUT,)])
@pytest.mark.parametrize("own", [False, True])
def test_a_strict_report_fails_exactly_where_the_gate_does(
    report: BuiltReport, notices: tuple[Notice, ...], skipped: tuple[Skipped, ...], own: bool
) -> None:
    result = dataclasses.replace(report.embeddings[0], notices=notices if own else ())
    told = dataclasses.replace(report, embeddings=(result,), notices=notices, skipped=skipped)

    failures = [case for case in cases(junit(told, file=None, strict=True)) if case.find("failure") is not None]

    assert bool(failures) == (not told.is_clean)
    assert ("Strict: failed" in markdown_summary(told, file=None, strict=True)) == (not told.is_clean)
    lenient = cases(junit(told, file=None, strict=False))
    assert all(case.find("failure") is None for case in lenient)


def test_both_are_written_with_the_report_also_where_the_gate_fails(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    np.save(tmp_path / "logs" / "vectors.npy", np.eye(12, 3, dtype=np.float32))
    (tmp_path / "logs" / "labels.tsv").write_text("a\nb\n")
    (tmp_path / "logs" / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "numbers" tensor_path: "vectors.npy" metadata_path: "labels.tsv" }\n'
    )
    names = [str(tmp_path / name) for name in ("r.html", "s.md", "j.xml")]
    arguments = ["build", str(tmp_path / "logs"), "--projections", "pca", "--strict", "-q"]

    assert main([*arguments, "-o", names[0], "--summary", names[1], "--junit", names[2]]) == 3

    assert "Strict: failed" in Path(names[1]).read_text()
    embedding, notice = cases(Path(names[2]).read_text())
    assert (embedding.get("name"), notice.get("name")) == ("numbers", "metadata-row-count")
    assert notice.find("failure") is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["j.xml", "logs", "r.html", "s.md"]


def test_where_nothing_is_built_both_say_why(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    names = [str(tmp_path / name) for name in ("r.html", "s.md", "j.xml")]

    assert main(["build", str(tmp_path / "logs"), "-o", names[0], "--summary", names[1], "--junit", names[2]]) == 1

    assert not Path(names[0]).exists()
    assert "No report was made" in Path(names[1]).read_text()
    (case,) = cases(Path(names[2]).read_text())
    assert "No embedding was found" in str(case.find("failure").get("message"))  # type: ignore[union-attr]
    assert failed_summary("a|b", "c|d").count("|") == 0
