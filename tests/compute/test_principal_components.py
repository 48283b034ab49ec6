"""Principal components against numpy's singular values, and where those cannot go."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from point_sets import centered_exactly, gaussian

from embreport.compute import eigen, pca
from embreport.compute.pca import PrincipalComponents, principal_components
from embreport.compute.threads import Workers, single_threaded_blas


def components_of(values: np.ndarray, jobs: int = 1) -> PrincipalComponents:
    with single_threaded_blas():
        return principal_components(values, Workers(jobs))


def reference(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares of the variance, directions by the sign rule and centered rows, from all singular vectors."""
    rows = values.astype(np.float64) - values.astype(np.float64).mean(axis=0)
    _, singular, directions = np.linalg.svd(rows, full_matrices=False)
    count = min(10, values.shape[1], len(values) - 1)
    loadings = np.stack([line if line.max() > -line.min() else -line for line in directions[:count]], axis=1)
    return (singular**2 / (singular**2).sum())[:count], loadings, rows


WAYS: dict[str, tuple[tuple[int, int], dict[str, int]]] = {
    "covariance": ((5000, 40), {}),
    "covariance by Lanczos": ((300, 120), {"dense": 8}),
    "Gram matrix": ((50, 400), {}),
    "Gram matrix by Lanczos": ((120, 300), {"dense": 8}),
    "Lanczos on the data": ((5000, 60), {"matrix": 8}),
    "Lanczos on wide data": ((100, 700), {"matrix": 8}),
    "as many rows as dimensions": ((12, 12), {}),
    "few dimensions": ((6, 3), {}),
}


