"""t-SNE by what its layouts keep, never by their coordinates; and its forces by what they ought to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from brute_force import share_kept, true_neighbors
from point_sets import clusters, gaussian

from embreport.compute.affinities import Affinities, affinities
from embreport.compute.forces import forces_for
from embreport.compute.kernels.compiled_forces import AllPairsForces, GroupForces
from embreport.compute.kernels.dense import DenseForces
from embreport.compute.kernels.mesh import MeshForces
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.pca import principal_components
from embreport.compute.threads import Stopped, Workers, single_threaded_blas
from embreport.compute.tsne import SCHEDULES, Forces, Schedule, optimize, starting_layout

SHORT = Schedule(exaggerated=30, falling=40, plain=50)


@pytest.fixture(autouse=True)
def one_blas_thread() -> Iterator[None]:
    with single_threaded_blas():
        yield


def joint_of(values: np.ndarray, perplexity: float = 30.0) -> Affinities:
    workers = Workers(1)
    table = neighbor_tables(values, int(3 * perplexity), workers).euclidean
    return affinities(table, perplexity, workers)


def spread_out(n: int, dims: int) -> np.ndarray:
    """A layout with groups and voids, as t-SNE makes them."""
    random = np.random.default_rng(3)
    centers = random.uniform(-30, 30, size=(12, dims))
    return (centers[random.integers(0, 12, n)] + 3 * random.normal(size=(n, dims))).astype(np.float32)


def expected_parts(joint: Affinities, layout: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The forces of the module's docstring, term by term in float64."""
    points = layout.astype(np.float64)
    offsets = points[:, None] - points[None]
    squares = np.square(offsets).sum(axis=2)
    similarity = 1 / (1 + squares) if layout.shape[1] == 2 else (1 + squares / 2) ** -1.5
    np.fill_diagonal(similarity, 0)
    pull = np.einsum("ij,ijk->ik", joint.dense() * similarity, offsets)
    push = np.einsum("ij,ijk->ik", similarity**2, offsets)
    return pull, push, float(similarity.sum())


MAKERS: dict[str, Callable[[Affinities, int], Forces]] = {
    "dense": lambda joint, dims: DenseForces(joint, dims),
    "all pairs": lambda joint, dims: AllPairsForces(joint, dims, Workers(1)),
    "groups": lambda joint, dims: GroupForces(joint, dims, Workers(1)),
    "mesh": lambda joint, dims: MeshForces(joint, dims, Workers(1), most=np.inf),
}
TOLERANCE = {"dense": 1e-4, "all pairs": 1e-4, "groups": 0.02, "mesh": 0.02}


@pytest.mark.parametrize(
    ("name", "dims"),
    [("dense", 2), ("dense", 3), ("all pairs", 2), ("all pairs", 3), ("groups", 2), ("groups", 3), ("mesh", 2)],
)
def test_forces_are_those_of_the_formula(name: str, dims: int) -> None:
    joint, layout = joint_of(gaussian(1100, 8)), spread_out(1100, dims)

    pull, push, total = MAKERS[name](joint, dims).parts(layout)

    wanted_pull, wanted_push, wanted_total = expected_parts(joint, layout)
    np.testing.assert_allclose(pull, wanted_pull, atol=1e-4 * np.abs(wanted_pull).max())
    assert np.linalg.norm(push - wanted_push) < TOLERANCE[name] * np.linalg.norm(wanted_push)
    assert total == pytest.approx(wanted_total, rel=5e-3)


@pytest.mark.parametrize("name", MAKERS)
def test_push_is_down_the_slope_of_the_divergence_in_two_dimensions(name: str) -> None:
    joint, layout = joint_of(gaussian(900, 6)), spread_out(900, 2)
    forces = MAKERS[name](joint, 2)
    pull, push, total = (np.array(part, np.float64) for part in forces.parts(layout))
    gradient = 4 * (pull - push / total)

    step = 1e-2 * gradient / np.linalg.norm(gradient)
    change = forces.divergence((layout - step).astype(np.float32)) - forces.divergence(
        (layout + step).astype(np.float32)
    )

    assert change == pytest.approx(-2e-2 * np.linalg.norm(gradient), rel=0.05)


@pytest.mark.parametrize("perplexity", [1.0, 5.0, 30.0])
def test_affinities_have_the_wanted_perplexity_and_sum_to_one(perplexity: float) -> None:
    values = gaussian(400, 5)
    table = neighbor_tables(values, 90, Workers(1)).euclidean

    joint = affinities(table, perplexity, Workers(1)).dense()

    assert joint.sum() == pytest.approx(1.0, rel=1e-5)
    np.testing.assert_array_equal(joint, joint.T)
    assert not np.diag(joint).any()


def test_affinities_agree_with_scikit_learn() -> None:
    from sklearn.manifold._t_sne import _joint_probabilities

    values = gaussian(91, 5)
    squares = np.square(values[:, None] - values[None]).sum(axis=2)

    ours = joint_of(values, perplexity=30.0).dense()

    theirs = np.zeros((91, 91))
    theirs[np.triu_indices(91, 1)] = _joint_probabilities(squares, 30.0, verbose=0)
    np.testing.assert_allclose(ours, theirs + theirs.T, atol=2e-4 * theirs.max())


