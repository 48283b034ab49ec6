"""Principal components against numpy's singular values, and where those cannot go."""

from __future__ import annotations

import numpy as np
import pytest
from point_sets import gaussian

from embreport.compute import eigen, pca
from embreport.compute.pca import PrincipalComponents, principal_components
from embreport.compute.threads import Workers, single_threaded_blas


def components_of(values: np.ndarray, jobs: int = 1) -> PrincipalComponents:
    with single_threaded_blas():
        return principal_components(values, Workers(jobs))


def reference(values: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = values.astype(np.float64) - values.astype(np.float64).mean(axis=0)
    _, singular, loadings = np.linalg.svd(rows, full_matrices=False)
    return (singular**2 / (singular**2).sum())[:count], loadings[:count].T, rows


@pytest.mark.parametrize("shape", [(300, 40), (50, 400), (1200, 900), (12, 12), (6, 3)])
def test_components_equal_the_singular_vectors(shape: tuple[int, int]) -> None:
    values = (gaussian(*shape) * np.linspace(1, 3, shape[1]) ** 2 + 50).astype(np.float32)

    found = components_of(values)

    count = min(10, shape[1], shape[0] - 1)
    variance, loadings, rows = reference(values, count)
    signs = np.sign((loadings * found.loadings).sum(axis=0))
    np.testing.assert_allclose(found.variance, variance, rtol=1e-9)
    np.testing.assert_allclose(found.loadings, loadings * signs, atol=1e-7)
    np.testing.assert_allclose(found.scores, rows @ (loadings * signs), rtol=1e-4, atol=1e-4)


def test_largest_loading_is_positive() -> None:
    loadings = components_of(gaussian(100, 30)).loadings

    assert np.all(loadings[np.abs(loadings).argmax(axis=0), np.arange(10)] > 0)


def test_many_dimensions_of_few_rows_need_no_square_matrix() -> None:
    values = gaussian(60, 20_000).astype(np.float32)

    found = components_of(values)

    variance, _, _ = reference(values, 10)
    np.testing.assert_allclose(found.variance, variance, rtol=1e-8)


def test_lanczos_on_the_data_itself_agrees_with_the_covariance(monkeypatch: pytest.MonkeyPatch) -> None:
    values = gaussian(400, 300) * np.linspace(1, 2, 300)
    direct = components_of(values)

    monkeypatch.setattr(pca, "MATRIX_LIMIT", 10)
    operator = components_of(values)

    np.testing.assert_allclose(operator.variance, direct.variance, rtol=1e-10)
    np.testing.assert_allclose(operator.loadings, direct.loadings, atol=1e-5)


def test_lanczos_finds_repeated_eigenvalues() -> None:
    basis, _ = np.linalg.qr(gaussian(200, 200))
    spectrum = np.concatenate([[9, 9, 9, 9, 5, 5, 5], np.linspace(3, 1, 193)])
    matrix = (basis * spectrum) @ basis.T

    values, vectors = eigen.lanczos_eigenpairs(lambda block: matrix @ block, 200, 10)

    np.testing.assert_allclose(values, np.sort(spectrum)[::-1][:10], rtol=1e-9)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-6)


@pytest.mark.parametrize(("rows", "dims", "count"), [(1, 1, 1), (1, 7, 1), (2, 5, 1), (3, 2, 2), (3, 1, 1), (4, 9, 3)])
def test_few_rows_or_dimensions_have_fewer_components(rows: int, dims: int, count: int) -> None:
    found = components_of(gaussian(rows, dims))

    assert found.scores.shape == (rows, count)
    assert np.isfinite(found.scores).all()
    assert found.variance.sum() == pytest.approx(1.0 if rows > 1 else 0.0, abs=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e30, -7.3])
def test_constant_data_has_no_variance_and_no_extent(value: float) -> None:
    found = components_of(np.full((70, 6), value, np.float32))

    assert not found.variance.any()
    assert not found.scores.any()


def test_directions_without_variance_are_exactly_flat() -> None:
    values = gaussian(80, 2) @ gaussian(2, 9, seed=1)

    found = components_of(values)

    assert found.variance[:2].sum() == pytest.approx(1.0)
    assert not found.variance[2:].any()
    assert not found.scores[:, 2:].any()


def test_tiny_spread_far_from_zero_is_seen() -> None:
    spread = np.round(gaussian(200, 6) * [8, 7, 6, 5, 4, 3] * 2**20) * 2.0**-50

    found, expected = components_of(spread + 4.0), components_of(spread)

    np.testing.assert_allclose(found.variance, expected.variance, rtol=1e-9)
    np.testing.assert_allclose(found.scores, expected.scores, atol=1e-6 * np.abs(expected.scores).max())


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_coordinates_beyond_float32_are_scaled_by_a_stated_power_of_two(scale: float) -> None:
    values = gaussian(30, 4)

    found, expected = components_of(values * scale), components_of(values)

    assert found.exponent != 0
    ratio = np.ldexp(found.scores.astype(np.longdouble), found.exponent) / (expected.scores * np.longdouble(scale))
    np.testing.assert_allclose(ratio.astype(float), 1.0, rtol=1e-4)


def test_bits_do_not_depend_on_the_number_of_threads() -> None:
    values = gaussian(5000, 60).astype(np.float32)

    one, three = components_of(values), components_of(values, jobs=3)

    assert np.array_equal(one.scores, three.scores)
    assert np.array_equal(one.loadings, three.loadings)
    assert np.array_equal(one.variance, three.variance)
