"""The nearest points of a layout, where many share a place, and how many of the true neighbors are among them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from embreport.compute import layout_lists as module
from embreport.compute.diagnosis.faithfulness import layout_truths
from embreport.compute.layout_lists import LayoutPoints, layout_points, smaller_entries
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.quality import neighbors_kept
from embreport.compute.threads import Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers(2)
    yield pool
    pool.close()


def random(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def in_heaps(seed: int, places: int, points: int) -> np.ndarray:
    layout: np.ndarray = random(seed, places, 2)[np.random.default_rng(seed).integers(0, places, points)]
    return layout


LAYOUTS = {
    "strewn": random(0, 200, 3),
    "in heaps": in_heaps(1, 40, 200),
    "in few heaps": in_heaps(2, 3, 200),
    "on a grid": np.random.default_rng(3).integers(0, 5, (200, 3)).astype(np.float32),
    "in one place": np.zeros((200, 2), np.float32),
}


def all_squares(layout: np.ndarray) -> np.ndarray:
    wide = layout.astype(np.float64)
    squares: np.ndarray = np.square(wide[:, None] - wide).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    return squares


@pytest.mark.parametrize("tree", [False, True], ids=["all pairs", "tree"])
@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize("k", [1, 10, 30])
def test_the_border_of_the_k_nearest_is_that_of_brute_force(
    k: int, kind: str, tree: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ALL_PAIRS_BELOW", 0 if tree else 10**9)
    squares = all_squares(LAYOUTS[kind])
    reach = np.sort(squares, axis=1)[:, k - 1]

    border = layout_points(LAYOUTS[kind], 30, 0).around(slice(0, 200)).border(k)

    np.testing.assert_allclose(border.square, reach, rtol=1e-12)
    tied = np.isclose(squares, reach[:, None], rtol=1e-10, atol=0)
    np.testing.assert_array_equal(border.nearer, ((squares < reach[:, None]) & ~tied).sum(axis=1))
    np.testing.assert_array_equal(border.tied, tied.sum(axis=1))


def near_rows(layout: LayoutPoints, k: int) -> tuple[np.ndarray, np.ndarray]:
    lists = layout.around(slice(0, len(layout.points)))
    return lists.nearest(lists.border(k))


@pytest.mark.parametrize("kind", LAYOUTS)
def test_the_nearest_points_are_those_up_to_the_last_tie(kind: str) -> None:
    squares = all_squares(LAYOUTS[kind])
    reach = np.sort(squares, axis=1)[:, 9] * (1 + 1e-10)

    rows, stands_for = near_rows(layout_points(LAYOUTS[kind], 10, 0, most_tied=500), 10)

    for row in range(200):
        there = rows[row][stands_for[row] > 0]
        assert sorted(there) == np.flatnonzero(squares[row] <= reach[row]).tolist()
        assert (stands_for[row][stands_for[row] > 0] == 1).all()


def test_of_a_large_heap_a_seeded_choice_stands_for_all() -> None:
    layout = np.concatenate([np.zeros((150, 2), np.float32), random(1, 50, 2) + 100])
    rows, stands_for = near_rows(layout_points(layout, 10, 4), 10)

    for row in range(150):
        assert len(set(rows[row]) - {row}) == 64
        assert rows[row].max() < 150
    assert stands_for[:150].sum(axis=1) == pytest.approx(149)
    chosen = np.bincount(rows[:150].ravel(), minlength=150)
    assert chosen[:150].min() == chosen[:150].max() == 64
    assert (near_rows(layout_points(layout, 10, 5), 10)[0] != rows).any()


def test_entries_that_are_smaller_are_counted_in_lists_of_any_width() -> None:
    for width in (1, 2, 3, 33, 64):
        lists = np.sort(np.random.default_rng(width).integers(0, 9, (20, width)).astype(float), axis=1)
        values = np.random.default_rng(0).integers(-1, 11, (20, 7)).astype(float)

        np.testing.assert_array_equal(smaller_entries(lists, values), (lists[:, None] < values[:, :, None]).sum(axis=2))


def test_neighbors_kept_are_those_that_two_lists_of_ten_have_in_common(workers: Workers) -> None:
    points = random(0, 300, 5)
    layout = points[:, :3].copy()
    table, there = neighbor_tables(points, 10, workers).euclidean, neighbor_tables(layout, 10, workers).euclidean
    shared = [len(set(a) & set(b)) / 10 for a, b in zip(table.indices, there.indices, strict=True)]

    assert neighbors_kept(layout, table, workers) == pytest.approx(np.mean(shared))


@pytest.mark.parametrize("kind", LAYOUTS)
def test_both_ways_to_measure_neighbors_kept_agree(kind: str, workers: Workers) -> None:
    points = np.repeat(random(5, 50, 4), 4, axis=0)
    table = neighbor_tables(points, 40, workers).euclidean

    kept = neighbors_kept(LAYOUTS[kind], table, workers)

    truth = layout_truths(points, table, [LAYOUTS[kind]], 0, workers)[0]
    assert kept == pytest.approx(truth.overall[0].neighbors_kept)


def test_few_points_keep_what_they_can(workers: Workers) -> None:
    four, one = random(0, 4, 3), random(0, 1, 3)

    assert neighbors_kept(four[:, :2], neighbor_tables(four, 10, workers).cosine, workers) == 1
    assert neighbors_kept(one[:, :2], neighbor_tables(one, 10, workers).cosine, workers) is None
