"""Parts of the page that are kept: whatever changes, the page is the one a build without a store makes."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
import pytest
from report_factory import make_column, make_report, make_result, make_sprite, plain_templates

from embreport.diagnostics import Diagnostics
from embreport.errors import ReportError
from embreport.model import Notice, RowFigure, SavedView, Skipped
from embreport.page import ReportInput, build_page
from embreport.page import kept_parts as kept_parts_module
from embreport.page.ladder import Plan
from embreport.page.packing import EmbeddingPacker

Result = TypeVar("Result")
Arrays = dict[str, np.ndarray]

ROWS = 40
LIMIT = 14_000_000
OTHER_WORD = {
    "text": "category", "category": "text", "number": "category", "share": "count", "cosine": "euclidean",
    "euclidean": "cosine", "pca": "umap", "tsne": "umap", "info": "warning",
}  # fmt: skip


class Shelf:
    """Keeps everything in memory; `spoil` is applied to what it gives back."""

    def __init__(self, kept: dict[tuple[str, str], Arrays] | None = None) -> None:
        self.kept = {} if kept is None else dict(kept)
        self.made: list[str] = []
        self.refused: list[str] = []
        self.spoil: Callable[[Arrays], None] = lambda arrays: None

    def get(
        self, stage: str, digest: str, unpack: Callable[[Mapping[str, np.ndarray]], Result | None]
    ) -> Result | None:
        if (stage, digest) not in self.kept:
            return None
        arrays = {name: array.copy() for name, array in self.kept[stage, digest].items()}
        self.spoil(arrays)
        result = unpack(arrays)
        self.refused += [stage] * (result is None)
        return result

    def put(self, stage: str, digest: str, arrays: Mapping[str, np.ndarray]) -> None:
        self.made.append(stage)
        self.kept[stage, digest] = {name: array.copy() for name, array in arrays.items()}


def full_report() -> ReportInput:
    """A report with something of everything a page can show."""
    draw = np.random.default_rng(2)
    columns = [
        make_column("name", [f"row {row}" for row in range(ROWS)]),
        make_column("class", ["ab"[row % 2] if row % 7 else None for row in range(ROWS)], "category"),
        make_column("size", [str(row * 3) for row in range(ROWS)], "number"),
    ]
    result = make_result(
        ROWS, columns=columns, sprite=make_sprite(ROWS, 4, 4), left_out=[3], methods=("pca", "tsne2d"), run="train"
    )
    shares = np.round(draw.random(ROWS), 2).astype(np.float32)
    figure = RowFigure(name="outlier_factor_20", title="Local outlier factor (20)", unit="share", values=shares)
    diagnostics = Diagnostics(metric="cosine", rows=ROWS - 1, figures=(figure,))
    view = SavedView(
        name="view1", label="mine", method="pca", coordinates=draw.normal(size=(ROWS, 2)).astype(np.float32)
    )
    result = dataclasses.replace(
        result,
        embedding=dataclasses.replace(result.embedding, views=(view,)),
        numbers=dataclasses.replace(result.numbers, diagnostics=diagnostics),
        notices=(Notice(code="a", severity="info", message="one", where="here"),),
    )
    skipped = (Skipped(run="train", tensor="bias", reason="It has one dimension."),)
    return dataclasses.replace(make_report(result), skipped=skipped)


def outcome(report: ReportInput, store: Shelf | None, limit: int = LIMIT) -> object:
    """The page, or how making it fails: a changed report may make no sense."""
    try:
        return build_page(report, max_bytes=limit, templates=plain_templates(), store=store).html
    except Exception as error:
        return type(error), str(error)


def variants(item: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The item with one thing changed, for every thing in it; of many alike the first two."""
    if dataclasses.is_dataclass(item):
        for field in dataclasses.fields(item):
            for name, other in variants(getattr(item, field.name), f"{path}.{field.name}"):
                yield name, dataclasses.replace(item, **{field.name: other})  # type: ignore[type-var]
    elif isinstance(item, tuple):
        for at, one in itertools.islice(enumerate(item), 2):
            for name, other in variants(one, f"{path}[{at}]"):
                yield name, (*item[:at], other, *item[at + 1 :])
        if item:
            yield f"{path}[last gone]", item[:-1]
    elif isinstance(item, Mapping):
        for key in itertools.islice(item, 2):
            for name, other in variants(item[key], f"{path}[{key}]"):
                yield name, {**item, key: other}
    elif isinstance(item, np.ndarray):
        yield path, changed_array(item)
    elif isinstance(item, bool | int | float | str):
        yield path, OTHER_WORD.get(item, f"{item}x") if isinstance(item, str) else type(item)(not item) + (item > 0)


def changed_array(array: np.ndarray) -> np.ndarray:
    """One element of it changed: neighbors of a row change places, a value becomes another."""
    changed = array.copy()
    if array.dtype == np.int32:
        changed[1, :2] = array[1, 1::-1]
    elif array.dtype == np.bool_:
        changed[5] = ~array[5]
    elif array.dtype == np.uint8:
        changed[1, 1, 0] ^= 255
    else:
        changed.reshape(-1)[1] *= 0.75
    return changed


VARIANTS = dict(variants(full_report()))


@pytest.fixture(scope="module")
def kept() -> dict[tuple[str, str], Arrays]:
    """What a build of the report as it is keeps."""
    shelf = Shelf()
    outcome(full_report(), shelf)
    return shelf.kept


@pytest.mark.parametrize("changed", VARIANTS)
def test_whatever_is_changed_the_page_is_that_of_a_build_without_a_store(
    changed: str, kept: dict[tuple[str, str], Arrays]
) -> None:
    report = VARIANTS[changed]

    assert outcome(report, Shelf(kept)) == outcome(report, None)


