"""The figures of a report for a test reporter: JUnit XML, a test case per embedding.

The format has no standard of its own; this is what Jenkins, GitLab and pytest agree on: `testsuites`, `testsuite`,
`testcase` with `properties`, `failure`, `skipped` and `system-out`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from embreport.outcome import Figure, Outcome, main_figures, outcomes
from embreport.plain_text import plain
from embreport.version import __version__
from embreport.views import headline, opening_projection

if TYPE_CHECKING:
    from embreport.pipeline import BuiltReport

Properties = list[tuple[str, Figure]]


def junit(report: BuiltReport, *, file: str | None, strict: bool) -> str:
    """The XML. `file` is the name of the page; with `strict`, warnings and skipped tensors are failures.

    Names are text: characters that XML 1.0 cannot hold, and line breaks, are spelled out.
    """
    properties: Properties = [("embreport", __version__)]
    if file is not None:
        properties.append(("file", file))
    properties.append(("bytes", len(report.page.html.encode("utf-8"))))
    return _document(report.title, properties, [_case(item, strict) for item in outcomes(report)])


def failed_junit(title: str, message: str) -> str:
    """The XML where no report could be made: one failed test case."""
    case = _empty_case("embreport", "build")
    _add(case, "failure", message)
    return _document(title, [("embreport", __version__)], [case])


def _case(item: Outcome, strict: bool) -> ElementTree.Element:
    case = _empty_case(item.run if item.run is not None else "notices", item.tensor or "everything")
    if item.result is not None:
        _properties(case, [("title", item.result.embedding.source.title), *main_figures(item.result)])
    if item.state == "failed" or (strict and item.state in ("skipped", "warned")):
        _add(case, "failure", item.reason)
    elif item.state == "skipped":
        _add(case, "skipped", item.reason)
    elif strict and item.warnings:
        _add(case, "failure", item.warnings[0], item.warnings)
    said = [item.reason] if item.state == "warned" else list(item.warnings)
    if item.result is not None:
        said.insert(0, headline(item.result, opening_projection(item.result.numbers.projections)))
    if said:
        output = ElementTree.SubElement(case, "system-out")
        output.text = "\n".join(plain(line) for line in said)
    return case


def _empty_case(run: str, name: str) -> ElementTree.Element:
    return ElementTree.Element("testcase", {"classname": plain(run), "name": plain(name)})


def _add(case: ElementTree.Element, kind: str, message: str, lines: tuple[str, ...] = ()) -> None:
    element = ElementTree.SubElement(case, kind, {"message": plain(message)})
    if kind == "failure":
        element.set("type", "embreport")
    if len(lines) > 1:
        element.text = "\n".join(plain(line) for line in lines)


def _properties(parent: ElementTree.Element, figures: Properties) -> None:
    properties = ElementTree.SubElement(parent, "properties")
    for name, value in figures:
        ElementTree.SubElement(properties, "property", {"name": plain(name), "value": plain(str(value))})


def _document(title: str, properties: Properties, cases: list[ElementTree.Element]) -> str:
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
    }
    suites = ElementTree.Element("testsuites", {"name": "embreport", **counts})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": plain(title), **counts})
    _properties(suite, properties)
    suite.extend(cases)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"
