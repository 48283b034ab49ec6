"""Samples of rows: seeded, stated, and with sparse regions kept in sight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from brute_force import exact_distances, nearest
from point_sets import gaussian

from embreport.compute import ComputeSettings, compute_numbers
from embreport.compute.sampling import density_sample, even_sample, layout_size

FAST = ComputeSettings(projections=("pca", "tsne"), preset="fast", neighbors=10, jobs=1)


def far_and_near(dense: int, sparse: int) -> np.ndarray:
    """Distances to ten neighbors of rows in a dense region, then of rows in a sparse one: float32."""
    own = np.r_[np.full(dense, 0.1), np.full(sparse, 1.0)]
    return (own[:, None] * np.linspace(0.5, 1, 10)).astype(np.float32)


@pytest.mark.parametrize(
    ("n", "asked", "placed"),
    [(200_000, None, 200_000), (200_001, None, 100_000), (10**6, "all", 10**6), (500, 90, 90), (500, 900, 500)],
)
def test_layouts_place_all_points_up_to_a_limit_or_what_was_asked(n: int, asked: object, placed: int) -> None:
    assert layout_size(n, asked) == placed  # type: ignore[arg-type]


def test_an_even_sample_is_ascending_and_follows_its_seed() -> None:
    one = even_sample(10_000, 500, 0)

    assert np.array_equal(one, np.unique(one))
    assert (len(one), one.dtype) == (500, np.int64)
    assert np.array_equal(one, even_sample(10_000, 500, 0))
    assert not np.array_equal(one, even_sample(10_000, 500, 1))
    assert one.max() > 9_000


def test_a_density_sample_keeps_sparse_regions_in_sight() -> None:
    distances = far_and_near(9_500, 500)
    chosen = density_sample(distances, 1_000, 0)

    assert np.array_equal(chosen, np.unique(chosen))
    assert len(chosen) == 1_000
    assert 250 < (chosen >= 9_500).sum() < 500
    assert (chosen < 9_500).sum() > 500
    assert np.array_equal(chosen, density_sample(distances, 1_000, 0))
    assert not np.array_equal(chosen, density_sample(distances, 1_000, 1))


@pytest.mark.parametrize("value", [0.0, np.inf, np.nan])
def test_a_density_sample_is_even_where_all_distances_say_the_same(value: float) -> None:
    chosen = density_sample(np.full((4_000, 3), value, np.float32), 400, 0)

    assert len(np.unique(chosen)) == 400
    assert 120 < (chosen < 2_000).sum() < 280


def test_copies_of_one_row_lose_places_to_the_others_but_not_all() -> None:
    distances = far_and_near(0, 4_000)
    distances[:1_000] = 0.0
    chosen = density_sample(distances, 2_000, 0)

    assert 20 < (chosen < 1_000).sum() < 300


def test_layouts_of_a_sample_leave_the_other_rows_without_a_place_and_say_so() -> None:
    values = gaussian(300, 6)
    values[7] = np.nan
    numbers = compute_numbers(values, replace(FAST, layout_points=120))

    pca, _, flat, deep = numbers.projections
    for layout in (flat, deep):
        placed = np.isfinite(layout.coordinates).all(axis=1)
        assert placed.sum() == layout.settings["points"] == 120
        assert not placed[7]
    assert np.array_equal(np.isnan(flat.coordinates[:, 0]), np.isnan(deep.coordinates[:, 0]))
    assert np.isfinite(pca.coordinates).all(axis=1).sum() == 299
    assert "points" not in pca.settings
    assert flat.neighbors_kept is not None
    assert flat.neighbors_kept > 0.2
    message = next(notice.message for notice in numbers.notices if notice.code == "layout-sampled")
    assert message.startswith("120 of 299 points placed by t-SNE, chosen with seed 0")


def test_every_point_is_placed_where_all_is_asked_for() -> None:
    numbers = compute_numbers(gaussian(90, 4), replace(FAST, layout_points="all"))

    assert all(np.isfinite(projection.coordinates).all() for projection in numbers.projections)
    assert not any("points" in projection.settings for projection in numbers.projections)


def test_a_sampled_layout_has_the_same_bits_for_any_number_of_threads() -> None:
    values = gaussian(700, 8).astype(np.float32)
    one, two = (compute_numbers(values, replace(FAST, layout_points=400, jobs=jobs)) for jobs in (1, 2))

    for first, second in zip(one.projections, two.projections, strict=True):
        assert first.coordinates.tobytes() == second.coordinates.tobytes()
        assert first.neighbors_kept == second.neighbors_kept


def test_rows_that_are_not_taken_keep_their_number_and_count_as_nothing_else() -> None:
    values = gaussian(400, 5)
    values[[3, 50]] = np.inf
    numbers = compute_numbers(values, replace(FAST, projections=("pca",), max_points=150))

    assert numbers.taken is not None
    assert (int(numbers.finite.sum()), numbers.not_taken, numbers.nan_rows) == (150, 248, 2)
    assert numbers.taken[[3, 50]].all()
    assert numbers.finite[200:].sum() > 40
    rows = np.flatnonzero(numbers.finite)
    expected, lengths = nearest(exact_distances(values[rows], "euclidean"), 10)
    assert np.array_equal(numbers.euclidean.indices[rows], rows[expected])
    np.testing.assert_allclose(numbers.euclidean.distances[rows], lengths, rtol=1e-6)
    assert (numbers.euclidean.indices[~numbers.finite] == -1).all()
    assert np.isnan(numbers.projections[0].coordinates[~numbers.finite]).all()
    messages = {notice.code: notice.message for notice in numbers.notices}
    assert messages["rows-sampled"].startswith("150 of 400 rows are in the report, chosen at random with seed 0")
    assert messages["rows-not-finite"].startswith("2 rows of 400")


def test_a_limit_above_the_number_of_rows_takes_them_all() -> None:
    numbers = compute_numbers(gaussian(40, 3), replace(FAST, projections=("pca",), max_points=40))

    assert numbers.taken is None
    assert numbers.not_taken == 0
    assert numbers.finite.all()
