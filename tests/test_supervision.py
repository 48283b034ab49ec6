"""`--supervise-by`, `--supervise-ignore` and `--preset`, from the option to the settings of the projections."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import embreport
from embreport.errors import UsageError
from embreport.model import Column, Metadata
from embreport.options import BuildOptions
from embreport.supervision import supervising_labels

KIND = ("a", "b", "?", None, "a", "b")


def metadata(name: str = "kind", cells: tuple[str | None, ...] = KIND) -> Metadata:
    return Metadata(path="labels.tsv", columns=(Column(name=name, cells=cells, kind="category"),))


def options(**values: str) -> BuildOptions:
    return BuildOptions(supervise_by="kind", **values)


def test_missing_cells_and_the_ignored_label_are_unlabeled() -> None:
    labels, notices = supervising_labels(metadata(), options(supervise_ignore="?"), "words")

    assert labels is not None
    assert [labels.values[code] if code >= 0 else None for code in labels.codes] == ["a", "b", None, None, "a", "b"]
    assert notices == ()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, "supervision-column-missing"),
        (metadata("other"), "supervision-column-missing"),
        (metadata(cells=("a", None, "?")), "supervision-without-classes"),
    ],
)
def test_embedding_that_cannot_be_supervised_says_so(given: Metadata | None, code: str) -> None:
    labels, [notice] = supervising_labels(given, options(supervise_ignore="?"), "words")

    assert labels is None
    assert (notice.code, notice.where) == (code, "words")


def test_nothing_asked_for_is_nothing_said() -> None:
    assert supervising_labels(metadata(), BuildOptions(), "words") == (None, ())


@pytest.mark.parametrize(
    "values",
    [
        {"supervise_ignore": "?"},
        {"supervise_strength": 50.0},
        {"supervise_by": "kind", "supervise_strength": 101.0},
        {"supervise_by": "kind", "supervise_strength": -1.0},
        {"supervise_by": "kind", "supervise_strength": float("nan")},
        {"supervise_by": "kind", "projections": ("pca",)},
        {"preset": "quick"},
    ],
)
def test_options_that_make_no_sense_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        BuildOptions(**values)


def report(**values: object) -> embreport.Report:
    vectors = np.random.default_rng(0).normal(size=(40, 5))
    cells = {"kind": ["a", "b", "?", "b"] * 10}
    return embreport.from_arrays(vectors, metadata=cells, projections="tsne", **values)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"supervise_by": "sort"}, "--supervise-by names the column “sort”"),
        ({"supervise_by": "kind", "supervise_ignore": "x"}, "--supervise-ignore is “x”"),
        ({"supervise_by": "kind", "drop": "column:kind"}, "--supervise-by names the column “kind”"),
    ],
)
def test_names_that_are_nowhere_are_refused(values: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        report(**values)


def test_page_says_what_supervised_its_layouts() -> None:
    html = report(supervise_by="kind", supervise_ignore="?", supervise_strength="30", preset="fast").html

    assert "supervised by kind, strength 30" in html
    assert "iterations 750" not in html


def test_column_that_one_of_two_tensors_has_is_a_notice_of_the_other(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.tsv").write_text("".join(f"{i % 7}\t{i * i % 11}\t{i}\n" for i in range(12)))
    (tmp_path / "labels.tsv").write_text("word\tkind\n" + "".join(f"w{i}\t{'ab'[i % 2]}\n" for i in range(12)))
    (tmp_path / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "one" tensor_path: "one.tsv" metadata_path: "labels.tsv" }\n'
        'embeddings { tensor_name: "two" tensor_path: "two.tsv" }\n'
    )

    made = embreport.build(tmp_path, projections="tsne", supervise_by="kind")

    assert [notice.where for notice in made.notices if notice.code == "supervision-column-missing"] == ["two"]
