"""What all runs of one survey share: the walked tree, the caller's wishes, and files that were read before."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from embreport.assets import (
    LARGEST_METADATA,
    LARGEST_SPRITE_FILE,
    MetadataTable,
    SpriteLayout,
    read_metadata_table,
    survey_sprite,
)
from embreport.errors import LimitExceeded
from embreport.logdir.checkpoints import KnownCheckpoints
from embreport.logdir.tree import Folder, Tree
from embreport.model import MetadataSummary, Notice
from embreport.readers import InputFile


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the caller of `survey` asks for; files given by the caller are used for every embedding."""

    metadata: InputFile | None = None
    sprite: InputFile | None = None
    sprite_folder: Folder | None = None
    sprite_size: tuple[int, int] | None = None
    step: int | None = None

    @property
    def has_sprite(self) -> bool:
        """Whether the caller gave images, on a sheet or in a folder."""
        return self.sprite is not None or self.sprite_folder is not None


@dataclass(frozen=True, kw_only=True)
class SurveyedMetadata:
    """What is kept of a metadata file that was looked into."""

    summary: MetadataSummary
    notices: tuple[Notice, ...]

    @property
    def fits(self) -> bool:
        """Whether it has as many rows as the tensor."""
        return not any(notice.code == "metadata-row-count" for notice in self.notices)


@dataclass(frozen=True, kw_only=True)
class Context:
    """One survey. `used` holds the real paths of files that an embedding already takes."""

    tree: Tree
    wishes: Wishes
    checkpoints: KnownCheckpoints
    used: set[str] = field(default_factory=set)
    _metadata: dict[tuple[Path, int], SurveyedMetadata] = field(default_factory=dict)

    def use(self, file: InputFile) -> None:
        """Remember that a file belongs to an embedding."""
        self.used.add(os.path.realpath(file.path))

    def is_used(self, file: InputFile) -> bool:
        """Whether an embedding already takes the file."""
        return os.path.realpath(file.path) in self.used

    def metadata(self, file: InputFile, count: int) -> SurveyedMetadata:
        """What a metadata file holds for a tensor with `count` rows; read once. Raises InputError subclasses."""
        key = (file.path, count)
        if key not in self._metadata:
            table = read_table_of(file, count)
            self._metadata[key] = SurveyedMetadata(summary=table.summary(), notices=table.notices)
        return self._metadata[key]


def read_table_of(file: InputFile, count: int) -> MetadataTable:
    """The rows of a metadata file. Raises InputError subclasses."""
    try:
        return read_metadata_table(file.read(LARGEST_METADATA, "A metadata file"), count, path=file.label)
    except MemoryError as error:
        raise LimitExceeded("There is not enough memory for this metadata file.", where=file.label) from error


def read_sprite_bytes(file: InputFile) -> bytes:
    """The bytes of a sprite sheet. Raises InputError subclasses."""
    return file.read(LARGEST_SPRITE_FILE, "A sprite sheet")


def sprite_layout(file: InputFile, tile: tuple[int, int] | None, count: int) -> SpriteLayout:
    """Where the thumbnails are in a sprite sheet. Raises InputError subclasses."""
    return survey_sprite(read_sprite_bytes(file), tile, count, path=file.label)
