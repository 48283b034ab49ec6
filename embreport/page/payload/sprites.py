"""Thumbnails, re-encoded: tiles in stored order on sheets of our own, nothing kept of the source file.

A sheet is PNG or WebP, at most 4,096 px a side. Lossless when that costs at most a quarter more than WebP
at good quality: pixel art and small grey digits stay exact, photographs become small.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from embreport.model import Sprite

LARGEST_SIDE = 4096
LARGEST_TILE = 256
SMALLEST_TILE = 16
SMOOTH_FROM = 33
"""Tiles with a longer side below this are shown with hard pixels."""
_LOSSLESS_MAY_COST = 1.25
_SAMPLED_PIXELS = 500_000

Encoder = Callable[[Image.Image], tuple[bytes, str]]
"""A picture into its bytes and their media type."""


@dataclass(frozen=True, kw_only=True)
class ThumbnailQuality:
    """How well thumbnails are kept.

    `webp` is WebP's quality 0..100, `scale` the share of the tile's side that stays; with `lossless`, exact
    pixels may cost a quarter more than WebP at that quality.
    """

    webp: int = 82
    scale: float = 1.0
    lossless: bool = True


GOOD_THUMBNAILS = ThumbnailQuality()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One encoded picture of tiles."""

    data: bytes
    kind: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Thumbnails:
    """All sheets of an embedding. Tile t, in stored order of the rows that have one, is on sheet t // per_sheet."""

    tile_width: int
    tile_height: int
    columns: int
    per_sheet: int
    count: int
    sheets: tuple[Sheet, ...]

    @property
    def smooth(self) -> bool:
        """Whether the browser should smooth when it scales a tile."""
        return max(self.tile_width, self.tile_height) >= SMOOTH_FROM


def tile_size(sprite: Sprite, scale: float = 1.0) -> tuple[int, int]:
    """The size tiles are kept at: never above 256 px, and a `scale` below 1 never takes them under 16."""
    longer = max(sprite.tile_width, sprite.tile_height)
    target = min(longer, LARGEST_TILE)
    if scale < 1:
        target = min(target, max(SMALLEST_TILE, round(target * scale)))
    factor = target / longer
    return max(1, round(sprite.tile_width * factor)), max(1, round(sprite.tile_height * factor))


def make_thumbnails(sprite: Sprite, order: np.ndarray, quality: ThumbnailQuality) -> Thumbnails:
    """The sheets of a sprite; `order` are the source rows in stored order."""
    rows = order[order < sprite.count]
    width, height = tile_size(sprite, quality.scale)
    columns, per_sheet = _grid(len(rows), width, height)
    encode = _best_encoder(sprite, rows, (width, height), quality)
    sheets = []
    for picture in _pictures(sprite, rows, (width, height), columns, per_sheet):
        data, kind = encode(picture)
        sheets.append(Sheet(data=data, kind=kind, width=picture.width, height=picture.height))
    return Thumbnails(
        tile_width=width,
        tile_height=height,
        columns=columns,
        per_sheet=per_sheet,
        count=len(rows),
        sheets=tuple(sheets),
    )


def _best_encoder(sprite: Sprite, rows: np.ndarray, size: tuple[int, int], quality: ThumbnailQuality) -> Encoder:
    """The encoder for all sheets, chosen on a fair sample of tiles: trying each on every sheet takes too long."""
    step = max(1, len(rows) * size[0] * size[1] // _SAMPLED_PIXELS)
    sample = rows[::step]
    columns, per_sheet = _grid(len(sample), *size)
    lossy = partial(_webp, lossless=False, quality=quality.webp)
    lossless: tuple[Encoder, ...] = (_png, partial(_webp, lossless=True, quality=75))
    for picture in _pictures(sprite, sample, size, columns, per_sheet):
        sizes = [len(encode(picture)[0]) for encode in lossless]
        allowance = _LOSSLESS_MAY_COST if quality.lossless else 1.0
        if min(sizes) <= allowance * len(lossy(picture)[0]):
            return lossless[sizes.index(min(sizes))]
        break
    return lossy


def _grid(count: int, width: int, height: int) -> tuple[int, int]:
    """Tiles a row, and tiles a sheet: near square, the last sheet cut short."""
    most_columns, most_rows = LARGEST_SIDE // width, LARGEST_SIDE // height
    columns = min(most_columns, max(1, math.ceil(math.sqrt(count * height / width))))
    rows = min(most_rows, max(1, math.ceil(count / columns)))
    return columns, columns * rows


def _pictures(
    sprite: Sprite, rows: np.ndarray, size: tuple[int, int], columns: int, per_sheet: int
) -> Iterator[Image.Image]:
    width, height = size
    channels = sprite.sheet.shape[2]
    for start in range(0, len(rows), per_sheet):
        part = rows[start : start + per_sheet].tolist()
        lines = math.ceil(len(part) / columns)
        across = min(columns, len(part)) if lines == 1 else columns
        canvas = np.zeros((lines * height, across * width, channels), dtype=np.uint8)
        for number, row in enumerate(part):
            top, left = number // columns * height, number % columns * width
            canvas[top : top + height, left : left + width] = _tile(sprite, row, size)
        yield Image.fromarray(canvas)


def _tile(sprite: Sprite, row: int, size: tuple[int, int]) -> np.ndarray:
    tile = sprite.tile(row)
    if size == (sprite.tile_width, sprite.tile_height):
        return tile
    resized = Image.fromarray(np.ascontiguousarray(tile)).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(resized)


def _png(picture: Image.Image) -> tuple[bytes, str]:
    buffer = io.BytesIO()
    _simplest(picture).save(buffer, "PNG", optimize=True)
    return buffer.getvalue(), "image/png"


def _webp(picture: Image.Image, *, lossless: bool, quality: int) -> tuple[bytes, str]:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", lossless=lossless, quality=quality, method=4)
    return buffer.getvalue(), "image/webp"


def _simplest(picture: Image.Image) -> Image.Image:
    """Grey or a palette where that loses nothing."""
    if picture.mode == "RGB":
        grey = picture.convert("L")
        if np.array_equal(np.asarray(grey.convert("RGB")), np.asarray(picture)):
            return grey
        if picture.getcolors(256) is not None:
            few = picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=256)
            if np.array_equal(np.asarray(few.convert("RGB")), np.asarray(picture)):
                return few
    return picture
