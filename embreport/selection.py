"""Which of the embeddings that were found are built, and what of them stays out of the file."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from embreport.diagnostics import LABEL_FIGURES, PICTURE_FIGURES, ROW_FIGURES
from embreport.errors import NothingToBuild, UsageError
from embreport.model import Embedding, Notice, Survey, TensorSource
from embreport.options import BuildOptions

if TYPE_CHECKING:
    import numpy as np

_WHY_NOT_READ = ("step-missing", "outside-logdir", "checkpoint-not-found", "checkpoint-ambiguous", "folder-unreadable")


def select_sources(survey: Survey, options: BuildOptions) -> tuple[TensorSource, ...]:
    """The embeddings to build, in the survey's order.

    Without `--tensor` those the survey marks as built; with it every tensor whose name fits, whatever it is.
    Raises NothingToBuild, saying what there is, when the filters or the log directory leave none.
    """
    in_runs = [source for source in survey.embeddings if _fits(source.run, options.run)]
    if options.tensor:
        chosen = [source for source in in_runs if _fits(source.tensor, options.tensor)]
    else:
        chosen = [source for source in in_runs if source.built]
    if isinstance(options.step, int) and not any(source.step == options.step for source in chosen):
        chosen = []
    if not chosen:
        raise NothingToBuild(_why_nothing(survey, options))
    return tuple(chosen)


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    """No pattern fits everything. A name fits itself, also when it holds characters that mean something in a GLOB."""
    return not patterns or any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns)


def _why_nothing(survey: Survey, options: BuildOptions) -> str:
    problems = [notice for notice in survey.notices if notice.severity == "error" or notice.code in _WHY_NOT_READ]
    if problems:
        return "No embedding can be built. " + " ".join(sentence(notice) for notice in problems)
    if survey.embeddings and (options.run or options.tensor):
        names = _some(f"{source.tensor} (run {source.run})" for source in survey.embeddings)
        return f"No tensor fits --run and --tensor as given. There are: {names}."
    if isinstance(options.step, int):
        return f"No tensor here was saved at step {options.step}; build without --step, or see embreport inspect."
    if survey.embeddings:
        names = _some(f"--tensor {shlex.quote(source.tensor)}" for source in survey.embeddings)
        return f"None of the tensors here looks like an embedding. To build one whatever it is, name it: {names}."
    left = (*survey.skipped, *survey.passed_over)
    reasons = _some(f"{item.tensor or item.run}: {item.reason}" for item in left)
    found = f" Skipped: {reasons}" if left else ""
    return (
        "No embedding was found: no projector_config.pbtxt, checkpoint, or tensor file that can be read."
        f"{found} Check the folder, or try embreport inspect."
    )


def _some(items: Iterable[str], most: int = 8) -> str:
    listed = list(items)
    rest = f", and {len(listed) - most:,} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + rest


def sentence(notice: Notice) -> str:
    """A notice as one line of text, led by where it was found."""
    return f"{notice.where}: {notice.message}" if notice.where else notice.message


def leave_out(embedding: Embedding, drop: tuple[str, ...]) -> Embedding:
    """The embedding without the labels, images or columns that `--drop` names."""
    metadata = None if "labels" in drop else embedding.metadata
    sprite = None if "images" in drop else embedding.sprite
    names = _dropped_columns(drop)
    if metadata and names:
        kept = tuple(column for column in metadata.columns if column.name not in names)
        metadata = dataclasses.replace(metadata, columns=kept) if kept else None
    return dataclasses.replace(embedding, metadata=metadata, sprite=sprite)


def only_taken(embedding: Embedding, taken: np.ndarray | None) -> Embedding:
    """The embedding with the cells of the rows that `--max-points` left out empty; `taken` is None for all rows."""
    if taken is None or embedding.metadata is None:
        return embedding
    kept = taken.tolist()
    columns = tuple(
        dataclasses.replace(
            column, cells=tuple(cell if here else None for cell, here in zip(column.cells, kept, strict=True))
        )
        for column in embedding.metadata.columns
    )
    return dataclasses.replace(embedding, metadata=dataclasses.replace(embedding.metadata, columns=columns))


def _dropped_columns(drop: tuple[str, ...]) -> set[str]:
    return {what.removeprefix("column:") for what in drop if what.startswith("column:")}


def check_columns(embeddings: tuple[Embedding, ...], options: BuildOptions) -> None:
    """Refuse a column named by an option that no embedding has; UsageError names those there are."""
    known = {column.name for item in embeddings if item.metadata for column in item.metadata.columns}
    dropped = _dropped_columns(options.drop)
    wanted = [
        *(("--drop", name) for name in sorted(dropped)),
        ("--label-by", options.label_by),
        ("--supervise-by", options.supervise_by),
    ]
    for option, name in wanted:
        left = known if option == "--drop" else known - dropped
        if name is not None and name not in left:
            there = ", ".join(sorted(left)) or "none, because there is no metadata"
            raise UsageError(f"{option} names the column “{name}”, which is not there. Columns: {there}.")
    columns = known - dropped
    if options.color_by is not None and options.color_by not in columns | _figure_names(options, columns):
        raise UsageError(
            f"--color-by names “{options.color_by}”, which is neither a column nor a figure. "
            f"Columns: {', '.join(sorted(columns)) or 'none'}. Figures: {', '.join(ROW_FIGURES)}, "
            f"{', '.join(f'{name}:COLUMN' for name in LABEL_FIGURES)}; {', '.join(PICTURE_FIGURES)}, each with "
            f"{', '.join(f'@{name}' for name in _projection_names(options))}."
        )


def figure_missing(options: BuildOptions, columns: Iterable[str], figures: Iterable[str]) -> tuple[Notice, ...]:
    """A notice where `--color-by` names a figure that an embedding, with these columns and figures, does not have."""
    name = options.color_by
    if name is None or name in {*columns, *figures} or name not in _figure_names(options, columns):
        return ()
    message = (
        f"The points do not open in the colors of {name}: there are too few rows for it, or none that it could tell "
        "apart, or that projection is missing."
    )
    return (Notice(code="color-by-missing", severity="warning", message=message),)


def _figure_names(options: BuildOptions, columns: Iterable[str]) -> set[str]:
    """Figures of the rows that a build with these options may have."""
    of_columns = {f"{figure}:{column}" for figure in LABEL_FIGURES for column in columns}
    of_pictures = {f"{figure}@{name}" for figure in PICTURE_FIGURES for name in _projection_names(options)}
    return {*ROW_FIGURES, *of_columns, *of_pictures}


def _projection_names(options: BuildOptions) -> list[str]:
    """Projections that a build with these options may have."""
    methods = options.projections or ("pca", "tsne", "umap")
    further = [f"-p{value:g}" for value in list(dict.fromkeys(options.perplexity))[1:]]
    suffixes = {
        "pca": ["", "-spherized"],
        "tsne": [f"{dims}d{setting}" for setting in ("", *further) for dims in (2, 3)],
        "umap": ["2d", "3d"],
    }
    return [f"{method}{suffix}" for method in methods for suffix in suffixes[method]]
