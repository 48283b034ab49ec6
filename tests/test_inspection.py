"""What `inspect` says of a log directory."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from embreport.assets import image_files, sprites
from embreport.inspection import inspect_logdir

DATA = Path(__file__).parent / "data"


def test_every_file_that_would_be_embedded_is_listed_for_people_and_for_machines() -> None:
    for fixture, files in (
        ("bookmarks_several", ["bookmarks"]),
        ("torch_images", ["metadata", "sprite"]),
        ("image_folder", ["image"]),
    ):
        inspection = inspect_logdir(DATA / fixture / "logdir")
        lines = [line.split(maxsplit=1) for line in inspection.as_lines()]
        embedding = inspection.as_json()["embeddings"][0]
        named = {
            "bookmarks": embedding["bookmark_files"],
            "metadata": [(embedding["metadata"] or {}).get("path")],
            "sprite": [(embedding["sprite"] or {}).get("path")],
            "image": (embedding["sprite"] or {}).get("files", []),
        }
        for kind in files:
            said = [line[1] for line in lines if line[0] == kind]
            assert said
            assert [text.startswith(path) for text, path in zip(said, named[kind], strict=True)] == [True] * len(said)


def test_the_command_that_builds_a_tensor_is_one_argument_to_a_shell(tmp_path: Path) -> None:
    name = "x'; touch spoilt; '$(touch spoilt)/embedding/Adam"
    np.savez(tmp_path / "a.npz", **{name: np.zeros((4, 3)), "embedding": np.ones((4, 3))})

    lines = "\n".join(inspect_logdir(tmp_path).as_lines())

    [option] = [line for line in lines.splitlines() if "--tensor" in line]
    assert shlex.split(option.removesuffix("builds it").split("--tensor ")[1]) == [name]


def test_checksums_of_values_decode_no_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(DATA / "tsv_sprite" / "logdir", tmp_path / "sheet")
    shutil.copytree(DATA / "image_folder" / "logdir", tmp_path / "folder")
    plain = inspect_logdir(tmp_path)

    def refuse(*arguments: object) -> None:
        raise AssertionError("an image is decoded")

    monkeypatch.setattr(sprites, "decode_apart", refuse)
    monkeypatch.setattr(image_files, "fit_apart", refuse)
    summed = inspect_logdir(tmp_path, checksums=True)

    assert summed.survey.notices == plain.survey.notices
    assert all(item["sprite"] and item["sha256"] for item in summed.as_json()["embeddings"])
    assert len(summed.checksums) >= 2
