"""A report states every option, and the version of every package, that its numbers depend on."""

from __future__ import annotations

import argparse
import dataclasses
import importlib.metadata
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import embreport
from embreport.arrays import embedding_from_arrays
from embreport.cli import main
from embreport.cli.options import add_build_options, build_options
from embreport.compute import ComputeSettings
from embreport.options import BuildOptions
from embreport.pipeline import build_from_embeddings, compute_settings
from embreport.progress import ignore_progress
from embreport.stated_settings import stated_settings
from embreport.summary import summarize
from embreport.versions import package_versions
from embreport.views.provenance import settings_line

# Another value for every setting, as an option; a new setting without one here fails below.
OTHER: dict[str, Any] = {
    "projections": ("tsne",),
    "metric": "euclidean",
    "neighbors": 7,
    "perplexity": (5.0, 12.3456789),
    "umap_neighbors": 9,
    "umap_min_dist": 0.25,
    "supervise_strength": 12.5,
    "preset": "fast",
    "seed": 3,
    "max_points": 30,
    "layout_points": 20,
}
CHANGES_NOTHING = {"jobs"}


def stated(**values: Any) -> dict[str, str | None]:
    options = BuildOptions(supervise_by="kind", **values)
    return stated_settings(compute_settings(options)[0], options)


@pytest.mark.parametrize(
    "name", [field.name for field in dataclasses.fields(ComputeSettings) if field.name not in CHANGES_NOTHING]
)
def test_every_setting_is_stated_under_the_name_of_its_option(name: str) -> None:
    before, after = stated(), stated(**{name: OTHER[name]})

    assert {key for key in after if after[key] != before[key]} == {name}


def test_columns_and_labels_that_supervise_are_stated() -> None:
    made = stated(supervise_ignore="?")

    assert (made["supervise_by"], made["supervise_ignore"], made["supervise_strength"]) == ("kind", "?", "50")
    nothing = stated_settings(ComputeSettings(), BuildOptions())
    assert nothing["supervise_by"] is nothing["supervise_strength"] is None


def test_what_is_stated_can_be_typed_again() -> None:
    made = stated(perplexity=(5.0, 12.3456789), supervise_strength=12.5)

    assert made["perplexity"] == "5, 12.3456789"
    parser = argparse.ArgumentParser()
    add_build_options(parser)
    typed = [f"--{name.replace('_', '-')}={value}" for name, value in made.items() if value is not None]
    again = build_options(parser.parse_args(typed))
    assert stated_settings(compute_settings(again)[0], again) == made


def test_json_and_extract_tell_the_same_options_versions_and_recall(tmp_path: Path) -> None:
    np.save(tmp_path / "vectors.npy", np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32))
    (tmp_path / "labels.tsv").write_text("word\tkind\n" + "".join(f"w{row}\t{'ab'[row % 2]}\n" for row in range(60)))
    page, figures = str(tmp_path / "r.html"), tmp_path / "figures.json"
    asked = ["--projections", "pca,tsne", "--perplexity", "5,9", "--supervise-by", "kind", "--supervise-strength", "20"]
    built = ["build", str(tmp_path / "vectors.npy"), "--metadata", str(tmp_path / "labels.tsv"), "-q", "-o", page]

    assert main([*built, "--json", str(figures), *asked]) == 0
    assert main(["extract", page, "-o", str(tmp_path / "numbers")]) == 0
    [folder] = (tmp_path / "numbers").iterdir()
    told = json.loads(figures.read_text())
    [embedding], extracted = told["embeddings"], json.loads((folder / "embedding.json").read_text())

    wanted = stated(projections=("pca", "tsne"), perplexity=(5.0, 9.0), supervise_strength=20.0)
    assert embedding["settings"] == extracted["options"] == wanted
    assert told["versions"] == dict(package_versions())
    assert told["versions"].items() <= extracted["versions"].items()
    assert embedding["neighbors_recall"] == extracted["metrics"]["neighbors_recall"]
    assert set(embedding["neighbors_recall"]) == {"cosine", "euclidean"}
    by_name = {one["name"]: one["settings"] for one in extracted["metrics"]["projections"]}
    assert by_name["tsne3d-p9"]["perplexity"] == 9.0
    assert {one["name"]: one["settings"] for one in embedding["projections"]} == by_name


def test_json_has_the_recall_of_a_search_that_was_approximate() -> None:
    embedding = embedding_from_arrays(np.random.default_rng(0).normal(size=(30, 4)), None, None, tensor="words")
    report = build_from_embeddings("Words", [embedding], BuildOptions(projections=("pca",)), ignore_progress)
    [result] = report.embeddings
    table = dataclasses.replace(result.numbers.cosine, recall=0.97)
    result = dataclasses.replace(result, numbers=dataclasses.replace(result.numbers, cosine=table))

    [told] = summarize(dataclasses.replace(report, embeddings=(result,)))["embeddings"]

    assert told["neighbors_recall"] == {"cosine": 0.97, "euclidean": None}


def test_versions_are_those_of_the_installed_packages() -> None:
    versions = package_versions()

    assert versions["embreport"] == embreport.__version__
    for name in ("numpy", "scikit-learn"):
        assert versions[name] == importlib.metadata.version(name)
    assert {"numba", "umap-learn"} <= set(versions)


def test_the_line_of_settings_leaves_out_those_of_methods_that_were_not_asked_for() -> None:
    options = BuildOptions(projections=("pca",))
    line = settings_line(stated_settings(compute_settings(options)[0], options))

    assert line == "cosine, k 100, seed 0"
    assert settings_line(stated(projections=("umap",))) == (
        "cosine, k 100, UMAP neighbors 15, UMAP min. distance 0.1, supervised by kind, strength 50, seed 0"
    )