def test_a_second_build_makes_nothing_again(kept: dict[tuple[str, str], Arrays]) -> None:
    shelf = Shelf(kept)

    page = outcome(full_report(), shelf)

    assert page == outcome(full_report(), None)
    assert shelf.made == []
    assert {stage for stage, _ in kept} == {
        *("page-order", "page-rows", "page-coordinates", "page-column", "page-neighbors", "page-figure"),
        *("page-thumbnails", "page-still", "page-plotly"),
    }


NUMBERS = ".embeddings[0].numbers"
EXACTLY = {
    ".title": [],
    ".version": [],
    ".seed": [],
    ".embeddings[0].sha256": [],
    ".embeddings[0].notices[0].message": [],
    ".embeddings[0].embedding.metadata.columns[0].name": [],
    ".embeddings[0].embedding.metadata.columns[0].cells[0]": ["page-column"],
    # It colors the points: both pictures.
    ".embeddings[0].embedding.metadata.columns[1].cells[1]": ["page-column", "page-still", "page-still"],
    ".embeddings[0].embedding.sprite.sheet": ["page-thumbnails"],
    ".embeddings[0].embedding.sprite.path": [],
    ".embeddings[0].embedding.views[0].coordinates": ["page-coordinates"],
    ".embeddings[0].embedding.views[0].label": [],
    f"{NUMBERS}.projections[0].coordinates": ["page-coordinates", "page-still"],
    f"{NUMBERS}.projections[0].variance": ["page-still"],
    f"{NUMBERS}.projections[0].neighbors_kept": [],
    f"{NUMBERS}.cosine.indices": ["page-neighbors"],
    f"{NUMBERS}.euclidean.distances": ["page-neighbors"],
    f"{NUMBERS}.diagnostics.figures[0].values": ["page-figure"],
    f"{NUMBERS}.diagnostics.figures[0].title": [],
}


@pytest.mark.parametrize("changed", EXACTLY)
def test_a_change_makes_again_what_it_enters_and_nothing_else(
    changed: str, kept: dict[tuple[str, str], Arrays]
) -> None:
    shelf = Shelf(kept)

    outcome(VARIANTS[changed], shelf)

    assert sorted(shelf.made) == EXACTLY[changed]


def test_other_libraries_and_another_palette_keep_parts_of_their_own(
    kept: dict[tuple[str, str], Arrays], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in [("_picture_libraries", lambda: ("zlib 9",)), ("palette", lambda: {"light": {}})]:
        with monkeypatch.context() as patch:
            patch.setattr(kept_parts_module, name, value)
            shelf = Shelf(kept)
            outcome(full_report(), shelf)

        assert len(shelf.made) == len(kept)


def _other_layout(arrays: Arrays) -> None:
    arrays["layout"] = np.frombuffer(b"{}", np.uint8)


def _no_json(arrays: Arrays) -> None:
    arrays["layout"] = arrays["layout"][:-1]


def _one_piece_less(arrays: Arrays) -> None:
    arrays["raw bytes"] = arrays["raw bytes"][:-1]


def _impossible_size(arrays: Arrays) -> None:
    arrays["raw bytes"][:] = 1 << 60


@pytest.mark.parametrize("damage", [_no_json, _one_piece_less, _impossible_size, dict.clear])
def test_parts_of_another_form_are_refused_and_made_again(
    damage: Callable[[Arrays], None], kept: dict[tuple[str, str], Arrays]
) -> None:
    shelf = Shelf(kept)
    shelf.spoil = damage

    assert outcome(full_report(), shelf) == outcome(full_report(), None)
    assert sorted(set(shelf.refused)) == sorted({stage for stage, _ in kept})


def test_parts_that_say_nothing_of_what_they_hold_are_made_again(kept: dict[tuple[str, str], Arrays]) -> None:
    shelf = Shelf(kept)
    shelf.spoil = _other_layout

    outcome(full_report(), shelf)

    assert {"page-coordinates", "page-column", "page-neighbors", "page-thumbnails"} <= set(shelf.refused)


def test_an_order_that_is_none_is_made_again(kept: dict[tuple[str, str], Arrays]) -> None:
    report = full_report()
    for order in (np.zeros(ROWS, np.int64), np.arange(ROWS - 1), np.arange(1, ROWS + 1), np.zeros(3, np.uint8)):
        shelf = Shelf(kept)
        for key, arrays in shelf.kept.items():
            if key[0] == "page-order":
                shelf.kept[key] = {**arrays, "piece 0": np.frombuffer(order.tobytes(), np.uint8)}

        assert outcome(report, shelf) == outcome(report, None)
        assert "page-order" in shelf.refused


def test_a_size_that_was_too_large_before_is_not_coded_again_to_see_that() -> None:
    result = make_result(1_000, k=100)
    report = make_report(result)
    shelf = Shelf()
    packer = EmbeddingPacker("e0", result, kept_parts_module.KeptParts(shelf))
    wide = sum(len(block.text) for block in packer.packed(Plan()).blocks)
    limit = int(wide * 0.9) + len(build_page(report, max_bytes=LIMIT, templates=plain_templates()).html) - wide
    first = outcome(report, shelf, limit)
    shelf.made.clear()

    assert outcome(report, shelf, limit) == first == outcome(report, None, limit)
    assert shelf.made == []


def test_a_page_that_cannot_fit_says_the_same() -> None:
    shelf = Shelf()

    with pytest.raises(ReportError) as without:
        build_page(full_report(), max_bytes=1_000, templates=plain_templates())
    for _ in range(2):
        with pytest.raises(ReportError) as stored:
            build_page(full_report(), max_bytes=1_000, templates=plain_templates(), store=shelf)
        assert str(stored.value) == str(without.value)
