"""Diagnostics and labels as data: there and back, from metadata columns, and in the face of anything else."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest

import embreport
from embreport.compute import ComputeSettings, compute_numbers
from embreport.diagnostics import (
    Diagnostics,
    Hubness,
    diagnostics_from_data,
    diagnostics_to_data,
    faithfulness_from_data,
    faithfulness_to_data,
)
from embreport.errors import ReportError
from embreport.model import Column, ColumnKind, Faithfulness, Metadata, RowLabels
from embreport.row_labels import row_labels


def some_diagnostics() -> Diagnostics:
    values = np.random.default_rng(0).normal(size=(60, 5))
    values[30], values[31], values[59] = values[0], values[1] + 1e-4, 40
    codes = np.arange(60, dtype=np.int32) % 4 - 1
    labels = RowLabels(column="class", codes=codes, values=("a", "b", "c"))
    found = compute_numbers(values, ComputeSettings(projections=("pca",)), labels=(labels,)).diagnostics
    assert found is not None
    return found


def labels_by(cells: list[str | None], kind: ColumnKind) -> tuple[RowLabels, ...]:
    return row_labels(Metadata(path="m", columns=(Column(name="c", cells=tuple(cells), kind=kind),)))


def test_diagnostics_come_back_from_json_as_they_were() -> None:
    made = some_diagnostics()

    text = json.dumps(diagnostics_to_data(made), allow_nan=False)

    assert diagnostics_from_data(json.loads(text), made.figures) == made
    assert "figures" not in json.loads(text)


def test_hubness_that_is_not_known_comes_back_as_it_was() -> None:
    made = Diagnostics(metric="cosine", rows=9, tied_rows=None, hubness=(Hubness(metric="cosine", k=10),))

    text = json.dumps(diagnostics_to_data(made), allow_nan=False)

    assert json.loads(text)["hubness"][0]["hub_rows"] is None
    assert diagnostics_from_data(json.loads(text)) == made


def test_names_say_what_is_a_count_and_what_a_share() -> None:
    def check(name: str, item: Any) -> None:
        if isinstance(item, dict):
            for key, value in item.items():
                check(key, value)
        elif isinstance(item, list):
            for value in item:
                check(name, value)
        elif item is not None and name.endswith("_share"):
            assert 0 <= item <= 1
        elif item is not None and name.endswith(("_rows", "_pairs", "_groups", "count")):
            assert type(item) is int

    check("", json.loads(json.dumps(diagnostics_to_data(some_diagnostics()))))


def test_faithfulness_comes_back_from_json_as_it_was() -> None:
    made = (
        Faithfulness(k=10, neighbors_kept=0.5, trustworthiness=1.0, continuity=0.25, reference_rows=500),
        Faithfulness(k=30, neighbors_kept=0.5, trustworthiness=None, continuity=None),
    )

    assert faithfulness_from_data(json.loads(json.dumps(faithfulness_to_data(made)))) == made


def test_names_of_a_later_version_are_passed_over_and_missing_parts_have_their_defaults() -> None:
    data: dict[str, Any] = {"metric": "cosine", "rows": 3, "figures": [1], "new": {"x": 1}}

    assert diagnostics_from_data(data) == Diagnostics(metric="cosine", rows=3)


def test_what_is_no_diagnostics_is_refused_at_every_place() -> None:
    whole = json.loads(json.dumps(diagnostics_to_data(some_diagnostics())))
    tried = 0

    def refuse(container: Any, key: Any) -> None:
        nonlocal tried
        held, container[key] = container[key], ["no"] if not isinstance(container[key], list) else "no"
        with pytest.raises(ReportError):
            diagnostics_from_data(copy.deepcopy(whole))
        container[key] = held
        tried += 1

    def everywhere(item: Any) -> None:
        for key in list(item) if isinstance(item, dict) else range(min(2, len(item))):
            refuse(item, key)
            if isinstance(item[key], dict | list):
                everywhere(item[key])

    everywhere(whole)
    assert tried > 80


@pytest.mark.parametrize("data", [None, [], "x", 3, {}, {"metric": "cosine"}, {"metric": "taxi", "rows": 1}])
def test_other_json_is_refused(data: object) -> None:
    with pytest.raises(ReportError):
        diagnostics_from_data(data)


@pytest.mark.parametrize("data", [None, {}, [1], [{"k": 10}], [{"k": True}]])
def test_other_json_is_no_faithfulness(data: object) -> None:
    with pytest.raises(ReportError):
        faithfulness_from_data(data)


def test_labels_are_coded_by_frequency_then_text_and_empty_cells_are_missing() -> None:
    (found,) = labels_by(["b", "c", None, "a", "c", "", "b", "d"], "category")

    assert found.values == ("b", "c", "a", "d")
    assert found.codes.tolist() == [0, 1, -1, 2, 1, -1, 0, 3]
    assert found.codes.dtype == np.int32


@pytest.mark.parametrize(
    ("cells", "kind", "taken"),
    [
        (["a", "b"] * 5, "category", True),
        (["a"] * 10, "category", False),
        ([None, ""], "category", False),
        ([f"word {number}" for number in range(50)], "text", False),
        ([f"class {number % 10}" for number in range(50)], "text", True),
        ([str(number % 100) for number in range(500)], "number", True),
        ([str(number % 100 + 1900) for number in range(500)], "number", False),
        ([str((number % 10) ** 4) for number in range(500)], "number", False),
        ([str(number % 10 / 2) for number in range(500)], "number", False),
        ([str(number) for number in range(500)], "number", False),
    ],
    ids=["category", "one value", "empty", "free text", "text", "classes", "years", "counts", "halves", "distinct"],
)
def test_columns_of_classes_are_labels(cells: list[str | None], kind: ColumnKind, taken: bool) -> None:
    assert len(labels_by(cells, kind)) == taken


def test_without_metadata_there_are_no_labels() -> None:
    assert row_labels(None) == ()


@pytest.mark.parametrize(("drop", "said"), [("", True), ("labels", False), ("column:class", False)])
def test_labels_that_are_dropped_do_not_come_back_as_diagnostics(drop: str, said: bool) -> None:
    values = np.random.default_rng(0).normal(size=(30, 4))
    columns = {"class": ["secret a", "secret b"] * 15, "kind": ["x", "y", "z"] * 10}

    report = embreport.from_arrays(values, columns, projections="pca", **({"drop": drop} if drop else {}))

    assert ("secret" in json.dumps(report.figures)) == said
