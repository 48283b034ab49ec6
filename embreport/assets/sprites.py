"""Sprite sheets: one image that holds a thumbnail for every row of a tensor, row by row from the top left.

The header of the image is checked before a pixel is decoded, so that a small file that claims a huge image
costs nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from embreport.assets.image_decoder import Cut, ImageTroubleError
from embreport.assets.image_process import decode_apart
from embreport.assets.image_size import image_size
from embreport.errors import FormatError, LimitExceeded
from embreport.model import Notice, Sprite

LARGEST_SPRITE_FILE = 1 << 28
# A sheet may have this many pixels whatever its tensor, and beyond that this many times what its tensor needs.
_ALWAYS_ALLOWED_PIXELS = 1 << 24
_MOST_PIXELS = 178_000_000
_SPARE_FACTOR = 16
_LARGEST_SIDE = 256


@dataclass(frozen=True, kw_only=True)
class SpriteLayout:
    """Where the thumbnails are in a sheet of `width` x `height` pixels."""

    width: int
    height: int
    tile_width: int
    tile_height: int
    columns: int
    count: int
    notices: tuple[Notice, ...] = ()


def survey_sprite(data: bytes, tile: tuple[int, int] | None, count: int, *, path: str) -> SpriteLayout:
    """The layout of a sheet for `count` rows with thumbnails of `tile` (width, height), from the image's header.

    Without `tile` the sheet is cut into as many columns as a square of `count` thumbnails has, where that comes
    out even. Raises FormatError for what is no image or holds no whole thumbnail, LimitExceeded for an image
    with far more pixels than `count` thumbnails need.
    """
    width, height = _header_size(data, path)
    notices = []
    if tile is None:
        tile = _guess_tile(width, height, count, path)
        message = (
            f"The config gives no single_image_dim; the sheet of {width:,} x {height:,} pixels was cut into "
            f"thumbnails of {tile[0]:,} x {tile[1]:,}."
        )
        notices.append(Notice(code="sprite-size-guessed", severity="warning", message=message, where=path))
    tile_width, tile_height = tile
    if min(tile) < 1 or width < tile_width or height < tile_height:
        raise FormatError(
            f"The image has {width:,} x {height:,} pixels and cannot hold a thumbnail of "
            f"{tile_width:,} x {tile_height:,}.",
            where=path,
        )
    _check_pixels(width, height, count * tile_width * tile_height, path)
    columns = width // tile_width
    held = min(count, columns * (height // tile_height))
    if held < count:
        message = (
            f"The image has {width:,} x {height:,} pixels, room for {held:,} thumbnails of {tile_width:,} x "
            f"{tile_height:,}; the last {count - held:,} of {count:,} vectors have none."
        )
        notices.append(Notice(code="sprite-too-small", severity="warning", message=message, where=path))
    return SpriteLayout(
        width=width,
        height=height,
        tile_width=tile_width,
        tile_height=tile_height,
        columns=columns,
        count=held,
        notices=tuple(notices),
    )


def read_sprite(data: bytes, layout: SpriteLayout, *, path: str) -> Sprite:
    """The decoded sheet, cut to the part that holds thumbnails: uint8, RGB, or RGBA where it has transparency.

    Thumbnails with a side above 256 pixels, more than any page shows, are shrunk to that, each for itself.
    Raises FormatError when the image cannot be decoded.
    """
    shrink = min(1.0, _LARGEST_SIDE / max(layout.tile_width, layout.tile_height))
    cut = Cut(
        columns=layout.columns,
        lines=math.ceil(layout.count / layout.columns),
        tile_width=layout.tile_width,
        tile_height=layout.tile_height,
        width=max(1, round(layout.tile_width * shrink)),
        height=max(1, round(layout.tile_height * shrink)),
    )
    try:
        sheet = decode_apart(data, layout.width * layout.height, cut)
    except ImageTroubleError as error:
        raise FormatError(f"The image cannot be decoded ({error}); it seems damaged.", where=path) from error
    return Sprite(
        path=path,
        sheet=sheet,
        tile_width=cut.width,
        tile_height=cut.height,
        columns=layout.columns,
        count=layout.count,
    )


def _header_size(data: bytes, path: str) -> tuple[int, int]:
    try:
        width, height = image_size(data)
    except ImageTroubleError as error:
        raise FormatError(
            f"This is no image ({_looks_like(data)}); expected PNG, JPEG, GIF, BMP or WebP.", where=path
        ) from error
    if width < 1 or height < 1:
        raise FormatError(f"The image has {width:,} x {height:,} pixels.", where=path)
    return width, height


def _check_pixels(width: int, height: int, needed: int, path: str) -> None:
    allowed = min(_MOST_PIXELS, max(_ALWAYS_ALLOWED_PIXELS, _SPARE_FACTOR * needed))
    if width * height > allowed:
        raise LimitExceeded(
            f"The image claims {width:,} x {height:,} pixels; the thumbnails need {needed:,} and at most "
            f"{allowed:,} are decoded.",
            where=path,
        )


def _guess_tile(width: int, height: int, count: int, path: str) -> tuple[int, int]:
    columns = math.ceil(math.sqrt(count))
    grids = (math.ceil(count / columns), columns)
    tiles = [(width // columns, height // lines) for lines in grids if width % columns == 0 and height % lines == 0]
    if tiles:
        return next((tile for tile in tiles if tile[0] == tile[1]), tiles[0])
    raise FormatError(
        f"The config gives no single_image_dim, and {width:,} x {height:,} pixels do not divide into {count:,} "
        "thumbnails. Give their size by single_image_dim or --sprite-size.",
        where=path,
    )


def _looks_like(data: bytes) -> str:
    head = data[:512].lstrip().lower()
    if not head:
        return "the file is empty"
    if head.startswith((b"<svg", b"<?xml")) or b"<svg" in head:
        return "it looks like SVG"
    if head.startswith((b"<!doctype html", b"<html")):
        return "it looks like HTML"
    return f"it starts with the bytes {data[:4].hex(' ')}"
