"""Every kind of picture that a sprite sheet may be: its colors at their rows, and nothing else of the file."""

from __future__ import annotations

import io
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from embreport.assets import image_process, read_sprite, survey_sprite
from embreport.errors import FormatError
from embreport.model import Sprite
from embreport.page.payload.sprites import GOOD_THUMBNAILS, make_thumbnails

COLORS = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30), (30, 200, 200), (200, 30, 200)]
GREYS = [0, 51, 102, 153, 204, 255]
SECRET = "SECRET-OF-THE-ORIGINAL"


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def sheet_of(columns: int, tile: tuple[int, int], colors: list[Any] = COLORS, mode: str = "RGB") -> Image.Image:
    lines = -(-len(colors) // columns)
    image = Image.new(mode, (columns * tile[0], lines * tile[1]))
    for number, color in enumerate(colors):
        image.paste(color, (number % columns * tile[0], number // columns * tile[1], *_end(number, columns, tile)))
    return image


def _end(number: int, columns: int, tile: tuple[int, int]) -> tuple[int, int]:
    return (number % columns + 1) * tile[0], (number // columns + 1) * tile[1]


def sprite(data: bytes, tile: tuple[int, int], count: int = 6) -> Sprite:
    return read_sprite(data, survey_sprite(data, tile, count, path="s.png"), path="s.png")


def check_colors(made: Sprite, expected: list[Any], tolerance: int) -> None:
    for row, color in enumerate(expected):
        tile = made.tile(row)
        middle = tile[tile.shape[0] // 4 : -tile.shape[0] // 4, tile.shape[1] // 4 : -tile.shape[1] // 4, :3]
        assert np.abs(middle.astype(int) - color).max() <= tolerance, (row, middle[0, 0], color)


FRAMES = [Image.new("RGB", (48, 32), "black"), Image.new("RGB", (48, 32), "white")]
KINDS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "PNG, palette of 16": ("PNG", "P", {"bits": 4}, 0),
    "PNG, transparent": ("PNG", "RGBA", {}, 0),
    "JPEG, progressive": ("JPEG", "RGB", {"quality": 90, "progressive": True}, 6),
    "JPEG, halved colors": ("JPEG", "RGB", {"quality": 90, "subsampling": 2}, 6),
    "JPEG, CMYK": ("JPEG", "CMYK", {"quality": 95}, 6),
    "JPEG, not converted": ("JPEG", "RGB", {"quality": 95, "keep_rgb": True}, 6),
    "GIF": ("GIF", "P", {}, 0),
    "GIF, interlaced": ("GIF", "P", {"interlace": True}, 0),
    "GIF, animated": ("GIF", "RGB", {"save_all": True, "append_images": FRAMES}, 0),
    "BMP": ("BMP", "RGB", {}, 0),
    "BMP, palette": ("BMP", "P", {}, 0),
    "WebP": ("WEBP", "RGB", {"quality": 95}, 8),
    "WebP, transparent": ("WEBP", "RGBA", {"lossless": True}, 0),
    "WebP, animated": ("WEBP", "RGB", {"save_all": True, "append_images": FRAMES, "lossless": True}, 0),
    "PNG, animated": ("PNG", "RGB", {"save_all": True, "append_images": FRAMES}, 0),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_gives_its_colors_at_their_rows(kind: str) -> None:
    form, mode, options, tolerance = KINDS[kind]
    image = sheet_of(3, (16, 16))
    image = image.quantize(8) if mode == "P" else image.convert(mode)

    check_colors(sprite(encoded(image, form, **options), (16, 16)), COLORS, tolerance)


@pytest.mark.parametrize(
    ("mode", "kind"), [("L", "PNG"), ("LA", "PNG"), ("L", "JPEG"), ("L", "BMP"), ("L", "WEBP"), ("I;16", "PNG")]
)
def test_grey_pictures_of_every_kind_keep_their_greys(mode: str, kind: str) -> None:
    grey = sheet_of(3, (16, 16), GREYS, "L")
    image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257) if mode == "I;16" else grey.convert(mode)

    check_colors(sprite(encoded(image, kind), (16, 16)), GREYS, 3 if kind in ("JPEG", "WEBP") else 0)


def test_a_jpeg_made_from_a_transparent_picture_has_the_colors_it_was_laid_on() -> None:
    clear = sheet_of(3, (16, 16)).convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 16, 16))
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))

    made = sprite(encoded(paper, "JPEG", quality=95), (16, 16))

    assert made.sheet.shape[2] == 3
    check_colors(made, [(255, 255, 255), *COLORS[1:]], 6)


def test_a_palette_with_several_transparent_colors_keeps_each_alpha() -> None:
    image = Image.new("P", (3, 1))
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    image.putdata([0, 1, 2])

    made = sprite(encoded(image, transparency=b"\x00\x80\xff"), (1, 1), 3)

    assert [made.tile(row)[0, 0].tolist() for row in range(3)] == [[255, 0, 0, 0], [0, 255, 0, 128], [0, 0, 255, 255]]


