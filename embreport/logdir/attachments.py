"""Labels, thumbnails and bookmarks of one tensor: found, looked into, and said when they cannot be used."""

from __future__ import annotations

import os
from dataclasses import dataclass

from embreport.assets import SpriteLayout, columns_from_table
from embreport.errors import InputError
from embreport.logdir.bookmarks import read_bookmark_files
from embreport.logdir.context import Context, sprite_layout
from embreport.logdir.image_rows import ImageRows, ImageSearch
from embreport.logdir.own_table import OwnTable, own_table
from embreport.logdir.paths import find_file
from embreport.logdir.projector_config import ConfigEntry
from embreport.logdir.tree import Folder
from embreport.model import MetadataSummary, Notice, SpriteSource
from embreport.readers import InputFile, StoredTensor


@dataclass(frozen=True, kw_only=True)
class Attachments:
    """What belongs to a tensor, ready to be loaded; None where there is none that can be used."""

    metadata: InputFile | None = None
    summary: MetadataSummary | None = None
    sprite: InputFile | None = None
    layout: SpriteLayout | None = None
    images: ImageRows | None = None
    bookmarks: int = 0
    bookmarks_files: tuple[InputFile, ...] = ()
    own: OwnTable | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def sprite_source(self) -> SpriteSource | None:
        """The sprite as `inspect` names it."""
        if self.images:
            files = tuple(file.label for file in self.images.files if file)
            width, height = self.images.tile
            return SpriteSource(path=self.images.label, tile_width=width, tile_height=height, files=files)
        if self.sprite is None or self.layout is None:
            return None
        return SpriteSource(
            path=self.sprite.label, tile_width=self.layout.tile_width, tile_height=self.layout.tile_height
        )


