"""What `extract` writes is what was built: same rows, same order, exact neighbors."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import embreport
from embreport.cli import main
from embreport.extract import extract_report, slug

ROWS, K = 40, 8


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    values = np.random.default_rng(3).normal(size=(ROWS, 6)).astype(np.float32)
    values[7, 2] = np.nan
    values[21] = values[20]
    return values


@pytest.fixture(scope="module")
def labels() -> list[str | None]:
    named: list[str | None] = [f"w{row}" for row in range(ROWS)]
    named[3] = None
    named[4] = 'quote " comma , line\nbreak'
    named[5] = "007"
    return named


@pytest.fixture(scope="module")
def extracted(vectors: np.ndarray, labels: list[str | None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extract")
    embreport.from_arrays(
        vectors, {"word": labels}, output=folder / "r.html", tensor="my/Tensor é", neighbors=K, projections="pca,tsne"
    )
    (found,) = extract_report(folder / "r.html", folder / "numbers")
    return found


def test_the_folder_is_numbered_and_named_after_the_tensor(extracted: Path) -> None:
    assert extracted.name == "01-my-tensor-e"
    assert sorted(path.name for path in extracted.iterdir()) == ["embedding.json", "neighbors.npz", "points.csv"]


def test_points_are_the_rows_of_the_source_in_its_order(extracted: Path, labels: list[str | None]) -> None:
    with (extracted / "points.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))

    assert [row["row"] for row in rows] == [str(number) for number in range(ROWS)]
    assert [row["word"] for row in rows] == [label or "" for label in labels]
    names = [name for name in rows[0] if name not in ("row", "word")]
    components = [f"{name}_{axis}" for name in ("pca", "pca-spherized") for axis in range(1, 7)]
    coordinates = [*components, "tsne2d_1", "tsne2d_2", "tsne3d_1", "tsne3d_2", "tsne3d_3"]
    assert names[: len(coordinates)] == coordinates
    figures = {"hubness_10", "norm", "equal_rows", "neighbors_kept_10@pca", "continuity_10@tsne3d"}
    assert figures <= set(names[len(coordinates) :])
    assert all(row["equal_rows"] in ("0", "1") for row in rows if row["row"] != "7")
    assert sum(row["equal_rows"] == "1" for row in rows) == 2
    assert all(0 <= float(row["neighbors_kept_10@pca"]) <= 1 for row in rows if row["row"] != "7")
    assert all(rows[7][name] == "" for name in names)
    assert all(np.isfinite(float(rows[8][name])) for name in names)


def test_neighbors_are_those_of_brute_force(extracted: Path, vectors: np.ndarray) -> None:
    tables = np.load(extracted / "neighbors.npz")
    exact = vectors.astype(np.float64)
    distances = np.linalg.norm(exact[:, None] - exact[None], axis=2).astype(np.float32)
    distances[np.isnan(distances)] = np.inf
    np.fill_diagonal(distances, np.inf)
    expected = np.argsort(distances, axis=1, kind="stable")[:, :K]
    finite = np.arange(ROWS) != 7

    indices, found = tables["euclidean_indices"], tables["euclidean_distances"]

    assert indices.dtype == np.int32
    assert found.dtype == np.float32
    assert np.array_equal(indices[finite], expected[finite])
    assert (indices[7] == -1).all()
    assert np.isnan(found[7]).all()
    taken = np.take_along_axis(distances, expected, axis=1)
    allowed = 1e-3 * taken.max(axis=1, keepdims=True)
    assert (np.abs(found - taken) <= allowed)[finite].all()
    assert tables["cosine_indices"].shape == (ROWS, K)


def test_the_description_says_where_the_numbers_come_from(extracted: Path) -> None:
    described = json.loads((extracted / "embedding.json").read_text(encoding="utf-8"))

    assert described["tensor"] == "my/Tensor é"
    assert described["shape"] == [ROWS, 6]
    assert described["versions"]["embreport"] == embreport.__version__
    assert described["metrics"]["nan_rows"] == 1
    assert described["metrics"]["duplicate_rows"] == 1
    assert [item["name"] for item in described["metrics"]["projections"]] == [
        "pca",
        "pca-spherized",
        "tsne2d",
        "tsne3d",
    ]


@pytest.mark.parametrize("damage", ["nothing of ours", "cut", "cut early", "empty"])
def test_a_file_that_is_no_whole_report_is_refused(
    damage: str, extracted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (extracted.parent.parent / "r.html").read_text(encoding="utf-8")
    broken = {
        "nothing of ours": "<p>hello</p>", "cut": page[: len(page) // 2], "cut early": page[:5000], "empty": "",
    }[damage]  # fmt: skip
    (tmp_path / "broken.html").write_text(broken, encoding="utf-8")

    assert main(["extract", str(tmp_path / "broken.html"), "-o", str(tmp_path / "numbers")]) == 1

    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "broken.html" in said
    assert ("ends early" in said) == damage.startswith("cut")
    assert not (tmp_path / "numbers").exists()


@pytest.mark.parametrize(
    ("text", "name"),
    [(". words:0", "words-0"), ("../../etc", "etc"), ("", "embedding"), ("日本", "embedding"), ("a" * 99, "a" * 60)],
)
def test_a_slug_is_a_plain_folder_name(text: str, name: str) -> None:
    assert slug(text) == name


def test_cells_that_look_like_formulas_are_defused_on_request_only(tmp_path: Path) -> None:
    labels = ["=1+1", "@x", "-y", "+z", "a=b"]
    embreport.from_arrays(np.eye(5), {"=name": labels}, output=tmp_path / "r.html", projections="pca")

    def cells(folder: str, *, defuse: bool) -> list[str]:
        (found,) = extract_report(tmp_path / "r.html", tmp_path / folder, defuse=defuse)
        with (found / "points.csv").open(newline="", encoding="utf-8") as handle:
            return [row[1] for row in csv.reader(handle)]

    assert cells("exact", defuse=False) == ["=name", *labels]
    assert cells("defused", defuse=True) == ["'=name", "'=1+1", "'@x", "'-y", "'+z", "a=b"]


def test_a_cell_with_a_line_break_of_any_kind_stays_one_cell(tmp_path: Path) -> None:
    labels = ["a\rb", "\r=1+1", "c\nd", "e\r\nf", 'g "h", i', "\u2028"]
    embreport.from_arrays(np.eye(6), {"word": labels}, output=tmp_path / "r.html", projections="pca")

    (found,) = extract_report(tmp_path / "r.html", tmp_path / "out")

    with (found / "points.csv").open(newline="", encoding="utf-8") as file:
        assert [row["word"] for row in csv.DictReader(file)] == labels