@pytest.mark.parametrize("size", [(9_000, 4), (4, 9_000)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_a_sheet_beyond_the_textures_of_a_graphics_card_is_read_to_its_end(kind: str, size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, (10, 20, 30))
    end = (size[0] - 4, size[1] - 4, *size)
    image.paste((200, 150, 100), end)

    made = sprite(encoded(image, kind), (4, 4), 2_250)

    assert np.abs(made.tile(0).astype(int) - (10, 20, 30)).max() <= 3
    assert np.abs(made.tile(2_249).astype(int) - (200, 150, 100)).max() <= 20


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_strips_of_a_sheet_join_without_a_seam(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 15_000, 3), np.uint8)
    data = encoded(Image.fromarray(noise), kind, lossless=True)

    made = sprite(data, (50, 30), 900)

    np.testing.assert_array_equal(made.sheet, np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))


@pytest.mark.parametrize("alpha", [False, True])
def test_tiles_too_large_for_a_page_are_shrunk_each_for_itself(alpha: bool) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (600, 1600, 4 if alpha else 3), np.uint8)

    made = sprite(encoded(Image.fromarray(noise)), (400, 300), 8)

    assert (made.tile_width, made.tile_height, made.columns, made.count) == (256, 192, 4, 8)
    for row in (0, 5, 7):
        tile = Image.fromarray(noise[row // 4 * 300 :, row % 4 * 400 :][:300, :400].copy())
        alone = np.asarray(tile.resize((256, 192), Image.Resampling.LANCZOS, reducing_gap=3.0))
        np.testing.assert_array_equal(made.tile(row), alone)


def test_neither_the_neighbors_nor_what_is_invisible_bleed_into_a_shrunk_tile() -> None:
    sheet = sheet_of(3, (600, 600)).convert("RGBA")
    sheet.paste((0, 0, 0, 0), (600, 0, 900, 600))

    made = sprite(encoded(sheet), (600, 600))

    assert (made.tile(0) == (*COLORS[0], 255)).all()
    seen = made.tile(1)[made.tile(1)[..., 3] > 100]
    assert np.abs(seen[:, :3].astype(int) - COLORS[1]).max() <= 6


def with_secrets() -> dict[str, bytes]:
    """Pictures with all that a camera, a drawing program or a library writes beside the pixels."""
    image = sheet_of(3, (16, 16))
    exif = Image.Exif()
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825)[1] = SECRET[:1]
    exif.get_ifd(0x8825)[0x1D] = SECRET
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + SECRET.encode()
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", SECRET)
    notes.add_text("Comment", SECRET, zip=True)
    notes.add_itxt("XML:com.adobe.xmp", SECRET)
    xmp = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
    common: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    return {
        "PNG": encoded(image, pnginfo=notes, **common),
        "JPEG": encoded(image, "JPEG", quality=95, comment=SECRET, xmp=xmp, **common),
        "WEBP": encoded(image, "WEBP", lossless=True, xmp=xmp, **common),
        "GIF": encoded(image, "GIF", comment=SECRET),
        "PNG with a tail": encoded(image) + SECRET.encode(),
    }


@pytest.mark.parametrize("kind", list(with_secrets()))
def test_nothing_but_pixels_of_the_original_is_in_the_thumbnails(kind: str) -> None:
    data = with_secrets()[kind]
    made = sprite(data, (16, 16))

    thumbnails = make_thumbnails(made, np.arange(6), GOOD_THUMBNAILS)

    assert SECRET.encode() in data or kind == "PNG"
    check_colors(made, COLORS, 6)
    for sheet in thumbnails.sheets:
        assert SECRET.encode() not in sheet.data
        assert not any(mark in sheet.data for mark in (b"EXIF", b"eXIf", b"iCCP", b"ICCP", b"tEXt", b"iTXt", b"XMP"))
        with Image.open(io.BytesIO(sheet.data)) as picture:
            assert not picture.info.keys() & {"exif", "icc_profile", "xmp", "comment", "Author", "Comment"}
            assert not picture.getexif()


def test_a_sheet_is_never_in_memory_twice() -> None:
    data = encoded(Image.new("RGB", (4_000, 4_000)))
    layout = survey_sprite(data, (40, 40), 10_000, path="s.png")
    tracemalloc.start()
    try:
        made = read_sprite(data, layout, path="s.png")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert made.sheet.nbytes == 48_000_000
    assert peak < 1.2 * made.sheet.nbytes


@pytest.mark.parametrize("sent", [b"+\3" + bytes(767), b"+\3" + bytes(769), b"+\2" + bytes(512), b"+", b""])
def test_a_decoder_that_sends_another_number_of_pixels_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    (tmp_path / "decoder.py").write_text(f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({sent!r})")
    monkeypatch.setattr(image_process, "_PROGRAM", tmp_path / "decoder.py")

    with pytest.raises(FormatError, match="the decoder crashed"):
        sprite(encoded(Image.new("RGB", (16, 16))), (16, 16), 1)


def test_a_decoder_that_does_not_listen_is_no_trouble_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "decoder.py").write_text("import sys; sys.stdin.close(); sys.stdout.write('-it has other plans')")
    monkeypatch.setattr(image_process, "_PROGRAM", tmp_path / "decoder.py")
    large = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 256, (900, 900, 3), np.uint8)))

    with pytest.raises(FormatError, match="it has other plans"):
        sprite(large, (16, 16), 1)
    assert sys.getsizeof(large) > 1 << 20
