"""What `embreport inspect` says of a log directory: the survey, as lines for a person or as one JSON object."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embreport import logdir as logdirs
from embreport.errors import InputError
from embreport.model import Notice, Survey, TensorSource

_MOST_NAMED = 8


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """A survey, with the SHA-256 of every tensor that could be read when checksums were asked for."""

    survey: Survey
    checksums: Mapping[int, str]

    def as_json(self) -> dict[str, Any]:
        """The object the interface promises for `inspect --json`."""
        return {
            "logdir": self.survey.logdir,
            "embeddings": [self._embedding(index, source) for index, source in enumerate(self.survey.embeddings)],
            "skipped": [dataclasses.asdict(item) for item in (*self.survey.skipped, *self.survey.passed_over)],
            "notices": [dataclasses.asdict(notice) for notice in self.survey.notices],
        }

    def _embedding(self, index: int, source: TensorSource) -> dict[str, Any]:
        sprite = source.sprite
        return {
            "run": source.run,
            "tensor": source.tensor,
            "title": source.title,
            "shape": list(source.shape),
            "dtype": source.dtype,
            "source": source.source,
            "path": source.path,
            "step": source.step,
            "steps": list(source.steps),
            "sha256": self.checksums.get(index),
            "metadata": dataclasses.asdict(source.metadata) if source.metadata else None,
            "sprite": sprite
            and {"path": sprite.path, "width": sprite.tile_width, "height": sprite.tile_height}
            | ({"files": list(sprite.files)} if sprite.files else {}),
            "bookmarks": source.bookmarks,
            "bookmark_files": list(source.bookmark_paths),
            "listed": source.listed,
            "built": source.built,
        }

    def as_lines(self) -> Iterator[str]:
        """The same for a person: every embedding with the files that would be read, then what is skipped and why."""
        for index, source in enumerate(self.survey.embeddings):
            yield from self._lines_of(index, source)
        for item in self.survey.skipped:
            yield f"skipped  {item.tensor or 'run'} in run {item.run}: {item.reason}"
        yield from self._passed_over()
        if not self.survey.embeddings:
            yield "No embedding was found."

    def _passed_over(self) -> Iterator[str]:
        """What is no embedding by its nature: one line for all of a run with the same reason."""
        groups: dict[tuple[str, str], list[str]] = {}
        for item in self.survey.passed_over:
            groups.setdefault((item.run, item.reason), []).append(item.tensor or "")
        for (run, reason), names in groups.items():
            more = f" and {len(names) - _MOST_NAMED:,} more that --json lists" if len(names) > _MOST_NAMED else ""
            yield f"skipped  {', '.join(names[:_MOST_NAMED])}{more} in run {run}: {reason}"

    def _lines_of(self, index: int, source: TensorSource) -> Iterator[str]:
        verb = "built  " if source.built else "listed " if source.listed else "found  "
        rows, dims = source.shape
        yield f"{verb}  {source.tensor} in run {source.run}: {rows:,} x {dims:,} {source.dtype}"
        steps = ", ".join(str(step) for step in source.steps)
        step = "" if source.step is None else f", step {source.step}; saved: {steps}"
        yield f"           tensor    {source.path} ({source.source}{step})"
        if index in self.checksums:
            yield f"           sha256    {self.checksums[index]}"
        if source.metadata:
            columns = ", ".join(source.metadata.columns)
            yield f"           metadata  {source.metadata.path}: {source.metadata.rows:,} rows, columns {columns}"
        if source.sprite:
            tile = f"{source.sprite.tile_width} x {source.sprite.tile_height}"
            yield f"           sprite    {source.sprite.path}: thumbnails of {tile} pixels"
            yield from (f"           image     {path}" for path in source.sprite.files)
        yield from (f"           bookmarks {path}" for path in source.bookmark_paths)
        if not source.built:
            yield f"           not built by default; --tensor {shlex.quote(source.tensor)} builds it"


def inspect_logdir(
    path: Path,
    *,
    checksums: bool = False,
    allow_outside: bool = False,
    metadata: Path | None = None,
    sprite: Path | None = None,
    sprite_size: tuple[int, int] | None = None,
) -> Inspection:
    """Survey a log directory; with `checksums`, also read every tensor for the SHA-256 of its float32 values.

    No image is decoded: whether the pixels of a sprite are whole is for `build` to say.
    `metadata`, `sprite` and `sprite_size` are those of `build`, for a tensor file given in place of a folder.
    Raises InputNotFound for a path that is not there. A tensor that cannot be read has no checksum and a notice.
    """
    survey = logdirs.survey(
        path, metadata=metadata, sprite=sprite, sprite_size=sprite_size, allow_outside=allow_outside
    )
    found: dict[int, str] = {}
    notices = dict.fromkeys(survey.notices)
    for index, source in enumerate(survey.embeddings if checksums else ()):
        try:
            found[index] = logdirs.checksum_of_source(source)
        except InputError as error:
            notices[Notice(code=error.code, severity="error", message=error.message, where=error.where)] = None
    return Inspection(survey=dataclasses.replace(survey, notices=tuple(notices)), checksums=found)
