"""Still pictures: right places, right colors, exact paper, small files."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image
from view_factory import column, projection

from embreport.views import draw_still, frame_of, palette, point_colors
from embreport.views.colors import Theme, to_rgb
from embreport.views.frame import at_home, normalised
from embreport.views.lettering import can_write, word
from embreport.views.splat import Dots, composite


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def inked(picture: np.ndarray, theme: Theme = "light") -> np.ndarray:
    """Where the picture is not paper."""
    return np.asarray((picture != to_rgb(palette()[theme]["paper"])).any(axis=2))


def test_points_are_centered_and_scaled_by_their_largest_half_range() -> None:
    points = normalised(np.array([[0, 10, 5], [4, 10, 6], [2, 11, 7], [math.nan, 0, 0]], dtype=np.float32))
    np.testing.assert_allclose(points[:3], [[-1, -0.25, -0.5], [1, -0.25, 0], [0, 0.25, 0.5]])
    assert np.isnan(points[3]).all()
    assert (normalised(np.array([[1.0, 2.0], [3.0, 2.0]]))[:, 2] == 0).all()
    assert (normalised(np.full((3, 3), 7.0)) == 0).all()


def test_the_home_camera_is_a_pinhole_on_a_turntable() -> None:
    points = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    screen = at_home(points, False)
    yaw, pitch = 0.42, -0.3
    toward = [-math.sin(yaw) * math.cos(pitch), -math.sin(pitch), math.cos(yaw) * math.cos(pitch)]
    np.testing.assert_allclose(screen.depth, toward)
    near = 1 / (1 - np.array(toward) / 4)
    np.testing.assert_allclose(screen.x, np.array([math.cos(yaw), 0, math.sin(yaw)]) * near, atol=1e-12)
    up = np.array([-math.sin(yaw) * math.sin(pitch), math.cos(pitch), math.cos(yaw) * math.sin(pitch)])
    np.testing.assert_allclose(screen.y, up * near, atol=1e-12)
    flat = at_home(points, True)
    np.testing.assert_array_equal(np.stack([flat.x, flat.y, flat.depth], axis=1), points * [1, 1, 0])


def test_the_frame_holds_all_points_and_is_never_empty() -> None:
    made = projection(rows=200)
    frame = frame_of(made.coordinates)
    screen = at_home(normalised(made.coordinates), False)
    assert np.abs(screen.x).max() == frame.half_width
    assert np.abs(screen.y).max() == frame.half_height
    assert frame.reach >= 1
    for nothing in (np.full((3, 3), np.nan), np.ones((4, 2)), np.empty((0, 3))):
        assert (frame_of(nothing).half_width, frame_of(nothing).half_height) == (1, 1)


def test_dots_over_each_other_are_what_painting_one_after_another_gives() -> None:
    draw = np.random.default_rng(0)
    count = 60
    dots = Dots(
        x=draw.uniform(-2, 42, count),
        y=draw.uniform(-2, 32, count),
        radius=draw.uniform(0.5, 5, count),
        rgb=draw.uniform(0, 255, (count, 3)),
        alpha=draw.uniform(0.2, 0.95, count),
        hole=np.where(np.arange(count) % 3 == 0, 0.8, 0.0),
    )
    ground = np.full((30, 40, 3), 250.0)
    painted = ground.copy()
    rows, columns = np.mgrid[0:30, 0:40] + 0.5
    for one in range(count):
        distance = np.hypot(columns - dots.x[one], rows - dots.y[one])
        cover = np.clip(dots.radius[one] + 0.5 - distance, 0, 1)
        if dots.hole[one]:
            cover *= 1 - np.clip(dots.hole[one] + 0.5 - distance, 0, 1)
        share = (cover * dots.alpha[one])[:, :, None]
        painted = painted * (1 - share) + dots.rgb[one] * share
    np.testing.assert_allclose(composite(ground, dots), painted, atol=0.01)
    assert (ground == 250).all()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_single_point_is_a_disc_of_the_first_hue_in_the_middle_of_exact_paper(theme: Theme) -> None:
    made = projection("tsne2d", coordinates=np.array([[3.0, 4.0]], dtype=np.float32))
    picture = pixels(draw_still(made, point_colors(None, 1), theme))
    assert picture.shape == (600, 960, 3)
    rows, columns = np.nonzero(inked(picture, theme))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (295, 304, 475, 484)
    np.testing.assert_allclose(picture[300, 480], to_rgb(palette()[theme]["classes"][0]), atol=2)


def test_points_stand_where_the_live_picture_has_them() -> None:
    corners = np.array([[-1, -0.5], [1, -0.5], [1, 0.5], [-1, 0.5]], dtype=np.float32)
    picture = pixels(draw_still(projection("umap2d", coordinates=corners), point_colors(None, 4), "light"))
    scale = min(480 * 0.94 / 1, 300 * 0.94 / 0.5)
    for x, y in corners:
        assert inked(picture)[round(300 - y * scale), round(480 + x * scale)]
    assert inked(picture).sum() < 4 * 90


def test_rows_that_are_left_out_are_not_drawn() -> None:
    coordinates = np.array([[0, 0], [math.nan, math.nan], [1, 1]], dtype=np.float32)
    picture = pixels(draw_still(projection("tsne2d", coordinates=coordinates), point_colors(None, 3), "light"))
    assert inked(picture).sum() < 2 * 90


def test_an_embedding_without_finite_rows_is_blank_paper() -> None:
    made = projection("tsne2d", coordinates=np.full((3, 2), np.nan, dtype=np.float32))
    assert not inked(pixels(draw_still(made, point_colors(None, 3), "light"))).any()


def test_missing_classes_and_the_second_round_of_hues_are_hollow() -> None:
    cells: list[str | None] = [f"k{place}" for place in range(11) for _ in range(12 - place)]
    cells.append(None)
    colors = point_colors(column("kind", cells, "category"), len(cells))
    assert colors.hollow.tolist() == [cell in (None, "k10") for cell in cells]
    place = np.zeros((len(cells), 2), dtype=np.float32)
    place[-1] = (1, 0)
    picture = pixels(draw_still(projection("tsne2d", coordinates=place), colors, "light"))
    column_at = round(480 + 0.94 * 480)
    assert not inked(picture)[300, column_at]
    assert inked(picture)[300, column_at - 8 : column_at + 8].any()


def test_class_names_stand_at_the_median_of_their_class() -> None:
    draw = np.random.default_rng(0)
    coordinates = np.concatenate([draw.normal(size=(80, 2)) * 0.05 + (x, 0) for x in (-1, 1)]).astype(np.float32)
    named = column("kind", ["left"] * 80 + ["right"] * 80, "category")
    unnamed = column("kind", ["\U000f0001"] * 80 + ["\U000f0002"] * 80, "category")
    made = projection("tsne2d", coordinates=coordinates)
    with_names, without = (pixels(draw_still(made, point_colors(one, 160), "light")) for one in (named, unnamed))
    rows, columns = np.nonzero((with_names != without).any(axis=2))
    middle = [np.median(columns[columns < 480]), np.median(columns[columns >= 480])]
    scale = 0.94 * 480
    np.testing.assert_allclose(middle, [480 - scale * 0.9, 480 + scale * 0.9], atol=60)
    np.testing.assert_allclose(np.median(rows), 300, atol=12)


def _written(coordinates: np.ndarray, cells: list[str], *, small: bool) -> tuple[np.ndarray, np.ndarray]:
    """The picture without names, and where the names are written."""
    private = [chr(0xF0001 + sorted(set(cells)).index(cell)) for cell in cells]
    made = projection("tsne2d", coordinates=coordinates.astype(np.float32))
    with_names, without = (
        pixels(draw_still(made, point_colors(column("kind", [*kinds], "category"), len(cells)), "light", small=small))
        for kinds in (cells, private)
    )
    return without, (np.abs(with_names - without) > 40).any(axis=2)


@pytest.mark.parametrize("small", [False, True])
def test_the_name_of_a_class_that_is_smaller_than_it_covers_none_of_its_points(small: bool) -> None:
    draw = np.random.default_rng(1)
    centers = [(-1, -0.5), (0, 0.5), (1, -0.5), (0.9, 0.5), (-1, 0.55)]
    coordinates = np.concatenate([draw.normal(size=(60, 2)) * 0.008 + center for center in centers])
    cells = [f"class number {place}" for place in range(len(centers)) for _ in range(60)]
    without, written = _written(coordinates, cells, small=small)
    assert not (written & inked(without)).any()
    assert written.sum() > len(centers) * (200 if small else 400)


def test_names_of_small_classes_hide_no_other_small_class() -> None:
    places = [[-1.0, 0.0], [0.0, 0.0], [0.0, 0.05], [1.0, 0.4], [1.0, -0.3], [1.0, -0.33]]
    coordinates = np.repeat(places, 40, axis=0)
    cells = [f"heap {min(place, 4)}" for place in range(6) for _ in range(40)]
    without, written = _written(coordinates, cells, small=False)
    assert not (written & inked(without)).any()
    assert written[:, 440:520].any()


def test_pca_has_named_axes_and_other_layouts_none() -> None:
    coordinates = np.array([[-1, 0, 0], [1, 0, 0]], dtype=np.float32)
    colors = point_colors(None, 2)
    pca = pixels(draw_still(projection("pca", coordinates=coordinates, variance=[1, 0, 0]), colors, "light"))
    tsne = pixels(draw_still(projection("tsne3d", coordinates=coordinates), colors, "light"))
    assert inked(pca)[280:320, 470:490].any()
    assert not inked(tsne)[280:320, 470:490].any()


def test_characters_the_font_lacks_are_known() -> None:
    assert can_write("Size, 48 %")
    assert not can_write("Size \U000f0001")


def test_a_word_is_as_tall_as_its_type_and_its_halo_surrounds_it() -> None:
    mark = word("Hx", 14, strong=True, halo=2.5)
    assert 12 <= mark.letters.shape[0] <= 22
    assert (mark.halo >= mark.letters - 1e-9).all()
    assert not mark.letters[0].any()
    assert mark.halo.sum() > 1.5 * mark.letters.sum()


def test_pictures_are_small_the_same_each_time_and_quick_to_draw_for_many_points() -> None:
    draw = np.random.default_rng(4)
    classes = draw.integers(0, 14, 40_000)
    centers = draw.normal(size=(14, 3))
    coordinates = (centers[classes] + draw.normal(size=(40_000, 3)) * 0.2).astype(np.float32)
    colors = point_colors(column("kind", [f"k{place}" for place in classes], "category"), 40_000)
    made = projection("tsne3d", coordinates=coordinates)
    png = draw_still(made, colors, "dark")
    assert len(png) < 120_000
    assert png == draw_still(made, colors, "dark")
    assert Image.open(io.BytesIO(png)).mode == "P"
    assert not Image.open(io.BytesIO(png)).info.keys() & {"exif", "icc_profile", "Software"}


def test_small_pictures_are_half_as_wide() -> None:
    picture = pixels(draw_still(projection(rows=50), point_colors(None, 50), "light", small=True))
    assert picture.shape == (300, 480, 3)
    assert inked(picture).any()


def test_numbers_color_by_the_scale_and_missing_ones_are_hollow() -> None:
    colors = point_colors(column("v", ["0", "10", None], "number"), 3)
    stops = palette()["light"]["sequential"]
    np.testing.assert_allclose(colors.light[:2], [to_rgb(stops[0]), to_rgb(stops[-1])])
    assert colors.hollow.tolist() == [False, False, True]
    assert point_colors(column("v", [None, None], "number"), 2).hollow.tolist() == [False, False]
