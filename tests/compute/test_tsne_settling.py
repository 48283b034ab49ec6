"""When a t-SNE run ends before its schedule: by what it keeps, and at no cost."""

from __future__ import annotations

import numpy as np
import pytest
from brute_force import share_kept, true_neighbors
from point_sets import clusters, gaussian

from embreport.compute.affinities import affinities
from embreport.compute.forces import forces_for
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.numbers import compute_numbers
from embreport.compute.pca import principal_components
from embreport.compute.settings import ComputeSettings
from embreport.compute.settling import LEAST_GAIN, Settling
from embreport.compute.threads import Workers, single_threaded_blas
from embreport.compute.tsne import EXAGGERATION, SCHEDULES, Optimized, optimize, starting_layout


def run(values: np.ndarray, dims: int, jobs: int = 1, *, to_the_end: bool = False) -> Optimized:
    workers = Workers(jobs)
    with single_threaded_blas():
        table = neighbor_tables(values, 90, workers).euclidean
        start = starting_layout(principal_components(values, workers).scores, dims, seed=0)
        forces, advance = forces_for(affinities(table, 30.0, workers), dims, workers)
        schedule = SCHEDULES["full"]
        if to_the_end:
            made = optimize(forces, advance, start, schedule)
        else:
            made = optimize(forces, advance, start, schedule, settled=Settling(table.indices).settled)
    workers.close()
    return made


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("nature", ["digits", "clusters", "one cloud"])
def test_early_end_costs_less_than_half_a_percent_of_the_neighbors(nature: str, dims: int) -> None:
    from sklearn.datasets import load_digits

    made = {"digits": load_digits().data[:1000], "clusters": clusters(1000, 20)[0], "one cloud": gaussian(1000, 10)}
    values = np.asarray(made[nature], np.float32)
    nearest = true_neighbors(values, 10)

    early, full = run(values, dims), run(values, dims, to_the_end=True)

    assert early.steps < full.steps == SCHEDULES["full"].iterations
    assert share_kept(early.layout, nearest) > share_kept(full.layout, nearest) - 0.005


@pytest.mark.parametrize("dims", [2, 3])
def test_end_comes_at_the_same_step_with_the_same_bits_for_any_number_of_threads(dims: int) -> None:
    values = clusters(900, 12)[0]

    one, three = run(values, dims, 1), run(values, dims, 3)

    assert one.steps == three.steps
    assert np.array_equal(one.layout, three.layout)


def test_layout_that_no_longer_moves_has_settled_at_the_fourth_look() -> None:
    values = gaussian(300, 5)
    watch = Settling(true_neighbors(values, 10))
    layout = values[:, :2].astype(np.float32)

    assert [watch.settled(layout, 400 - 50 * look) for look in range(4)] == [False, False, False, True]


def test_layout_that_still_gains_goes_on_and_near_the_end_counts_less() -> None:
    values = gaussian(300, 2)
    nearest, noise = true_neighbors(values, 10), gaussian(300, 2, seed=1)

    def looks(left: int) -> bool:
        watch = Settling(nearest)
        return [watch.settled((values + size * noise).astype(np.float32), left) for size in (0.35, 0.3, 0.25, 0.2)][-1]

    assert not looks(400)
    assert looks(0)
    assert LEAST_GAIN < 0.005


@pytest.mark.parametrize("rows", [7, 12, 1100])
def test_share_is_that_of_the_neighbors_kept(rows: int) -> None:
    values = gaussian(rows, 6)
    count = min(10, rows - 1)
    nearest, layout = true_neighbors(values, count), values[:, :3].astype(np.float32)

    assert Settling(nearest)._share(layout) == pytest.approx(share_kept(layout, nearest), abs=1e-9)


def test_all_points_at_one_place_keep_every_neighbor_as_ties_do() -> None:
    assert Settling(true_neighbors(gaussian(50, 3), 10))._share(np.zeros((50, 2), np.float32)) == 1.0


@pytest.mark.parametrize("preset", SCHEDULES)
def test_exaggeration_falls_evenly_from_twelve_to_one(preset: str) -> None:
    schedule = SCHEDULES[preset]
    factors = np.array([schedule.exaggeration(step) for step in range(schedule.iterations)])

    assert np.all(factors[: schedule.exaggerated] == EXAGGERATION)
    assert np.all(factors[schedule.exaggerated + schedule.falling :] == 1.0)
    ratios = factors[schedule.exaggerated + 1 : schedule.exaggerated + schedule.falling + 1]
    ratios = ratios / factors[schedule.exaggerated : schedule.exaggerated + schedule.falling]
    np.testing.assert_allclose(ratios, EXAGGERATION ** (-1 / schedule.falling))


def test_settings_say_the_steps_that_were_taken() -> None:
    values = gaussian(400, 10).astype(np.float32)

    made = {
        preset: compute_numbers(values, ComputeSettings(projections=("tsne",), preset=preset)).projections[0].settings
        for preset in ("full", "fast")
    }

    assert made["full"]["iterations"] in range(450, 750, 50)
    assert made["fast"]["iterations"] in range(300, 351, 50)
