"""Results that are kept: found for the same inputs alone, never trusted, and the numbers stay the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
import pytest
from point_sets import clusters

from embreport.compute import ComputeSettings, compute_numbers, pca
from embreport.model import Numbers, RowLabels
from embreport.result_store import digest_of

Result = TypeVar("Result")

SETTINGS = ComputeSettings(preset="fast", jobs=2)
POINTS = clusters(160, 6)[0].astype(np.float32)


class Shelf:
    """Keeps everything in memory and counts; `spoil` is applied to what it gives back."""

    def __init__(self, spoil: Callable[[str, dict[str, np.ndarray]], None] = lambda stage, arrays: None) -> None:
        self.kept: dict[tuple[str, str], dict[str, np.ndarray]] = {}
        self.found: list[str] = []
        self.refused: list[str] = []
        self.put_stages: list[str] = []
        self.spoil = spoil

    def get(
        self, stage: str, digest: str, unpack: Callable[[Mapping[str, np.ndarray]], Result | None]
    ) -> Result | None:
        if (stage, digest) not in self.kept:
            return None
        arrays = {name: array.copy() for name, array in self.kept[stage, digest].items()}
        self.spoil(stage, arrays)
        result = unpack(arrays)
        (self.found if result is not None else self.refused).append(stage)
        return result

    def put(self, stage: str, digest: str, arrays: Mapping[str, np.ndarray]) -> None:
        self.put_stages.append(stage)
        self.kept[stage, digest] = {name: array.copy() for name, array in arrays.items()}


def bits(item: object) -> object:
    """Everything in the numbers as something that compares bit for bit."""
    if isinstance(item, np.ndarray):
        return (item.dtype.str, item.shape, item.tobytes())
    if dataclasses.is_dataclass(item):
        return {field.name: bits(getattr(item, field.name)) for field in dataclasses.fields(item)}
    if isinstance(item, tuple):
        return [bits(one) for one in item]
    return repr(item)


def numbers_with(shelf: Shelf | None, values: np.ndarray = POINTS, **changes: object) -> Numbers:
    return compute_numbers(values, replace(SETTINGS, **changes), store=shelf)  # type: ignore[arg-type]


def made_after(shelf: Shelf, **changes: object) -> set[str]:
    """The stages made again for changed settings, once the results for the others are kept."""
    numbers_with(shelf)
    shelf.put_stages.clear()
    numbers_with(shelf, **changes)
    return set(shelf.put_stages)


def test_the_numbers_are_the_same_without_a_store_with_an_empty_one_and_with_a_full_one() -> None:
    values = POINTS.copy()
    values[3, 1] = np.nan
    shelf = Shelf()

    fresh, first, second = (numbers_with(store, values) for store in (None, shelf, shelf))

    assert bits(first) == bits(fresh)
    assert bits(second) == bits(fresh)
    assert sorted(shelf.found) == sorted(shelf.put_stages)
    assert {"neighbors", "pca", "pca-spherized", "tsne2d", "tsne3d"} <= set(shelf.found)


def test_another_perplexity_makes_the_layouts_alone_again() -> None:
    made = made_after(Shelf(), perplexity=(11.0,))

    assert {"tsne2d", "tsne3d"} <= made
    assert not made & {"neighbors", "pca", "pca-spherized"}


def test_a_further_perplexity_reuses_the_first() -> None:
    shelf = Shelf()
    numbers_with(shelf)
    shelf.found.clear()

    numbers_with(shelf, perplexity=(30.0, 11.0))

    assert {"tsne2d", "tsne3d"} <= set(shelf.found)


@pytest.mark.parametrize("change", [{"seed": 1}, {"preset": "full"}, {"metric": "euclidean"}])
def test_whatever_changes_a_layout_makes_it_again(change: dict[str, object]) -> None:
    assert {"tsne2d", "tsne3d"} <= made_after(Shelf(), **change)


def test_threads_and_umap_settings_make_no_layout_again() -> None:
    assert not made_after(Shelf(), jobs=1, umap_neighbors=7, umap_min_dist=0.3) & {
        "tsne2d",
        "tsne3d",
        "neighbors",
        "pca",
    }


LABELS = RowLabels(column="class", codes=(np.arange(len(POINTS)) % 3).astype(np.int32), values=("a", "b", "c"))
CHANGES: dict[str, dict[str, object]] = {
    "projections": {"projections": ("pca",)},
    "metric": {"metric": "euclidean"},
    "neighbors": {"neighbors": 12},
    "perplexity": {"perplexity": (12.0,)},
    "supervise_strength": {"supervise_strength": 20.0},
    "preset": {"preset": "full"},
    "seed": {"seed": 3},
    "max_points": {"max_points": 90},
    "layout_points": {"layout_points": 80},
    "jobs": {"jobs": 1},
    "umap_neighbors": {"umap_neighbors": 7},
    "umap_min_dist": {"umap_min_dist": 0.5},
}


@pytest.fixture(scope="module")
def primed() -> dict[tuple[str, str], dict[str, np.ndarray]]:
    """What is kept of the points as they are, with labels that are shown and heeded."""
    shelf = Shelf()
    compute_numbers(POINTS, SETTINGS, labels=(LABELS,), supervision=LABELS, store=shelf)
    return shelf.kept


def test_every_setting_is_among_the_changes_below() -> None:
    assert set(CHANGES) == {field.name for field in dataclasses.fields(ComputeSettings)}


@pytest.mark.parametrize("changed", CHANGES)
def test_whatever_setting_is_changed_the_numbers_are_those_without_a_store(
    changed: str, primed: dict[tuple[str, str], dict[str, np.ndarray]]
) -> None:
    shelf = Shelf()
    shelf.kept = dict(primed)
    settings = replace(SETTINGS, **CHANGES[changed])  # type: ignore[arg-type]

    found = compute_numbers(POINTS, settings, labels=(LABELS,), supervision=LABELS, store=shelf)

    assert bits(found) == bits(compute_numbers(POINTS, settings, labels=(LABELS,), supervision=LABELS))


@pytest.mark.parametrize(
    ("labels", "supervision"),
    [
        (replace(LABELS, codes=LABELS.codes[::-1].copy()), LABELS),
        (replace(LABELS, values=("a", "b", "d")), LABELS),
        (replace(LABELS, column="kind"), LABELS),
        (LABELS, replace(LABELS, codes=LABELS.codes[::-1].copy())),
        (LABELS, replace(LABELS, column="kind")),
        (LABELS, None),
        (None, LABELS),
    ],
)
def test_whatever_label_is_changed_the_numbers_are_those_without_a_store(
    labels: RowLabels | None,
    supervision: RowLabels | None,
    primed: dict[tuple[str, str], dict[str, np.ndarray]],
) -> None:
    shelf = Shelf()
    shelf.kept = dict(primed)
    shown = () if labels is None else (labels,)

    found = compute_numbers(POINTS, SETTINGS, labels=shown, supervision=supervision, store=shelf)

    assert bits(found) == bits(compute_numbers(POINTS, SETTINGS, labels=shown, supervision=supervision))
    layouts = set() if supervision is LABELS else {"tsne2d", "tsne3d"}
    assert set(shelf.put_stages) - {"truths"} == layouts


@pytest.mark.parametrize(
    "change",
    [
        lambda values: np.vstack([values, values[:1]]),
        lambda values: values[:-1],
        lambda values: values[::-1].copy(),
        lambda values: values[:, ::-1].copy(),
        lambda values: values.astype(np.float64),
        lambda values: np.where(np.arange(len(values))[:, None] == 4, np.float32(np.nan), values),
        lambda values: np.where(np.arange(len(values))[:, None] == 4, np.float32(0), values),
    ],
)
def test_whatever_value_is_changed_the_numbers_are_those_without_a_store(
    change: Callable[[np.ndarray], np.ndarray], primed: dict[tuple[str, str], dict[str, np.ndarray]]
) -> None:
    shelf = Shelf()
    shelf.kept = dict(primed)
    values = change(POINTS)

    assert bits(compute_numbers(values, SETTINGS, store=shelf)) == bits(compute_numbers(values, SETTINGS))


def test_classes_that_layouts_heed_make_them_again() -> None:
    codes = (np.arange(len(POINTS)) % 3).astype(np.int32)
    labels = RowLabels(column="class", codes=codes, values=("a", "b", "c"))
    shelf = Shelf()
    fresh = compute_numbers(POINTS, SETTINGS, supervision=labels)
    numbers_with(shelf)

    heeded = compute_numbers(POINTS, SETTINGS, supervision=labels, store=shelf)
    other = replace(labels, codes=codes[::-1].copy())
    compute_numbers(POINTS, SETTINGS, supervision=other, store=shelf)

    assert bits(heeded.projections) == bits(fresh.projections)
    assert shelf.put_stages.count("tsne2d") == 3


def test_another_strength_makes_supervised_layouts_again_and_no_strength_finds_the_unsupervised() -> None:
    codes = (np.arange(len(POINTS)) % 3).astype(np.int32)
    labels = RowLabels(column="class", codes=codes, values=("a", "b", "c"))
    shelf = Shelf()
    made = []
    for strength, given in [(50.0, None), (50.0, labels), (51.0, labels), (51.0, None), (0.0, labels)]:
        shelf.put_stages.clear()
        compute_numbers(POINTS, replace(SETTINGS, supervise_strength=strength), supervision=given, store=shelf)
        made.append({"tsne2d", "tsne3d"} <= set(shelf.put_stages))

    assert made == [True, True, True, False, False]


def test_wider_tables_serve_where_narrower_ones_are_asked_for() -> None:
    shelf = Shelf()
    numbers_with(shelf, neighbors=60, perplexity=(5.0,))
    shelf.put_stages.clear()

    narrow = numbers_with(shelf, neighbors=20, perplexity=(5.0,))

    assert bits(narrow) == bits(numbers_with(None, neighbors=20, perplexity=(5.0,)))
    assert "neighbors" not in shelf.put_stages
    assert "tsne3d" not in shelf.put_stages


def test_narrower_tables_are_replaced_where_wider_ones_are_asked_for() -> None:
    shelf = Shelf()
    numbers_with(shelf, neighbors=20, perplexity=(5.0,))

    wide = numbers_with(shelf, neighbors=60, perplexity=(5.0,))

    assert bits(wide) == bits(numbers_with(None, neighbors=60, perplexity=(5.0,)))
    assert shelf.put_stages.count("neighbors") == 2


@pytest.mark.parametrize("changes", [{"layout_points": 60}, {"layout_points": 60, "max_points": 120}])
def test_nothing_is_made_again_where_layouts_place_a_sample(changes: dict[str, object]) -> None:
    shelf = Shelf()
    fresh, first = numbers_with(None, **changes), numbers_with(shelf, **changes)
    assert [stage for stage in shelf.put_stages if "neighbors" in stage] == ["neighbors", "neighbors-cosine"]
    shelf.put_stages.clear()

    second = numbers_with(shelf, **changes)

    assert bits(first) == bits(second) == bits(fresh)
    assert shelf.put_stages == []


def test_a_wider_table_of_the_sample_serves_by_its_first_columns() -> None:
    shelf = Shelf()
    numbers_with(shelf, neighbors=50, layout_points=60, perplexity=(5.0,))
    shelf.put_stages.clear()

    narrow = numbers_with(shelf, neighbors=35, layout_points=60, perplexity=(5.0,))

    assert bits(narrow) == bits(numbers_with(None, neighbors=35, layout_points=60, perplexity=(5.0,)))
    assert not any("neighbors" in stage for stage in shelf.put_stages)


def test_one_other_value_makes_everything_again() -> None:
    shelf = Shelf()
    numbers_with(shelf)
    shelf.found.clear()
    values = POINTS.copy()
    values[5, 2] = np.nextafter(values[5, 2], np.float32(np.inf))

    numbers_with(shelf, values)

    assert shelf.found == []


def _too_few_rows(arrays: dict[str, np.ndarray]) -> None:
    for name in arrays:
        arrays[name] = arrays[name][:-1]


def _other_type(arrays: dict[str, np.ndarray]) -> None:
    for name in arrays:
        arrays[name] = arrays[name].astype(np.int64 if arrays[name].dtype == np.int32 else np.float16)


def _wild_indices(arrays: dict[str, np.ndarray]) -> None:
    for name in [name for name in arrays if "indices" in name]:
        arrays[name][0, 0] = 10**9


@pytest.mark.parametrize("damage", [_too_few_rows, _other_type, dict.clear])
def test_arrays_of_another_form_are_refused_and_made_again(damage: Callable[[dict[str, np.ndarray]], None]) -> None:
    shelf = Shelf()
    expected = bits(numbers_with(shelf))
    shelf.spoil = lambda stage, arrays: damage(arrays)

    assert bits(numbers_with(shelf)) == expected
    assert shelf.found == []
    assert {"neighbors", "pca", "pca-spherized", "tsne2d", "tsne3d"} <= set(shelf.refused)


def test_a_sample_of_the_spectrum_is_kept_and_never_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pca, "MATRIX_LIMIT", 4)
    shelf = Shelf()
    expected = numbers_with(shelf, projections=("pca",))
    assert expected.diagnostics is not None
    assert expected.diagnostics.spectrum is not None
    assert expected.diagnostics.spectrum.effective_rank_error is not None

    assert bits(numbers_with(shelf, projections=("pca",))) == bits(expected)
    assert "pca" in shelf.found
    for part in ("total", "nodes", "weights"):
        shelf.spoil = partial(_shortened, part)
        assert bits(numbers_with(shelf, projections=("pca",))) == bits(expected)
        assert shelf.refused.pop() == "pca"


def _shortened(part: str, stage: str, arrays: dict[str, np.ndarray]) -> None:
    if part in arrays:
        arrays[part] = arrays[part][:-1]


def test_neighbors_that_do_not_exist_are_refused() -> None:
    shelf = Shelf()
    expected = bits(numbers_with(shelf))
    shelf.spoil = lambda stage, arrays: _wild_indices(arrays)

    assert bits(numbers_with(shelf)) == expected
    assert "neighbors" in shelf.refused


def test_digests_tell_types_shapes_and_borders_apart() -> None:
    array = np.arange(6, dtype=np.float32)
    different = [
        digest_of(array),
        digest_of(array.astype(np.float64)),
        digest_of(array.reshape(2, 3)),
        digest_of(array.view(np.int32)),
        digest_of("ab", "c"),
        digest_of("a", "bc"),
        digest_of(("a", "b"), "c"),
        digest_of("a", ("b", "c")),
        digest_of(1),
        digest_of(1.0),
        digest_of(True),
        digest_of("1"),
        digest_of(None),
        digest_of("None"),
        digest_of({"a": 1}),
        digest_of({"a": 2}),
        digest_of(np.array(1.0)),
        digest_of(array[:0]),
        digest_of(array[:0, None]),
    ]

    assert len(set(different)) == len(different)
    assert digest_of(array) == digest_of(array.copy())
    assert digest_of(np.arange(12)[::2]) == digest_of(np.arange(12)[::2].copy())
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
