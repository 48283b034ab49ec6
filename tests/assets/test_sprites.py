from __future__ import annotations

import contextlib
import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from embreport.assets import image_decoder, image_process, read_sprite, survey_sprite
from embreport.assets.image_size import image_size
from embreport.errors import EmbreportError, FormatError, LimitExceeded
from embreport.model import Sprite

COLORS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255)]


def sheet_of(columns: int, tile: tuple[int, int], canvas: tuple[int, int] | None = None) -> Image.Image:
    """Five plain tiles, row by row; the rest of the canvas is black."""
    lines = -(-len(COLORS) // columns)
    image = Image.new("RGB", canvas or (columns * tile[0], lines * tile[1]))
    for number, color in enumerate(COLORS):
        left, top = number % columns * tile[0], number // columns * tile[1]
        image.paste(color, (left, top, left + tile[0], top + tile[1]))
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def sprite(data: bytes, tile: tuple[int, int] | None, count: int = 5) -> Sprite:
    return read_sprite(data, survey_sprite(data, tile, count, path="s.png"), path="s.png")


@pytest.mark.parametrize("columns", [1, 2, 3, 5])
@pytest.mark.parametrize("tile", [(1, 1), (4, 4), (10, 6), (3, 11)])
def test_tile_i_is_row_i_whatever_the_grid(columns: int, tile: tuple[int, int]) -> None:
    made = sprite(encoded(sheet_of(columns, tile)), tile)

    for row, color in enumerate(COLORS):
        assert made.tile(row).shape == (tile[1], tile[0], 3)
        assert (made.tile(row) == color).all()


def test_a_square_canvas_padded_as_torch_does_is_cut_by_tiles() -> None:
    made = sprite(encoded(sheet_of(3, (10, 6), canvas=(30, 30))), (10, 6))

    assert made.columns == 3
    assert (made.tile(4) == COLORS[4]).all()


def test_a_canvas_that_is_no_multiple_of_the_tile_is_cut_by_whole_tiles() -> None:
    made = sprite(encoded(sheet_of(3, (10, 6), canvas=(37, 20))), (10, 6))

    assert made.columns == 3
    assert (made.tile(3) == COLORS[3]).all()


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("PNG", "RGB", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("JPEG", "RGB", {"quality": 95}),
        ("JPEG", "CMYK", {"quality": 95}),
        ("GIF", "P", {}),
        ("BMP", "RGB", {}),
        ("WEBP", "RGB", {"lossless": True}),
    ],
)
def test_every_format_gives_the_same_colors(kind: str, mode: str, options: dict[str, object]) -> None:
    made = sprite(encoded(sheet_of(5, (16, 16)).convert(mode), kind, **options), (16, 16))

    for row, color in enumerate(COLORS):
        assert np.abs(made.tile(row)[4:12, 4:12, :3].astype(int) - color).max() <= 12


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("L", (4, 4), 130), 130),
        (Image.new("1", (4, 4), 1), 255),
        (Image.fromarray(np.full((4, 4), 0x8080, np.uint16)), 128),
        (Image.fromarray(np.full((4, 4), 0xFFFF, np.uint16)), 255),
        (Image.fromarray(np.full((4, 4), 200, np.uint16)), 200),
    ],
)
def test_grey_of_any_depth_becomes_eight_bits(image: Image.Image, expected: int) -> None:
    assert (sprite(encoded(image), (4, 4), 1).sheet == expected).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_kept(mode: str) -> None:
    image = Image.new("RGBA", (4, 4), (10, 20, 30, 0)).convert(mode if mode != "P" else "RGBA")
    data = encoded(Image.new("P", (4, 4)), transparency=0) if mode == "P" else encoded(image)

    made = sprite(data, (4, 4), 1)

    assert made.sheet.shape == (4, 4, 4)
    assert (made.sheet[..., 3] == 0).all()


def test_a_sheet_that_is_too_small_serves_the_first_rows_and_says_so() -> None:
    data = encoded(sheet_of(2, (4, 4)))
    layout = survey_sprite(data, (4, 4), 20, path="s.png")

    assert layout.count == 6
    assert [notice.code for notice in layout.notices] == ["sprite-too-small"]
    assert "the last 14 of 20" in layout.notices[0].message


def test_without_a_tile_size_the_sheet_is_cut_into_a_square_and_that_is_said() -> None:
    layout = survey_sprite(encoded(sheet_of(3, (10, 6))), None, 5, path="s.png")

    assert (layout.tile_width, layout.tile_height) == (10, 6)
    assert [notice.code for notice in layout.notices] == ["sprite-size-guessed"]


