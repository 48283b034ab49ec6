"""The neighbor tables against brute force, on data made to break them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from brute_force import exact_distances, nearest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from point_sets import clusters, gaussian

from embreport.compute import neighbors as neighbors_module
from embreport.compute.neighbors import NeighborTables, neighbor_table, neighbor_tables
from embreport.compute.threads import Workers, single_threaded_blas
from embreport.model import Metric

COMPILED = 900
IN_NUMPY = 300


@pytest.fixture(autouse=True)
def compiled_kernels_for_fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbors_module, "COMPILED_FROM", COMPILED)


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers(1)
    with single_threaded_blas():
        yield pool
    pool.close()


def scattered_norms(n: int) -> np.ndarray:
    return (gaussian(n, 20) * 10.0 ** np.random.default_rng(5).uniform(-20, 20, size=(n, 1))).astype(np.float32)


def with_zero_rows(n: int) -> np.ndarray:
    values = gaussian(n, 12).astype(np.float32)
    values[::9] = 0
    return values


def with_far_outlier(n: int) -> np.ndarray:
    values = gaussian(n, 12)
    values[3] *= 1e12
    return values


def bits(n: int, d: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 2, size=(n, d)).astype(np.float32)


def bits_with_traces(n: int) -> np.ndarray:
    return np.column_stack([bits(n, 31), 1e-9 * gaussian(n, 1)]).astype(np.float32)


def pairs_of_codes(n: int) -> np.ndarray:
    codes = np.random.default_rng(8).integers(0, 40, size=(n, 2))
    return np.concatenate([np.eye(40)[codes[:, 0]], np.eye(40)[codes[:, 1]]], axis=1) / np.sqrt(2)


def whole(n: int, d: int, most: int) -> np.ndarray:
    return np.random.default_rng(9).integers(-most, most + 1, size=(n, d)).astype(np.float32)


NASTY: dict[str, Callable[[int], np.ndarray]] = {
    "plain float32": lambda n: gaussian(n, 24).astype(np.float32),
    "plain float64": lambda n: gaussian(n, 24),
    "clusters": lambda n: clusters(n, 30)[0],
    "offset a thousand times the spread": lambda n: (gaussian(n, 24) + 1000).astype(np.float32),
    "small integers full of ties": lambda n: np.random.default_rng(1).integers(0, 3, size=(n, 6)).astype(np.float32),
    "multiples of few directions": lambda n: np.random.default_rng(2).integers(-2, 3, size=(n, 3)).astype(np.float64),
    "bits": lambda n: bits(n, 32),
    "bits and traces of something else": bits_with_traces,
    "bits of unit length": lambda n: bits(n, 24)[:, 1:] / np.sqrt(bits(n, 24).sum(axis=1) + 1)[:, None],
    "pairs of one-hot codes times the root of a half": pairs_of_codes,
    "quantised": lambda n: whole(n, 48, 127),
    "quantised with a scale": lambda n: whole(n, 12, 9) * np.float32(0.0123),
    "whole numbers that float32 products hold just so": lambda n: whole(n, 2, 2896),
    "whole numbers too long for exact float32 products": lambda n: whole(n, 2, 5000),
    "thirds": lambda n: whole(n, 4, 3).astype(np.float64) / 3,
    "every row ten times": lambda n: np.repeat(gaussian(n // 10, 10).astype(np.float32), 10, axis=0),
    "all rows equal": lambda n: np.full((n, 5), 0.1, np.float32),
    "all rows zero": lambda n: np.zeros((n, 5), np.float32),
    "some rows zero": with_zero_rows,
    "equidistant": lambda n: np.eye(n, dtype=np.float32),
    "near the end of float32": lambda n: np.random.default_rng(4).uniform(-9e37, 9e37, (n, 8)).astype(np.float32),
    "denormal float32": lambda n: (gaussian(n, 8) * 1e-41).astype(np.float32),
    "at the end of float64": lambda n: gaussian(n, 8) * 1e-300,
    "lengths over forty powers of ten": scattered_norms,
    "one row a million million times farther": with_far_outlier,
    "one dimension": lambda n: gaussian(n, 1).astype(np.float32),
}


@pytest.mark.parametrize("rows", [IN_NUMPY, COMPILED], ids=["in numpy", "compiled"])
@pytest.mark.parametrize("name", NASTY)
def test_tables_equal_brute_force(name: str, rows: int, workers: Workers) -> None:
    values = NASTY[name](rows)

    tables = neighbor_tables(values, 15, workers)

    for table in (tables.cosine, tables.euclidean):
        indices, distances = nearest(exact_distances(values, table.metric), 15)
        np.testing.assert_array_equal(table.indices, indices, err_msg=table.metric)
        np.testing.assert_allclose(table.distances, distances, rtol=2e-7, atol=1e-45, err_msg=table.metric)


@pytest.mark.parametrize("rows", [IN_NUMPY, COMPILED], ids=["in numpy", "compiled"])
def test_tiny_spread_far_from_zero_keeps_its_digits(rows: int, workers: Workers) -> None:
    spread = np.round(gaussian(rows, 10) * 2**20) * 2.0**-50
    values = spread + 1.0

    tables = neighbor_tables(values, 10, workers)

    indices, distances = nearest(exact_distances(spread, "euclidean"), 10)
    np.testing.assert_array_equal(tables.euclidean.indices, indices)
    np.testing.assert_allclose(tables.euclidean.distances, distances, rtol=1e-6)
    across = spread - spread.mean(axis=1, keepdims=True)
    indices, distances = nearest(exact_distances(across, "euclidean") ** 2 / 20, 10)
    assert np.mean(tables.cosine.indices == indices) > 0.999
    np.testing.assert_allclose(tables.cosine.distances, distances, rtol=1e-5)


@given(
    values=arrays(
        np.float32,
        st.tuples(st.integers(1, 40), st.integers(1, 6)),
        elements=st.one_of(
            st.sampled_from([0.0, 1.0, -1.0, 2.0, 1e-3]), st.floats(-1000, 1000, width=32, allow_subnormal=False)
        ),
    ),
    k=st.integers(1, 50),
)
@settings(max_examples=80, deadline=None)
def test_tables_of_any_small_array_are_in_order_and_complete(values: np.ndarray, k: int) -> None:
    tables = neighbor_tables(values, k, Workers(1))

    for table in (tables.cosine, tables.euclidean):
        _, distances = nearest(exact_distances(values, table.metric), k)
        assert table.indices.shape == (len(values), min(k, len(values) - 1))
        np.testing.assert_allclose(table.distances, distances, rtol=1e-5, atol=1e-15)
        assert all(len(set(row)) == len(row) and i not in row for i, row in enumerate(table.indices.tolist()))
        steps, ties = np.diff(table.distances, axis=1), np.diff(table.indices, axis=1)
        assert np.all((steps > 0) | ((steps == 0) & (ties > 0)))


def equal_tables(one: NeighborTables, other: NeighborTables) -> bool:
    pairs = ((one.cosine, other.cosine), (one.euclidean, other.euclidean))
    return all(np.array_equal(a.indices, b.indices) and np.array_equal(a.distances, b.distances) for a, b in pairs)


@pytest.mark.parametrize("rows", [IN_NUMPY, 2 * COMPILED])
def test_tables_do_not_depend_on_the_number_of_threads(rows: int) -> None:
    values = clusters(rows, 40)[0]

    assert equal_tables(neighbor_tables(values, 30, Workers(1)), neighbor_tables(values, 30, Workers(3)))


def test_compiled_and_numpy_ways_agree(monkeypatch: pytest.MonkeyPatch, workers: Workers) -> None:
    values = clusters(COMPILED, 20)[0]

    compiled = neighbor_tables(values, 20, workers)
    monkeypatch.setattr(neighbors_module, "numba_is_installed", lambda: False)
    in_numpy = neighbor_tables(values, 20, workers)

    assert equal_tables(compiled, in_numpy)


@pytest.mark.parametrize("n", [IN_NUMPY, COMPILED])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("name", NASTY)
def test_one_table_alone_is_the_same(name: str, metric: Metric, n: int, workers: Workers) -> None:
    values = NASTY[name](n)

    alone = neighbor_table(values, metric, 15, workers)

    both = neighbor_tables(values, 15, workers).table(metric)
    assert alone.metric == metric
    np.testing.assert_array_equal(alone.indices, both.indices)
    np.testing.assert_array_equal(alone.distances, both.distances)


def test_two_level_selection_of_wide_rows_finds_the_same_neighbors(workers: Workers) -> None:
    from embreport.compute.topk import largest_columns

    scores = np.random.default_rng(6).normal(size=(3, 25_003)).astype(np.float32)

    columns, cut = largest_columns(scores, 40)

    best = np.argsort(-scores, axis=1)[:, :40]
    np.testing.assert_array_equal(np.sort(columns, axis=1), np.sort(best, axis=1))
    np.testing.assert_array_equal(cut, np.take_along_axis(scores, best, 1)[:, -1])


def test_order_of_rows_changes_only_their_names(workers: Workers) -> None:
    values = gaussian(COMPILED, 16).astype(np.float32)
    order = np.random.default_rng(7).permutation(len(values))

    table = neighbor_tables(values, 12, workers).cosine
    shuffled = neighbor_tables(values[order], 12, workers).cosine

    np.testing.assert_array_equal(order[shuffled.indices], table.indices[order])
    np.testing.assert_array_equal(shuffled.distances, table.distances[order])


def test_certificate_sends_few_ordinary_rows_to_the_second_search(workers: Workers) -> None:
    tables = neighbor_tables(clusters(2 * COMPILED, 100)[0], 100, workers)

    assert tables.repeated < 0.01 * 2 * COMPILED


def test_tables_are_read_only(workers: Workers) -> None:
    table = neighbor_tables(gaussian(20, 3), 5, workers).cosine

    with pytest.raises(ValueError, match="read-only"):
        table.indices[0, 0] = 1