class Attacher:
    """Collects the attachments of one tensor of rank 2; every failure becomes a notice."""

    def __init__(self, context: Context, tensor: StoredTensor) -> None:
        self._context = context
        self._tensor = tensor
        self._shape = tensor.shape
        self._count = tensor.shape[0]
        self._notices: list[Notice] = []

    def attach(self, entry: ConfigEntry, folder: Folder, where: str) -> Attachments:
        """The attachments that a config entry names, unless the caller gave others."""
        wishes = self._context.wishes
        metadata = wishes.metadata or self._find(folder, entry.metadata_path, where, "metadata")
        search = self._search(folder)
        image_folder = None if wishes.has_sprite else search.named_folder(entry.sprite_path)
        images = search.of_folder(image_folder, where) if image_folder else None
        sprite = None if image_folder or wishes.has_sprite else self._find(folder, entry.sprite_path, where, "sprite")
        bookmarks = [self._find(folder, spelled, where, "bookmarks") for spelled in entry.bookmarks_paths]
        tile = wishes.sprite_size or self._tile(entry, where)
        there = {file.label: file for file in bookmarks if file}
        return self.attach_files(
            metadata, wishes.sprite or sprite, tile, tuple(there.values()), folder=folder, images=images
        )

    def attach_files(
        self,
        metadata: InputFile | None,
        sprite: InputFile | None = None,
        tile: tuple[int, int] | None = None,
        bookmarks: tuple[InputFile, ...] = (),
        *,
        folder: Folder | None = None,
        images: ImageRows | None = None,
    ) -> Attachments:
        """The attachments in files that are already found; in `folder`, images are looked for where no sprite is."""
        summary = self._summary(metadata) if metadata else None
        layout = self._layout(sprite, tile) if sprite else None
        own = own_table(self._tensor) if summary is None and hasattr(self._tensor, "table") else None
        if folder and self._context.wishes.sprite_folder:
            images = self._wished_images(folder, self._context.wishes.sprite_folder)
        elif folder and not sprite and not images:
            images = self._images(folder, metadata, summary, own)
        views = self._bookmarks(bookmarks) if bookmarks else 0
        return Attachments(
            metadata=metadata if summary else None,
            summary=summary,
            sprite=sprite if layout else None,
            layout=layout,
            images=images,
            bookmarks=views,
            bookmarks_files=bookmarks if views else (),
            own=own,
            notices=tuple(self._notices),
        )

    def _search(self, folder: Folder) -> ImageSearch:
        return ImageSearch(context=self._context, folder=folder, count=self._count, notices=self._notices)

    def _wished_images(self, folder: Folder, given: Folder) -> ImageRows | None:
        if self._context.wishes.sprite_size:
            message = (
                "The images of a folder have sizes of their own; --sprite-size, which is for a sheet, was not used."
            )
            self._notices.append(Notice(code="sprite-size", severity="info", message=message, where=given.label))
        return self._search(folder).of_folder(given)

    def _images(
        self, folder: Folder, metadata: InputFile | None, summary: MetadataSummary | None, own: OwnTable | None
    ) -> ImageRows | None:
        search = self._search(folder)
        named = search.in_column(metadata, summary) if metadata and summary else None
        file = getattr(self._tensor, "file", None)
        if own and isinstance(file, InputFile):
            named = search.in_columns(columns_from_table(own.names, own.rows), file)
        return named or search.beside()

    def _find(self, folder: Folder, spelled: str, where: str, what: str) -> InputFile | None:
        if not spelled:
            return None
        try:
            found = find_file(self._context.tree, folder, spelled, where=where)
        except InputError as error:
            self._fail(error, f"{what}-missing" if error.code == "not-found" else error.code)
            return None
        if found.notice:
            self._notices.append(found.notice)
        self._context.use(found.file)
        return found.file

    def _tile(self, entry: ConfigEntry, where: str) -> tuple[int, int] | None:
        if not entry.sprite_path or not entry.tile:
            return None
        if len(entry.tile) == 1:
            return entry.tile[0], entry.tile[0]
        if len(entry.tile) > 2:
            message = f"single_image_dim has {len(entry.tile):,} numbers; the first two are width and height."
            self._notices.append(Notice(code="sprite-size", severity="warning", message=message, where=where))
        return entry.tile[0], entry.tile[1]

    def _summary(self, file: InputFile) -> MetadataSummary | None:
        try:
            surveyed = self._context.metadata(file, self._count)
        except InputError as error:
            self._fail(error, "metadata-unusable")
            return None
        self._notices += surveyed.notices
        return surveyed.summary

    def _layout(self, file: InputFile, tile: tuple[int, int] | None) -> SpriteLayout | None:
        try:
            layout = sprite_layout(file, tile, self._count)
        except InputError as error:
            self._fail(error, "sprite-unusable")
            return None
        self._notices += layout.notices
        return layout

    def _bookmarks(self, files: tuple[InputFile, ...]) -> int:
        views, notices = read_bookmark_files(files, (self._shape[0], self._shape[1]))
        self._notices += notices
        return len(views)

    def _fail(self, error: InputError, code: str) -> None:
        """A warning: the embedding is built without what failed."""
        self._notices.append(Notice(code=code, severity="warning", message=error.message, where=error.where))


def companion_metadata(folder: Folder, file_name: str) -> InputFile | None:
    """The metadata file beside a tensor file that no config names, by the names that writers give it.

    `words_tensor.tsv` has `words_metadata.tsv` (gensim), `vectors.tsv` has `metadata.tsv` (TensorFlow's
    tutorial), `x.npy` has `x_metadata.tsv`.
    """
    stem = os.path.splitext(file_name)[0]
    names = [f"{stem}{join}{word}.tsv" for join in ("_", ".", "-") for word in ("metadata", "meta", "labels")]
    for ending in ("_tensor", "_tensors", "_vectors", "_vecs", "_vec", ".tensor", ".vectors"):
        if stem.endswith(ending):
            base = stem.removesuffix(ending)
            names += [f"{base}_metadata.tsv", f"{base}.metadata.tsv", f"{base}_meta.tsv"]
    if stem in ("tensor", "tensors", "vector", "vectors", "vecs", "embedding", "embeddings"):
        names += ["metadata.tsv", "meta.tsv", "labels.tsv"]
    return next((folder.file(name) for name in names if name in folder.files and name != file_name), None)
