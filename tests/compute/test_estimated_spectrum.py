"""Effective rank and participation ratio as estimated, against all singular values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from point_sets import gaussian

from embreport.compute import ComputeSettings, compute_numbers, pca
from embreport.compute.diagnosis.spectrum import spectrum
from embreport.compute.pca import principal_components
from embreport.compute.quadrature import SampledSquares
from embreport.compute.spherize import spherized_components
from embreport.compute.threads import Workers, single_threaded_blas
from embreport.diagnostics import Spectrum

SHAPES = ((500, 400), (300, 700))
_PLACES = np.arange(1, 400.0)
SINGULAR: dict[str, np.ndarray] = {
    "all equal": np.ones(399),
    "variances as 1 / j": _PLACES**-0.5,
    "variances as 1 / j**2": _PLACES**-1,
    "falling exponentially": np.exp(-_PLACES / 60),
    "falling slowly": np.exp(-_PLACES / 600),
    "two levels": np.where(_PLACES <= 40, 10.0, 0.1),
    "few above a floor": np.where(_PLACES <= 20, _PLACES**-0.5, 1e-4),
    "rank 1": np.where(_PLACES <= 1, 1.0, 0.0),
    "rank 40": np.where(_PLACES <= 40, 1.0, 0.0),
    "rank 200": np.where(_PLACES <= 200, _PLACES**-0.5, 0.0),
}


@pytest.fixture(autouse=True)
def _a_low_limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every matrix of this file is too large to have all its singular values found."""
    monkeypatch.setattr(pca, "MATRIX_LIMIT", 8)
    with single_threaded_blas():
        yield


def estimated(values: np.ndarray, jobs: int = 1) -> Spectrum:
    squares = principal_components(values, Workers(jobs)).squares
    assert isinstance(squares, SampledSquares)
    return spectrum(squares, *values.shape)


def exact(values: np.ndarray) -> Spectrum:
    return spectrum(np.linalg.svd(values - values.mean(axis=0), compute_uv=False) ** 2, *values.shape)


def with_singular_values(shape: tuple[int, int], singular: np.ndarray, seed: int) -> np.ndarray:
    """Rows whose centered singular values are the leading ones of these, times 7, about a mean that is not 0."""
    n, d = shape
    count = min(n - 1, d, len(singular))
    left = gaussian(n, count, seed=seed)
    left, _ = np.linalg.qr(left - left.mean(axis=0))
    right, _ = np.linalg.qr(gaussian(d, count, seed=seed + 1))
    return np.asarray((left * 7 * singular[:count]) @ right.T + 3.0)


def excess(found: Spectrum, truth: Spectrum) -> list[float]:
    """How many times their errors the two estimates are off."""
    assert found.effective_rank_error is not None
    assert found.participation_ratio_error is not None
    return [
        abs(found.effective_rank - truth.effective_rank) / (found.effective_rank_error + 1e-5 * truth.effective_rank),
        abs(found.participation_ratio - truth.participation_ratio)
        / (found.participation_ratio_error + 1e-5 * truth.participation_ratio),
    ]


def test_estimates_lie_within_their_errors_of_the_truth() -> None:
    off = []
    for shape in SHAPES:
        off += [excess(estimated(values), exact(values)) for values in (gaussian(*shape, seed=s) for s in range(4))]
        for number, singular in enumerate(SINGULAR.values()):
            values = with_singular_values(shape, singular, seed=number)
            off.append(excess(estimated(values), exact(values)))

    assert np.max(off) < 2
    assert np.mean(np.array(off) <= 1, axis=0) == pytest.approx(1.0, abs=0.08)


@pytest.mark.parametrize(
    ("kind", "most"),
    [("all equal", 1e-6), ("rank 40", 1e-6), ("two levels", 0.01), ("variances as 1 / j", 0.015), ("rank 200", 0.05)],
)
def test_errors_are_small(kind: str, most: float) -> None:
    for shape in SHAPES:
        found = estimated(with_singular_values(shape, SINGULAR[kind], seed=1))

        assert found.effective_rank_error is not None
        assert found.participation_ratio_error is not None
        assert found.effective_rank_error <= most * found.effective_rank
        assert found.participation_ratio_error <= 0.01 * found.participation_ratio


def test_the_two_rules_hold_the_truth_between_them() -> None:
    singular = SINGULAR["falling exponentially"]
    squares = principal_components(with_singular_values((500, 400), singular, seed=5), Workers(1)).squares
    assert isinstance(squares, SampledSquares)

    sums = (squares.weights * np.sqrt(np.clip(squares.nodes, 0, None))).sum(axis=2)
    gauss, radau = (sums.mean(axis=1) + np.sqrt(squares.known).sum()) / np.sqrt(squares.total)

    assert (sums[0] > sums[1]).all()
    truth = singular.sum() / np.linalg.norm(singular)
    assert radau * 0.99 < truth < gauss * 1.01


def test_estimates_do_not_change_with_scale_and_hardly_with_the_order_of_rows() -> None:
    values = with_singular_values((300, 200), SINGULAR["variances as 1 / j"], seed=2)

    one, scaled, turned = estimated(values), estimated(values * 2.0**80), estimated(values[::-1])

    assert scaled == one
    assert turned.effective_rank == pytest.approx(one.effective_rank, rel=1e-6)


def test_bits_do_not_depend_on_the_number_of_threads() -> None:
    values = gaussian(5000, 60).astype(np.float32)

    assert estimated(values, jobs=3) == estimated(values)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e30])
def test_equal_rows_use_no_direction_and_that_is_exact(value: float) -> None:
    squares = principal_components(np.full((40, 50), value, np.float32), Workers(1)).squares

    assert squares is not None
    assert spectrum(squares, 40, 50) == Spectrum(full_rank=39, effective_rank=0.0, participation_ratio=0.0)


def test_only_what_is_estimated_has_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    values, settings = gaussian(60, 30), ComputeSettings(projections=("pca",), jobs=1)
    guessed = compute_numbers(values, settings).diagnostics
    monkeypatch.setattr(pca, "MATRIX_LIMIT", 4096)
    known = compute_numbers(values, settings).diagnostics

    assert guessed is not None
    assert guessed.spectrum is not None
    assert known is not None
    assert known.spectrum is not None
    assert guessed.spectrum.effective_rank_error is not None
    assert guessed.spectrum.participation_ratio_error is not None
    assert known.spectrum.effective_rank_error is None
    assert known.spectrum.participation_ratio_error is None


def test_spherized_rows_are_not_sampled() -> None:
    assert spherized_components(gaussian(60, 30), Workers(1)).squares is None
