"""Options are the same from Python, the command line and a TOML file, and wrong ones are refused with a sentence."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

import embreport
from embreport.cli.options import add_build_options, build_options
from embreport.errors import UsageError
from embreport.options import BuildOptions, option_names, options_from_toml, parse_size, parse_step, parse_tile_size


def parse(*arguments: str) -> BuildOptions:
    parser = argparse.ArgumentParser()
    add_build_options(parser)
    return build_options(parser.parse_args(arguments))


def test_no_option_gives_the_defaults() -> None:
    assert parse() == BuildOptions()


def test_every_option_can_be_typed_and_arrives_in_its_own_type() -> None:
    options = parse(
        "--run", "train*", "--run", "test", "--tensor", "words", "--step", "300", "--projections", "pca,tsne",
        "--metric", "euclidean", "--neighbors", "20", "--perplexity", "10,50", "--max-size", "5MB", "--seed", "7",
        "--drop", "column:secret", "--sprite-size", "28x20", "--jobs", "2", "--allow-outside", "--strict",
    )  # fmt: skip

    assert options.run == ("train*", "test")
    assert options.step == 300
    assert options.projections == ("pca", "tsne")
    assert options.perplexity == (10.0, 50.0)
    assert options.max_size == 5_000_000
    assert options.sprite_size == (28, 20)
    assert options.allow_outside
    assert options.strict


def test_a_toml_file_sets_the_same_options_and_typed_ones_win(tmp_path: Path) -> None:
    config = tmp_path / "embreport.toml"
    config.write_text(
        'neighbors = 12\nmax-size = "3MB"\nperplexity = [5, 40]\n'
        'run = "train"\ndrop = ["images"]\nallow_outside = true\n'
    )

    options = parse("--config", str(config), "--neighbors", "9")

    assert options == BuildOptions(
        neighbors=9, max_size=3_000_000, perplexity=(5.0, 40.0), run=("train",), drop=("images",), allow_outside=True
    )


@pytest.mark.parametrize(
    "text", ["colour = 1", "neighbors = true", "allow-outside = 1", "neighbors = {a = 1}", "not toml", "seed = 'x'"]
)
def test_a_wrong_toml_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    config = tmp_path / "embreport.toml"
    config.write_text(text)

    with pytest.raises(UsageError):
        options_from_toml(config)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"umap_neighbors": 1}, "--umap-neighbors is 1; it must lie between 2 and 1,000"),
        ({"umap_min_dist": 1.0}, "--umap-min-dist is 1; it must lie between 0 and 0.99"),
        ({"umap_min_dist": -0.01}, "--umap-min-dist is -0.01"),
        ({"umap_min_dist": float("nan")}, "--umap-min-dist is nan"),
        ({"perplexity": (30.0, 30.00001)}, "equal to six digits"),
        ({"perplexity": (5.0, 1234.5, 30.0)}, "--perplexity is 1234.5"),
    ],
)
def test_numbers_that_cannot_be_are_refused_by_name(values: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        BuildOptions(**values)


def test_perplexities_named_twice_are_one() -> None:
    assert BuildOptions(perplexity=(30.0, 30.0, 30.001)).perplexity == (30.0, 30.0, 30.001)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("umap_neighbors", 7.5), ("neighbors", None), ("seed", True), ("umap_min_dist", "x"), ("umap_min_dist", None),
        ("perplexity", None), ("perplexity", [None]), ("layout_points", 2.5), ("supervise_strength", "much"),
    ],
)  # fmt: skip
def test_a_number_of_the_wrong_kind_from_python_is_refused_by_a_sentence(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=r"it must be a|is not a"):
        embreport.from_arrays([[1.0, 2.0]], **{name: value})


@pytest.mark.parametrize("text", ["umap-min-dist = 'x'", "supervise-strength = [1, 2]", "umap-neighbors = 2.5"])
def test_a_number_of_the_wrong_kind_in_a_toml_file_is_refused_by_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "embreport.toml").write_text(text)

    with pytest.raises(UsageError, match=text.partition(" ")[0]):
        options_from_toml(tmp_path / "embreport.toml")


@pytest.mark.parametrize(
    ("text", "size"), [("14MB", 14_000_000), ("900kB", 900_000), ("1.5 MB", 1_500_000), ("12", 12), ("2GB", 2 * 10**9)]
)
def test_sizes_are_powers_of_a_thousand(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "14 MiBs", "x", "1e400"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="14MB"):
        parse_size(text)


def test_a_step_is_a_number_or_latest() -> None:
    assert parse_step("latest") == "latest"
    assert parse_step("300") == 300
    with pytest.raises(UsageError, match="latest"):
        parse_step("last")


def test_a_thumbnail_size_is_width_and_height() -> None:
    assert parse_tile_size("28x20") == (28, 20)
    with pytest.raises(UsageError, match="28x28"):
        parse_tile_size("28")


@pytest.mark.parametrize(
    "options",
    [
        {"neighbors": 0}, {"metric": "manhattan"}, {"projections": ("pca", "som")}, {"projections": ()},
        {"perplexity": (1.0,)}, {"perplexity": ()}, {"seed": -1}, {"jobs": 0}, {"drop": ("everything",)},
        {"umap_min_dist": 1.5}, {"max_size": 0}, {"perplexity": (float("nan"),)},
    ],
)  # fmt: skip
def test_values_an_option_cannot_have_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        BuildOptions(**options)  # type: ignore[arg-type]


def test_every_option_says_what_it_does() -> None:
    for name, field in option_names().items():
        assert len(field.metadata["help"]) > 10, name


def test_a_wrong_toml_value_names_the_file_and_the_option(tmp_path: Path) -> None:
    config = tmp_path / "embreport.toml"
    config.write_text('neighbors = "many"')

    with pytest.raises(UsageError, match=r"neighbors: .*many") as refused:
        options_from_toml(config)
    assert refused.value.where == str(config)
