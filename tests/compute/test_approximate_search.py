"""The search that takes over where comparing all pairs would take too long: few neighbors missed, and said."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from brute_force import exact_distances, nearest
from point_sets import clusters, gaussian

from embreport.compute import approximate, compute_numbers, joining, probing
from embreport.compute import neighbors as neighbors_module
from embreport.compute.neighbors import NeighborTables, neighbor_tables
from embreport.compute.settings import ComputeSettings
from embreport.compute.threads import Workers, single_threaded_blas
from embreport.model import Metric, NeighborTable

K, ROWS = 10, 1200
METRICS: tuple[Metric, Metric] = ("cosine", "euclidean")


@pytest.fixture(autouse=True)
def few_rows_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approximate, "EXACT_COST", 0)
    monkeypatch.setattr(neighbors_module, "COMPILED_FROM", 0)


def searched(values: np.ndarray, k: int = K, threads: int = 1, seed: int = 3) -> NeighborTables:
    workers = Workers(threads)
    try:
        with single_threaded_blas():
            return neighbor_tables(values, k, workers, seed=seed)
    finally:
        workers.close()


def with_zero_rows(n: int) -> np.ndarray:
    values = clusters(n, 24)[0]
    values[::7] = 0
    return values


def half_of_them_one_row(n: int) -> np.ndarray:
    values = clusters(n, 24)[0]
    values[np.random.default_rng(1).random(n) < 0.5] = values[0]
    return values


def every_row_four_times(n: int) -> np.ndarray:
    return clusters(n // 4, 24)[0][np.random.default_rng(2).permutation(np.arange(n) // 4)]


DATA: dict[str, Callable[[int], np.ndarray]] = {
    "clusters": lambda n: clusters(n, 24)[0],
    "uniform": lambda n: np.random.default_rng(4).uniform(size=(n, 16)).astype(np.float32),
    "every row four times": every_row_four_times,
    "half of them one row": half_of_them_one_row,
    "some rows zero": with_zero_rows,
    "nine of ten rows zero": lambda n: np.where(np.arange(n)[:, None] % 10 == 0, gaussian(n, 6), 0.0),
    "float64 far from zero": lambda n: 100.0 + 1e-3 * gaussian(n, 12),
    "bits": lambda n: np.random.default_rng(5).integers(0, 2, size=(n, 24)).astype(np.float32),
}


@functools.cache
def all_distances(name: str, metric: Metric) -> np.ndarray:
    return exact_distances(DATA[name](ROWS), metric).astype(np.float32)


@pytest.mark.parametrize("k", [1, 10, 100])
@pytest.mark.parametrize("name", DATA)
def test_nearly_all_true_neighbors_are_found_and_the_tables_say_how_many(name: str, k: int) -> None:
    tables = searched(DATA[name](ROWS), k)

    for metric in METRICS:
        table = tables.table(metric)
        share = share_of_truth(table, all_distances(name, metric))
        assert share > 0.97, metric
        assert table.recall is not None
        # Of equal rows, one is found for all of them: more is found than the search among distinct rows says.
        assert share - 0.03 < table.recall <= share + 0.02, metric


def share_of_truth(table: NeighborTable, distances: np.ndarray) -> float:
    last = nearest(distances, table.indices.shape[1])[1][:, -1:]
    return float((table.distances <= last * np.float32(1 + 1e-6)).mean())


@pytest.mark.parametrize("k", [1, 10, 100])
@pytest.mark.parametrize("name", DATA)
def test_every_distance_is_that_of_its_pair_and_every_list_in_order_without_repeats(name: str, k: int) -> None:
    tables = searched(DATA[name](ROWS), k)

    for metric in METRICS:
        table = tables.table(metric)
        exact = np.take_along_axis(all_distances(name, metric), table.indices.astype(np.int64), 1)
        np.testing.assert_allclose(table.distances, exact, rtol=2e-7, atol=1e-15)
        steps, ties = np.diff(table.distances, axis=1), np.diff(table.indices, axis=1)
        assert np.all((steps > 0) | ((steps == 0) & (ties > 0)))
        assert (table.indices != np.arange(ROWS)[:, None]).all()
        assert all(len(set(line)) == k for line in table.indices.tolist())


@pytest.mark.parametrize("power", [600, -600])
def test_rows_whose_squares_do_not_fit_float64_have_the_cosine_neighbors_of_smaller_ones(power: int) -> None:
    values = clusters(ROWS, 12)[0].astype(np.float64)

    assert equal_bits([searched(np.ldexp(values, power)).cosine], [searched(values).cosine])


def test_lists_of_all_rows_are_complete() -> None:
    values = gaussian(40, 3)
    values[5] = 0

    tables = searched(values, 100)

    assert all(sorted(line) == sorted(set(range(40)) - {i}) for i, line in enumerate(tables.cosine.indices.tolist()))


@pytest.mark.parametrize("metric", METRICS)
def test_order_of_rows_does_not_change_how_many_are_found(metric: Metric) -> None:
    values, distances = DATA["uniform"](ROWS), all_distances("uniform", metric)

    for order in (np.arange(ROWS), np.argsort(values[:, 0]), np.random.default_rng(6).permutation(ROWS)):
        table = searched(values[order]).table(metric)
        assert share_of_truth(table, distances[order][:, order]) == pytest.approx(0.996, abs=0.004)


@pytest.mark.parametrize("name", ["clusters", "some rows zero", "half of them one row"])
def test_without_compiled_kernels_as_many_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = DATA[name](ROWS)
    compiled = searched(values)
    for module in (neighbors_module, probing, joining):
        monkeypatch.setattr(module, "numba_is_installed", lambda: False)

    in_numpy = searched(values)

    for metric in METRICS:
        one, other = in_numpy.table(metric), compiled.table(metric)
        assert np.mean(one.distances <= other.distances[:, -1:]) > 0.998
        assert one.recall == pytest.approx(other.recall, abs=0.005)


@pytest.mark.parametrize("name", ["clusters", "float64 far from zero"])
def test_memory_mapped_rows_give_the_same_bits(name: str, tmp_path: Path) -> None:
    values = DATA[name](ROWS)
    np.save(tmp_path / "rows.npy", values)

    mapped = searched(np.load(tmp_path / "rows.npy", mmap_mode="r"))

    in_memory = searched(values)
    assert equal_bits([mapped.cosine, mapped.euclidean], [in_memory.cosine, in_memory.euclidean])


def test_tables_do_not_depend_on_the_number_of_threads() -> None:
    values = DATA["clusters"](4000)

    one, three = searched(values), searched(values, threads=3)
    assert equal_bits([one.cosine, one.euclidean], [three.cosine, three.euclidean])


def equal_bits(some: list[NeighborTable], others: list[NeighborTable]) -> bool:
    return all(
        np.array_equal(a.indices, b.indices) and np.array_equal(a.distances, b.distances) and a.recall == b.recall
        for a, b in zip(some, others, strict=True)
    )


def test_notice_names_the_recall_that_was_measured() -> None:
    values = DATA["uniform"](ROWS)

    numbers = compute_numbers(values, ComputeSettings(projections=("pca",), neighbors=100, jobs=1))

    (notice,) = [notice for notice in numbers.notices if notice.code == "approximate-neighbors"]
    stated = [float(share) for share in re.findall(r"(\d+\.\d) % by", notice.message)]
    assert stated == [round(100 * table.recall, 1) for table in (numbers.cosine, numbers.euclidean) if table.recall]
    for share, metric in zip(stated, METRICS, strict=True):
        table = numbers.cosine if metric == "cosine" else numbers.euclidean
        assert share == pytest.approx(100 * share_of_truth(table, all_distances("uniform", metric)), abs=0.5)


def test_rows_that_are_not_finite_are_nobodys_neighbors() -> None:
    values = DATA["clusters"](ROWS)
    bad = np.arange(0, ROWS, 11)
    values[bad, 3] = np.nan
    values[bad[::2], 5] = -np.inf
    good = np.setdiff1d(np.arange(ROWS), bad)

    numbers = compute_numbers(values, ComputeSettings(projections=("pca",), neighbors=K, jobs=1))

    assert not np.isin(numbers.euclidean.indices[good], bad).any()
    assert (numbers.euclidean.indices[bad] == -1).all()
    assert np.isnan(numbers.cosine.distances[bad]).all()
    truth = nearest(all_distances("clusters", "euclidean")[good][:, good], K)[1]
    assert np.mean(numbers.euclidean.distances[good] <= truth[:, -1:]) > 0.98
