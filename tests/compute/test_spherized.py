"""Spherized components against numpy's singular values of rows that were centered and scaled by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from point_sets import centered_exactly, gaussian

from embreport.compute import pca
from embreport.compute.pca import PrincipalComponents
from embreport.compute.spherize import spherized_components
from embreport.compute.threads import Workers, single_threaded_blas


def components_of(values: np.ndarray, jobs: int = 1) -> PrincipalComponents:
    with single_threaded_blas():
        return spherized_components(values, Workers(jobs))


def directions(values: np.ndarray) -> np.ndarray:
    rows = values.astype(np.float64) - values.astype(np.float64).mean(axis=0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0))


def assert_principal(found: PrincipalComponents, rows: np.ndarray) -> None:
    """The components are those of `rows` about their own mean."""
    rows = rows - rows.mean(axis=0)
    _, singular, loadings = np.linalg.svd(rows, full_matrices=False)
    count = found.scores.shape[1]
    signs = np.sign((loadings[:count].T * found.loadings).sum(axis=0))
    np.testing.assert_allclose(found.variance, (singular**2 / (singular**2).sum())[:count], rtol=1e-8, atol=1e-13)
    np.testing.assert_allclose(found.scores, rows @ (loadings[:count].T * signs), atol=2e-6)


@pytest.mark.parametrize("shape", [(300, 40), (50, 400), (12, 12), (6, 3)])
def test_components_are_those_of_the_centered_rows_at_unit_length(shape: tuple[int, int]) -> None:
    values = (gaussian(*shape) * np.linspace(1, 3, shape[1]) ** 2 + 50).astype(np.float32)

    assert_principal(components_of(values), directions(values))


def test_lanczos_on_the_data_itself_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    values = gaussian(400, 300) * np.linspace(1, 2, 300)
    monkeypatch.setattr(pca, "MATRIX_LIMIT", 10)

    assert_principal(components_of(values), directions(values))


def test_lengths_of_the_centered_rows_do_not_matter() -> None:
    values = gaussian(200, 8)
    values = np.concatenate([values, -values])
    stretched = values * np.tile(np.geomspace(1e-3, 1e3, 200), 2)[:, None]

    one, other = components_of(values), components_of(stretched)

    np.testing.assert_allclose(one.variance, other.variance, rtol=1e-9)
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-6)


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_a_row_at_the_mean_stays_at_zero(offset: float) -> None:
    values = gaussian(50, 6)
    values = np.concatenate([values, -values, np.zeros((1, 6))]) + offset

    found = components_of(values)

    mirrored = found.scores[:50] + found.scores[50:100]
    assert np.abs(found.scores[100]).max() < 1e-6
    assert np.abs(mirrored).max() < 1e-6
    assert np.linalg.norm(found.scores[:100], axis=1).min() > 0.99


@pytest.mark.parametrize("value", [0.0, 7.0, 1 / 3, 1e30, 1e-30])
@pytest.mark.parametrize("rows", [1, 2, 17])
def test_equal_rows_have_no_direction(value: float, rows: int) -> None:
    found = components_of(np.full((rows, 5), value))

    assert not found.scores.any()
    assert not found.variance.any()


@pytest.mark.parametrize("scale", [1e-200, 1e-20, 1e20, 1e200])
def test_scale_of_the_data_does_not_matter(scale: float) -> None:
    values = gaussian(60, 5)

    one, other = components_of(values), components_of(values * scale)

    np.testing.assert_allclose(one.scores, other.scores, atol=1e-6)
    assert other.exponent == 0


@pytest.mark.parametrize("limit", [4096, 8])
@pytest.mark.parametrize("shape", [(90, 20), (20, 90)])
def test_extremes_are_those_of_rows_that_were_centered_exactly(
    shape: tuple[int, int], limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pca, "MATRIX_LIMIT", limit)
    plain = gaussian(*shape) * np.linspace(1, 3, shape[1])
    outlier = plain.copy()
    outlier[3] += 1e5
    for values in (
        1e8 + 1e-5 * plain,
        plain * (1.7e308 / np.abs(plain).max()),
        np.round(plain * 100) * 5e-324,
        plain[np.arange(len(plain)) % 3],
        outlier,
    ):
        rows = centered_exactly(values)
        assert_principal(components_of(values), rows / np.linalg.norm(rows, axis=1, keepdims=True))


def test_one_dimension_has_two_ways() -> None:
    found = components_of(np.array([[1.0], [2.0], [3.0], [10.0]]))

    np.testing.assert_allclose(found.scores, [[-0.5], [-0.5], [-0.5], [1.5]])
    np.testing.assert_array_equal(found.variance, [1.0])


@pytest.mark.parametrize("limit", [4096, 8])
def test_bits_do_not_depend_on_threads_or_on_where_the_values_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(pca, "MATRIX_LIMIT", limit)
    values = gaussian(9000, 12).astype(np.float32)
    np.save(tmp_path / "values.npy", values)

    one, other = components_of(values), components_of(np.load(tmp_path / "values.npy", mmap_mode="r"), jobs=3)

    assert one.scores.tobytes() == other.scores.tobytes()
    assert one.variance.tobytes() == other.variance.tobytes()
