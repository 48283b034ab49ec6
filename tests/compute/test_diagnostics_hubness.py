"""Who is a neighbor of how many, also where rows tie."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from diagnosed_rows import random, table_of, tying_rows

from embreport.compute import ComputeSettings, compute_numbers
from embreport.compute.diagnosis import hubness as hubness_module
from embreport.compute.diagnosis.hubness import hubness, neighbor_counts
from embreport.compute.diagnosis.pair_distances import pair_distances
from embreport.compute.diagnosis.ties import tied_rows
from embreport.compute.duplicates import first_equal_rows
from embreport.compute.threads import Workers
from embreport.diagnostics import Hubness
from embreport.model import Metric


def counts_of(points: np.ndarray, workers: Workers, metric: Metric = "euclidean", k: int = 30) -> np.ndarray | None:
    table, pairs = table_of(points, workers, metric, k), pair_distances(points, workers)
    return neighbor_counts(table, first_equal_rows(points), pairs, workers)


def hubness_of(points: np.ndarray, workers: Workers, metric: Metric = "euclidean", k: int = 30) -> Hubness:
    found = hubness(table_of(points, workers, metric, k), counts_of(points, workers, metric, k), np.arange(len(points)))
    assert found is not None
    return found


def counts_by_lot(points: np.ndarray, metric: Metric, k: int) -> np.ndarray:
    """How often each row is among the k nearest of another, in expectation where lots are drawn among equally far."""
    if metric == "euclidean":
        distances = np.linalg.norm(points[:, None] - points, axis=2)
    else:
        lengths = np.linalg.norm(points, axis=1)
        safe = np.where(lengths > 0, lengths, 1)
        distances = np.where(np.outer(lengths, lengths) > 0, 1 - points @ points.T / np.outer(safe, safe), 1.0)
    np.fill_diagonal(distances, np.inf)
    counts = np.zeros(len(points))
    for line in distances:
        reach = np.sort(line)[k - 1]
        tied = np.isclose(line, reach, rtol=1e-7, atol=1e-12)
        nearer = (line < reach) & ~tied
        counts += nearer + tied * (k - nearer.sum()) / tied.sum()
    return counts


def test_hubness_counts_how_often_a_row_is_a_neighbor(workers: Workers) -> None:
    points = random(0, 300, 40)
    counted = Counter(table_of(points, workers).indices[:, :10].ravel().tolist())
    counts = np.array([counted[row] for row in range(300)], float)

    found = hubness_of(points, workers)

    np.testing.assert_array_equal(counts_of(points, workers), counts)
    assert found.skewness == pytest.approx(np.mean((counts - 10) ** 3) / np.std(counts) ** 3)
    assert found.antihub_rows == (counts == 0).sum() > 0
    assert found.antihub_share == found.antihub_rows / 300
    assert found.hub_rows == (counts > 10 + 2 * np.std(counts)).sum() == len(found.hubs)
    assert [hub.times for hub in found.hubs] == sorted(counts[counts > 10 + 2 * np.std(counts)], reverse=True)
    assert all(counted[hub.row] == hub.times for hub in found.hubs)


def test_where_everyone_is_everyones_neighbor_there_is_no_hub(workers: Workers) -> None:
    found = hubness_of(random(0, 6, 3), workers)

    assert (found.k, found.skewness, found.hub_rows, found.antihub_rows, found.hubs) == (5, None, 0, 0, ())


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("width", [30, 12], ids=["lists of 30", "lists of 12"])
@pytest.mark.parametrize(
    "kind",
    ["whole numbers", "one-hot", "each row another", "heaps", "a heap among others, and zeros", "parallel heaps"],
)
def test_rows_that_tie_share_the_places_and_their_numbers_make_no_hub(
    kind: str, width: int, metric: Metric, workers: Workers
) -> None:
    points = tying_rows(kind)

    counts = counts_of(points, workers, metric, width)

    assert counts is not None
    np.testing.assert_allclose(counts, counts_by_lot(points, metric, 10), atol=1e-9)


def test_lists_of_ten_are_counted_as_they_are_where_nothing_ties(workers: Workers) -> None:
    points = random(4, 150, 5)

    np.testing.assert_array_equal(counts_of(points, workers, k=10), counts_of(points, workers, k=30))


def test_hubness_is_unknown_where_lists_end_before_too_many_ties_do(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hubness_of(np.eye(60), workers).hub_rows == 0
    monkeypatch.setattr(hubness_module, "_MOST_VALUES", 1000)

    found = hubness_of(np.eye(60), workers)

    assert (found.skewness, found.hub_rows, found.antihub_rows, found.antihub_share) == (None, None, None, None)
    assert found.hubs == ()
    assert hubness_of(np.eye(60), workers, k=59).antihub_rows == 0


def test_rows_are_tied_where_further_neighbors_are_as_far_as_the_tenth(workers: Workers) -> None:
    points = random(0, 100, 4)
    points[:12], points[20:31] = 100, -100

    assert tied_rows(table_of(points, workers), 10) == 12
    assert tied_rows(table_of(points, workers, k=10), 10) is None
    assert tied_rows(table_of(np.ones((11, 3)), workers), 10) == 0


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (random(0, 150, 4), set()),
        (np.eye(150), {"neighbors-tie"}),
        (np.repeat(random(0, 10, 4), 15, axis=0), {"duplicate-rows", "neighbors-tie"}),
        (np.ones((150, 4)), {"constant-data"}),
    ],
    ids=["none", "each row another", "heaps", "constant"],
)
def test_ties_that_matter_are_told(values: np.ndarray, codes: set[str]) -> None:
    numbers = compute_numbers(values, ComputeSettings(projections=("pca",), neighbors=100, jobs=1))

    assert {notice.code for notice in numbers.notices} == codes
    assert numbers.diagnostics is not None
    assert numbers.diagnostics.tied_share == pytest.approx((numbers.diagnostics.tied_rows or 0) / 150)
    assert (numbers.diagnostics.tied_rows == 150) == (len(codes) > 0)


def test_unknown_hubness_is_told_and_colors_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubness_module, "_MOST_VALUES", 1000)
    numbers = compute_numbers(np.eye(150), ComputeSettings(projections=("pca",), neighbors=100, jobs=1))

    assert [notice.code for notice in numbers.notices] == ["neighbors-tie", "hubness-unknown"]
    assert "by cosine and euclidean distance" in numbers.notices[1].message
    assert numbers.diagnostics is not None
    assert "hubness_10" not in {figure.name for figure in numbers.diagnostics.figures}
