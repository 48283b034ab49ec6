"""Rows that are equal, or nearly."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed_rows import diagnosed, random, table_of

from embreport.compute.diagnosis.exact_duplicates import equal_counts
from embreport.compute.diagnosis.near_duplicates import near_duplicate_counts, near_duplicates
from embreport.compute.duplicates import first_equal_rows
from embreport.compute.threads import Workers
from embreport.diagnostics import NearDuplicates


def near_of(points: np.ndarray, workers: Workers, k: int = 30) -> NearDuplicates:
    found = near_duplicates(table_of(points, workers, k=k), first_equal_rows(points), np.arange(len(points)))
    assert found is not None
    return found


def test_equal_rows_are_grouped_and_rows_left_out_do_not_shift_their_numbers() -> None:
    values = random(0, 60, 5)
    values[[10, 20, 30]] = values[3]
    values[41] = values[40]
    values[0] = np.nan

    found = diagnosed(values).exact_duplicates

    assert found is not None
    assert (found.duplicate_rows, found.grouped_rows, found.duplicate_groups) == (4, 6, 2)
    assert found.duplicate_share == 4 / 59
    assert [group.rows for group in found.largest] == [(3, 10, 20, 30), (40, 41)]


def test_rows_nearly_equal_are_paired_once_and_joined_into_groups(workers: Workers) -> None:
    points = random(0, 200, 8)
    points[11] = points[10] + 1e-3
    points[12] = points[10] - 1e-3
    points[13] = points[12]
    points[51] = points[50] + 1e-3
    points[61] = points[60]

    found = near_of(points, workers)

    # 10-11, 10-12, 10-13, 11-12, 11-13 and 50-51; 12 equals 13 and 60 equals 61.
    assert (found.near_duplicate_pairs, found.near_duplicate_rows, found.near_duplicate_groups) == (6, 6, 2)
    assert [group.rows for group in found.largest] == [(10, 11, 12, 13), (50, 51)]
    assert found.limit == pytest.approx(0.1 * found.typical_distance)
    assert all(pair.rows[0] < pair.rows[1] and pair.distance <= found.limit for pair in found.closest)
    assert not found.at_least


def test_typical_is_the_median_distance_to_the_tenth_neighbor(workers: Workers) -> None:
    points = random(0, 200, 8)
    distances = np.sort(np.linalg.norm(points[:, None] - points, axis=2), axis=1)[:, 10]

    assert near_of(points, workers).typical_distance == pytest.approx(np.median(distances), rel=1e-6)


def test_near_duplicates_say_when_there_may_be_more_than_the_table_holds(workers: Workers) -> None:
    points = random(0, 200, 8)
    points[:30] = points[0] + 1e-3 * random(1, 30, 8)

    assert near_of(points, workers, k=12).at_least
    assert not near_of(points, workers, k=60).at_least
    assert near_of(points, workers, k=60).near_duplicate_pairs == 30 * 29 / 2


def test_equal_rows_alone_have_no_near_duplicates(workers: Workers) -> None:
    found = near_of(np.ones((50, 3)), workers)

    assert (found.typical_distance, found.near_duplicate_pairs, found.at_least) == (0, 0, False)


def test_every_row_knows_how_many_equal_it_exactly_and_nearly(workers: Workers) -> None:
    points = random(0, 200, 8)
    points[[11, 12]] = points[10]
    points[51] = points[50] + 1e-3
    points[52] = points[50] - 1e-3
    equal, near = np.zeros(200, int), np.zeros(200, int)
    equal[10:13], near[50:53] = 2, 2

    np.testing.assert_array_equal(equal_counts(first_equal_rows(points)), equal)
    np.testing.assert_array_equal(near_duplicate_counts(table_of(points, workers), first_equal_rows(points)), near)
