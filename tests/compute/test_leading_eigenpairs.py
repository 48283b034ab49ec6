"""Leading eigenpairs against LAPACK's, on spectra that are hard for an iteration; and how often it multiplies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from point_sets import gaussian

from embreport.compute import eigen
from embreport.compute.threads import single_threaded_blas

pytestmark = pytest.mark.usefixtures("one_thread")

SIZE = eigen.DENSE_LIMIT + 32
COUNT = 10


@cache
def _of_noise() -> np.ndarray:
    return np.linalg.svd(gaussian(SIZE + 100, SIZE), compute_uv=False) ** 2


_PLACES = np.arange(SIZE)
SPECTRA: dict[str, tuple[np.ndarray, int]] = {
    "flat, of noise": (_of_noise(), 40),
    "one direction above noise": (np.concatenate([[1e6], _of_noise()[1:]]), 40),
    "three directions above noise": (np.concatenate([[1e8, 1e6, 1e4], _of_noise()[3:]]), 40),
    "all but equal": (1.0 + 1e-7 * _of_noise() / SIZE, 32),
    "all equal": (np.full(SIZE, 3.0), 4),
    "clustered": (np.repeat([9.0, 4.0, 1.0], [4, 4, SIZE - 8]) + 1e-6 * np.linspace(1, 0, SIZE), 32),
    "repeated": (np.repeat([9.0, 5.0, 3.0, 2.0], [4, 3, 5, SIZE - 12]), 8),
    "repeated more often than asked for": (np.repeat([9.0, 5.0, 1.0], [1, 40, SIZE - 41]), 8),
    "falling slowly": (1.0 / (1.0 + _PLACES), 12),
    "falling rapidly": (10.0 ** (-1.0 * _PLACES.clip(max=300)), 12),
    "falling below rounding at once": (10.0 ** (-3.0 * _PLACES.clip(max=100)), 8),
    "of rank 4": (np.where(_PLACES < 4, 4.0 - _PLACES, 0.0), 8),
    "of rank 14": (np.where(_PLACES < 14, 20.0 - _PLACES, 0.0), 8),
    "of rank 1": (np.where(_PLACES < 1, 1.0, 0.0), 8),
    "zero": (np.zeros(SIZE), 4),
}


@pytest.fixture
def one_thread() -> Iterator[None]:
    """As the numbers are made; and many threads are slow at small matrices on a busy machine."""
    with single_threaded_blas():
        yield


@pytest.fixture(params=SPECTRA)
def case(request: pytest.FixtureRequest, one_thread: None) -> tuple[np.ndarray, int]:
    """A symmetric matrix of a known spectrum, and how many products its leading eigenpairs may take."""
    spectrum, products = SPECTRA[request.param]
    return _with_spectrum(spectrum), products


@cache
def _directions() -> np.ndarray:
    return np.linalg.qr(gaussian(SIZE, SIZE, seed=3))[0]


def _with_spectrum(spectrum: np.ndarray) -> np.ndarray:
    matrix = (_directions() * spectrum) @ _directions().T
    return np.asarray((matrix + matrix.T) / 2)


def test_pairs_are_those_of_lapack_and_come_without_a_stall(case: tuple[np.ndarray, int]) -> None:
    matrix, most_products = case
    widths = []

    def product(block: np.ndarray) -> np.ndarray:
        widths.append(block.shape[1])
        return np.asarray(matrix @ block)

    values, vectors = eigen.lanczos_eigenpairs(product, SIZE, COUNT)

    expected = np.linalg.eigvalsh(matrix)[::-1][:COUNT]
    rounding = 1e-12 * expected[0]
    np.testing.assert_allclose(values, expected, rtol=1e-10, atol=rounding)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(COUNT), atol=1e-12)
    residuals = np.linalg.norm(matrix @ vectors - vectors * values, axis=0)
    assert (residuals <= np.maximum(1.01e-9 * expected, 2 * rounding)).all()
    assert len(widths) <= most_products
    assert set(widths) == {COUNT + 6}


def test_directions_are_those_of_lapack_where_eigenvalues_stand_apart() -> None:
    spectrum = np.concatenate([2.0 ** -np.arange(COUNT + 1), np.full(SIZE - COUNT - 1, 2.0**-12)])
    matrix = _with_spectrum(spectrum)

    _, vectors = eigen.leading_eigenpairs(matrix, COUNT)

    cosines = np.abs((vectors * _directions()[:, :COUNT]).sum(axis=0))
    np.testing.assert_allclose(cosines, 1.0, atol=1e-12)


def test_eigenpairs_found_by_the_way_are_eigenpairs() -> None:
    spectrum, _ = SPECTRA["falling slowly"]
    matrix = _with_spectrum(spectrum)

    values, vectors = eigen.found_eigenpairs(lambda block: matrix @ block, SIZE, COUNT)

    assert len(values) > COUNT
    np.testing.assert_allclose(values, spectrum[: len(values)], rtol=1e-9)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=2e-9)


@pytest.mark.parametrize("size", [1, 2, 15, 16, 17, 33])
def test_spaces_hardly_wider_than_a_block_are_gone_through_whole(size: int) -> None:
    spectrum = np.arange(size, 0, -1.0)
    directions, _ = np.linalg.qr(gaussian(size, size))
    matrix = (directions * spectrum) @ directions.T
    count = min(size, COUNT)

    values, vectors = eigen.lanczos_eigenpairs(lambda block: matrix @ block, size, count)

    np.testing.assert_allclose(values, spectrum[:count], rtol=1e-12)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-10)
