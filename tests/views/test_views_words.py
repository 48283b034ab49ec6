"""What the document says: true sentences, in the page's spelling."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from view_factory import column, projection, result

from embreport.diagnostics import Confusion, Diagnostics, LabelAgreement, NearDuplicates, Outliers
from embreport.model import Notice, Sprite
from embreport.views import (
    EmbeddingResult,
    alternative_text,
    caption,
    color_column,
    digest,
    figure_rows,
    headline,
    label_column,
    opening_projection,
    provenance,
    shown_path,
    small_caption,
    where_line,
)
from embreport.views.wording import count, number, percent, shortened

NB = "\u00a0"


@pytest.mark.parametrize(
    ("share", "text"), [(0.484, "48"), (0.0, "0"), (1.0, "100"), (0.125, "13"), (0.996, "100"), (0.005, "1")]
)
def test_shares_are_whole_percents(share: float, text: str) -> None:
    assert percent(share) == f"{text}{NB}%"


def test_a_share_that_is_not_nothing_is_not_zero_percent() -> None:
    assert percent(0.0001) == f"<{NB}1{NB}%"


NUMBERS = [
    (6000, "6,000"),
    (-1.5, "−1.5"),
    (0.1, "0.1"),
    (0, "0"),
    (30.0, "30"),
    (1234567.8, "1,234,568"),
    (1e-9, "1.00e−9"),
    (2.5e20, "2.50e20"),
    (-3e-7, "−3.00e−7"),
    (float("inf"), ""),
    (0.12345, "0.123"),
    (123.45, "123.5"),
    (-1999.5, "−2,000"),
]


@pytest.mark.parametrize(("value", "text"), NUMBERS)
def test_numbers_have_commas_a_real_minus_and_few_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_counts_have_commas() -> None:
    assert [count(value) for value in (0, 999, 6000, 1_234_567)] == ["0", "999", "6,000", "1,234,567"]


def test_long_names_are_cut_to_one_line() -> None:
    assert shortened("a\n b\t c") == "a b c"
    assert shortened("x" * 100, 10) == "x" * 9 + "…"


def test_the_headline_is_what_the_opening_picture_keeps() -> None:
    made = result(6000, finite=5995)
    assert headline(made, projection()) == f"3D t-SNE keeps 48{NB}% of each point’s 10 nearest neighbors"
    assert headline(made, projection("pca", kept=0.31)).startswith(f"PCA keeps 31{NB}%")


@pytest.mark.parametrize(
    ("rows", "finite", "duplicates", "says"),
    [
        (5, 0, 0, "Nothing to draw: every row holds NaN or Inf"),
        (0, 0, 0, "Nothing to draw: there are no rows"),
        (5, 1, 0, "One point: nothing to compare it with"),
        (5, 5, 0, "5 points in 256 dimensions, too few to judge a picture by"),
        (11, 11, 0, "11 points in 256 dimensions, too few to judge a picture by"),
        (6000, 6000, 5999, "Collapsed: all 6,000 points are equal"),
        (6000, 5999, 5998, "Collapsed: all 5,999 points are equal"),
    ],
)
def test_odd_data_has_a_headline_that_is_true_of_it(rows: int, finite: int, duplicates: int, says: str) -> None:
    made = result(rows, finite=finite, duplicates=duplicates)
    assert headline(made, projection(kept=1.0)) == says


def test_without_a_figure_the_headline_says_the_size() -> None:
    assert headline(result(200, 1), projection(kept=None)) == "200 points in 1 dimension"
    assert headline(result(200), None) == "200 points in 256 dimensions"


def test_the_digest_counts_only_what_is_there() -> None:
    assert digest(result()) == ()
    counts = digest(result(6000, finite=5995, duplicates=1, zero=2))
    assert [(one.code, one.count, one.text) for one in counts] == [
        ("left-out", "5", "rows left out"),
        ("duplicates", "1", "exact duplicate"),
        ("zero-rows", "2", "all-zero rows"),
    ]


def suspects(column: str, rows: int) -> LabelAgreement:
    return LabelAgreement(
        column=column,
        metric="cosine",
        k=10,
        labeled_rows=30,
        unlabeled_rows=0,
        class_count=2,
        agreement=0.9,
        expected_agreement=0.5,
        classes=(),
        confusion=Confusion(values=(), has_other=False, counts=()),
        suspect_from=9,
        suspected_rows=rows,
        suspected_share=0.0,
        suspected=(),
    )


def diagnosed(made: EmbeddingResult, **parts: Any) -> EmbeddingResult:
    diagnostics = Diagnostics(metric="cosine", rows=30, **parts)
    return dataclasses.replace(made, numbers=dataclasses.replace(made.numbers, diagnostics=diagnostics))


def test_the_digest_tells_the_three_gravest_of_what_the_figures_found() -> None:
    near = NearDuplicates(
        relative_limit=0.01,
        typical_distance=1.0,
        limit=0.01,
        near_duplicate_rows=200,
        near_duplicate_share=0.5,
        near_duplicate_pairs=100,
        near_duplicate_groups=100,
        at_least=True,
        closest=(),
        largest=(),
    )
    outliers = Outliers(metric="cosine", k=20, limit=1.5, outlier_rows=1, outlier_share=0.1, most=())
    labels = (suspects("kind", 3), suspects("class", 118), suspects("shape", 118))
    found = digest(diagnosed(result(), labels=labels, near_duplicates=near, outliers=outliers))
    assert [(one.count, one.text, one.figure) for one in found] == [
        ("118", "labels to check", "suspected_label_10:class"),
        ("at least 200", "near duplicates", "near_duplicates"),
        ("1", "outlier", "outlier_factor_20"),
    ]
    graver = result(6000, finite=5995, duplicates=4)
    codes = [one.code for one in digest(diagnosed(graver, labels=labels, near_duplicates=near, outliers=outliers))]
    assert codes == ["left-out", "suspected-labels", "duplicates"]
    assert digest(diagnosed(result(), labels=(suspects("kind", 0),))) == ()


def test_the_digest_ends_with_the_number_of_warnings() -> None:
    said = [Notice(code="a", severity=one, message="m.") for one in ("info", "warning", "error")]
    made = dataclasses.replace(result(6000, finite=5995, duplicates=1, zero=2), notices=tuple(said[:2]))
    assert [(one.code, one.count) for one in digest(made)][3:] == [("warnings", "1")]
    both = digest(made, said[1:])[-1]
    assert (both.count, both.text) == ("3", "warnings")
    assert digest(result(), said[:1]) == ()


def test_captions_give_method_settings_and_points() -> None:
    made = result(6000, finite=5995)
    assert caption(projection(rows=5995), made, 0) == (
        f"t-SNE 3D, perplexity 30, cosine, seed 0. 5,995 of 6,000{NB}points, 256{NB}dimensions."
    )
    pca = projection("pca", 6000, variance=[0.31, 0.17, 0.10, 0.05])
    assert caption(pca, result(6000), 0) == f"PCA 3D: 58{NB}% of the variance. 6,000{NB}points, 256{NB}dimensions."
    seeded = projection(
        "umap2d", 1, settings={"neighbors": 15, "minimum distance": 0.1, "metric": "euclidean", "seed": 7}
    )
    assert caption(seeded, result(1, 1), 0) == (
        f"UMAP 2D, 15 neighbors, min. distance 0.1, euclidean, seed 7. 1{NB}point, 1{NB}dimension."
    )


def test_small_captions_give_what_is_kept() -> None:
    pca = projection("pca", variance=[0.31, 0.17, 0.10, 0.05], kept=0.31, settings={"components": 10})
    assert small_caption(pca) == f"PCA, components 1 to 3: 58{NB}% of the variance, keeps 31{NB}% of 10{NB}neighbors."
    umap = projection("umap3d", settings={"neighbors": 15, "minimum distance": 0.1, "metric": "cosine"}, kept=0.44)
    assert small_caption(umap) == f"UMAP 3D, 15 neighbors, min. distance 0.1: keeps 44{NB}% of 10{NB}neighbors."
    assert small_caption(projection("tsne2d", kept=None, settings={})) == "t-SNE 2D."


def test_the_text_for_those_who_do_not_see_names_the_classes() -> None:
    said = alternative_text(projection(rows=6000), result(6000), ("Boot", "Bag"), "kind")
    assert said == "3D t-SNE of 6,000 points of encoder/embedding. Colored by kind: Boot, Bag."
    many = alternative_text(projection(), result(6000), tuple(f"k{n}" for n in range(15)), "kind")
    assert many.endswith("k11 and 3 more.")


def test_figures_leave_out_columns_without_figures_and_tell_equal_names_apart() -> None:
    heads, rows = figure_rows([projection("pca", kept=None), projection(kept=None)])
    assert (heads, rows) == (("Projection",), (("PCA 3D",), ("t-SNE 3D",)))
    ten = projection("tsne3d-p10", settings={"perplexity": 10.0, "metric": "cosine"}, kept=0.5)
    heads, rows = figure_rows([projection("pca", variance=[0.5, 0.2, 0.1], kept=0.2), projection(), ten])
    assert heads == ("Projection", "Neighbors kept", "Variance")
    assert rows == (
        ("PCA 3D", f"20{NB}%", f"80{NB}%"),
        ("t-SNE 3D, perplexity 30", f"48{NB}%", ""),
        ("t-SNE 3D, perplexity 10", f"50{NB}%", ""),
    )


def test_provenance_says_where_everything_comes_from() -> None:
    sprite = Sprite(
        path="sheet.png", sheet=np.zeros((56, 112, 3), np.uint8), tile_width=56, tile_height=56, columns=2, count=2
    )
    made = result(6000, columns=[column("name", ["x"] * 6000)], sprite=sprite)
    assert [(fact.key, fact.text) for fact in provenance(made, "1.0.0", "4.1.1")] == [
        ("Source", f"encoder.ckpt-4000, tensor encoder/embedding, 6,000{NB}×{NB}256, float32"),
        ("SHA-256", "9f2c"),
        ("Metadata", "labels.tsv, 1 column, 6,000 rows"),
        ("Images", f"sheet.png, 2 tiles of 56{NB}×{NB}56"),
        ("Settings", "cosine, k 100, perplexity 30, seed 0"),
        ("Made with", "embreport 1.0.0, plotly.js 4.1.1 (MIT License)"),
    ]
    further = projection(settings={"perplexity": 30.0, "iterations": 750, "minimizes": "KL divergence"})
    assert [(fact.key, fact.text) for fact in provenance(result(projections=[further]), "1", "4")][3] == (
        "t-SNE 3D",
        "iterations 750, minimizes KL divergence",
    )
    assert [fact.key for fact in provenance(result(), "1", "4")] == ["Source", "SHA-256", "Settings", "Made with"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("run/model.ckpt-1", "run/model.ckpt-1"),
        ("/home/me/logs/model.ckpt-1", "model.ckpt-1"),
        ("../other/labels.tsv", "labels.tsv"),
        ("C:\\logs\\labels.tsv", "labels.tsv"),
        ("a/../../labels.tsv", "labels.tsv"),
    ],
)
def test_paths_never_lead_out_of_the_log_directory(path: str, shown: str) -> None:
    assert shown_path(path) == shown
    assert provenance(result(path=path), "1", "4")[0].text.startswith(shown + ", ")


def test_run_tensor_and_step_are_named_where_they_say_something() -> None:
    assert where_line(result()) == "train, encoder/embedding, step 4,000"
    assert where_line(result(run=".", step=None)) == "encoder/embedding"


def test_the_picture_opens_with_the_best_layout_there_is() -> None:
    names = ["pca", "umap2d", "tsne2d", "umap3d", "tsne3d-p10", "tsne3d"]
    for last in range(len(names), 0, -1):
        opening = opening_projection([projection(name) for name in names[:last]])
        assert opening is not None
        expected = {6: "tsne3d-p10", 5: "tsne3d-p10", 4: "umap3d", 3: "tsne2d", 2: "umap2d", 1: "pca"}
        assert opening.name == expected[last]
    assert opening_projection([]) is None


def test_points_are_named_by_the_first_mostly_distinct_text() -> None:
    ids = column("id", [str(row) for row in range(30)], "number")
    kind = column("kind", ["a", "b", "c"] * 10, "category")
    few = column("few", ["x", "y"] * 15)
    name = column("name", [f"n{row}" for row in range(30)])
    assert label_column(result(columns=[ids, kind, few, name])) == 3
    assert label_column(result(columns=[ids, kind, few])) == 2
    assert label_column(result(columns=[ids, kind])) == 1
    assert label_column(result(columns=[ids])) == 0
    assert label_column(result(columns=[kind])) == 0
    assert label_column(result()) is None
    assert label_column(result(columns=[ids, kind, name], label_by="kind")) == 1


def test_points_are_colored_by_the_first_column_that_varies() -> None:
    same = column("same", ["a"] * 30, "category")
    kind = column("kind", ["a", None, "c"] * 10, "category")
    value = column("value", [f"{row}.5" for row in range(30)], "number")
    code = column("code", [f"{row:03}" for row in range(30)], "number")
    name = column("name", [f"n{row}" for row in range(30)])
    assert color_column(result(columns=[code, name])) is None
    assert color_column(result(columns=[name, value, same, kind])) == 3
    assert color_column(result(columns=[name, value, same])) == 1
    assert color_column(result(columns=[name, same])) is None
    assert color_column(result(columns=[name, value], color_by="name")) == 0
