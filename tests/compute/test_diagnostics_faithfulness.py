"""What is said of a picture's faithfulness, against scikit-learn and against counting everything."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness

from embreport.compute import ComputeSettings, compute_numbers
from embreport.compute.diagnosis import faithfulness, measurement
from embreport.compute.diagnosis.faithfulness import LayoutTruth, layout_truths
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.threads import Workers
from embreport.model import Metric, NeighborTable

METRICS: tuple[Metric, ...] = ("cosine", "euclidean")


@pytest.fixture(params=["compiled", "numpy"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(measurement, "COMPILED_FROM", 0 if request.param == "compiled" else 10**9)
    return str(request.param)


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers(2)
    yield pool
    pool.close()


def random(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def table_of(points: np.ndarray, metric: Metric, workers: Workers, k: int = 40) -> NeighborTable:
    return neighbor_tables(points, k, workers).table(metric)


def truth_of(points: np.ndarray, layout: np.ndarray, metric: Metric, workers: Workers) -> LayoutTruth:
    return layout_truths(points, table_of(points, metric, workers), [layout], 0, workers)[0]


def all_distances(points: np.ndarray, metric: Metric) -> np.ndarray:
    wide = points.astype(np.longdouble)
    if metric == "euclidean":
        return np.sqrt(np.square(wide[:, None] - wide).sum(axis=2))
    lengths = np.sqrt(np.square(wide).sum(axis=1))
    cosines = wide @ wide.T / np.where(lengths > 0, lengths, 1) / np.where(lengths > 0, lengths, 1)[:, None]
    return np.where((lengths[:, None] * lengths) > 0, 1 - cosines, 1)


def losses(nearest: np.ndarray, distances: np.ndarray, k: int) -> np.ndarray:
    """What each point loses, by definition: ranks of its nearest in the other space, ties in their favor."""
    n = len(distances)
    lost = np.zeros(n)
    for row in range(n):
        others = np.delete(distances[row], row)
        for other in nearest[row, :k]:
            rank = 1 + int((others < distances[row, other] * (1 - 1e-9)).sum())
            lost[row] += max(0, rank - k)
    return 1 - 2 / (k * (2 * n - 3 * k - 1)) * lost


def nearest_by_row(distances: np.ndarray, k: int) -> np.ndarray:
    own = distances.copy()
    np.fill_diagonal(own, np.inf)
    return np.argsort(own, axis=1, kind="stable")[:, :k]


@pytest.mark.parametrize("metric", METRICS)
def test_digits_are_as_trustworthy_and_continuous_as_scikit_learn_finds_them(
    metric: Metric, way: str, workers: Workers
) -> None:
    # Pixels are whole numbers, with ties that every implementation settles in its own way: a little noise removes them.
    points = load_digits().data[:400] + 1e-2 * random(5, 400, 64)
    units = points / np.linalg.norm(points, axis=1, keepdims=True) if metric == "cosine" else points
    layouts = [points[:, [10, 20, 30]].astype(np.float32), random(1, 400, 2).astype(np.float32)]

    found = layout_truths(points, table_of(points, metric, workers, 90), layouts, 0, workers)

    for layout, truth in zip(layouts, found, strict=True):
        assert [one.k for one in truth.overall] == [10, 30]
        for one in truth.overall:
            trusted = trustworthiness(units, layout, n_neighbors=one.k)
            continuous = trustworthiness(layout, units, n_neighbors=one.k)
            assert one.trustworthiness == pytest.approx(trusted, abs=1e-6)
            assert one.continuity == pytest.approx(continuous, abs=1e-6)
            assert one.reference_rows is None


def by_definition(here: np.ndarray, there: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """The three figures of every point from all distances in the data and in the layout, ties as the docstring says."""
    n = len(here)
    scale = 2 / (k * (2 * n - 3 * k - 1))
    found = {name: np.zeros(n) for name in ("neighbors_kept", "trustworthiness", "continuity")}
    for row in range(n):
        near, drawn = np.delete(here[row], row), np.delete(there[row], row)
        tied_here = np.isclose(near[:, None], near, rtol=1e-7, atol=1e-15)
        tied_there = np.isclose(drawn[:, None], drawn, rtol=1e-10, atol=0)
        nearer_here = (near < near[:, None]) & ~tied_here
        nearer_there = (drawn < drawn[:, None]) & ~tied_there
        ranks_here = 1 + nearer_here.sum(axis=1)
        ranks_there = 1 + ((nearer_there + tied_there / 2) * ~tied_here).sum(axis=1)
        chosen = lots(nearer_there.sum(axis=1), tied_there.sum(axis=1), k)
        found["neighbors_kept"][row] = (chosen * (ranks_here <= k)).sum() / k
        found["trustworthiness"][row] = 1 - scale * (chosen * np.maximum(ranks_here - k, 0)).sum()
        chosen = lots(nearer_here.sum(axis=1), tied_here.sum(axis=1), k)
        found["continuity"][row] = 1 - scale * (chosen * np.maximum(ranks_there - k, 0)).sum()
    return found


def lots(nearer: np.ndarray, tied: np.ndarray, k: int) -> np.ndarray:
    """How likely each is among the k nearest, if lots are drawn among those that tie."""
    return np.clip((k - nearer) / tied, 0, 1)


def heaps(count: int, size: int, seed: int = 0) -> np.ndarray:
    return np.repeat(random(seed, count, 4), size, axis=0)


WHOLE = np.random.default_rng(3).integers(-2, 3, (90, 4)).astype(float)
WHOLE[[5, 60]] = 0
TIED = {
    "whole numbers on a grid": (WHOLE, np.random.default_rng(4).integers(0, 6, (90, 2))),
    "corners of a cube": (np.random.default_rng(5).integers(0, 2, (160, 3)), random(5, 160, 2)),
    "one-hot rows": (np.eye(20)[np.random.default_rng(6).integers(0, 20, 150)], random(6, 150, 3)),
    "each row another": (np.eye(80), random(7, 80, 2)),
    "heaps as heaps": (heaps(5, 30), heaps(5, 30)[:, :2]),
    "heaps strewn about": (heaps(5, 30), random(8, 150, 2)),
    "heaps in other heaps": (heaps(30, 5), np.roll(heaps(30, 5, 1), 2, axis=0)[:, :2]),
    "points in heaps": (random(9, 150, 4), heaps(25, 6, 2)[:, :2]),
    "all in one place": (random(10, 120, 4), np.zeros((120, 2))),
}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", TIED)
def test_every_point_is_measured_by_definition_whatever_ties(
    kind: str, metric: Metric, way: str, workers: Workers
) -> None:
    points, layout = TIED[kind][0].astype(np.float32), TIED[kind][1].astype(np.float32)

    truth = truth_of(points, layout, metric, workers)

    there, here = all_distances(layout, "euclidean"), all_distances(points, metric)
    for k in (10, 30):
        for name, shares in by_definition(here, there, k).items():
            np.testing.assert_allclose(truth.per_point[f"{name}_{k}"], shares, atol=2e-6)


@pytest.mark.parametrize("kind", [None, *TIED])
def test_lists_no_longer_than_k_say_the_same_as_longer_ones(kind: str | None, way: str, workers: Workers) -> None:
    points, layout = (random(11, 150, 4), random(12, 150, 2)) if kind is None else TIED[kind]
    drawn = layout.astype(np.float32)

    short, long = (
        layout_truths(points, table_of(points, "euclidean", workers, k), [drawn], 0, workers)[0] for k in (30, 50)
    )

    for name, shares in long.per_point.items():
        if kind is None or name.endswith("_10"):  # a tie that begins with the last of a list cannot be seen
            np.testing.assert_allclose(short.per_point[name], shares, atol=2e-6)


@pytest.mark.parametrize("kind", TIED)
def test_the_order_of_the_rows_changes_nothing_where_rows_tie(kind: str, workers: Workers) -> None:
    points, layout = TIED[kind][0].astype(np.float32), TIED[kind][1].astype(np.float32)
    order = np.random.default_rng(0).permutation(len(points))

    truth, turned = (truth_of(points[rows], layout[rows], "cosine", workers) for rows in (slice(None), order))

    for name, shares in truth.per_point.items():
        np.testing.assert_allclose(turned.per_point[name], shares[order], atol=2e-6)


def test_equal_rows_at_one_place_are_shown_perfectly(way: str, workers: Workers) -> None:
    points = heaps(5, 120)

    truth = truth_of(points, points[:, :2].astype(np.float32), "euclidean", workers)

    assert all((shares == 1).all() for shares in truth.per_point.values())


@pytest.mark.parametrize("metric", METRICS)
def test_tight_groups_far_apart_keep_their_inner_order(metric: Metric, way: str, workers: Workers) -> None:
    points = random(0, 150, 3) * 0.1 + 1e3 * np.repeat(np.eye(3), 50, axis=0) + 1e4

    layout = random(1, 150, 2).astype(np.float32)

    truth = truth_of(points, layout, metric, workers)

    near = nearest_by_row(all_distances(layout, "euclidean"), 10)
    expected = losses(near, all_distances(points, metric), 10)
    np.testing.assert_allclose(truth.per_point["trustworthiness_10"], expected, atol=1e-6)


def test_a_picture_of_the_data_themselves_keeps_everything(way: str, workers: Workers) -> None:
    points = random(0, 400, 2).astype(np.float32)

    truth = truth_of(points, points * 3, "euclidean", workers)

    for one in truth.overall:
        assert (one.neighbors_kept, one.trustworthiness, one.continuity) == (1, 1, 1)
    assert all((shares == 1).all() for shares in truth.per_point.values())


def test_a_picture_that_fell_together_is_as_bad_as_chance(way: str, workers: Workers) -> None:
    truth = truth_of(random(0, 3100, 5), np.zeros((3100, 2), np.float32), "cosine", workers)

    for one in truth.overall:
        assert one.neighbors_kept == pytest.approx(one.k / 3099, rel=1e-6)
        assert one.trustworthiness == pytest.approx(0.5, abs=0.02)
        assert one.continuity == pytest.approx(0.5, abs=0.02)


def test_overall_figures_are_the_means_of_the_points(workers: Workers) -> None:
    truth = truth_of(random(0, 300, 6), random(1, 300, 3).astype(np.float32), "cosine", workers)

    for one in truth.overall:
        for name in ("neighbors_kept", "trustworthiness", "continuity"):
            mean = truth.per_point[f"{name}_{one.k}"].astype(np.float64).mean()
            assert getattr(one, name) == pytest.approx(mean, abs=1e-6)


def estimated(points: np.ndarray, layout: np.ndarray, seed: int, workers: Workers, size: int = 250) -> LayoutTruth:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(faithfulness, "REFERENCE_ROWS", size)
        return layout_truths(points, table_of(points, "euclidean", workers), [layout], seed, workers)[0]


@pytest.mark.parametrize("noise", [0.05, 0.5, 100.0], ids=["good", "fair", "random"])
def test_among_some_rows_every_point_is_estimated_closely(noise: float, way: str, workers: Workers) -> None:
    points = random(0, 1000, 2)
    layout = (points + noise * random(1, 1000, 2)).astype(np.float32)
    exact = truth_of(points, layout, "euclidean", workers)

    found = estimated(points, layout, 7, workers)

    assert {one.reference_rows for one in exact.overall} == {None}
    assert {one.reference_rows for one in found.overall} == {250}
    for one, other in zip(exact.overall, found.overall, strict=True):
        assert other.neighbors_kept == one.neighbors_kept
        assert other.trustworthiness == pytest.approx(one.trustworthiness, abs=0.02)
        assert other.continuity == pytest.approx(one.continuity, abs=0.02)
    for name, shares in found.per_point.items():
        limit = 0 if name.startswith("neighbors_kept") else 0.12
        assert np.abs(shares - exact.per_point[name]).max() <= limit


def test_estimates_have_no_bias_even_where_ranks_are_just_beyond_k(workers: Workers) -> None:
    points = random(0, 500, 2)
    layout = (points + 0.1 * random(1, 500, 2)).astype(np.float32)
    exact = truth_of(points, layout, "euclidean", workers)

    found = [estimated(points, layout, seed, workers, size=100) for seed in range(40)]

    for number, one in enumerate(exact.overall):
        for name in ("trustworthiness", "continuity"):
            seen = np.array([getattr(truth.overall[number], name) for truth in found])
            lost = 1 - getattr(one, name)
            assert abs(seen.mean() - getattr(one, name)) < 4 * seen.std() / np.sqrt(40) + 1e-3 * lost


def test_estimates_count_ties_for_the_picture_too(way: str, workers: Workers) -> None:
    points = np.concatenate([heaps(5, 120), random(1, 200, 4)])
    heaped = points[:, :2].astype(np.float32)
    blurred = (heaped + 1e-4 * random(2, 800, 2)).astype(np.float32)

    for layout in (heaped, blurred):
        truth = estimated(points, layout, 0, workers)
        for shares in truth.per_point.values():
            np.testing.assert_allclose(shares[:600], 1, atol=1e-3)


def test_a_heap_strewn_about_is_estimated_as_badly_as_it_is(workers: Workers) -> None:
    points, layout = heaps(4, 400), random(8, 1600, 2).astype(np.float32)
    exact = truth_of(points, layout, "euclidean", workers)

    found = estimated(points, layout, 3, workers, size=800)

    for one, other in zip(exact.overall, found.overall, strict=True):
        assert one.neighbors_kept == pytest.approx(399 / 1599, abs=0.02)
        assert one.continuity == pytest.approx(1 - 3 / 8, abs=0.02)
        assert other.neighbors_kept == pytest.approx(one.neighbors_kept, abs=1e-9)
        assert other.trustworthiness == pytest.approx(one.trustworthiness, abs=0.02)
        assert other.continuity == pytest.approx(one.continuity, abs=0.02)


def test_compiled_and_numpy_find_the_same(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    points, layout = random(0, 700, 9), random(0, 700, 9)[:, :3].astype(np.float32)
    found = []
    for start in (0, 10**9):
        monkeypatch.setattr(measurement, "COMPILED_FROM", start)
        found.append(estimated(points, layout, 0, workers))

    for name, shares in found[0].per_point.items():
        np.testing.assert_allclose(found[1].per_point[name], shares, atol=2e-6)


@pytest.mark.parametrize("kind", ["strewn", "heaps"])
def test_the_number_of_threads_changes_nothing(kind: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faithfulness, "_QUERIES", 64)
    monkeypatch.setattr(faithfulness, "REFERENCE_ROWS", 200)
    points, layout = random(0, 600, 9), random(1, 600, 3).astype(np.float32)
    if kind == "heaps":
        points, layout[:300] = heaps(6, 100), 0
    found = []
    for jobs in (1, 3):
        workers = Workers(jobs)
        found.append(truth_of(points, layout, "cosine", workers))
        workers.close()

    assert found[0].overall == found[1].overall
    for name, shares in found[0].per_point.items():
        assert shares.tobytes() == found[1].per_point[name].tobytes()


@pytest.mark.parametrize(
    ("n", "kept", "ranked"), [(1, [], []), (10, [], []), (11, [10], []), (21, [10], [10]), (31, [10, 30], [10])]
)
def test_few_points_have_the_figures_they_can_have(
    n: int, kept: list[int], ranked: list[int], workers: Workers
) -> None:
    truth = truth_of(random(0, n, 3), random(1, n, 2).astype(np.float32), "euclidean", workers)

    assert [one.k for one in truth.overall] == kept
    assert [one.k for one in truth.overall if one.trustworthiness is not None] == ranked
    assert [one.k for one in truth.overall if one.continuity is not None] == ranked
    assert sum(name.startswith("trustworthiness") for name in truth.per_point) == len(ranked)


def test_the_lists_of_an_approximate_table_are_taken_for_the_true_ones(way: str, workers: Workers) -> None:
    points, layout = random(0, 600, 4), random(0, 600, 4)[:, :2].astype(np.float32)
    table = table_of(points, "cosine", workers, k=42)
    kept = np.sort(np.random.default_rng(0).permuted(np.tile(np.arange(42), (600, 1)), axis=1)[:, :40], axis=1)
    thinned = dataclasses.replace(
        table,
        indices=np.take_along_axis(table.indices, kept, axis=1),
        distances=np.take_along_axis(table.distances, kept, axis=1),
        recall=0.95,
    )

    exact, near = (layout_truths(points, one, [layout], 0, workers)[0] for one in (table, thinned))

    for one, other in zip(exact.overall, near.overall, strict=True):
        for name in ("neighbors_kept", "trustworthiness", "continuity"):
            assert getattr(other, name) == pytest.approx(getattr(one, name), abs=0.03)


def test_rows_of_any_length_have_the_cosine_figures_of_unit_vectors(way: str, workers: Workers) -> None:
    points, layout = random(0, 60, 4), random(1, 60, 2).astype(np.float32)
    lengths = 2.0 ** np.linspace(-1_015, 1_000, 60).astype(int)

    with np.errstate(over="raise", invalid="raise"):
        truth = truth_of(points * lengths[:, None], layout, "cosine", workers)

    assert truth.overall == truth_of(points, layout, "cosine", workers).overall


@pytest.mark.parametrize("metric", METRICS)
def test_a_layout_of_a_sample_is_measured_among_its_points_and_leaves_the_other_rows_open(metric: Metric) -> None:
    values = random(3, 150, 5)
    values[17, 2] = np.nan
    settings = ComputeSettings(projections=("pca", "tsne"), metric=metric, neighbors=35, layout_points=80, jobs=1)

    numbers = compute_numbers(values, settings)

    assert numbers.diagnostics is not None
    figures = {figure.name: figure.values for figure in numbers.diagnostics.figures}
    for projection in numbers.projections[2:]:
        placed = np.isfinite(projection.coordinates).all(axis=1)
        assert placed.sum() == 80
        for one in projection.faithfulness:
            among = trustworthiness(values[placed], projection.coordinates[placed], n_neighbors=one.k, metric=metric)
            assert one.trustworthiness == pytest.approx(among, abs=1e-6)
            found = figures[f"trustworthiness_{one.k}@{projection.name}"]
            np.testing.assert_array_equal(np.isfinite(found), placed)
            assert found[placed].mean() == pytest.approx(among, abs=1e-6)
    assert np.isfinite(figures["trustworthiness_10@pca"]).sum() == 149
