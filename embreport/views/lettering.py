"""Words in a still picture: Pillow's built-in scalable font, with a halo of paper, antialiased."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from embreport.views.wording import NO_BREAK

_SCALE = 4
_STRONG = 0.025

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in px."""
_NOT_A_CHARACTER = "\uffff"


@dataclass(frozen=True, kw_only=True)
class Word:
    """Coverage masks float (height, width) of 0..1: the letters, and the letters with their halo around them."""

    letters: np.ndarray
    halo: np.ndarray


def font_available() -> bool:
    """Whether this Pillow can set type of any size."""
    return _font(14) is not None


def can_write(text: str) -> bool:
    """Whether the font has every character of the text."""
    font = _font(14)
    return font is not None and all(_has_glyph(character) for character in set(text) if not character.isspace())


def word(text: str, size: float, *, strong: bool, halo: float) -> Word:
    """The masks of a line of text at `size` px; `halo` px of paper around it; `strong` thickens the strokes.

    Letters are set one by one, so that thick strokes get the room between them that a bold face would give.
    """
    text = text.replace(NO_BREAK, " ")
    font = _font(round(size * _SCALE))
    if font is None or not text:
        return Word(letters=np.zeros((1, 1)), halo=np.zeros((1, 1)))
    thick = round(_STRONG * size * _SCALE) if strong else 0
    wide = round(halo * _SCALE)
    lengths = [font.getlength(letter) + 1.5 * thick for letter in text]
    ascent, descent = font.getmetrics()
    shape = (_rounded_up(sum(lengths) + 2 * wide), _rounded_up(ascent + descent + 2 * wide))
    masks = []
    for stroke in (thick, wide):
        image = Image.new("L", shape, 0)
        pen, at = ImageDraw.Draw(image), float(wide)
        for letter, length in zip(text, lengths, strict=True):
            pen.text((at, wide), letter, fill=255, font=font, stroke_width=stroke)
            at += length
        masks.append(np.asarray(image.reduce(_SCALE), dtype=np.float64) / 255)
    return Word(letters=masks[0], halo=masks[1])


def place_word(
    picture: np.ndarray, mark: Word, center: tuple[float, float], ink: np.ndarray, paper: np.ndarray
) -> None:
    """Write the word centered at (x, y) px over the picture float (height, width, 3), in place."""
    height, width = mark.halo.shape
    left, top = round(center[0] - width / 2), round(center[1] - height / 2)
    rows = slice(max(0, top), min(picture.shape[0], top + height))
    columns = slice(max(0, left), min(picture.shape[1], left + width))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    inside = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
    for mask, color in ((mark.halo, paper), (mark.letters, ink)):
        cover = mask[inside][:, :, None]
        picture[rows, columns] = picture[rows, columns] * (1 - cover) + color * cover


def _rounded_up(length: float) -> int:
    return max(1, -(-int(np.ceil(length)) // _SCALE)) * _SCALE


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | None:
    try:
        font = ImageFont.load_default(size)
    except (ImportError, OSError):
        return None
    return font if isinstance(font, ImageFont.FreeTypeFont) else None


@cache
def _glyph(character: str) -> bytes:
    font = _font(32)
    return bytes(font.getmask(character)) if font is not None else b""


def _has_glyph(character: str) -> bool:
    return _glyph(character) != _glyph(_NOT_A_CHARACTER)
