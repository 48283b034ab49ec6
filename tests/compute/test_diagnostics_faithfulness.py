"""What is said of a picture's faithfulness, against scikit-learn and against counting everything."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness

from embreport.compute import ComputeSettings, compute_numbers
from embreport.compute.diagnosis import faithfulness
from embreport.compute.diagnosis.faithfulness import LayoutTruth, layout_truths
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.threads import Workers
from embreport.model import Metric, NeighborTable

METRICS: tuple[Metric, ...] = ("cosine", "euclidean")


@pytest.fixture(params=["compiled", "numpy"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(faithfulness, "_COMPILED_FROM", 0 if request.param == "compiled" else 10**9)
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
            assert one.sampled_rows is None


@pytest.mark.parametrize("metric", METRICS)
def test_every_point_is_measured_by_definition_with_ties_and_rows_of_zeros(
    metric: Metric, way: str, workers: Workers
) -> None:
    rng = np.random.default_rng(3)
    points = rng.integers(-2, 3, (90, 4)).astype(np.float32)
    points[[5, 60]] = 0
    layout = rng.integers(0, 6, (90, 2)).astype(np.float32)
    table = table_of(points, metric, workers)

    truth = layout_truths(points, table, [layout], 0, workers)[0]

    there, here = all_distances(layout, "euclidean"), all_distances(points, metric)
    for k in (10, 30):
        trusted = losses(nearest_by_row(there, k), here, k)
        continuous = losses(table.indices, there, k)
        np.testing.assert_allclose(truth.per_point[f"trustworthiness_{k}"], trusted, atol=1e-6)
        np.testing.assert_allclose(truth.per_point[f"continuity_{k}"], continuous, atol=1e-6)


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


def test_a_picture_that_fell_together_tears_nothing_apart(way: str, workers: Workers) -> None:
    truth = truth_of(random(0, 3100, 5), np.zeros((3100, 2), np.float32), "cosine", workers)

    assert truth.overall[0].continuity == 1
    assert truth.overall[0].neighbors_kept == 1
    assert truth.overall[0].trustworthiness == pytest.approx(0.5, abs=0.1)


def test_overall_figures_are_the_means_of_the_points(workers: Workers) -> None:
    truth = truth_of(random(0, 300, 6), random(1, 300, 3).astype(np.float32), "cosine", workers)

    for one in truth.overall:
        for name in ("neighbors_kept", "trustworthiness", "continuity"):
            mean = truth.per_point[f"{name}_{one.k}"].astype(np.float64).mean()
            assert getattr(one, name) == pytest.approx(mean, abs=1e-6)


def test_a_sample_measures_its_points_exactly_and_leaves_the_others_open(
    way: str, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    points, layout = random(0, 500, 6), random(1, 500, 2).astype(np.float32)
    table = table_of(points, "cosine", workers)
    everything = layout_truths(points, table, [layout], 7, workers)[0]
    monkeypatch.setattr(faithfulness, "MEASURED_ROWS", 100)

    sampled = layout_truths(points, table, [layout], 7, workers)[0]

    assert {one.sampled_rows for one in sampled.overall} == {100}
    for name, shares in sampled.per_point.items():
        there = ~np.isnan(shares)
        assert there.sum() == (500 if name.startswith("neighbors_kept") else 100)
        np.testing.assert_array_equal(shares[there], everything.per_point[name][there])


def test_the_number_of_threads_changes_nothing(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faithfulness, "_QUERIES", 64)
    monkeypatch.setattr(faithfulness, "_REFERENCES", 128)
    points, layout = random(0, 600, 9), random(1, 600, 3).astype(np.float32)
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


def test_ranks_are_counted_where_the_table_is_only_approximate(way: str, workers: Workers) -> None:
    points, layout = random(0, 300, 4), random(0, 300, 4)[:, :2].astype(np.float32)
    table = table_of(points, "cosine", workers)
    thinned = dataclasses.replace(table, recall=0.9)

    exact, counted = (layout_truths(points, one, [layout], 0, workers)[0] for one in (table, thinned))

    assert counted.overall == exact.overall


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