def test_affinities_are_the_same_by_one_block_or_by_many(monkeypatch: pytest.MonkeyPatch) -> None:
    values = gaussian(700, 5)
    whole = joint_of(values, perplexity=10.0)

    monkeypatch.setattr("embreport.compute.affinities._BLOCK_EDGES", 30 * 64)
    by_blocks = joint_of(values, perplexity=10.0)

    for name in ("starts", "columns", "weights"):
        np.testing.assert_array_equal(getattr(by_blocks, name), getattr(whole, name))
    np.testing.assert_array_equal(whole.dense(), whole.dense().T)


def test_affinities_of_many_duplicates_are_shared_equally() -> None:
    joint = joint_of(np.repeat(gaussian(3, 4), 100, axis=0), perplexity=10.0).dense()

    assert np.isfinite(joint).all()
    assert joint.sum() == pytest.approx(1.0, rel=1e-5)


@pytest.mark.parametrize("collapsed", [0.0, 1e-20])
@pytest.mark.parametrize("name", MAKERS)
def test_forces_survive_a_collapsed_layout(name: str, collapsed: float) -> None:
    joint = joint_of(gaussian(900, 4))
    layout = (gaussian(900, 2) * collapsed).astype(np.float32)

    pull, push, total = MAKERS[name](joint, 2).parts(layout)

    assert np.isfinite(pull).all()
    assert np.isfinite(push).all()
    assert total == pytest.approx(900 * 899, rel=1e-3)


@pytest.mark.parametrize("make", [DenseForces, AllPairsForces, GroupForces, MeshForces])
def test_forces_survive_an_exploded_layout(make: Callable[..., Forces]) -> None:
    joint = joint_of(gaussian(900, 4))
    layout = (gaussian(900, 2) * 1e7).astype(np.float32)

    pull, push, _ = (make(joint, 2) if make is DenseForces else make(joint, 2, Workers(1))).parts(layout)

    assert np.isfinite(pull).all()
    assert np.isfinite(push).all()


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    from sklearn.datasets import load_digits

    return np.asarray(load_digits().data, np.float32)


def place(values: np.ndarray, dims: int, jobs: int = 1, schedule: Schedule = SCHEDULES["full"]) -> np.ndarray:
    workers = Workers(jobs)
    start = starting_layout(principal_components(values, workers).scores, dims, seed=0)
    forces, advance = forces_for(joint_of(values), dims, workers)
    layout = optimize(forces, advance, start, schedule).layout
    workers.close()
    return layout


@pytest.mark.parametrize(("dims", "floor"), [(2, 0.67), (3, 0.73)])
def test_few_points_in_numpy_keep_as_many_neighbors(digits: np.ndarray, dims: int, floor: float) -> None:
    layout = place(digits[:700], dims)

    assert share_kept(layout, true_neighbors(digits[:700], 10)) > floor


@pytest.mark.parametrize("dims", [2, 3])
def test_separate_clusters_stay_separate(dims: int) -> None:
    values, labels = clusters(2300, 20, groups=5)

    layout = place(values, dims, schedule=SCHEDULES["fast"])

    nearest = true_neighbors(layout, 5)
    assert np.mean(labels[nearest] == labels[:, None]) > 0.99


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("rows", [300, 1200, 2600])
def test_bits_do_not_depend_on_the_number_of_threads(rows: int, dims: int) -> None:
    values = clusters(rows, 10)[0]

    assert np.array_equal(place(values, dims, 1, SHORT), place(values, dims, 2, SHORT))


def test_mesh_gives_the_same_bits_for_any_number_of_threads() -> None:
    joint, layout = joint_of(gaussian(900, 4)), spread_out(900, 2)

    one = [part.copy() for part in MeshForces(joint, 2, Workers(1), most=np.inf).parts(layout)[:2]]
    three = MeshForces(joint, 2, Workers(3), most=np.inf).parts(layout)[:2]

    assert np.array_equal(one[0], three[0])
    assert np.array_equal(one[1], three[1])


def test_duplicates_of_a_point_end_at_one_place() -> None:
    values = np.repeat(gaussian(60, 8), 2, axis=0)

    layout = place(values, 2)

    apart = np.linalg.norm(layout[::2] - layout[1::2], axis=1)
    assert np.median(apart) < 0.01 * np.ptp(layout)


@pytest.mark.parametrize("columns", [0, 1, 2])
def test_start_has_an_extent_along_every_axis(columns: int) -> None:
    start = starting_layout(gaussian(50, max(columns, 1)) * (columns > 0), 3, seed=0)

    assert np.all(start.std(axis=0) > 1e-5)
    assert np.abs(start).max() < 1e-2


def test_seed_reaches_the_start() -> None:
    scores = gaussian(50, 1)

    assert not np.array_equal(starting_layout(scores, 2, seed=0), starting_layout(scores, 2, seed=1))
    assert np.array_equal(starting_layout(scores, 2, seed=1), starting_layout(scores, 2, seed=1))


def test_run_ends_at_once_when_the_report_raises() -> None:
    joint = joint_of(gaussian(100, 4))
    forces, advance = forces_for(joint, 2, Workers(1))
    steps = []

    def report(share: float) -> None:
        steps.append(share)
        if share > 0.1:
            raise Stopped

    with pytest.raises(Stopped):
        optimize(forces, advance, starting_layout(gaussian(100, 2), 2, seed=0), SCHEDULES["full"], report)

    assert steps[-1] < 0.2