@pytest.fixture(params=WAYS)
def shape(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """The shape of data that go one way, with limits that send them there."""
    rows_and_dims, limits = WAYS[request.param]
    monkeypatch.setattr(eigen, "DENSE_LIMIT", limits.get("dense", eigen.DENSE_LIMIT))
    monkeypatch.setattr(pca, "MATRIX_LIMIT", limits.get("matrix", pca.MATRIX_LIMIT))
    return rows_and_dims


def with_spectrum(shape: tuple[int, int], leading: list[float]) -> np.ndarray:
    """Rows whose centered singular values are `leading`, then a tenth of the last of these."""
    n, d = shape
    size = min(n - 1, d)
    rows = gaussian(n, size)
    left, _ = np.linalg.qr(rows - rows.mean(axis=0))
    right, _ = np.linalg.qr(gaussian(d, size, seed=1))
    singular = np.array([*leading, *np.full(size, leading[-1] / 10)])[:size]
    return np.asarray((left * singular) @ right.T)


def test_components_are_the_singular_vectors_with_the_largest_loading_positive(shape: tuple[int, int]) -> None:
    values = (gaussian(*shape) * np.linspace(1, 3, shape[1]) ** 2 + 50).astype(np.float32)

    found = components_of(values)

    variance, loadings, rows = reference(values)
    np.testing.assert_allclose(found.variance, variance, rtol=1e-8)
    np.testing.assert_allclose(found.loadings, loadings, atol=1e-6)
    np.testing.assert_allclose(found.scores, rows @ loadings, rtol=1e-4, atol=2e-4)


def test_equal_variances_share_the_right_plane(shape: tuple[int, int]) -> None:
    values = with_spectrum(shape, [7.0, 5.0, 5.0])

    found = components_of(values)

    variance, loadings, _ = reference(values)
    np.testing.assert_allclose(found.variance[:3], variance[:3], rtol=1e-8)
    plane, expected = found.loadings[:, 1:3], loadings[:, 1:3]
    np.testing.assert_allclose(found.loadings[:, 0], loadings[:, 0], atol=1e-6)
    np.testing.assert_allclose(plane @ plane.T, expected @ expected.T, atol=1e-6)


def test_tiny_spread_far_from_zero_is_seen(shape: tuple[int, int]) -> None:
    spread = np.round(gaussian(*shape) * np.linspace(3, 8, shape[1]) * 2**20) * 2.0**-50

    found = components_of(spread + 4.0)

    variance, loadings, rows = reference(spread)
    np.testing.assert_allclose(found.variance, variance, rtol=1e-8)
    np.testing.assert_allclose(found.scores, rows @ loadings, atol=1e-5 * np.abs(found.scores).max())


@pytest.mark.parametrize("value", [0.0, 0.1, 1e30, -7.3])
def test_constant_data_has_no_variance_and_no_extent(shape: tuple[int, int], value: float) -> None:
    found = components_of(np.full(shape, value, np.float32))

    assert not found.variance.any()
    assert not found.scores.any()


def test_directions_without_variance_are_exactly_flat(shape: tuple[int, int]) -> None:
    found = components_of(gaussian(shape[0], 2) @ gaussian(2, shape[1], seed=1))

    assert found.variance[:2].sum() == pytest.approx(1.0)
    assert not found.variance[2:].any()
    assert not found.scores[:, 2:].any()


def test_mapped_rows_give_the_same_bits(shape: tuple[int, int], tmp_path: Path) -> None:
    values = gaussian(*shape)
    np.save(tmp_path / "rows.npy", values)

    mapped, in_memory = components_of(np.load(tmp_path / "rows.npy", mmap_mode="r")), components_of(values)

    assert np.array_equal(mapped.scores, in_memory.scores)
    assert np.array_equal(mapped.variance, in_memory.variance)


@pytest.mark.parametrize("limit", [4096, 8])
def test_a_mapped_matrix_is_never_in_memory_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(pca, "MATRIX_LIMIT", limit)
    rows = np.lib.format.open_memmap(tmp_path / "rows.npy", "w+", np.float32, (50_000, 256))
    rows[:] = gaussian(1, 256)
    rows[:1000] = gaussian(1000, 256)
    del rows
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")

    tracemalloc.start()
    try:
        components_of(mapped)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < mapped.nbytes / 1.5  # a copy in float32 would be all of it, one in float64 twice


def test_many_dimensions_of_few_rows_need_no_square_matrix() -> None:
    values = gaussian(60, 20_000).astype(np.float32)

    found = components_of(values)

    variance, _, _ = reference(values)
    np.testing.assert_allclose(found.variance, variance, rtol=1e-8)


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


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_coordinates_beyond_float32_are_scaled_by_a_stated_power_of_two(scale: float) -> None:
    values = gaussian(30, 4)

    found, expected = components_of(values * scale), components_of(values)

    assert found.exponent != 0
    ratio = np.ldexp(found.scores.astype(np.longdouble), found.exponent) / (expected.scores * np.longdouble(scale))
    np.testing.assert_allclose(ratio.astype(float), 1.0, rtol=1e-4)


def _duplicates_alone(n: int, d: int) -> np.ndarray:
    return gaussian(2, d)[np.arange(n) % 3 // 2] * 3 + 1 / 3


def _tiny_spread_far_away(n: int, d: int) -> np.ndarray:
    return 1e8 + 1e-6 * gaussian(n, d) * np.linspace(1, 3, d)


def _near_the_largest_number(n: int, d: int) -> np.ndarray:
    values = gaussian(n, d) * np.linspace(1, 3, d)
    return values * (1.7e308 / np.abs(values).max())


def _columns_far_apart(n: int, d: int) -> np.ndarray:
    return gaussian(n, d) * np.geomspace(1, 1e-6, d) + np.geomspace(1e-6, 1, d)


def _of_one_outlier(n: int, d: int) -> np.ndarray:
    values = gaussian(n, d) * np.linspace(1, 3, d)
    values[n // 2] += 1e4
    return values


EXTREMES: dict[str, Callable[[int, int], np.ndarray]] = {
    "two rows, each many times": _duplicates_alone,
    "a tiny spread far from zero": _tiny_spread_far_away,
    "up to the largest number": _near_the_largest_number,
    "subnormal numbers": lambda n, d: np.round(gaussian(n, d) * np.linspace(100, 300, d)) * 5e-324,
    "columns far apart": _columns_far_apart,
    "one row far out": _of_one_outlier,
    "whole numbers with zero rows": lambda n, d: np.round(gaussian(n, d)).clip(0, 1) * np.linspace(1, 4, d).round(),
    "one column that varies": lambda n, d: np.where(np.arange(d) == d // 2, gaussian(n, d), 0.1),
}


@pytest.mark.parametrize("make", EXTREMES.values(), ids=EXTREMES)
def test_extremes_have_the_components_of_rows_that_were_centered_exactly(
    shape: tuple[int, int], make: Callable[[int, int], np.ndarray]
) -> None:
    values = make(min(shape[0], 250), shape[1])

    found = components_of(values)

    rows = centered_exactly(values)
    _, singular, directions = np.linalg.svd(rows, full_matrices=False)
    count = found.scores.shape[1]
    squares = singular**2 / (singular**2).sum()
    np.testing.assert_allclose(found.variance, squares[:count], rtol=1e-7, atol=1e-11)
    apart = np.array([(np.abs(np.delete(squares, i) - squares[i]) > 1e-5).all() for i in range(count)])
    expected = rows @ directions[:count].T
    scores = found.scores.astype(np.float64) * (np.abs(expected[:, 0]).max() / np.abs(found.scores[:, 0]).max())
    signs = np.sign((scores * expected).sum(axis=0))
    np.testing.assert_allclose(scores[:, apart], (expected * signs)[:, apart], atol=3e-6 * np.abs(expected).max())
    assert apart[0]


@pytest.mark.parametrize("offset", [0.0, 7.0, 1e12])
def test_one_dimension_is_its_own_component(offset: float) -> None:
    values = np.array([[1.0], [2.0], [4.0], [9.0]]) + offset

    found = components_of(values)

    np.testing.assert_allclose(found.scores, [[-3.0], [-2.0], [0.0], [5.0]], rtol=1e-6)
    np.testing.assert_array_equal(found.variance, [1.0])


def test_bits_do_not_depend_on_the_number_of_threads(shape: tuple[int, int]) -> None:
    values = gaussian(*shape).astype(np.float32)

    one, three = components_of(values), components_of(values, jobs=3)

    assert np.array_equal(one.scores, three.scores)
    assert np.array_equal(one.loadings, three.loadings)
    assert np.array_equal(one.variance, three.variance)
