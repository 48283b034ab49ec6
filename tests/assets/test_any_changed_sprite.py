"""A changed byte of a sprite sheet: the same pixels where there are checksums, as in PNG, or trouble.

BMP has no checksum: there the pixels are those that a second reader, written here, finds in the changed bytes.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from spoiling import spoilt

from embreport.assets import image_decoder, read_sprite, survey_sprite
from embreport.errors import FormatError

FOLDER = Path(__file__).resolve().parent.parent / "data" / "sprite_kinds" / "logdir"
SHEETS = ["rgb.png", "deep.png", "palette_transparent.png", "one_bit.png", "gray_alpha.png"]
BMP = (FOLDER / "rgb.bmp").read_bytes()
_BMP_HEADER = 54


@pytest.mark.parametrize("name", SHEETS)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_changed_png_gives_the_same_pixels_or_trouble(name: str, data: st.DataObject) -> None:
    good = (FOLDER / name).read_bytes()
    try:
        pixels = image_decoder.decode(data.draw(spoilt(good)), 32, 32)
    except image_decoder.ImageTroubleError:
        return
    assert pixels == image_decoder.decode(good, 32, 32)


@settings(max_examples=80, deadline=None)
@given(content=spoilt(BMP))
def test_a_changed_bmp_gives_the_pixels_that_it_has_then_or_trouble(content: bytes) -> None:
    if content[:_BMP_HEADER] != BMP[:_BMP_HEADER]:
        return
    try:
        channels, pixels = image_decoder.decode(content, 32, 32)
    except image_decoder.ImageTroubleError:
        return
    from_below = np.frombuffer(content, np.uint8, 32 * 32 * 3, _BMP_HEADER).reshape(32, 32, 3)
    assert channels == 3
    assert pixels == from_below[::-1, :, ::-1].tobytes()


def test_a_sheet_whose_checksum_does_not_match_is_named() -> None:
    content = bytearray((FOLDER / "rgb.png").read_bytes())
    content[100] ^= 1
    layout = survey_sprite(bytes(content), (16, 8), 8, path="s.png")

    with pytest.raises(FormatError, match=r"checksum of its part IDAT does not match.*damaged") as caught:
        read_sprite(bytes(content), layout, path="s.png")
    assert caught.value.where == "s.png"


def test_what_stands_behind_a_png_or_beside_its_pixels_does_no_harm() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("note", "text")
    target = io.BytesIO()
    image = Image.new("RGB", (4, 4), (1, 2, 3))
    image.save(target, "PNG", pnginfo=notes)

    assert image_decoder.decode(target.getvalue() + b"\0\0\0\4MORE" * 3, 4, 4) == (3, image.tobytes())
