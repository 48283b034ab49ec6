"""The built page: same bytes, the promised policy, safe text, a size that is kept by giving up in order."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
import re
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from report_factory import (
    PLAIN_TEMPLATE,
    make_column,
    make_report,
    make_result,
    make_sprite,
    plain_templates,
)

from embreport.errors import ReportError
from embreport.model import Notice, Skipped, Sprite
from embreport.page import Page, build_page, packing, read_page
from embreport.page import build as build_module
from embreport.page.ladder import Plan, plans, size_text
from embreport.page.payload import plotly_js
from embreport.page.payload.sprites import GOOD_THUMBNAILS, ThumbnailQuality, make_thumbnails, tile_size
from embreport.page.verify import verify_page

LIMIT = 14_000_000
HOSTILE = "</script><script>alert(1)</script>{{ 7*7 }}<!--\"'&<img src=x onerror=alert(1)>"


def build(*results: object, limit: int = LIMIT, **more: object) -> Page:
    report = make_report(*results, **more)  # type: ignore[arg-type]
    return build_page(report, max_bytes=limit, templates=plain_templates())


def manifest_of(html: str) -> dict[str, object]:
    found = re.search(r'id="embreport-manifest">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    read: dict[str, object] = json.loads(found.group(1))
    return read


def test_the_same_report_gives_the_same_bytes() -> None:
    columns = [make_column("label", [f"w{row}" for row in range(60)])]
    assert build(make_result(columns=columns, sprite=make_sprite(60))) == build(
        make_result(columns=columns, sprite=make_sprite(60))
    )


def test_parts_add_up_to_the_size_the_manifest_announces() -> None:
    page = build(make_result(columns=[make_column("label", ["ä"] * 60)], sprite=make_sprite(60)), title="Größe")
    size = len(page.html.encode("utf-8"))
    assert sum(part.page_bytes for part in page.parts) == size
    assert manifest_of(page.html)["bytes"] == size
    assert page.parts[0].name == "plotly.js"
    assert all(part.page_bytes > 0 for part in page.parts)


def test_the_policy_allows_the_two_scripts_of_the_page_and_nothing_else() -> None:
    html = build(make_result()).html
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    script = re.search(r'<script id="embreport-script">(.*?)</script>', html, re.DOTALL)
    assert policy is not None
    assert script is not None
    plotly = re.search(r'id="block-plotly">([^<]+)<', html)
    assert plotly is not None
    text = plotly_js.plotly_script()
    hashes = [_hash(script.group(1).encode()), text.policy_hash]
    assert policy.group(1).replace("&#39;", "'") == (
        f"default-src 'none'; script-src '{hashes[0]}' '{hashes[1]}'; style-src 'unsafe-inline'; img-src blob: data:; "
        "worker-src blob:; connect-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'"
    )
    assert html.rindex("block-plotly") > html.rindex('id="block-e0')


def _hash(text: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text).digest()).decode()


def test_plotly_is_packed_whole_with_its_licence_and_the_hash_of_its_text() -> None:
    script = plotly_js.plotly_script()
    text = zlib.decompress(base64.b64decode(script.block.text), -15)
    assert b"Licensed under the MIT license" in text[:300]
    assert script.version.encode() in text[:100]
    assert script.policy_hash == _hash(text)


def test_another_major_version_of_plotly_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: "8.0.1")
    with pytest.raises(ReportError, match=r"plotly 8\.0\.1 is installed; the page is tested with plotly 7"):
        plotly_js.plotly_script()


def test_hostile_text_stays_text_everywhere() -> None:
    columns = [make_column(HOSTILE, [HOSTILE] * 60, "category"), make_column("label", [HOSTILE] * 60)]
    result = make_result(columns=columns, tensor=HOSTILE, run=HOSTILE)
    result = dataclasses.replace(result, notices=(Notice(code="x", severity="info", message=HOSTILE, where=HOSTILE),))
    report = make_report(result, title=HOSTILE, notices=(Notice(code="y", severity="error", message=HOSTILE),))
    report = dataclasses.replace(report, skipped=(Skipped(run=HOSTILE, tensor=HOSTILE, reason=HOSTILE),))
    html = build_page(report, max_bytes=LIMIT).html
    assert "<img src=x" not in html
    assert "alert(1)</script>" not in html
    assert ">49<" not in html
    verify_page(html, LIMIT)
    assert read_page(html).title == HOSTILE


def test_a_name_that_is_no_unicode_is_shown_with_question_marks() -> None:
    html = build(make_result(5, run="caf\udce9"), title="caf\udce9").html
    assert read_page(html).title == "caf?"
    assert read_page(html).embeddings[0].run == "caf?"


def test_the_page_fits_by_giving_up_in_the_promised_order() -> None:
    result = make_result(
        1500,
        6,
        k=130,
        methods=("pca", "tsne2d", "tsne3d", "tsne3d-p10", "umap2d", "umap3d"),
        sprite=noise_sprite(1500, 24),
    )
    codes: list[tuple[str, ...]] = []
    for plan in plans((result,), LIMIT, 0):
        codes.append(tuple(notice.message.split(": ")[1] for notice in plan.notices))
    assert codes[0] == ()
    assert codes[1] == ("100 neighbors kept instead of 130.",)
    assert codes[2] == ("30 neighbors kept instead of 130.",)
    assert codes[-1] == (
        "10 neighbors kept instead of 130.",
        "further perplexities left out (tsne3d-p10).",
        "2D UMAP and 3D UMAP left out.",
        "thumbnails at lower quality.",
        "thumbnails at half their size.",
        "coordinates at 14 bits instead of 16.",
        "1,000 of 1,500 points drawn, chosen with seed 0; all rows are in the figures.",
    )
    assert len(codes) == 10


def test_a_page_over_its_size_takes_the_first_rung_that_fits_and_says_so() -> None:
    result = make_result(400, 6, k=120, methods=("pca", "tsne3d"))
    whole = build(result)
    smaller = build(result, limit=len(whole.html) - 20_000)
    assert len(smaller.html.encode()) <= len(whole.html) - 20_000
    assert [notice.code for notice in smaller.notices] == ["size-neighbors"]
    assert smaller.notices[0].message in smaller.html
    stored = read_page(smaller.html).embeddings[0]
    kept = stored.cosine.indices.shape[1]
    assert kept in (100, 30)
    np.testing.assert_array_equal(stored.cosine.indices, result.numbers.cosine.indices[:, :kept])


def test_fewer_than_ten_neighbors_asked_for_are_all_kept() -> None:
    result = make_result(400, 6, k=5)
    assert all(plan.neighbors is None for plan in plans((result,), 1, 0))


def test_a_page_that_cannot_fit_says_what_is_missing() -> None:
    with pytest.raises(ReportError, match=r"(?s)MB where 1\.5\sMB are allowed.*are missing.*Most goes to plotly\.js"):
        build(make_result(), limit=1_500_000)


def test_sizes_are_written_in_units_of_a_thousand() -> None:
    assert [size_text(size) for size in (14_000_000, 1_540_000, 900_000, 1_234)] == [
        "14\u00a0MB",
        "1.5\u00a0MB",
        "900\u00a0kB",
        "1.2\u00a0kB",
    ]


BROKEN: list[tuple[str, Callable[[str], str]]] = [
    ("before the page's policy", lambda html: html.replace('http-equiv="Content-Security-Policy"', 'name="x"')),
    ("before the page's policy", lambda html: html.replace("<head>", "<head><script>1</script>")),
    ("2 scripts", lambda html: html.replace("</body>", "<script>1</script></body>")),
    ("not the one its policy allows", lambda html: html.replace("ready = true", "ready = false")),
    ("leads out", lambda html: html.replace("<h1>", '<a href="https://example.com">x</a><h1>')),
    ("leads out", lambda html: html.replace("<h1>", '<img src="//example.com/x.png"><h1>')),
    ("inline handler", lambda html: html.replace("<h1>", '<h1 onclick="x()">')),
    ("<link>", lambda html: html.replace("<title>", '<link rel="stylesheet" href="x.css"><title>')),
    ("<iframe>", lambda html: html.replace("<h1>", "<iframe></iframe><h1>")),
    ("style sheet", lambda html: html.replace("<style>", "<style>@import 'x.css';")),
    ("style sheet", lambda html: html.replace("<style>", "<style>p { background: url('x.png') }")),
    ("style of <h1>", lambda html: html.replace("<h1>", '<h1 style="background:url(x.png)">')),
    ("refresh", lambda html: html.replace("<title>", '<meta http-equiv="refresh" content="0;url=x"><title>')),
]


@pytest.mark.parametrize(("says", "spoil"), BROKEN, ids=[f"{n} {says}" for n, (says, _) in enumerate(BROKEN)])
def test_a_page_that_breaks_a_promise_is_not_given_out(says: str, spoil: Callable[[str], str]) -> None:
    html = build(make_result(5)).html
    verify_page(html, LIMIT)
    assert spoil(html) != html
    with pytest.raises(ReportError, match=re.escape(says)):
        verify_page(spoil(html), LIMIT)


def test_a_page_without_policy_or_script_is_not_given_out() -> None:
    for html, says in (("<p>x</p>", "no content policy"), (build(make_result(5)).html, "0 scripts")):
        with pytest.raises(ReportError, match=says):
            verify_page(html.replace('<script id="embreport-script">', '<script type="application/json">'), LIMIT)


def test_a_page_over_its_size_is_not_given_out() -> None:
    html = build(make_result(5)).html
    with pytest.raises(ReportError, match="more than the 1,000 that are allowed"):
        verify_page(html, 1000)


def test_a_name_the_template_misspells_is_an_error() -> None:
    templates = dataclasses.replace(plain_templates(), page=PLAIN_TEMPLATE + "{{ page.tilte }}")
    with pytest.raises(Exception, match="tilte"):
        build_page(make_report(make_result(5)), max_bytes=LIMIT, templates=templates)


def test_a_style_sheet_that_would_end_its_element_is_refused() -> None:
    templates = dataclasses.replace(plain_templates(), css="p::before { content: '</style>' }")
    with pytest.raises(ReportError, match="</style"):
        build_page(make_report(make_result(5)), max_bytes=LIMIT, templates=templates)


def noise_sprite(count: int, side: int) -> Sprite:
    """Tiles of noise: expensive to keep exactly."""
    columns = int(np.ceil(np.sqrt(count)))
    lines = -(-count // columns)
    sheet = np.random.default_rng(0).integers(0, 255, (lines * side, columns * side, 3), dtype=np.uint8)
    return Sprite(path="noise.png", sheet=sheet, tile_width=side, tile_height=side, columns=columns, count=count)


def test_tiles_are_stored_in_stored_order_without_loss_where_that_is_small() -> None:
    sprite = make_sprite(300, 9, 7, channels=4)
    order = np.random.default_rng(2).permutation(320)
    thumbnails = make_thumbnails(sprite, order, GOOD_THUMBNAILS)
    assert (thumbnails.tile_width, thumbnails.tile_height, thumbnails.smooth) == (9, 7, False)
    sheet = np.asarray(Image.open(io.BytesIO(thumbnails.sheets[0].data)).convert("RGBA"))
    for tile, row in enumerate([row for row in order if row < 300]):
        top, left = tile // thumbnails.columns * 7, tile % thumbnails.columns * 9
        np.testing.assert_array_equal(sheet[top : top + 7, left : left + 9], sprite.tile(row))


def test_sheets_stay_below_the_largest_side_and_large_tiles_are_reduced() -> None:
    sprite = Sprite(
        path="x.png", sheet=np.zeros((600, 300, 3), np.uint8), tile_width=300, tile_height=600, columns=1, count=1
    )
    assert tile_size(sprite) == (128, 256)
    many = make_thumbnails(make_sprite(1100, 128, 128), np.arange(1100), ThumbnailQuality(webp=30))
    assert [(sheet.width <= 4096, sheet.height <= 4096) for sheet in many.sheets] == [(True, True)] * len(many.sheets)
    assert len(many.sheets) == 2
    assert many.smooth


def test_sheets_keep_nothing_of_the_source_but_pixels() -> None:
    for sheet in make_thumbnails(noise_sprite(40, 40), np.arange(40), GOOD_THUMBNAILS).sheets:
        opened = Image.open(io.BytesIO(sheet.data))
        assert not set(opened.info) & {"exif", "icc_profile", "xmp", "comment", "Software"}
        assert sheet.kind == "image/webp"


def test_half_size_never_goes_below_sixteen_pixels() -> None:
    assert tile_size(make_sprite(4, 28, 28), 0.5) == (16, 16)
    assert tile_size(make_sprite(4, 12, 12), 0.5) == (12, 12)
    assert tile_size(make_sprite(4, 64, 32), 0.5) == (32, 16)


def test_tables_far_over_the_size_are_guessed_from_a_sample_and_not_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    result = make_result(1200, 6, k=110, methods=("pca",))
    monkeypatch.setattr(packing, "_WORTH_GUESSING", 1)
    monkeypatch.setattr(packing, "_SAMPLED_ROWS", 200)
    packer = packing.EmbeddingPacker("e0", result)
    for plan in (Plan(), Plan(neighbors=30)):
        packed = [block for block in packer.packed(plan).blocks if block.part.startswith("neighbors")]
        assert packer.guessed_neighbor_bytes(plan) == pytest.approx(sum(len(block.text) for block in packed), rel=0.15)
    tried = []
    page_of = build_module._PageBuilder.page
    monkeypatch.setattr(
        build_module._PageBuilder, "page", lambda self, plan: tried.append(plan.neighbors) or page_of(self, plan)
    )
    page = build(result, limit=len(plotly_js.plotly_script().block.text) + 180_000)
    assert tried[0] is not None
    assert len(page.html) <= len(plotly_js.plotly_script().block.text) + 180_000
