"""Classes as a prior on who belongs together, in t-SNE and UMAP."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from brute_force import true_neighbors
from point_sets import gaussian

from embreport.compute.affinities import Affinities, affinities
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.numbers import compute_numbers
from embreport.compute.settings import ComputeSettings
from embreport.compute.supervision import supervised
from embreport.compute.threads import Workers
from embreport.compute.umap_request import target_weight
from embreport.model import Numbers, RowLabels


def labels_of(codes: np.ndarray) -> RowLabels:
    values = tuple("abcdef"[: int(codes.max(initial=-1)) + 1])
    return RowLabels(column="kind", codes=codes.astype(np.int32), values=values)


def joint_of(values: np.ndarray) -> Affinities:
    return affinities(neighbor_tables(values, 30, Workers(1)).euclidean, 10.0, Workers(1))


@pytest.mark.parametrize("strength", [0.1, 0.5, 1.0])
def test_factors_are_those_of_the_formula(strength: float) -> None:
    joint = joint_of(gaussian(60, 4))
    codes = np.repeat([0, 0, 0, 1, 1, -1], 10)

    made = supervised(joint, labels_of(codes), strength).dense()

    n, same, other = 60, {0: 30, 1: 20}, {0: 20, 1: 30}
    wanted = joint.dense().astype(np.float64)
    for i in range(n):
        for j in range(n):
            a, b = int(codes[i]), int(codes[j])
            if a >= 0 and b >= 0:
                damped = [max(1 - strength * n / other[code], 1e-7) for code in (a, b)]
                wanted[i, j] *= 1 + strength * n / same[a] if a == b else sum(damped) / 2
    np.testing.assert_allclose(made, wanted / wanted.sum(), rtol=1e-5)


def test_probabilities_stay_symmetric_and_sum_to_one() -> None:
    made = supervised(joint_of(gaussian(80, 3)), labels_of(np.arange(80) % 7 - 1), 0.5).dense()

    np.testing.assert_allclose(made, made.T, rtol=1e-6)
    assert made.sum() == pytest.approx(1.0, rel=1e-5)


@pytest.mark.parametrize("codes", [np.full(50, -1), np.zeros(50, int), np.arange(50)], ids=["none", "one", "all apart"])
def test_labels_that_tell_nothing_change_nothing(codes: np.ndarray) -> None:
    joint = joint_of(gaussian(50, 3))
    labels = dataclasses.replace(labels_of(np.zeros(1, int)), codes=codes.astype(np.int32), values=("",) * 50)

    np.testing.assert_allclose(supervised(joint, labels, 0.5).weights, joint.weights, rtol=1e-5)


def place(values: np.ndarray, codes: np.ndarray | None, *methods: str, strength: float = 50.0) -> Numbers:
    settings = ComputeSettings(
        projections=methods, perplexity=(10.0,), preset="fast", umap_neighbors=10, supervise_strength=strength
    )
    return compute_numbers(values, settings, supervision=None if codes is None else labels_of(codes))


def purity(layout: np.ndarray, codes: np.ndarray) -> float:
    """Mean share of the 5 nearest of each labeled point that have its class, or none."""
    near = codes[true_neighbors(layout, 5)]
    return float(((near == codes[:, None]) | (near < 0))[codes >= 0].mean())


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_points_of_a_class_come_to_lie_together(method: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("shared_umap") if method == "umap" else None
    values, codes = gaussian(240, 6).astype(np.float32), np.arange(240) % 3

    plain, drawn = place(values, None, method), place(values, codes, method)

    for before, after in zip(plain.projections, drawn.projections, strict=True):
        assert purity(after.coordinates, codes) > purity(before.coordinates, codes) + 0.2
        assert after.settings["supervised by"] == "kind"
        assert after.settings["supervision strength"] == 50.0
        assert "supervised by" not in before.settings


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_more_strength_brings_more_of_a_class_together(method: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("shared_umap") if method == "umap" else None
    values, codes = gaussian(240, 6).astype(np.float32), np.arange(240) % 3

    at = {strength: place(values, codes, method, strength=strength).projections for strength in (0.0, 20.0, 35.0, 60.0)}
    full = place(values, codes, method, strength=100.0).projections

    for number, dims in enumerate((2, 3)):
        found = [purity(projections[number].coordinates, codes) for projections in at.values()]
        assert np.all(np.diff(found) > 0.02), (dims, found)
        assert purity(full[number].coordinates, codes) > 0.9


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_no_strength_is_bit_for_bit_no_supervision(method: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("shared_umap") if method == "umap" else None
    values, codes = gaussian(120, 5).astype(np.float32), np.arange(120) % 3

    plain, without = place(values, None, method), place(values, codes, method, strength=0.0)

    for one, other in zip(plain.projections, without.projections, strict=True):
        assert one.coordinates.tobytes() == other.coordinates.tobytes()
        assert one.settings == other.settings


def test_weight_for_umap_grows_from_none_over_its_default_and_never_cuts_a_point_off() -> None:
    weights = [target_weight(strength) for strength in (1e-6, 0.2, 1 / 3, 0.5, 0.8, 0.9, 1.0)]
    factors = np.exp([-2.5 / (1 - weight) for weight in weights])

    assert weights[3] == 0.5
    assert factors[0] == pytest.approx(1.0, abs=1e-5)
    assert np.all(np.diff(factors) <= 0)
    assert 1e-30 < factors[-1] < 1e-15


def test_row_without_finite_values_does_not_shift_the_labels() -> None:
    values, codes = gaussian(200, 6).astype(np.float32), np.arange(200) % 2
    gap = np.insert(values, 3, np.nan, axis=0)

    whole = place(values, codes, "tsne").projections[0].coordinates
    holed = place(gap, np.insert(codes, 3, 1), "tsne").projections[0].coordinates

    assert np.isnan(holed[3]).all()
    np.testing.assert_array_equal(np.delete(holed, 3, axis=0), whole)
