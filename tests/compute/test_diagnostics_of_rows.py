"""What is said of the rows as a whole, and all of it together, against numpy."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed_rows import PCA_ONLY, diagnosed, labels_of, random, tying_rows

from embreport.compute import ComputeSettings, compute_numbers
from embreport.compute.diagnosis.isotropy import isotropy
from embreport.compute.diagnosis.norms import norm_distribution, row_norms
from embreport.compute.diagnosis.spectrum import spectrum
from embreport.compute.pca import principal_components
from embreport.compute.threads import Workers
from embreport.model import RowLabels


def test_norms_are_those_of_numpy_whatever_their_size(workers: Workers) -> None:
    values = random(0, 100, 7)
    for power in (-600, 0, 600):
        scaled = np.ldexp(values, power)
        lengths = np.ldexp(np.linalg.norm(values, axis=1), power)
        norms = row_norms(scaled, workers)
        found = norm_distribution(norms)

        np.testing.assert_allclose(norms, lengths, rtol=1e-12)
        assert found is not None
        quartiles = [found.minimum, found.lower_quartile, found.median, found.upper_quartile, found.maximum]
        np.testing.assert_allclose(quartiles, np.quantile(lengths, [0, 0.25, 0.5, 0.75, 1]), rtol=1e-12)
        assert found.mean == pytest.approx(lengths.mean())
        assert found.variation == pytest.approx(np.std(lengths / lengths.mean()))


def test_the_spectrum_counts_directions(workers: Workers) -> None:
    values = random(0, 80, 6) * [5, 3, 2, 1, 0.5, 0.1]
    singular = np.linalg.svd(values - values.mean(axis=0), compute_uv=False)
    shares = singular / singular.sum()

    for points in (values, np.concatenate([values, np.zeros((80, 200))], axis=1)):
        squares = principal_components(points, workers).squares
        assert squares is not None
        found = spectrum(squares, *points.shape)
        assert found.effective_rank == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))
        assert found.participation_ratio == pytest.approx((singular**2).sum() ** 2 / (singular**4).sum())
        assert found.full_rank == min(79, points.shape[1])


def test_isotropy_is_the_mean_cosine_of_all_pairs(workers: Workers) -> None:
    values = random(0, 60, 4) + 0.5
    values[7] = 0
    units = np.delete(values, 7, axis=0)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    cosines = units @ units.T

    found = isotropy(values, row_norms(values, workers), workers)

    assert found.mean_cosine == pytest.approx(cosines[~np.eye(59, dtype=bool)].mean())
    assert found.mean_direction == pytest.approx(np.linalg.norm(units.mean(axis=0)))


def test_parallel_rows_point_all_one_way_and_opposite_ones_nowhere(workers: Workers) -> None:
    parallel, opposite = np.arange(1, 9)[:, None] * [1.0, 2, 3], np.array([[1.0, 2], [-2, -4]])

    assert isotropy(parallel, row_norms(parallel, workers), workers).mean_cosine == pytest.approx(1)
    assert isotropy(opposite, row_norms(opposite, workers), workers).mean_cosine == pytest.approx(-1)
    assert isotropy(np.zeros((5, 2)), np.zeros(5), workers).mean_cosine is None


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((1, 3)),
        np.ones((2, 3)),
        np.arange(9.0).reshape(3, 3),
        np.full((40, 3), 7.5),
        np.ldexp(random(0, 30, 3), 900),
        np.where(np.arange(40)[:, None] % 3 == 0, np.nan, random(0, 40, 3)),
        random(0, 11, 3),
    ],
    ids=["one row", "two equal", "three", "constant", "huge", "with NaN", "eleven"],
)
def test_any_rows_at_all_are_diagnosed_with_finite_figures(values: np.ndarray) -> None:
    labels = labels_of([0, 1, -1] * 14)
    labels = RowLabels(column="class", codes=labels.codes[: len(values)], values=labels.values)

    found = diagnosed(values, (labels,))

    finite = np.isfinite(values).all(axis=1)
    assert found.rows == finite.sum()
    assert found.norms is not None
    assert np.isfinite([found.norms.mean, found.norms.maximum, found.norms.standard_deviation]).all()
    assert found.exact_duplicates is not None
    for figure in found.figures:
        assert figure.values.shape == finite.shape
        assert figure.values.dtype == np.float32
        assert not np.isinf(figure.values).any()
        assert np.isnan(figure.values[~finite]).all()


def test_nothing_finite_leaves_nothing_to_diagnose() -> None:
    assert compute_numbers(np.full((5, 2), np.nan), PCA_ONLY).diagnostics is None


def test_the_figures_of_rows_have_their_promised_names() -> None:
    values = random(0, 70, 4)
    values[1], values[3] = values[0], values[2] + 1e-4
    codes = [0] * 70
    codes[20] = 1
    numbers = compute_numbers(values, PCA_ONLY, labels=(labels_of(codes),))
    assert numbers.diagnostics is not None
    named = {figure.name: figure for figure in numbers.diagnostics.figures}

    of_labels = {"label_agreement_10:class", "suspected_label_10:class"}
    of_rows = {"hubness_10", "neighbor_distance_10", "outlier_factor_20", "norm", "equal_rows", "near_duplicates"}
    measures = [f"{name}_{k}" for k in (10, 30) for name in ("neighbors_kept", "trustworthiness", "continuity")]
    assert set(named) == of_rows | of_labels | {f"{one}@{p.name}" for p in numbers.projections for one in measures}
    assert (named["hubness_10"].values.sum(), named["hubness_10"].unit) == (700, "count")
    assert np.flatnonzero(named["equal_rows"].values).tolist() == [0, 1]
    assert np.flatnonzero(named["near_duplicates"].values).tolist() == [2, 3]
    assert np.flatnonzero(named["suspected_label_10:class"].values).tolist() == [20]
    np.testing.assert_array_equal(named["neighbor_distance_10"].values, numbers.cosine.distances[:, 9])
    for projection in numbers.projections:
        kept = named[f"neighbors_kept_10@{projection.name}"]
        assert kept.projection == projection.name
        assert projection.neighbors_kept == projection.faithfulness[0].neighbors_kept
        assert projection.neighbors_kept == pytest.approx(kept.values.mean(), abs=1e-6)


def test_figures_of_what_there_is_none_of_are_not_made() -> None:
    found = diagnosed(random(0, 70, 4), (labels_of([0] * 70),))

    names = {figure.name for figure in found.figures}
    assert not names & {"equal_rows", "near_duplicates", "suspected_label_10:class"}


def test_times_a_neighbor_that_are_not_whole_are_no_count() -> None:
    named = {figure.name: figure for figure in diagnosed(tying_rows("whole numbers")).figures}

    assert named["hubness_10"].unit == "ratio"
    assert named["hubness_10"].values.sum() == pytest.approx(1200)


def test_labels_of_more_columns_than_are_compared_are_announced() -> None:
    values = np.random.default_rng(0).standard_normal((40, 4)).astype(np.float32)
    codes = np.tile(np.array([0, 1], np.int32), 20)
    labels = tuple(RowLabels(column=f"c{number}", codes=codes, values=("a", "b")) for number in range(21))
    numbers = compute_numbers(values, ComputeSettings(projections=("pca",)), labels=labels)
    assert numbers.diagnostics is not None
    assert len(numbers.diagnostics.labels) == 20
    assert [notice.code for notice in numbers.notices if notice.code == "labels-not-compared"]


@pytest.mark.parametrize("neighbors", [10, 30])
def test_ties_are_seen_at_the_last_neighbor_also_where_layouts_place_a_sample(neighbors: int) -> None:
    # Pairs of equal rows on a line: nearly every neighbor is as far as another.
    place = np.repeat(np.arange(150), 2)
    values = np.stack([place, np.ones(300)], axis=1).astype(np.float32)

    def found(layout_points: int | None) -> tuple[object, dict[str, bytes]]:
        settings = ComputeSettings(
            neighbors=neighbors, metric="euclidean", preset="fast", layout_points=layout_points, jobs=1
        )
        numbers = compute_numbers(values, settings)
        assert numbers.cosine.indices.shape == (300, neighbors)
        shown = numbers.diagnostics
        assert shown is not None
        kept = {one.name: one.values.tobytes() for one in shown.figures if f"_{neighbors}@pca" in one.name}
        return (shown.tied_rows, shown.hubness), kept

    assert found(100) == found(None)
    assert len(found(100)[1]) == 6
