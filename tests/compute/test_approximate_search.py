"""The search that takes over where comparing all pairs would take too long: few neighbors missed, and said."""

from __future__ import annotations

import numpy as np
import pytest
from brute_force import exact_distances, nearest
from point_sets import clusters

from embreport.compute import approximate, compute_numbers
from embreport.compute.neighbors import NeighborTables, neighbor_tables
from embreport.compute.settings import ComputeSettings
from embreport.compute.threads import Workers, single_threaded_blas

K = 10


@pytest.fixture(autouse=True)
def few_rows_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approximate, "EXACT_COST", 0)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return clusters(4000, 24)[0].astype(np.float32)


def searched(values: np.ndarray, threads: int = 1) -> NeighborTables:
    workers = Workers(threads)
    try:
        with single_threaded_blas():
            return neighbor_tables(values, K, workers, seed=3)
    finally:
        workers.close()


@pytest.fixture
def tables(values: np.ndarray) -> NeighborTables:
    return searched(values)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_nearly_all_true_neighbors_are_found_and_the_table_says_how_many(
    tables: NeighborTables, values: np.ndarray, metric: str
) -> None:
    table = tables.table(metric)  # type: ignore[arg-type]
    true, _ = nearest(exact_distances(values, metric), K)
    share = np.mean([len(set(a) & set(b)) / K for a, b in zip(table.indices, true, strict=True)])
    assert share > 0.95
    assert table.recall == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_every_distance_is_that_of_its_pair_and_lists_are_in_order(
    tables: NeighborTables, values: np.ndarray, metric: str
) -> None:
    table = tables.table(metric)  # type: ignore[arg-type]
    exact = exact_distances(values, metric).astype(np.float32)
    assert np.array_equal(table.distances, np.take_along_axis(exact, table.indices.astype(np.int64), 1))
    assert (np.diff(table.distances, axis=1) >= 0).all()
    assert (table.indices != np.arange(len(values))[:, None]).all()
    assert all(len(set(line)) == K for line in table.indices)


def test_the_tables_do_not_depend_on_the_number_of_threads(tables: NeighborTables, values: np.ndarray) -> None:
    again = searched(values, threads=2)
    for metric in ("cosine", "euclidean"):
        assert np.array_equal(tables.table(metric).indices, again.table(metric).indices)  # type: ignore[arg-type]
        assert np.array_equal(tables.table(metric).distances, again.table(metric).distances)  # type: ignore[arg-type]


def test_a_notice_says_that_the_search_was_approximate(values: np.ndarray) -> None:
    numbers = compute_numbers(values[:2000], ComputeSettings(projections=("pca",), neighbors=K, jobs=1))
    notices = [notice for notice in numbers.notices if notice.code == "approximate-neighbors"]
    assert len(notices) == 1
    assert "measured on" in notices[0].message
