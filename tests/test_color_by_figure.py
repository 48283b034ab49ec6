"""Points that open in the colors of a figure, in the page and in its picture; refused by name where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import embreport
from embreport.compute import ComputeSettings, compute_numbers
from embreport.errors import UsageError
from embreport.model import RowLabels
from embreport.options import BuildOptions
from embreport.selection import _figure_names

VALUES = np.random.default_rng(0).normal(size=(80, 5)).astype(np.float32)
COLUMNS = {"name": [f"p{row}" for row in range(80)], "kind": ["ab"[row % 2] for row in range(80)]}


def built(tmp_path: Path, **options: object) -> embreport.Report:
    return embreport.from_arrays(VALUES, COLUMNS, output=tmp_path / "r.html", neighbors=35, **options)


def manifest_of(report: embreport.Report) -> dict[str, object]:
    text = report.html.partition('id="embreport-manifest"')[2].partition(">")[2].partition("</script>")[0]
    embedding: dict[str, object] = json.loads(text)["embeddings"][0]
    return embedding


@pytest.mark.parametrize("name", ["outlier_factor_20", "label_agreement_10:kind", "continuity_10@tsne2d"])
def test_a_figure_colors_the_page_and_its_picture(name: str, tmp_path: Path) -> None:
    plain = built(tmp_path, projections="tsne")
    report = built(tmp_path, projections="tsne", color_by=name)

    assert manifest_of(report)["colorByFigure"] == name
    assert manifest_of(plain)["colorByFigure"] is None
    assert report.html != plain.html
    title = {"o": "Local outlier factor (20)", "l": "Neighbors that agree (10)", "c": "Continuity (10)"}[name[0]]
    still = report.html.partition("<figure")[2].partition("</figure>")[0]
    assert title in still
    assert title not in plain.html.partition("<figure")[2].partition("</figure>")[0]


def test_a_column_goes_before_a_figure_of_its_name(tmp_path: Path) -> None:
    report = embreport.from_arrays(VALUES, {"norm": COLUMNS["kind"]}, projections="pca", color_by="norm")

    described = manifest_of(report)
    assert (described["colorBy"], described["colorByFigure"]) == (0, None)


@pytest.mark.parametrize(
    "name", ["hubness", "trustworthiness_10@umap2d", "label_agreement_10:name2", "neighbors_kept_10@tsne3d-p5"]
)
def test_what_is_neither_column_nor_figure_is_refused_with_the_names_there_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        built(tmp_path, projections="pca,tsne", perplexity="30,9", color_by=name)

    for known in ("kind, name", "outlier_factor_20", "label_agreement_10:COLUMN", "trustworthiness_30", "@tsne3d-p9"):
        assert known in str(refused.value)


def test_a_figure_that_too_few_rows_have_is_said_and_the_report_is_made(tmp_path: Path) -> None:
    report = embreport.from_arrays(VALUES[:15], projections="pca", color_by="trustworthiness_10@pca")

    assert [notice.code for notice in report.notices if notice.severity == "warning"] == ["color-by-missing"]
    assert manifest_of(report)["colorByFigure"] is None


def test_every_figure_that_is_made_has_a_name_that_is_accepted() -> None:
    codes = (np.arange(80) == 9).astype(np.int32)
    values = VALUES.copy()
    values[1], values[3] = values[0], values[2] + 1e-5
    settings = ComputeSettings(projections=("pca", "tsne"), perplexity=(30.0, 9.0, 30.0), neighbors=35)
    numbers = compute_numbers(values, settings, labels=(RowLabels(column="kind", codes=codes, values=("a", "b")),))

    assert numbers.diagnostics is not None
    names = {figure.name for figure in numbers.diagnostics.figures}
    options = BuildOptions(projections=("pca", "tsne"), perplexity=(30.0, 9.0, 30.0))
    assert names == _figure_names(options, ["kind"])
