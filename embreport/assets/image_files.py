"""Images in files of their own, one per row, put together on one sheet of equal tiles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from embreport.assets.image_decoder import ImageTroubleError
from embreport.assets.image_process import fit_apart
from embreport.assets.image_size import image_size
from embreport.model import Sprite

LARGEST_IMAGE_FILE = 1 << 26
_LARGEST_SIDE = 64
_SMALLEST_SIDE = 8
# Of the whole sheet, and of one image.
_MOST_PIXELS = 1 << 26
_BATCH_BYTES = 1 << 25
_BATCH_IMAGES = 256
_MOST_CRASHES = 20


def size_of_image(data: bytes) -> tuple[int, int] | None:
    """(width, height) from the start of an image's bytes; None for what is no image or too large to be decoded."""
    try:
        width, height = image_size(data)
    except ImageTroubleError:
        return None
    return (width, height) if 0 < width * height <= _MOST_PIXELS else None


def fitting_tile(sizes: Iterable[tuple[int, int]], count: int) -> tuple[int, int] | None:
    """(width, height) of tiles for `count` rows that hold images of these sizes; None where there is no image.

    As large as the widest and the highest image, but with no side over 64 pixels, less for very many rows.
    """
    widths, heights = zip(*sizes, strict=True) if (sizes := list(sizes)) else ((), ())
    if not widths:
        return None
    side = max(_SMALLEST_SIDE, min(_LARGEST_SIDE, math.isqrt(_MOST_PIXELS // count)))
    scale = min(1.0, side / max(*widths, *heights))
    return max(1, math.ceil(max(widths) * scale)), max(1, math.ceil(max(heights) * scale))


def read_images(
    images: Iterable[bytes | None],
    count: int,
    tile: tuple[int, int],
    *,
    path: str,
    places: Sequence[Sequence[int]] | None = None,
) -> tuple[Sprite, list[int]]:
    """A sheet with a tile for each of `count` rows, and the rows, ascending, whose image cannot be decoded.

    Each image is that of the row with its number, or of all the rows that `places` gives for it, and is decoded once.
    An image keeps its proportions and is centered; what it leaves free, and the tile of a row whose image is None
    or cannot be decoded, is transparent. The sheet is uint8 RGBA, or RGB where nothing is transparent.
    """
    width, height = tile
    columns = max(1, math.ceil(math.sqrt(count)))
    grid = np.zeros((math.ceil(count / columns), columns, height, width, 4), np.uint8)
    bad: list[int] = []
    for number, pixels in _tiles(images, tile):
        rows = [number] if places is None else places[number]
        if pixels is None:
            bad += rows
        else:
            grid[np.divmod(rows, columns)] = np.frombuffer(pixels, np.uint8).reshape(height, width, 4)
    opaque = bool((grid.reshape(-1, height, width, 4)[:count, ..., 3] == 255).all())
    sheet = grid.swapaxes(1, 2).reshape(grid.shape[0] * height, columns * width, 4)[..., : 3 if opaque else 4]
    sheet = np.ascontiguousarray(sheet)
    sheet.flags.writeable = False
    made = Sprite(path=path, sheet=sheet, tile_width=width, tile_height=height, columns=columns, count=count)
    return made, sorted(bad)


def _tiles(images: Iterable[bytes | None], tile: tuple[int, int]) -> Iterator[tuple[int, bytes | None]]:
    """(number, pixels or None) of every image that is there."""
    crashes = 0
    for numbers, batch in _batches(images):
        start = 0
        while start < len(batch):
            made: Sequence[bytes | None] = [None] * (len(batch) - start)
            if crashes < _MOST_CRASHES:
                made = fit_apart(batch[start:], *tile)
            crashes += len(made) < len(batch) - start
            yield from zip(numbers[start:], made, strict=False)
            start += len(made)


def _batches(images: Iterable[bytes | None]) -> Iterator[tuple[list[int], list[bytes]]]:
    """Numbers and bytes of a handful of images at a time; one that is no image, or too large, counts as none."""
    numbers: list[int] = []
    batch: list[bytes] = []
    held = 0
    for number, data in enumerate(images):
        if data is None:
            continue
        data = data if size_of_image(data) else b""
        numbers.append(number)
        batch.append(data)
        held += len(data)
        if held >= _BATCH_BYTES or len(batch) >= _BATCH_IMAGES:
            yield numbers, batch
            numbers, batch, held = [], [], 0
    if batch:
        yield numbers, batch
