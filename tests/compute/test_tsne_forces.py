"""The forces of many points against those of all pairs, on layouts with groups and voids and on odd ones."""

from __future__ import annotations

import numpy as np
import pytest
from point_sets import gaussian

from embreport.compute.affinities import Affinities
from embreport.compute.kernels.compiled_forces import AllPairsForces, CompiledForces, GroupForces
from embreport.compute.kernels.mesh import MeshForces
from embreport.compute.kernels.step import advance
from embreport.compute.threads import Workers
from embreport.compute.tsne import Schedule, optimize


def ring_of(n: int) -> Affinities:
    """Every point is drawn to the two beside it: affinities that cost nothing to make."""
    columns = np.sort((np.arange(n)[:, None] + np.array([-1, 1])) % n, axis=1).astype(np.uint32)
    weights = np.full(2 * n, 1 / (2 * n), np.float32)
    return Affinities(starts=np.arange(0, 2 * n + 1, 2, dtype=np.int64), columns=columns.ravel(), weights=weights)


def with_voids(n: int, dims: int) -> np.ndarray:
    """Sixty groups of different density in a cube about as wide as the layouts of n points get: float32 (n, dims)."""
    random = np.random.default_rng(1)
    half = (80.0 if dims == 2 else 30.0) * (n / 10_000) ** 0.15
    groups = random.integers(0, 60, n)
    centers = random.uniform(-half, half, size=(60, dims))
    sizes = random.uniform(0.02, 0.12, size=60)[groups, None] * half
    return np.asarray(centers[groups] + sizes * random.normal(size=(n, dims)), np.float32)


def repelled(forces: CompiledForces, layout: np.ndarray) -> tuple[np.ndarray, float]:
    forces.repel(layout)
    return forces.push.astype(np.float64), float(forces.similarity.sum(dtype=np.float64)) - len(layout)


def error(forces: CompiledForces, layout: np.ndarray) -> tuple[float, float]:
    """Relative errors of the push of all points, and of the sum of similarities."""
    push, total = repelled(forces, layout)
    exact, sum_of_all = repelled(AllPairsForces(forces.joint, forces.dims, Workers(1)), layout)
    return float(np.linalg.norm(push - exact) / np.linalg.norm(exact)), abs(total / sum_of_all - 1)


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("n", [2_000, 7_001, 30_000])
def test_groups_push_as_all_pairs_do_at_every_size(n: int, dims: int) -> None:
    push, total = error(GroupForces(ring_of(n), dims, Workers(1)), with_voids(n, dims))

    assert push < 0.003
    assert total < 0.001


@pytest.mark.parametrize("size", [0.03, 0.2, 1.0])
def test_mesh_pushes_as_all_pairs_do_while_the_layout_grows(size: float) -> None:
    forces = MeshForces(ring_of(8_000), 2, Workers(1), most=np.inf)

    push, total = error(forces, np.float32(size) * with_voids(8_000, 2))

    assert push < 0.01
    assert total < 0.002


def test_a_mesh_of_too_many_cells_gives_way_to_groups() -> None:
    joint, layout = ring_of(3_000), with_voids(3_000, 2)

    def pushes(size: float) -> list[np.ndarray]:
        scaled = np.float32(size) * layout
        return [repelled(make(joint, 2, Workers(1)), scaled)[0] for make in (MeshForces, GroupForces)]

    wide, compact = pushes(1.0), pushes(0.1)

    np.testing.assert_array_equal(wide[0], wide[1])
    assert not np.array_equal(compact[0], compact[1])
    np.testing.assert_allclose(compact[0], compact[1], atol=0.01 * np.abs(compact[1]).max())


@pytest.mark.parametrize("dims", [2, 3])
def test_points_that_change_places_are_sorted_anew_at_once(dims: int) -> None:
    layout = with_voids(20_000, dims)
    mixed = np.random.default_rng(2).permutation(layout)
    forces = GroupForces(ring_of(20_000), dims, Workers(1))
    forces.repel(layout)
    in_order = forces.leaf_share()

    push, total = error(forces, mixed)

    assert in_order < 0.3
    assert forces.leaf_share() < 1.1 * in_order
    assert push < 0.003
    assert total < 0.001


@pytest.mark.parametrize(("make", "dims"), [(GroupForces, 2), (GroupForces, 3), (MeshForces, 2)])
def test_one_point_far_out_changes_nothing_for_the_others(make: type[GroupForces], dims: int) -> None:
    layout = with_voids(2_500, dims)
    layout[17] = 1e6

    forces = make(ring_of(2_500), dims, Workers(1))
    push, total = error(forces, layout)

    assert push < 0.006
    assert total < 0.002
    assert np.linalg.norm(forces.push[17]) < 1e-3


@pytest.mark.parametrize(("make", "dims"), [(GroupForces, 2), (GroupForces, 3), (MeshForces, 2)])
@pytest.mark.parametrize("place", [0.0, 3.7])
def test_points_all_at_one_place_push_nobody(make: type[GroupForces], dims: int, place: float) -> None:
    push, total = repelled(make(ring_of(2_500), dims, Workers(1)), np.full((2_500, dims), place, np.float32))

    assert np.abs(push).max() < 1e-3
    assert total == pytest.approx(2_500 * 2_499, rel=1e-4)


def test_a_run_from_mesh_to_groups_has_the_same_bits_for_any_number_of_threads() -> None:
    start = 1e-4 * gaussian(3_000, 2).astype(np.float32)
    schedule, layouts = Schedule(exaggerated=5, falling=10, plain=60), list[np.ndarray]()
    for jobs in (1, 2):
        workers = Workers(jobs)
        layouts.append(optimize(MeshForces(ring_of(3_000), 2, workers), advance, start, schedule).layout)
        workers.close()

    assert np.ptp(start) / 0.35 < np.sqrt(8 * 3_000) < np.ptp(layouts[0]) / 0.35
    np.testing.assert_array_equal(layouts[0], layouts[1])
