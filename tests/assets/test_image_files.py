from __future__ import annotations

import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from embreport.assets import fitting_tile, read_images, size_of_image
from embreport.assets.image_decoder import ImageTroubleError, fit


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


_NOISE = Image.fromarray(np.random.default_rng(5).integers(0, 256, (12, 20, 3), dtype=np.uint8))
_IMAGES = [encoded(_NOISE, kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP")]


@pytest.mark.parametrize(
    ("sizes", "count", "tile"),
    [
        ([(10, 20), (30, 5)], 2, (30, 20)),
        ([(1000, 500)], 1, (64, 32)),
        ([(1, 5000)], 1, (1, 64)),
        ([(100, 100)], 1 << 20, (8, 8)),
        ([], 3, None),
    ],
)
def test_tiles_are_as_large_as_the_images_and_their_number_allow(
    sizes: list[tuple[int, int]], count: int, tile: tuple[int, int] | None
) -> None:
    assert fitting_tile(sizes, count) == tile


def test_a_photograph_stands_as_its_camera_was_held() -> None:
    wide = Image.new("RGB", (16, 8), (255, 0, 0))
    wide.paste((0, 0, 255), (8, 0, 16, 8))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = np.frombuffer(fit(encoded(wide, "PNG", exif=exif), 16, 16), np.uint8).reshape(16, 16, 4)

    assert tuple(turned[1, 8, :3]) == (255, 0, 0)
    assert tuple(turned[14, 8, :3]) == (0, 0, 255)
    assert turned[8, 0, 3] == 0


def test_rows_without_an_image_and_undecodable_ones_are_told_apart() -> None:
    sprite, bad = read_images([_IMAGES[0], None, b"noise", b""], 4, (20, 12), path="x")

    assert bad == [2, 3]
    np.testing.assert_array_equal(sprite.tile(0)[..., :3], np.asarray(_NOISE))
    assert all(not sprite.tile(row)[..., 3].any() for row in (1, 2, 3))


def test_more_images_than_one_process_is_given_keep_their_rows() -> None:
    images = [encoded(Image.new("L", (2, 2), row % 256)) for row in range(600)]

    sprite, bad = read_images(images, 600, (2, 2), path="x")

    assert bad == []
    assert [int(sprite.tile(row)[0, 0, 0]) for row in range(600)] == [row % 256 for row in range(600)]


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    content = bytearray(draw(st.sampled_from(_IMAGES)))
    for _ in range(draw(st.integers(1, 4))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)


@settings(max_examples=200, deadline=None)
@given(data=spoilt())
def test_any_changed_byte_gives_a_tile_or_trouble(data: bytes) -> None:
    if size_of_image(data) is None:
        return
    with suppress(ImageTroubleError):
        assert len(fit(data, 9, 7)) == 9 * 7 * 4