@pytest.mark.parametrize("tile", [(0, 4), (4, 0), (41, 4), (4, 41), (1 << 40, 1 << 40)])
def test_a_tile_that_cannot_be_in_the_sheet_is_refused(tile: tuple[int, int]) -> None:
    with pytest.raises(FormatError, match="cannot hold a thumbnail"):
        survey_sprite(encoded(Image.new("RGB", (40, 40))), tile, 5, path="s.png")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"\x00\x01\x02\x03noise", "00 01 02 03"),
        (b"%PDF-1.4", "25 50 44 46"),
    ],
)
def test_what_is_no_image_is_said_to_be_none(data: bytes, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        survey_sprite(data, (4, 4), 5, path="s.png")


def claimed_png(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its few bytes do not hold."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (12_000, 12_000), (1, 1 << 30), (4_200, 4_200)])
def test_a_decompression_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(LimitExceeded):
        survey_sprite(claimed_png(*size), (1, 1), 5, path="s.png")


def test_a_large_sheet_that_its_tensor_needs_is_allowed() -> None:
    layout = survey_sprite(claimed_png(9_000, 9_000), (90, 90), 10_000, path="s.png")

    assert layout.columns == 100


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_a_truncated_image_is_refused(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    data = encoded(Image.fromarray(noise), kind)

    with pytest.raises(FormatError):
        sprite(data[: len(data) // 2], (8, 8), 25)


_NOISE = np.random.default_rng(0).integers(0, 256, (12, 12, 3), np.uint8)
_IMAGES = [encoded(Image.fromarray(_NOISE), kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP")]


def spoilt(data: bytes, place: float, byte: int, cut: bool) -> bytes:
    at = int(place * len(data))
    return data[:at] if cut else data[:at] + bytes([byte]) + data[at + 1 :]


_SPOILT = st.builds(spoilt, st.sampled_from(_IMAGES), st.floats(0, 0.999), st.integers(0, 255), st.booleans())


@settings(max_examples=400, deadline=None)
@given(data=_SPOILT)
def test_any_changed_byte_gives_pixels_or_trouble_in_the_decoder(data: bytes) -> None:
    try:
        channels, pixels = image_decoder.decode(data, 12, 12)
    except image_decoder.ImageTroubleError:
        return
    assert len(pixels) == 12 * 12 * channels


@settings(max_examples=40, deadline=None)
@given(data=st.one_of(_SPOILT, st.binary(max_size=40)))
def test_any_changed_byte_gives_a_sprite_or_an_error_of_our_tree(data: bytes) -> None:
    try:
        made = sprite(data, (4, 4), 9)
    except EmbreportError:
        return
    assert made.sheet.dtype == np.uint8
    assert made.sheet.shape[2] in (3, 4)


@settings(max_examples=400, deadline=None)
@given(data=st.one_of(_SPOILT, st.binary(max_size=40)))
def test_any_header_gives_a_size_or_trouble(data: bytes) -> None:
    with contextlib.suppress(image_decoder.ImageTroubleError):
        width, height = image_size(data)
        assert width >= 0
        assert height >= 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (37, 5), (300, 1000)])
def test_the_size_in_a_header_is_that_of_the_image(kind: str, size: tuple[int, int]) -> None:
    for options in ({}, {"lossless": True}, {"exif": b"Exif\0\0" + bytes(60)}):
        assert image_size(encoded(Image.new("RGB", size), kind, **options)) == size


@pytest.mark.parametrize("program", ["import os; os.abort()", "print('noise')", "import sys; sys.exit(3)"])
def test_a_crash_of_the_decoder_is_an_error_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    (tmp_path / "decoder.py").write_text(program)
    monkeypatch.setattr(image_process, "_PROGRAM", tmp_path / "decoder.py")

    with pytest.raises(FormatError, match="the decoder crashed"):
        sprite(_IMAGES[0], (4, 4), 9)


_REAL = Path(image_decoder.__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("program", "seconds", "says"),
    [
        ("import time; time.sleep(60)", 1, "took more than 1 seconds"),
        (
            _REAL.replace("    with _opened", "    while True: pass\n    with _opened").replace("= 120", "= 1"),
            60,
            "crashed",
        ),
        (_REAL.replace("    with _opened", "    bytearray(1 << 40)\n    with _opened"), 60, "too much memory"),
    ],
    ids=["time", "processor time", "memory"],
)
def test_the_decoder_is_stopped_at_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, seconds: int, says: str
) -> None:
    (tmp_path / "decoder.py").write_text(program, encoding="utf-8")
    monkeypatch.setattr(image_process, "_PROGRAM", tmp_path / "decoder.py")
    monkeypatch.setattr(image_process, "_MOST_SECONDS", seconds)

    with pytest.raises(FormatError, match=says):
        sprite(_IMAGES[0], (4, 4), 9)


def test_an_image_that_needs_more_memory_than_its_sheet_may_take_is_refused() -> None:
    # The first frame of this JPEG is small, the one that is decoded is not.
    small = encoded(Image.new("RGB", (8, 8)), "JPEG")
    huge = encoded(Image.new("RGB", (12_000, 12_000)), "JPEG", quality=1)
    frame = small[small.index(b"\xff\xc0") : small.index(b"\xff\xc4")]

    with pytest.raises(EmbreportError):
        sprite(huge[:2] + frame + huge[2:], (12_000, 12_000), 1)


def test_without_another_process_the_image_is_refused_and_never_decoded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(EmbreportError, match="process"):
        sprite(_IMAGES[0], (4, 4), 9)


def test_the_colors_of_real_sheets_stand_at_their_rows() -> None:
    folder = Path(__file__).resolve().parent.parent / "data" / "sprite_kinds" / "logdir"
    expected = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30), (30, 200, 200), (200, 30, 200)]
    for name in (
        "rgb.png",
        "palette.png",
        "rgb.jpg",
        "cmyk.jpg",
        "still.gif",
        "rgb.bmp",
        "lossless.webp",
        "one_row.png",
    ):
        made = sprite((folder / name).read_bytes(), (16, 8), 8)

        found = [tuple(made.tile(row)[4, 8, :3].astype(int)) for row in range(6)]
        assert np.abs(np.subtract(found, expected)).max() <= 6, name
