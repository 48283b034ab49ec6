"""Rows of every extreme through a whole build, from arrays and from text: finite points, true neighbors, no warning."""

from __future__ import annotations

import decimal
import json
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from compute.brute_force import exact_distances, nearest

from embreport.cli import main
from embreport.page import read_page
from embreport.page.stored import StoredEmbedding, StoredReport

_NOISE = np.random.default_rng(7).standard_normal((40, 6))
_SINGLE = _NOISE.astype(np.float32)


def spoilt(rows: dict[int, float]) -> np.ndarray:
    """The noise with a value in some rows that is not finite."""
    values = _SINGLE.copy()
    for row, value in rows.items():
        values[row, row % 6] = value
    return values


def zeros_in(rows: slice) -> np.ndarray:
    values = _SINGLE.copy()
    values[rows] = 0
    return values


def constant_columns() -> np.ndarray:
    values = _SINGLE.copy()
    values[:, 2:] = 3.5
    return values


CASES: dict[str, np.ndarray] = {
    "one_row": _SINGLE[:1],
    "two_rows": _SINGLE[:2],
    "three_rows": _SINGLE[:3],
    "one_column": _SINGLE[:, :1],
    "two_columns": _SINGLE[:, :2],
    "wide": np.random.default_rng(8).standard_normal((9, 20_000)).astype(np.float32),
    "nan": spoilt({0: np.nan, 17: np.nan, 39: np.nan}),
    "infinite": spoilt({1: np.inf, 20: -np.inf}),
    "nothing_finite": np.full((5, 3), np.nan, np.float32),
    "huge": (_NOISE * 1e38 / np.abs(_NOISE).max()).astype(np.float32),
    "huge_double": _NOISE * 1e300,
    "denormal": (_NOISE * 1e-41).astype(np.float32),
    "denormal_double": _NOISE * 1e-320,
    "zeros": np.zeros((6, 4), np.float32),
    "zero_rows": zeros_in(slice(5, 9)),
    "identical": np.repeat(_SINGLE[:1], 12, axis=0),
    "constant_columns": constant_columns(),
    "all_lengths": _NOISE * 10.0 ** np.linspace(-307, 300, 40)[:, None],
    "far_from_zero": 1e6 + _NOISE * 1e-7,
    "whole_numbers": np.random.default_rng(9).integers(-(1 << 40), 1 << 40, (30, 5)),
    "small_numbers": np.random.default_rng(9).integers(0, 200, (30, 5), np.uint8),
    "yes_and_no": np.random.default_rng(9).integers(0, 2, (30, 5)).astype(bool),
}
EMPTY = {"no_rows": np.zeros((0, 3), np.float32), "no_columns": np.zeros((3, 0), np.float32)}


class Built(NamedTuple):
    """A report read back, and the skipped tensors of its figures."""

    report: StoredReport
    skipped: list[dict[str, str]]


def write_text(path: Path, values: np.ndarray) -> None:
    numbers = values.astype(np.uint8) if values.dtype == bool else values
    path.write_text("".join("\t".join(map(repr, row)) + "\n" for row in numbers.tolist()))


@pytest.fixture(scope="module", params=["npy", "tsv"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The report of a logdir with all cases, and what its figures say was skipped."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "logs").mkdir()
    config = ""
    for name, values in (CASES | EMPTY).items():
        path = folder / "logs" / f"{name}.{request.param}"
        config += f'embeddings {{ tensor_name: "{name}" tensor_path: "{path.name}" }}\n'
        np.save(path, values) if request.param == "npy" else write_text(path, values)
    (folder / "logs" / "projector_config.pbtxt").write_text(config)
    page, figures = folder / "r.html", folder / "f.json"
    projections = "pca,tsne" if request.param == "npy" else "pca"

    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        code = main(
            ["build", str(folder / "logs"), "-o", str(page), "--json", str(figures), "--projections", projections]
        )

    assert code == 0
    return Built(read_page(page.read_text(encoding="utf-8")), json.loads(figures.read_text())["skipped"])


def embedding(built: Built, name: str) -> StoredEmbedding:
    return next(item for item in built.report.embeddings if item.tensor == name)


def finite_rows(name: str) -> np.ndarray:
    return np.asarray(np.isfinite(CASES[name].astype(np.float64)).all(axis=1))


def exact_cosines(values: np.ndarray) -> np.ndarray:
    """All cosine distances, where they are beyond the digits of every float."""
    with decimal.localcontext(prec=80):
        rows = [[decimal.Decimal(float(value)) for value in row] for row in values]
        lengths = [sum((value * value for value in row), decimal.Decimal()).sqrt() for row in rows]
        units = [[value / length for value in row] for row, length in zip(rows, lengths, strict=True)]
        return np.array([[float(1 - sum(map(decimal.Decimal.__mul__, a, b))) for b in units] for a in units])


def test_every_case_is_built_beside_the_others_and_what_has_no_values_is_named(built: Built) -> None:
    assert sorted(item.tensor for item in built.report.embeddings) == sorted(CASES)
    assert sorted(item["tensor"] for item in built.skipped) == sorted(EMPTY)
    assert all(re.search("there are no values|holds no vectors", item["reason"]) for item in built.skipped)


@pytest.mark.parametrize("name", CASES)
def test_coordinates_are_finite_where_the_row_is_and_nan_elsewhere(built: Built, name: str) -> None:
    found = embedding(built, name)

    assert found.shape == CASES[name].shape
    for projection in found.projections:
        placed = np.isfinite(projection.coordinates)
        assert (placed.all(axis=1) == finite_rows(name)).all()
        assert (placed.any(axis=1) == finite_rows(name)).all()
    assert found.left_out == np.count_nonzero(~finite_rows(name))


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("name", CASES)
def test_neighbors_are_those_of_comparing_every_pair(built: Built, name: str, metric: str) -> None:
    finite = np.flatnonzero(finite_rows(name))
    table = getattr(embedding(built, name), metric).indices

    assert (np.delete(table, finite, axis=0) == -1).all()
    if len(finite):
        precise = (name, metric) == ("far_from_zero", "cosine")
        distances = exact_cosines(CASES[name]) if precise else exact_distances(CASES[name][finite], metric)
        indices, _ = nearest(distances, table.shape[1])
        np.testing.assert_array_equal(table[finite][:, : indices.shape[1]], finite[indices])


@pytest.mark.parametrize("name", EMPTY)
@pytest.mark.parametrize("kind", ["npy", "tsv"])
def test_a_file_without_a_single_value_ends_with_a_sentence_that_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, kind: str
) -> None:
    path = tmp_path / f"{name}.{kind}"
    np.save(path, EMPTY[name]) if kind == "npy" else write_text(path, EMPTY[name])

    assert main(["build", str(path), "-o", str(tmp_path / "r.html")]) == 1
    assert name in capsys.readouterr().err
    assert not (tmp_path / "r.html").exists()
