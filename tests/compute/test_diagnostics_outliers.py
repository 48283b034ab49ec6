"""Local outlier factors, against scikit-learn and the paper's definitions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from diagnosed_rows import PCA_ONLY, random, table_of
from sklearn.neighbors import LocalOutlierFactor

from embreport.compute import compute_numbers
from embreport.compute.diagnosis import distinct_neighbors
from embreport.compute.diagnosis.outliers import OutlierFactors, outlier_factors, outliers
from embreport.compute.diagnosis.pair_distances import pair_distances
from embreport.compute.duplicates import first_equal_rows
from embreport.compute.threads import Workers
from embreport.model import Metric


def factors_of(points: np.ndarray, workers: Workers, metric: Metric = "euclidean", k: int = 30) -> OutlierFactors:
    table, pairs = table_of(points, workers, metric, k), pair_distances(points, workers)
    factors = outlier_factors(table, first_equal_rows(points), pairs, workers)
    assert factors is not None
    return factors


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_outlier_factors_are_those_of_scikit_learn(metric: Metric, workers: Workers) -> None:
    points = np.concatenate([random(0, 150, 5), 0.1 * random(1, 150, 5) + 4])
    # Between unit vectors the euclidean distance is the chord.
    there = points / np.linalg.norm(points, axis=1, keepdims=True) if metric == "cosine" else points
    expected = -LocalOutlierFactor(n_neighbors=20).fit(there).negative_outlier_factor_

    factors = factors_of(points, workers, metric)

    np.testing.assert_allclose(factors.values, expected, rtol=1e-5)


def test_a_row_far_from_all_is_the_first_outlier(workers: Workers) -> None:
    points = random(0, 200, 5)
    points[77] += 30
    factors = factors_of(points, workers)

    found = outliers(factors, np.arange(200))

    assert found is not None
    assert (found.most[0].row, found.k, found.limit) == (77, 20, 1.5)
    assert found.most[0].distance == pytest.approx(np.sort(np.linalg.norm(points - points[77], axis=1))[20])
    assert found.outlier_rows == (factors.values > 1.5).sum() == len(found.most)


def test_a_heap_of_equal_rows_makes_nobody_infinitely_far(workers: Workers) -> None:
    points = random(0, 200, 5)
    points[:60] = 0

    factors = factors_of(points, workers).values

    assert np.isfinite(factors).all()
    assert (factors[:60] == 1).all()
    np.testing.assert_allclose(factors[60:], factors_of(points[59:], workers).values[1:], rtol=1e-6)
    assert (factors_of(np.ones((40, 3)), workers).values == 1).all()


def one_hot(sizes: list[int]) -> np.ndarray:
    return np.repeat(np.eye(len(sizes)), sizes, axis=0)


def binary(n: int) -> np.ndarray:
    """Rows of which most tie with others at the border of their neighborhoods, and some are equal."""
    return np.random.default_rng(0).integers(0, 2, (n, 9)).astype(np.float64)


def paper_factors(points: np.ndarray, k: int = 20) -> np.ndarray:
    """The paper's definitions word for word, of the distinct rows; copies come first among k, and count 1."""
    distinct, group, sizes = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    apart = np.linalg.norm(distinct[:, None] - distinct, axis=2).astype(np.float32).astype(np.float64)
    np.fill_diagonal(apart, np.inf)
    reach = np.sort(apart, axis=1)[:, k - 1]
    near = [np.flatnonzero(line <= border) for line, border in zip(apart, reach, strict=True)]
    density = np.array([1 / np.mean(np.maximum(apart[row, rows], reach[rows])) for row, rows in enumerate(near)])
    factors = np.array([density[rows].mean() / density[row] for row, rows in enumerate(near)])
    copies = np.minimum(sizes - 1, k)
    return np.asarray((copies + (k - copies) * factors)[group.ravel()] / k)


@pytest.mark.parametrize("k", [21, 60, 399])
def test_all_rows_as_far_as_the_last_neighbor_count_however_wide_the_table(k: int, workers: Workers) -> None:
    points = binary(400)

    np.testing.assert_allclose(factors_of(points, workers, k=k).values, paper_factors(points), rtol=1e-5)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("make", [binary, lambda n: one_hot([1, 2, 5, 20, 21, 22, 60, 100]), lambda n: random(0, n, 6)])
def test_the_order_of_rows_leaves_outlier_factors_and_copies_draw_them_to_one(
    make: Callable[[int], np.ndarray], metric: Metric, workers: Workers
) -> None:
    points = make(250)
    order = np.random.default_rng(1).permutation(len(points))
    factors = factors_of(points, workers, metric).values

    np.testing.assert_allclose(factors_of(points[order], workers, metric).values, factors[order], rtol=1e-9)
    if len(np.unique(points, axis=0)) == len(points):
        for times, others in ((2, 19 / 20), (11, 10 / 20), (50, 0)):
            repeated = factors_of(np.repeat(points, times, axis=0), workers, metric).values
            expected = np.repeat(1 + others * (factors - 1), times)
            np.testing.assert_allclose(repeated, expected, rtol=1e-9)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_heaps_of_equal_rows_make_no_outliers_and_hide_none(metric: Metric, workers: Workers) -> None:
    kinds = one_hot([*range(1, 25), 200, 300])
    heaps = np.repeat(random(0, 40, 4) + 9, 25, axis=0)
    assert (factors_of(kinds, workers, metric).values == pytest.approx(1)) is True
    usual = outliers(factors_of(heaps, workers, metric), np.arange(1000))

    far = np.concatenate([heaps, np.tile([[90.0, -90, 90, -90]], (3, 1))])
    found = outliers(factors_of(far, workers, metric), np.arange(1003))

    assert usual is not None
    assert found is not None
    assert usual.outlier_rows == 0
    assert [one.row for one in found.most[:3]] == [1000, 1001, 1002]
    assert found.most[0].factor > 3


def test_outliers_are_unknown_and_said_to_be_where_lists_end_and_looking_further_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    points = np.concatenate([random(0, 150, 4), np.repeat(random(1, 1, 4), 150, axis=0)])
    whole = factors_of(points, workers).values
    assert "outliers-unknown" not in {one.code for one in compute_numbers(points, PCA_ONLY).notices}
    monkeypatch.setattr(distinct_neighbors, "_MOST_VALUES", 0)

    factors = factors_of(points, workers)
    numbers = compute_numbers(points, PCA_ONLY)

    known = ~np.isnan(factors.values)
    assert 150 < known.sum() < 300
    np.testing.assert_array_equal(factors.values[known], whole[known])
    assert outliers(factors, np.arange(300)) is None
    assert numbers.diagnostics is not None
    assert numbers.diagnostics.outliers is None
    assert "outliers-unknown" in {one.code for one in numbers.notices}
