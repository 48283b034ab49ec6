"""`load`: the values, labels and images of one embedding of a survey."""

from __future__ import annotations

import hashlib
import os

import numpy as np

from embreport.assets import columns_from_table, read_images, read_sprite
from embreport.errors import FormatError, InputError, LimitExceeded
from embreport.logdir.bookmarks import read_bookmark_files
from embreport.logdir.context import read_sprite_bytes, read_table_of, sprite_layout
from embreport.logdir.found import Located
from embreport.logdir.image_rows import ImageRows
from embreport.model import Embedding, Metadata, Notice, SavedView, Sprite, Survey, TensorSource

_HASHED_VALUES = 1 << 22


def load(source: TensorSource, survey: Survey) -> tuple[Embedding, tuple[Notice, ...]]:
    """The embedding of a survey's source, and notices that the survey does not have yet.

    Raises InputError subclasses when the values cannot be read. Labels and images that cannot be read are left
    out with a notice; a label is never given to another row.
    """
    located, values = _located(source), _read_values(source)
    notices: list[Notice] = []
    metadata = _metadata(located, source, notices)
    sprite = _sprite(located, source, notices)
    views = _views(located, source, notices)
    known = set(survey.notices)
    embedding = Embedding(source=source, values=values, metadata=metadata, sprite=sprite, views=views)
    return embedding, tuple(notice for notice in notices if notice not in known)


def _read_values(source: TensorSource) -> np.ndarray:
    values = _values(_located(source), source)
    if values.shape != source.shape:
        raise FormatError("The file changed while it was read.", where=source.path)
    return values


def _located(source: TensorSource) -> Located:
    if not isinstance(source.locator, Located):
        raise FormatError("The source does not come from a survey.", where=source.path)
    return source.locator


def _values(located: Located, source: TensorSource) -> np.ndarray:
    """The values; LimitExceeded where this machine cannot hold them, before anything is allocated if that is plain."""
    rows, dims = source.shape
    needed = rows * dims * 4
    if needed > _physical_memory():
        raise LimitExceeded(f"“{source.tensor}” needs {needed:,} bytes, more memory than there is.", where=source.path)
    try:
        return located.tensor.read()
    except MemoryError as error:
        message = f"“{source.tensor}” needs {needed:,} bytes and more to be read; there is not enough memory."
        raise LimitExceeded(message, where=source.path) from error


def _physical_memory() -> int:
    """Bytes of memory in this machine; where that cannot be asked, more than any."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 1 << 62


def checksum(embedding: Embedding) -> str:
    """The SHA-256, in hexadecimal, of the values as little-endian float32, row after row."""
    return _checksum(embedding.values)


def checksum_of_source(source: TensorSource) -> str:
    """What `checksum` gives once the source is loaded; of all its files only that of the values is read.

    Raises InputError subclasses when the values cannot be read.
    """
    return _checksum(_read_values(source))


def _checksum(values: np.ndarray) -> str:
    digest = hashlib.sha256()
    rows = max(1, _HASHED_VALUES // max(1, values.shape[1]))
    for start in range(0, len(values), rows):
        with np.errstate(over="ignore", invalid="ignore"):
            single = np.ascontiguousarray(values[start : start + rows], dtype="<f4")
        digest.update(single.data.cast("B") if single.size else b"")
    return digest.hexdigest()


def _metadata(located: Located, source: TensorSource, notices: list[Notice]) -> Metadata | None:
    rows = source.shape[0]
    if located.metadata is None:
        if located.own is None:
            return None
        columns = columns_from_table(located.own.names, located.own.rows)
        return Metadata(path=source.path, columns=columns)
    try:
        table = read_table_of(located.metadata, rows)
    except InputError as error:
        notices.append(_warning(error, "metadata-unusable"))
        return None
    notices += table.notices
    return table.for_rows(rows)


def _sprite(located: Located, source: TensorSource, notices: list[Notice]) -> Sprite | None:
    if located.images:
        return _images(located.images, source, notices)
    if located.sprite is None or located.layout is None:
        return None
    tile = (located.layout.tile_width, located.layout.tile_height)
    try:
        layout = sprite_layout(located.sprite, tile, source.shape[0])
        return read_sprite(read_sprite_bytes(located.sprite), layout, path=located.sprite.label)
    except InputError as error:
        notices.append(_warning(error, "sprite-unusable"))
        return None


def _views(located: Located, source: TensorSource, notices: list[Notice]) -> tuple[SavedView, ...]:
    views, told = read_bookmark_files(located.bookmarks, source.shape)
    notices += told
    return views


def _images(images: ImageRows, source: TensorSource, notices: list[Notice]) -> Sprite:
    rows, of_files = source.shape[0], images.rows_of_files()
    content = (images.read(places[0]) for places in of_files)
    sprite, bad = read_images(content, rows, images.tile, path=images.label, places=of_files)
    if bad:
        named = ", ".join(f"“{file.label}” (row {row:,})" for row in bad[:3] if (file := images.files[row]) is not None)
        more = f", and {len(bad) - 3:,} more" if len(bad) > 3 else ""
        message = f"{len(bad):,} of {rows:,} images cannot be decoded: {named}{more}. These vectors have no image."
        notices.append(Notice(code="images-unusable", severity="warning", message=message, where=images.label))
    return sprite


def _warning(error: InputError, code: str) -> Notice:
    return Notice(code=code, severity="warning", message=error.message, where=error.where)
