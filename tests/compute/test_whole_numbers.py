"""When rows count as whole numbers, and that their neighbors are then exact in index and distance."""

from __future__ import annotations

import numpy as np
import pytest
from brute_force import exact_distances, nearest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embreport.compute import neighbors as neighbors_module
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.threads import Workers
from embreport.compute.whole_numbers import whole_rows

FRACTION = 2.0**-20  # makes brute force take extended precision


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([[0, 2], [4, 6]], 2.0),
        ([[0.75, -0.5]], 0.25),
        ([[6, 10], [15, 0]], 1.0),
        ([[np.float32(0.1), 0], [0, -np.float32(0.1)]], float(np.float32(0.1))),
        ([[np.sqrt(0.5), 0], [0, 4 * np.sqrt(0.5)]], np.sqrt(0.5)),
        ([[2896, 2896]], 2896.0),
        ([[2896, 2896], [1, 0]], 1.0),
    ],
)
def test_unit_is_the_greatest_common_divisor(values: list[list[float]], unit: float) -> None:
    rows = whole_rows(np.array(values, np.float64))

    assert rows is not None
    assert rows.unit == unit
    np.testing.assert_array_equal(rows.points.astype(float) * rows.unit, values)


@pytest.mark.parametrize(
    "values",
    [
        [[0.0, 0.0]],
        [[4097.0, 1.0]],
        [[3000.0, 3000.0], [1.0, 0.0]],
        [[0.1, 0.3]],
        [[1.0, 1.0 + 2.0**-52]],
        [[1e-40, 2e-40]],
        [[1e300, 2e300]],
        [[1.0, 0.5], [np.pi, 0.0]],
    ],
)
def test_rows_without_a_unit_or_too_long_in_it_are_no_whole_numbers(values: list[list[float]]) -> None:
    assert whole_rows(np.array(values)) is None


def test_a_row_far_down_that_is_not_whole_is_seen() -> None:
    values = np.ones((5000, 3))
    values[4321, 1] = 0.123

    assert whole_rows(values) is None


@given(
    values=arrays(np.int16, st.tuples(st.integers(2, 60), st.integers(1, 5)), elements=st.integers(-3, 3)),
    unit=st.sampled_from([1.0, float(np.float32(0.0123)), 3.0, 2.0**-30]),
    k=st.integers(1, 30),
    compiled=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_neighbors_among_whole_numbers_are_those_of_brute_force(
    values: np.ndarray, unit: float, k: int, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbors_module, "COMPILED_FROM", 0 if compiled else 1000)
    many = np.concatenate([values + 7 * step for step in range(12 if compiled else 1)])

    tables = neighbor_tables(many * unit, k, Workers(1))

    for table in (tables.cosine, tables.euclidean):
        exact = exact_distances(many * FRACTION, table.metric)
        scale = unit / FRACTION if table.metric == "euclidean" else 1.0
        indices, distances = nearest(exact * scale, k)
        np.testing.assert_allclose(table.distances, distances, rtol=2e-7, atol=1e-15)
        np.testing.assert_array_equal(table.indices, indices)
