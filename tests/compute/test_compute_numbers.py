"""What compute_numbers promises as a whole: names, shapes, rows left out, notices, progress, same bits."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from brute_force import exact_distances, nearest, share_kept
from point_sets import clusters, gaussian

from embreport.compute import ComputeSettings, availability, compute_numbers
from embreport.compute.umap import umap_is_installed
from embreport.errors import MissingExtra, UsageError
from embreport.model import Numbers
from embreport.progress import PhaseProgress

FAST = ComputeSettings(preset="fast", jobs=1)


def codes(numbers: Numbers) -> set[str]:
    return {notice.code for notice in numbers.notices}


def same_bits(one: Numbers, other: Numbers) -> bool:
    pairs = [(a.coordinates, b.coordinates) for a, b in zip(one.projections, other.projections, strict=True)]
    pairs += [(one.cosine.indices, other.cosine.indices), (one.cosine.distances, other.cosine.distances)]
    pairs += [(one.euclidean.indices, other.euclidean.indices), (one.euclidean.distances, other.euclidean.distances)]
    kept = [(a.neighbors_kept, b.neighbors_kept) for a, b in zip(one.projections, other.projections, strict=True)]
    return all(a.tobytes() == b.tobytes() for a, b in pairs) and all(a == b for a, b in kept)


def test_projections_have_their_promised_names_and_shapes() -> None:
    numbers = compute_numbers(gaussian(150, 12), FAST)

    assert [(p.name, p.method, p.coordinates.shape) for p in numbers.projections] == [
        ("pca", "pca", (150, 10)),
        ("pca-spherized", "pca", (150, 10)),
        ("tsne2d", "tsne", (150, 2)),
        ("tsne3d", "tsne", (150, 3)),
    ]
    assert all(p.coordinates.dtype == np.float32 for p in numbers.projections)
    assert numbers.projections[0].variance is not None
    assert numbers.cosine.indices.shape == numbers.euclidean.distances.shape == (150, 100)


def test_further_perplexities_add_a_suffix() -> None:
    numbers = compute_numbers(gaussian(150, 5), replace(FAST, projections=("tsne",), perplexity=(20.0, 10.0, 7.5)))

    names = [p.name for p in numbers.projections]
    assert names == ["tsne2d", "tsne3d", "tsne2d-p10", "tsne3d-p10", "tsne2d-p7.5", "tsne3d-p7.5"]
    assert numbers.projections[2].settings["perplexity"] == 10.0
    assert not np.array_equal(numbers.projections[0].coordinates, numbers.projections[2].coordinates)


def test_large_perplexity_gets_the_neighbors_it_needs_but_few_are_kept() -> None:
    wide = compute_numbers(gaussian(250, 5), replace(FAST, projections=("tsne",), perplexity=(60.0,), neighbors=5))

    assert wide.projections[0].settings["perplexity"] == 60.0
    assert wide.cosine.indices.shape == (250, 5)
    assert "perplexity-lowered" not in codes(wide)


def test_rows_with_nan_or_inf_keep_their_place_and_take_no_part() -> None:
    values = gaussian(60, 4).astype(np.float32)
    values[7, 2], values[31, 0] = np.nan, -np.inf
    rest = np.delete(np.arange(60), [7, 31])

    numbers = compute_numbers(values, replace(FAST, neighbors=8))

    assert np.flatnonzero(~numbers.finite).tolist() == [7, 31]
    indices, distances = nearest(exact_distances(values[rest], "cosine"), 8)
    np.testing.assert_array_equal(numbers.cosine.indices[rest], rest[indices])
    np.testing.assert_allclose(numbers.cosine.distances[rest], distances, rtol=1e-6)
    for table in (numbers.cosine, numbers.euclidean):
        assert np.all(table.indices[[7, 31]] == -1)
        assert np.isnan(table.distances[[7, 31]]).all()
    for projection in numbers.projections:
        assert np.isnan(projection.coordinates[[7, 31]]).all()
        assert np.isfinite(projection.coordinates[rest]).all()
    assert "rows-not-finite" in codes(numbers)


def test_nothing_but_nan_gives_empty_tables_and_a_warning() -> None:
    numbers = compute_numbers(np.full((5, 3), np.nan), FAST)

    assert not numbers.finite.any()
    assert numbers.cosine.indices.shape == (5, 0)
    assert np.isnan(numbers.projections[0].coordinates).all()
    assert "no-finite-rows" in codes(numbers)


@pytest.mark.parametrize("dims", [1, 2, 5])
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 6, 7, 12, 31])
def test_few_rows_are_placed_with_finite_coordinates(rows: int, dims: int) -> None:
    numbers = compute_numbers(gaussian(rows, dims).astype(np.float32), FAST)

    assert [p.name for p in numbers.projections] == ["pca", "pca-spherized", "tsne2d", "tsne3d"]
    assert all(np.isfinite(p.coordinates).all() for p in numbers.projections)
    assert numbers.cosine.indices.shape == (rows, min(100, rows - 1))
    assert all((p.neighbors_kept is None) == (rows < 2) for p in numbers.projections)
    assert codes(numbers) >= {"fewer-neighbors", "too-few-rows" if rows < 6 else "perplexity-lowered"}


@pytest.mark.parametrize("value", [0.0, 3.5])
def test_constant_rows_are_said_to_be_constant(value: float) -> None:
    numbers = compute_numbers(np.full((40, 3), value, np.float32), FAST)

    assert "constant-data" in codes(numbers)
    assert numbers.duplicate_rows == 39
    assert numbers.zero_rows == (40 if value == 0 else 0)
    assert all(np.isfinite(p.coordinates).all() for p in numbers.projections)


def test_duplicates_and_zero_rows_are_counted_by_value() -> None:
    values = gaussian(50, 4).astype(np.float32)
    values[10] = values[20] = values[2]
    values[30], values[31] = 0.0, -0.0

    numbers = compute_numbers(values, FAST)

    assert numbers.duplicate_rows == 3
    assert numbers.zero_rows == 2
    assert codes(numbers) >= {"duplicate-rows", "zero-rows"}


def test_distances_beyond_float32_are_infinite_and_said_so() -> None:
    values = gaussian(30, 4) * 1e200

    numbers = compute_numbers(values, FAST)

    assert np.isinf(numbers.euclidean.distances).any()
    assert np.isfinite(numbers.cosine.distances).all()
    assert codes(numbers) >= {"distances-infinite", "pca-scaled"}
    assert all(np.isfinite(p.coordinates).all() for p in numbers.projections)


@pytest.mark.parametrize("rows", [200, 2200])
def test_same_bits_for_any_number_of_threads(rows: int) -> None:
    values = clusters(rows, 24)[0]

    assert same_bits(compute_numbers(values, FAST), compute_numbers(values, replace(FAST, jobs=2)))


def test_layouts_follow_the_metric() -> None:
    values = gaussian(300, 3) * np.random.default_rng(0).uniform(0.1, 10, size=(300, 1))

    for metric in ("cosine", "euclidean"):
        numbers = compute_numbers(values, replace(FAST, metric=metric))
        own = numbers.table(metric).indices[:, :10]
        other = numbers.table("euclidean" if metric == "cosine" else "cosine").indices[:, :10]
        layout = numbers.projections[2].coordinates
        assert share_kept(layout, own) > share_kept(layout, other) + 0.05


def test_share_of_kept_neighbors_is_that_of_the_layout() -> None:
    numbers = compute_numbers(clusters(300, 15)[0], FAST)

    for projection in numbers.projections:
        by_hand = share_kept(projection.coordinates[:, :3], numbers.cosine.indices[:, :10])
        assert projection.neighbors_kept == pytest.approx(by_hand, abs=1e-3)


def test_progress_comes_on_the_calling_thread_and_never_goes_back() -> None:
    import threading

    told: list[tuple[str, float, int]] = []
    compute_numbers(
        gaussian(900, 6),
        replace(FAST, jobs=2),
        lambda now: told.append((now.phase, now.share, threading.get_ident())),
    )

    after = {"Measuring the projections", "Diagnosis"}
    assert {phase for phase, _, _ in told} == {"Neighbors", "PCA", "t-SNE 2D", "t-SNE 3D"} | after
    assert {thread for _, _, thread in told} == {threading.get_ident()}
    for phase in ("Neighbors", "PCA", "t-SNE 2D", "t-SNE 3D"):
        shares = [share for name, share, _ in told if name == phase]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("phase", ["Neighbors", "PCA", "t-SNE 2D", "t-SNE 3D"])
def test_interrupt_passes_through(phase: str, jobs: int) -> None:
    def interrupt(now: PhaseProgress) -> None:
        if now.phase == phase:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compute_numbers(gaussian(900, 6), replace(FAST, jobs=jobs), interrupt)


@pytest.mark.parametrize(
    "change",
    [
        {"projections": ("tsne", "isomap")},
        {"metric": "manhattan"},
        {"neighbors": 0},
        {"perplexity": ()},
        {"perplexity": (0.5,)},
        {"perplexity": (float("nan"),)},
        {"umap_neighbors": 1},
        {"umap_min_dist": -0.1},
        {"preset": "slow"},
        {"seed": -1},
        {"jobs": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        compute_numbers(gaussian(10, 3), replace(FAST, **change))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (5,), (2, 2, 2)])
def test_arrays_that_are_no_table_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError):
        compute_numbers(np.zeros(shape), FAST)


def test_umap_without_its_package_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    monkeypatch.setattr("embreport.compute.umap.umap_is_installed", lambda: False)

    with pytest.raises(MissingExtra, match="pip install"):
        compute_numbers(gaussian(30, 3), replace(FAST, projections=("umap",)))


def test_without_numba_everything_is_still_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    values = clusters(2050, 8)[0]
    for module in ("availability", "forces", "neighbors"):
        monkeypatch.setattr(f"embreport.compute.{module}.numba_is_installed", lambda: False)
    assert not availability.numba_is_installed()

    numbers = compute_numbers(values, replace(FAST, projections=("tsne",), neighbors=10))

    assert "numba-missing" in codes(numbers)
    assert [p.name for p in numbers.projections] == ["tsne2d", "tsne3d"]
    assert all(p.neighbors_kept is not None and p.neighbors_kept > 0.2 for p in numbers.projections)


@pytest.mark.parametrize("rows", [120, 900])
def test_memory_map_is_read_as_it_is(rows: int, tmp_path: Path) -> None:
    values = gaussian(rows, 6).astype(np.float32)
    np.save(tmp_path / "values.npy", values)
    settings = replace(FAST, projections=("pca",), neighbors=10)

    mapped = compute_numbers(np.load(tmp_path / "values.npy", mmap_mode="r"), settings)

    assert same_bits(mapped, compute_numbers(values, settings))


@pytest.mark.parametrize("kind", [np.int8, np.float16, ">f4", ">f8"])
def test_other_number_types_count_as_their_values(kind: str) -> None:
    values = np.round(gaussian(40, 5) * 20)
    settings = replace(FAST, projections=("pca",), neighbors=10)

    assert same_bits(compute_numbers(values.astype(kind), settings), compute_numbers(values, settings))


def test_arrays_of_the_result_are_read_only() -> None:
    numbers = compute_numbers(gaussian(30, 4), FAST)

    arrays = [numbers.finite, numbers.cosine.indices, numbers.euclidean.distances, numbers.projections[1].coordinates]
    assert not any(array.flags.writeable for array in arrays)


@pytest.mark.usefixtures("shared_umap")
def test_umap_is_placed_from_the_exact_neighbors() -> None:
    values, _ = clusters(150, 10)

    numbers = compute_numbers(values, replace(FAST, projections=("umap",), umap_neighbors=10))

    assert [(p.name, p.coordinates.shape) for p in numbers.projections] == [("umap2d", (150, 2)), ("umap3d", (150, 3))]
    assert all(p.neighbors_kept is not None and p.neighbors_kept > 0.4 for p in numbers.projections)
    assert numbers.projections[0].settings["neighbors"] == 10


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_so_few_rows_that_there_is_nothing_to_arrange_are_shown_by_their_principal_components(rows: int) -> None:
    methods = ("pca", "tsne", "umap") if umap_is_installed() else ("pca", "tsne")

    numbers = compute_numbers(gaussian(rows, 4), replace(FAST, projections=methods))

    scores = numbers.projections[0].coordinates
    for projection in (p for p in numbers.projections if p.method != "pca"):
        shown = np.zeros((rows, projection.dims))
        shown[:, : scores.shape[1]] = scores[:, : projection.dims]
        assert np.allclose(projection.coordinates, shown / (np.abs(shown).max() or 1.0), atol=1e-6)
    assert "too-few-rows" in [notice.code for notice in numbers.notices]
