"""Colors and legend, and that Python and the page's modules agree on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from node_runner import run_node
from view_factory import column

from embreport.views import legend, palette
from embreport.views.colors import (
    MISSING_CLASS,
    class_color,
    class_colors,
    is_ring,
    number_colors,
    scale_rgb,
    to_rgb,
)
from embreport.views.stills import point_look
from embreport.views.wording import number, percent

JS_TESTS = Path(__file__).parent.parent / "js"
WRITTEN = [0, 0.0001, 0.31, 0.5, 1, 1.005, 7.5, 48.25, 123.456, 1999.5, 6000, 1e-7, 2.5e12]
ALL = np.ones(100, dtype=bool)


def many(classes: int, rows: int = 100) -> list[str]:
    """Class k0 is the most frequent."""
    return [f"k{row % classes}" for row in range(rows)]


def test_ten_classes_are_dots_and_the_next_ten_rings_of_the_same_hues() -> None:
    view = legend(column("kind", many(20), "category"), ALL, 0)
    assert view is not None
    assert [entry.mark for entry in view.entries] == ["dot"] * 10 + ["ring"] * 10
    assert [entry.light for entry in view.entries[:10]] == palette()["light"]["classes"]
    assert [entry.dark for entry in view.entries[10:]] == palette()["dark"]["classes"]


def test_over_twenty_classes_nineteen_are_named_and_the_rest_gathered() -> None:
    view = legend(column("kind", many(23), "category"), ALL, 0)
    assert view is not None
    assert len(view.entries) == 20
    assert (view.entries[-1].label, view.entries[-1].mark) == ("other, 4 values", "other")
    assert sum(int(entry.count) for entry in view.entries) == 100


def test_counts_are_of_drawn_rows_and_the_rest_is_left_out_or_missing() -> None:
    finite = np.arange(10) < 7
    view = legend(
        column("kind", ["a", "a", "b", None, "b", "b", "a", "b", "c", "c"], "category"), finite, int((~finite).sum())
    )
    assert view is not None
    assert [(entry.label, entry.count, entry.mark) for entry in view.entries] == [
        ("b", "3", "dot"),
        ("a", "3", "dot"),
        ("c", "0", "dot"),
        ("missing", "1", "none"),
        ("left out", "3", "none"),
    ]


def test_numbers_have_a_scale_with_its_ends_and_say_when_it_is_logarithmic() -> None:
    view = legend(column("price", ["1", "5000", None] + ["10"] * 97, "number"), ALL, 0)
    assert view is not None
    assert (view.low, view.high, view.note) == ("1", "5,000", "logarithmic scale")
    assert view.scale_light == tuple(palette()["light"]["sequential"])
    assert [(entry.label, entry.count) for entry in view.entries] == [("missing", "1")]
    assert legend(column("price", [None] * 3, "number"), ALL[:3], 0) is None
    assert legend(None, ALL, 0) is None


def test_the_scale_is_linear_unless_the_positive_values_span_a_thousand_times() -> None:
    linear = number_colors(column("v", ["1", "500.5", "1000", None], "number"))
    assert linear is not None
    assert not linear.logarithmic
    np.testing.assert_allclose(linear.shares, [0, 0.5, 1, np.nan])
    log = number_colors(column("v", ["0", "1", "100", "10000"], "number"))
    assert log is not None
    assert (log.logarithmic, log.low, log.high) == (True, 1, 10000)
    np.testing.assert_allclose(log.shares, [0, 0, 0.5, 1])
    negative = number_colors(column("v", ["-1", "1", "10000"], "number"))
    assert negative is not None
    assert not negative.logarithmic
    same = number_colors(column("v", ["3", "3"], "number"))
    assert same is not None
    assert same.shares.tolist() == [0.5, 0.5]


def test_huge_numbers_do_not_overflow_the_scale() -> None:
    colors = number_colors(column("v", ["-1.7e308", "0", "1.7e308"], "number"))
    assert colors is not None
    np.testing.assert_allclose(colors.shares, [0, 0.5, 1])


def test_the_scale_passes_through_its_stops() -> None:
    stops = palette()["dark"]["sequential"]
    np.testing.assert_allclose(scale_rgb(np.linspace(0, 1, len(stops)), "dark"), [to_rgb(stop) for stop in stops])


def test_python_and_the_modules_have_the_same_colors_sizes_and_rules(tmp_path: Path) -> None:
    cells: list[str | None] = [None if row % 31 == 0 else f"k{(row * row) % 37}" for row in range(100)]
    numbers = ["0", "3", "70.5", "80000"]
    kind = class_colors(column("kind", cells, "category"))
    scale = number_colors(column("value", numbers, "number"))
    assert scale is not None
    values = list(dict.fromkeys([*kind.names, *sorted({cell for cell in cells if cell} - set(kind.names))]))
    asked = {
        "values": values,
        "codes": [len(values) if cell is None else values.index(cell) for cell in cells],
        "numbers": [float(text) for text in numbers],
        "written": WRITTEN,
        "counts": [10, 100, 599, 3000, 20000, 250000, 5000000],
    }
    told = _ask_modules(asked, tmp_path)
    for theme in ("light", "dark"):
        own = palette()[theme]
        for name in ("paper", "ink", "edge", "other"):
            assert told["palettes"][theme][name] == to_rgb(own[name]).tolist()
        for name in ("classes", "sequential"):
            assert told["palettes"][theme][name] == [to_rgb(color).tolist() for color in own[name]]
        places = [class_color(code, kind, "light" if theme == "light" else "dark") for code in kind.codes.tolist()]
        assert told["hues"][theme] == [to_rgb(color).tolist() for color in places]
    hollow = [is_ring(code, kind) or code == MISSING_CLASS for code in kind.codes.tolist()]
    assert [shape > 0 for shape in told["shapes"]] == hollow
    np.testing.assert_allclose(told["places"], scale.shares, atol=1e-6)
    np.testing.assert_allclose(told["looks"], [point_look(number) for number in asked["counts"]], rtol=1e-9)
    assert told["depth"] == palette()["depth"]
    assert told["home"] == palette()["home"]
    assert told["written"] == [[number(value), percent(value)] for value in WRITTEN]


def _ask_modules(asked: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    script = tmp_path / "ask.mjs"
    script.write_text(
        f"import {{ load }} from {json.dumps((JS_TESTS / 'load.mjs').as_uri())};\n"
        f"const asked = {json.dumps(asked)};\n" + _QUESTION,
        encoding="utf-8",
    )
    told: dict[str, Any] = json.loads(run_node(script))
    return told


_QUESTION = """
const { PALETTES } = await load('color/palette.js');
const { planColoring, hueOf, pointStyle } = await load('color/coloring.js');
const { planScale } = await load('color/scale.js');
const { LOOK, pointDiameter, pointOpacity } = await load('scene/point_style.js');
const { DISTANCE, HOME } = await load('scene/camera.js');
const rows = asked.codes.length;
const counts = new Uint32Array(asked.values.length + 1);
for (const code of asked.codes) counts[code]++;
const column = { kind: 'category', values: asked.values, codes: Uint8Array.from(asked.codes), counts };
const coloring = planColoring('kind', column, { rows, finite: rows });
const every = Array.from({ length: rows }, (_, i) => i);
const scale = planScale(asked.numbers);
const { number, percent } = await load('text/format.js');
process.stdout.write(JSON.stringify({
  palettes: PALETTES,
  hues: { light: every.map(hueOf(coloring, 'light')), dark: every.map(hueOf(coloring, 'dark')) },
  shapes: [...pointStyle({ coloring, theme: 'light', count: rows, visible: null, lit: null }).shape],
  places: asked.numbers.map(scale.place),
  looks: asked.counts.map((count) => [pointDiameter(count), pointOpacity(count)]),
  depth: { near: LOOK.nearSize, far: LOOK.farSize, fog: LOOK.farFog, span: LOOK.depthSpan },
  written: asked.written.map((value) => [number(value), percent(value)]),
  home: { yaw: HOME.yaw, pitch: HOME.pitch, distance: DISTANCE },
}));
"""
