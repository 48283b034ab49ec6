"""Equal rows have one place in t-SNE, wherever the lists of their neighbors end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from point_sets import gaussian

from embreport.compute import ComputeSettings, compute_numbers
from embreport.compute.affinities import Affinities, affinities
from embreport.compute.equal_places import EqualRows, ForcesOnGroups, equal_rows
from embreport.compute.forces import forces_for
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.threads import Workers
from embreport.compute.tsne import Forces
from embreport.model import Metric, Projection, RowLabels

FAST = ComputeSettings(projections=("tsne",), metric="euclidean", neighbors=10, preset="fast", jobs=2)


def placed(values: np.ndarray, settings: ComputeSettings = FAST) -> tuple[Projection, ...]:
    return compute_numbers(values, settings).projections


def with_heap(n: int, heap: int) -> np.ndarray:
    """Random rows of which every third, up to the size of the heap, is one and the same."""
    values = gaussian(n, 8)
    values[: 3 * heap : 3] = values[0]
    return values


def groups_of(values: np.ndarray, metric: Metric = "euclidean", codes: np.ndarray | None = None) -> EqualRows | None:
    return equal_rows(values, neighbor_tables(values, 5, Workers(1)).table(metric), codes)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize(("rows", "heap"), [(300, 50), (900, 50), (900, 200)])
def test_equal_rows_are_placed_as_one_and_apart_from_others(rows: int, heap: int, metric: Metric) -> None:
    for projection in placed(with_heap(rows, heap), replace(FAST, metric=metric)):
        places = np.unique(projection.coordinates, axis=0)

        assert len(np.unique(projection.coordinates[: 3 * heap : 3], axis=0)) == 1
        assert len(places) == rows - heap + 1


def test_equal_rows_are_one_also_along_an_axis_that_starts_as_noise() -> None:
    values = np.repeat(gaussian(100, 2), 3, axis=0)

    for projection in placed(values):
        np.testing.assert_array_equal(projection.coordinates, np.repeat(projection.coordinates[::3], 3, axis=0))


def test_zero_rows_are_equal_though_as_far_from_each_other_as_from_all_by_cosine_distance() -> None:
    values = gaussian(200, 8)
    values[::20] = 0

    for projection in placed(values, replace(FAST, metric="cosine")):
        assert len(np.unique(projection.coordinates[::20], axis=0)) == 1


def test_rows_that_are_all_repeated_keep_their_neighbors() -> None:
    values = np.repeat(gaussian(180, 6), 5, axis=0)

    for projection in placed(values):
        assert projection.neighbors_kept is not None
        assert projection.neighbors_kept > 0.6


def test_a_heap_of_half_the_rows_leaves_the_others_their_neighbors() -> None:
    values = with_heap(1000, 333)
    values[1:500:3] = values[0]
    heap = (values == values[0]).all(axis=1)
    assert heap.sum() == 500
    numbers = compute_numbers(values, replace(FAST, perplexity=(15.0,)))
    assert numbers.diagnostics is not None
    figures = {one.name: one.values for one in numbers.diagnostics.figures}

    for projection in numbers.projections:
        kept = figures[f"neighbors_kept_10@{projection.name}"]
        assert kept[heap].min() == 1
        assert kept[~heap].mean() > 0.4  # 0.416 in 2D without the heap; 0.26 where all its pairs count


@pytest.mark.parametrize("dims", [2, 3])
def test_forces_are_those_of_probabilities_shared_among_equal_rows(dims: int) -> None:
    values = with_heap(200, 30)
    workers = Workers(1)
    joint = affinities(neighbor_tables(values, 12, workers).euclidean, 4, workers)
    equal = groups_of(values)
    assert equal is not None
    layout = np.random.default_rng(0).normal(size=(200, dims)).astype(np.float32)
    equal.share_first(layout)
    of_group = np.arange(200)
    of_group[equal.rows] = equal.rows[0]
    mean = (of_group[:, None] == of_group) / np.bincount(of_group, minlength=200)[of_group]

    uneven: Forces = forces_for(joint, dims, workers)[0]
    pull, push, total = ForcesOnGroups(uneven, equal, 29).parts(layout)
    shared = mean @ joint.dense() @ mean
    expected = forces_for(of_dense(shared), dims, workers)[0].parts(layout)

    assert not np.allclose(shared, joint.dense(), rtol=0.1)
    np.testing.assert_allclose(pull, expected[0], atol=1e-7)
    np.testing.assert_allclose(push, expected[1], rtol=1e-4, atol=1e-4)
    assert total == pytest.approx(expected[2], rel=1e-6)
    # Each of the 30 equal rows has 29 others, of which 4 count at a perplexity of 4.
    assert ForcesOnGroups(uneven, equal, 4).parts(layout)[2] == pytest.approx(total - 30 * 25, rel=1e-5)


def of_dense(matrix: np.ndarray) -> Affinities:
    rows, columns = np.nonzero(matrix)
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(matrix)))])
    weights = matrix[rows, columns].astype(np.float32)
    return Affinities(starts=starts, columns=columns.astype(np.uint32), weights=weights)


def test_groups_are_of_equal_rows_and_of_one_class() -> None:
    values = gaussian(40, 3)
    values[[5, 9, 30]] = values[2]
    values[[7, 8]] = 0.0
    values[8] = -0.0
    codes = np.zeros(40, np.int32)
    codes[[9, 30]] = 1

    for metric in ("euclidean", "cosine"):
        found, classed = groups_of(values, metric), groups_of(values, metric, codes)
        assert found is not None
        assert classed is not None
        assert [part.tolist() for part in np.split(found.rows, found.starts[1:])] == [[2, 5, 9, 30], [7, 8]]
        assert [part.tolist() for part in np.split(classed.rows, classed.starts[1:])] == [[2, 5], [9, 30], [7, 8]]
        assert groups_of(gaussian(40, 3), metric) is None
        assert groups_of(2.0 ** np.arange(40)[:, None] * np.ones(3), metric) is None  # parallel, not equal


def test_classes_may_part_equal_rows() -> None:
    values, codes = np.repeat(gaussian(120, 6), 2, axis=0), np.arange(240, dtype=np.int32) % 2
    labels = RowLabels(column="class", codes=codes, values=("a", "b"))
    settings = replace(FAST, perplexity=(10.0,), supervise_strength=90.0)

    for projection in compute_numbers(values, settings, supervision=labels).projections:
        assert (projection.coordinates[::2] != projection.coordinates[1::2]).any(axis=1).all()
