"""The one place that knows the order of the steps: logdir, embeddings, numbers, page.

A step that fails for one embedding costs that embedding only: it becomes a notice and the rest is built.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from embreport import logdir as logdirs
from embreport.cache import FolderStore
from embreport.compute import ComputeSettings, compute_numbers
from embreport.errors import InputError, LimitExceeded, NothingToBuild
from embreport.model import Embedding, Notice, Skipped, TensorSource
from embreport.options import BuildOptions
from embreport.page import Page, ReportInput, build_page
from embreport.progress import PhaseProgress, ProgressCallback
from embreport.row_labels import row_labels
from embreport.selection import check_columns, figure_missing, leave_out, only_taken, select_sources, sentence
from embreport.stated_settings import stated_settings
from embreport.supervision import check_ignored_label, supervising_labels
from embreport.version import __version__
from embreport.versions import package_versions
from embreport.views import EmbeddingResult, polyline_notices


@dataclass(frozen=True, kw_only=True)
class CacheUse:
    """How many results came from the cache, and how many were not there."""

    reused: int
    made: int


@dataclass(frozen=True, kw_only=True)
class BuiltReport:
    """A report in memory, with everything a machine may want to know of it.

    `notices` has those of the cache too, which are not in the page: it is the same with and without one.
    """

    title: str
    page: Page
    embeddings: tuple[EmbeddingResult, ...]
    skipped: tuple[Skipped, ...]
    notices: tuple[Notice, ...]
    cached: CacheUse | None = None

    @property
    def is_clean(self) -> bool:
        """Whether nothing was skipped and nothing is noticed but information: what `--strict` asks for."""
        return not self.skipped and all(notice.severity == "info" for notice in self.notices)


@dataclass(frozen=True, kw_only=True)
class _Loaded:
    embedding: Embedding
    notices: tuple[Notice, ...]


def build_from_logdir(path: Path, options: BuildOptions, progress: ProgressCallback) -> BuiltReport:
    """Read, compute and render everything `path` holds.

    Raises InputNotFound for a path that is not there, NothingToBuild when nothing can be built (its message
    says why), and the errors of the page. Troubles of single embeddings are notices of the result.
    """
    progress(PhaseProgress("Looking through the log directory"))
    survey = logdirs.survey(
        path,
        metadata=_optional_path(options.metadata),
        sprite=_optional_path(options.sprite),
        sprite_size=options.sprite_size,
        step=options.step if isinstance(options.step, int) else None,
        allow_outside=options.allow_outside,
    )
    progress(PhaseProgress("Looking through the log directory", 1.0))
    loaded: list[_Loaded] = []
    troubles: list[Notice] = []
    skipped = list(survey.skipped)
    for source in select_sources(survey, options):
        progress(PhaseProgress(f"Reading {source.title}"))
        try:
            embedding, notices = logdirs.load(source, survey)
            loaded.append(_Loaded(embedding=embedding, notices=notices))
        except InputError as error:
            troubles.append(_notice_of(error))
            skipped.append(Skipped(run=source.run, tensor=source.tensor, reason=str(error)))
        progress(PhaseProgress(f"Reading {source.title}", 1.0))
    if not loaded:
        raise NothingToBuild("No embedding can be built. " + " ".join(sentence(item) for item in troubles))
    title = options.title or Path(os.path.realpath(path)).name or "Embeddings"
    return _build(title, loaded, (*survey.notices, *troubles), tuple(skipped), options, progress)


def build_from_embeddings(
    title: str, embeddings: Iterable[Embedding], options: BuildOptions, progress: ProgressCallback
) -> BuiltReport:
    """Compute and render embeddings that are already in memory."""
    loaded = [_Loaded(embedding=item, notices=()) for item in embeddings]
    return _build(options.title or title, loaded, (), (), options, progress)


def _build(
    title: str,
    loaded: list[_Loaded],
    notices: tuple[Notice, ...],
    skipped: tuple[Skipped, ...],
    options: BuildOptions,
    progress: ProgressCallback,
) -> BuiltReport:
    check_columns(tuple(item.embedding for item in loaded), options)
    check_ignored_label(tuple(item.embedding for item in loaded), options)
    settings, settings_notices = compute_settings(options)
    results: list[EmbeddingResult] = []
    troubles: list[Notice] = []
    store = None if options.cache is None else FolderStore(Path(options.cache).expanduser(), options.cache_size)
    for item in loaded:
        try:
            told = _titled(progress, item.embedding.source, len(loaded))
            results.append(_compute(item, settings, options, told, store))
        except LimitExceeded as error:
            source = item.embedding.source
            troubles.append(_notice_of(error))
            skipped = (*skipped, Skipped(run=source.run, tensor=source.tensor, reason=str(error)))
    if not results:
        raise NothingToBuild("No embedding can be built. " + " ".join(sentence(item) for item in troubles))
    whole = (*notices, *settings_notices, *troubles)
    report = ReportInput(
        title=title,
        version=__version__,
        embeddings=tuple(results),
        notices=whole,
        skipped=skipped,
        seed=options.seed,
        versions=package_versions(),
    )
    page = build_page(report, max_bytes=options.max_size, progress=progress, store=store)
    all_notices = (*whole, *(notice for result in results for notice in result.notices), *page.notices)
    return BuiltReport(
        title=title,
        page=page,
        embeddings=tuple(results),
        skipped=skipped,
        notices=all_notices if store is None else (*all_notices, *store.notices),
        cached=None if store is None else CacheUse(reused=store.reused, made=store.made),
    )


def compute_settings(options: BuildOptions) -> tuple[ComputeSettings, tuple[Notice, ...]]:
    """What to compute. UMAP is left out with a notice when nobody named it and umap-learn is not installed."""
    notices: tuple[Notice, ...] = ()
    projections = options.projections
    if projections is None:
        projections = ("pca", "tsne", "umap")
        if importlib.util.find_spec("umap") is None:
            projections = ("pca", "tsne")
            message = "UMAP is left out because umap-learn is not installed; pip install 'embreport[umap]' adds it."
            notices = (Notice(code="umap-not-installed", severity="info", message=message),)
    settings = ComputeSettings(
        projections=projections,
        metric="euclidean" if options.metric == "euclidean" else "cosine",
        neighbors=options.neighbors,
        perplexity=options.perplexity,
        umap_neighbors=options.umap_neighbors,
        umap_min_dist=options.umap_min_dist,
        supervise_strength=50.0 if options.supervise_strength is None else options.supervise_strength,
        preset="fast" if options.preset == "fast" else "full",
        seed=options.seed,
        max_points=options.max_points,
        layout_points="all" if isinstance(options.layout_points, str) else options.layout_points,
        jobs=options.jobs,
    )
    return settings, notices


def _compute(
    item: _Loaded,
    settings: ComputeSettings,
    options: BuildOptions,
    progress: ProgressCallback,
    store: FolderStore | None,
) -> EmbeddingResult:
    # What is dropped must not come back as labels.
    shown = leave_out(item.embedding, options.drop)
    supervision, unsupervised = supervising_labels(shown.metadata, options, item.embedding.source.title)
    labels = row_labels(shown.metadata)
    numbers = compute_numbers(item.embedding.values, settings, progress, labels, supervision, store)
    figures = () if numbers.diagnostics is None else numbers.diagnostics.figures
    columns = () if shown.metadata is None else shown.metadata.columns
    colorless = figure_missing(options, [one.name for one in columns], [one.name for one in figures])
    return EmbeddingResult(
        embedding=only_taken(shown, numbers.taken),
        numbers=numbers,
        settings=stated_settings(settings, options),
        sha256=logdirs.checksum(item.embedding),
        color_by=options.color_by,
        label_by=options.label_by,
        notices=(*item.notices, *polyline_notices(item.embedding), *unsupervised, *colorless, *numbers.notices),
    )


def _titled(progress: ProgressCallback, source: TensorSource, count: int) -> ProgressCallback:
    """Lead each phase with the embedding's title when there are several."""
    if count == 1:
        return progress
    return lambda phase: progress(dataclasses.replace(phase, embedding=source.title))


def _notice_of(error: InputError) -> Notice:
    return Notice(code=error.code, severity="error", message=error.message, where=error.where)


def _optional_path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
