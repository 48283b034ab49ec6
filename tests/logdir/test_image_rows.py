"""Images in files of their own stand at the rows that a column of paths or their numbers give them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow
import pytest
from PIL import Image
from pyarrow import parquet

from embreport import logdir
from embreport.assets import image_files, image_process, read_images
from embreport.inspection import inspect_logdir
from embreport.model import Embedding, Notice, Survey

COLORS = [(10, 200, 30), (200, 10, 30), (20, 30, 220), (120, 120, 0)]


def picture(path: Path, color: tuple[int, int, int], size: tuple[int, int] = (8, 8)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)


def vectors(folder: Path, *, sprite: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    np.savetxt(folder / "v.tsv", np.eye(4), fmt="%g", delimiter="\t")
    given = f'sprite {{ image_path: "{sprite}" }}' if sprite else ""
    (folder / "projector_config.pbtxt").write_text(
        f'embeddings {{ tensor_name: "v" tensor_path: "v.tsv" metadata_path: "m.tsv" {given} }}\n'
    )


def labels(folder: Path, paths: list[str]) -> None:
    rows = "".join(f"word{row}\t{path}\n" for row, path in enumerate(paths))
    (folder / "m.tsv").write_text("word\timage\n" + rows)


def loaded(folder: Path, *, allow_outside: bool = False) -> tuple[Embedding, list[Notice], Survey]:
    survey = logdir.survey(folder, allow_outside=allow_outside)
    embedding, notices = logdir.load(survey.embeddings[0], survey)
    return embedding, [*survey.notices, *notices], survey


def color_of(embedding: Embedding, row: int) -> tuple[int, ...] | None:
    """The color in the middle of a row's tile, None where it is transparent."""
    assert embedding.sprite is not None
    tile = embedding.sprite.tile(row)
    middle = tile[tile.shape[0] // 2, tile.shape[1] // 2]
    return None if len(middle) == 4 and middle[3] == 0 else tuple(int(part) for part in middle[:3])


@pytest.mark.parametrize("start", ["/home/me/run/", "C:\\\\runs\\\\7\\\\", "$DATA/"])
def test_paths_of_another_machine_give_the_images_at_their_ends_and_that_is_said(tmp_path: Path, start: str) -> None:
    vectors(tmp_path)
    for row, color in enumerate(COLORS[:3]):
        picture(tmp_path / "a" / "b" / f"p{row}.png", color)
    labels(tmp_path, [f"{start}a/b/p{row}.png" for row in (1, 0, 2, 3)])

    embedding, notices, _ = loaded(tmp_path)

    assert [color_of(embedding, row) for row in range(4)] == [COLORS[1], COLORS[0], COLORS[2], None]
    assert {notice.code for notice in notices} == {"path-mended", "images-missing"}


def test_images_of_two_folders_are_not_taken_from_one_that_has_files_of_their_names(tmp_path: Path) -> None:
    vectors(tmp_path)
    for row in range(2):
        picture(tmp_path / f"p{row}.png", COLORS[row])
    labels(tmp_path, ["/x/a/p0.png", "/x/a/p1.png", "/x/b/p0.png", "/x/b/p1.png"])

    embedding, _, _ = loaded(tmp_path)

    assert embedding.sprite is None


def test_a_column_of_paths_gives_every_row_its_image(tmp_path: Path) -> None:
    vectors(tmp_path)
    for row, color in enumerate(COLORS):
        picture(tmp_path / "pictures" / f"p{row}.png", color)
    labels(tmp_path, ["pictures/p3.png", "pictures\\p1.png", "pictures/p0.png", "pictures/p2.png"])

    embedding, _, survey = loaded(tmp_path)

    assert [color_of(embedding, row) for row in range(4)] == [COLORS[3], COLORS[1], COLORS[0], COLORS[2]]
    assert survey.embeddings[0].sprite is not None
    assert survey.embeddings[0].sprite.files == tuple(f"pictures/p{row}.png" for row in (3, 1, 0, 2))
    assert embedding.sprite is not None
    assert embedding.sprite.sheet.shape[2] == 3


def test_missing_and_damaged_images_leave_their_rows_free_and_are_named(tmp_path: Path) -> None:
    vectors(tmp_path)
    picture(tmp_path / "a.png", COLORS[0])
    picture(tmp_path / "b.png", COLORS[1])
    (tmp_path / "bad.png").write_bytes((tmp_path / "b.png").read_bytes()[:40])
    labels(tmp_path, ["a.png", "gone.png", "bad.png", "b.png"])

    embedding, notices, _ = loaded(tmp_path)

    assert [color_of(embedding, row) for row in range(4)] == [COLORS[0], None, None, COLORS[1]]
    told = {notice.code: notice.message for notice in notices}
    assert "“gone.png” (row 1)" in told["images-missing"]
    assert "“bad.png” (row 2)" in told["images-unusable"]


def test_images_outside_of_the_log_directory_are_shown_only_when_allowed(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    vectors(folder)
    picture(tmp_path / "secret.png", COLORS[0])
    picture(folder / "b.png", COLORS[1])
    os.symlink(tmp_path / "secret.png", folder / "linked.png")
    labels(folder, ["../secret.png", "linked.png", str(tmp_path / "secret.png"), "b.png"])

    embedding, notices, _ = loaded(folder)
    free, _, _ = loaded(folder, allow_outside=True)

    assert [color_of(embedding, row) for row in range(4)] == [None, None, None, COLORS[1]]
    assert any(notice.code == "outside-logdir" and "3 of 4" in notice.message for notice in notices)
    assert [color_of(free, row) for row in range(4)] == [COLORS[0], COLORS[0], COLORS[0], COLORS[1]]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("spelled", ["{}.png", "img_{:04d}.png"])
def test_a_folder_of_numbered_images_needs_no_column(tmp_path: Path, first: int, spelled: str) -> None:
    vectors(tmp_path)
    for row, color in enumerate(COLORS):
        picture(tmp_path / "images" / spelled.format(row + first), color)

    embedding, notices, _ = loaded(tmp_path)

    assert [color_of(embedding, row) for row in range(4)] == COLORS
    assert "images-found" in [notice.code for notice in notices]


@pytest.mark.parametrize("names", [["0.png", "1.png", "2.png"], ["1.png", "2.png", "3.png", "9.png"], ["a.png"] * 4])
def test_a_folder_that_does_not_fit_the_rows_is_left_alone(tmp_path: Path, names: list[str]) -> None:
    vectors(tmp_path)
    for name in names:
        picture(tmp_path / "images" / name, COLORS[0])

    assert loaded(tmp_path)[0].sprite is None


def test_a_folder_given_as_sprite_may_have_gaps_or_names_in_order(tmp_path: Path) -> None:
    for name in ("gaps", "names"):
        vectors(tmp_path / name, sprite="pics")
    for number, color in ((0, 0), (3, 3)):
        picture(tmp_path / "gaps" / "pics" / f"{number}.png", COLORS[color])
    for number, name in enumerate(("ant", "bee9", "bee10", "cow")):
        picture(tmp_path / "names" / "pics" / f"{name}.png", COLORS[number])

    gaps, told_gaps, _ = loaded(tmp_path / "gaps")
    names, told_names, _ = loaded(tmp_path / "names")

    assert [color_of(gaps, row) for row in range(4)] == [COLORS[0], None, None, COLORS[3]]
    assert "images-missing" in [notice.code for notice in told_gaps]
    assert [color_of(names, row) for row in range(4)] == COLORS
    assert "images-by-name" in [notice.code for notice in told_names]


def test_a_sprite_goes_before_a_column_of_paths(tmp_path: Path) -> None:
    vectors(tmp_path, sprite="sheet.png")
    picture(tmp_path / "sheet.png", COLORS[2], (16, 16))
    picture(tmp_path / "a.png", COLORS[0])
    labels(tmp_path, ["a.png"] * 4)

    assert color_of(loaded(tmp_path)[0], 0) == COLORS[2]


def test_images_are_fitted_into_equal_tiles_without_being_stretched(tmp_path: Path) -> None:
    vectors(tmp_path)
    picture(tmp_path / "wide.png", COLORS[0], (400, 100))
    picture(tmp_path / "high.png", COLORS[1], (100, 400))
    picture(tmp_path / "tiny.png", COLORS[2], (2, 2))
    labels(tmp_path, ["wide.png", "high.png", "tiny.png", "wide.png"])

    embedding = loaded(tmp_path)[0]

    assert embedding.sprite is not None
    assert (embedding.sprite.tile_width, embedding.sprite.tile_height) == (64, 64)
    covered = [int((embedding.sprite.tile(row)[..., 3] == 255).sum()) for row in range(4)]
    assert covered == [64 * 16, 16 * 64, 4, 64 * 16]


def test_an_image_that_claims_to_be_huge_is_not_decoded(tmp_path: Path) -> None:
    vectors(tmp_path)
    picture(tmp_path / "a.png", COLORS[0])
    bomb = bytearray((tmp_path / "a.png").read_bytes())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    (tmp_path / "bomb.png").write_bytes(bomb)
    labels(tmp_path, ["a.png", "bomb.png", "a.png", "a.png"])

    embedding, notices, _ = loaded(tmp_path)

    assert [color_of(embedding, row) for row in range(4)] == [COLORS[0], None, COLORS[0], COLORS[0]]
    assert "images-unusable" in [notice.code for notice in notices]


def test_a_crash_at_one_image_costs_only_that_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(4)]
    for path, color in zip(paths, COLORS, strict=True):
        picture(path, color)
    program = Path(image_process.__file__).with_name("image_decoder.py").read_text()
    deadly = "import os\n    if data[-1:] == b'!':\n        os._exit(9)\n    from PIL import Image, ImageOps"
    (tmp_path / "decoder.py").write_text(program.replace("from PIL import Image, ImageOps", deadly))
    monkeypatch.setattr(image_process, "_PROGRAM", tmp_path / "decoder.py")
    images = [path.read_bytes() for path in paths]
    images[1] += b"!"

    sprite, bad = read_images(images, 4, (8, 8), path="x")

    assert bad == [1]
    assert [tuple(int(part) for part in sprite.tile(row)[4, 4, :3]) for row in (0, 2, 3)] == [
        COLORS[0],
        COLORS[2],
        COLORS[3],
    ]


def test_a_file_that_several_rows_name_is_read_and_decoded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors(tmp_path)
    picture(tmp_path / "a.png", COLORS[0])
    picture(tmp_path / "b.png", COLORS[1])
    (tmp_path / "bad.png").write_bytes((tmp_path / "b.png").read_bytes()[:40])
    os.symlink("a.png", tmp_path / "link.png")
    decoded: list[int] = []
    really = image_files.fit_apart

    def counted(images: Sequence[bytes], width: int, height: int) -> list[bytes | None]:
        decoded.append(len(images))
        return really(images, width, height)

    monkeypatch.setattr(image_files, "fit_apart", counted)
    for paths, files in ((["a.png", "b.png", "link.png", "./a.png"], 2), (["bad.png", "a.png", "bad.png", "b.png"], 3)):
        labels(tmp_path, paths)
        decoded.clear()

        embedding, notices, _ = loaded(tmp_path)

        wanted = [None if path == "bad.png" else COLORS[path == "b.png"] for path in paths]
        assert [color_of(embedding, row) for row in range(4)] == wanted
        assert sum(decoded) == files
    assert any("“bad.png” (row 0), “bad.png” (row 2)" in notice.message for notice in notices)


def test_inspect_lists_every_file_that_would_be_embedded(tmp_path: Path) -> None:
    vectors(tmp_path)
    for row, color in enumerate(COLORS):
        picture(tmp_path / "pictures" / f"p{row}.png", color)
    labels(tmp_path, [f"pictures/p{row}.png" for row in range(4)])

    inspection = inspect_logdir(tmp_path)

    said = "\n".join(inspection.as_lines())
    for path in ("v.tsv", "m.tsv", *(f"pictures/p{row}.png" for row in range(4))):
        assert path in said
    assert inspection.as_json()["embeddings"][0]["sprite"]["files"] == [f"pictures/p{row}.png" for row in range(4)]


def test_a_folder_of_images_may_be_given_for_a_tensor_file(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.eye(4, dtype=np.float32))
    for row, color in enumerate(COLORS):
        picture(tmp_path / "elsewhere" / f"p{row + 1}.png", color)

    survey = logdir.survey(tmp_path / "v.npy", sprite=tmp_path / "elsewhere", sprite_size=(9, 9))
    [source] = survey.embeddings
    embedding, _ = logdir.load(source, survey)

    assert [color_of(embedding, row) for row in range(4)] == COLORS
    assert source.sprite is not None
    assert source.sprite.files == tuple(f"elsewhere/p{row + 1}.png" for row in range(4))
    assert [notice.code for notice in survey.notices] == ["sprite-size"]


def test_a_given_folder_comes_before_the_sprite_of_the_config_and_one_that_does_not_fit_is_said(tmp_path: Path) -> None:
    vectors(tmp_path / "run", sprite="sheet.png")
    picture(tmp_path / "run" / "sheet.png", (1, 1, 1), (16, 16))
    labels(tmp_path / "run", ["a", "b", "c", "d"])
    for row in range(3):
        picture(tmp_path / "few" / f"image {row} a.png", COLORS[row])

    survey = logdir.survey(tmp_path / "run", sprite=tmp_path / "few")
    embedding, _ = logdir.load(survey.embeddings[0], survey)

    assert embedding.sprite is None
    assert [notice.code for notice in survey.notices] == ["images-unfit"]
    assert str(tmp_path) not in str(survey.notices)


def test_links_out_of_a_given_folder_are_not_followed(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.eye(4, dtype=np.float32))
    picture(tmp_path / "secret.png", COLORS[0])
    for row in range(1, 4):
        picture(tmp_path / "images4" / f"{row}.png", COLORS[row])
    (tmp_path / "images4" / "0.png").symlink_to(tmp_path / "secret.png")

    survey = logdir.survey(tmp_path / "v.npy", sprite=tmp_path / "images4")
    embedding, _ = logdir.load(survey.embeddings[0], survey)

    assert [color_of(embedding, row) for row in range(4)] == [None, *COLORS[1:]]


@pytest.mark.parametrize("single", [True, False])
def test_a_column_of_paths_in_a_parquet_file_gives_every_row_its_image(tmp_path: Path, single: bool) -> None:
    for row, color in enumerate(COLORS):
        picture(tmp_path / "pictures" / f"p{row}.png", color)
    lists = pyarrow.array(np.eye(4).tolist(), pyarrow.list_(pyarrow.float32()))
    paths = ["pictures/p2.png", "pictures/gone.png", None, "../outside.png"]
    picture(tmp_path.parent / "outside.png", (9, 9, 9))
    parquet.write_table(pyarrow.table({"v": lists, "file": paths}), tmp_path / "v.parquet")

    survey = logdir.survey(tmp_path / "v.parquet" if single else tmp_path)
    embedding, _ = logdir.load(survey.embeddings[0], survey)

    assert [color_of(embedding, row) for row in range(4)] == [COLORS[2], None, None, None]
    assert {"images-missing", "outside-logdir"} <= {notice.code for notice in survey.notices}
    assert embedding.metadata is not None
    assert embedding.metadata.columns[0].cells == tuple(paths)
