"""Whatever ends the processes in which foreign libraries decode, a build goes on without what they were to give."""

from __future__ import annotations

import html
import json
from pathlib import Path

import numpy as np
import pyarrow
import pytest
from PIL import Image
from pyarrow import parquet

from embreport.assets import image_decoder, image_process
from embreport.cli import main
from embreport.page import read_page
from embreport.readers import parquet as parquet_reader
from embreport.readers import parquet_program

VALUES = np.random.default_rng(0).standard_normal((3, 3)).astype(np.float32)
_DECODER = Path(image_decoder.__file__).read_text(encoding="utf-8")
_PARQUET = Path(parquet_program.__file__).read_text(encoding="utf-8")
_CONFIG = """
embeddings { tensor_name: "sheet" tensor_path: "v.npy" sprite { image_path: "s.png" single_image_dim: [4, 4] } }
embeddings { tensor_name: "images" tensor_path: "v.npy" metadata_path: "images.tsv" }
embeddings { tensor_path: "v.parquet" }
embeddings { tensor_name: "good" tensor_path: "v.npy" }
"""
# What a decoder does when its turn comes to decode, and not before.
ENDS = {
    "killed": "import os; os.kill(os.getpid(), 9)",
    "memory": "bytearray(1 << 42)",
    "asleep": "import time; time.sleep(100)",
}


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Images on a sheet, images in files, a data frame, and one embedding that needs no other process."""
    folder = tmp_path / "logs"
    folder.mkdir()
    np.save(folder / "v.npy", VALUES)
    noise = np.random.default_rng(1).integers(0, 256, (8, 12, 3), np.uint8)
    Image.fromarray(noise).save(folder / "s.png")
    for row in range(3):
        Image.fromarray(noise).save(folder / f"{row}.png")
    (folder / "images.tsv").write_text("file\tword\n" + "".join(f"{row}.png\tw{row}\n" for row in range(3)))
    vectors = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(VALUES.ravel()), 3)
    parquet.write_table(pyarrow.table({"frame": vectors, "word": list("abc")}), folder / "v.parquet")
    (folder / "projector_config.pbtxt").write_text(_CONFIG)
    return folder


def install(folder: Path, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programs end so at the first image, and at the first values of a frame."""
    image, frame = "    with _opened(data) as image:\n", "        kind = self.arrow.float64() if wide"
    assert image in _DECODER
    assert frame in _PARQUET
    (folder / "decoder.py").write_text(
        _DECODER.replace(image, f"    {end}\n{image}").replace("= 120", "= 1"), encoding="utf-8"
    )
    (folder / "frames.py").write_text(
        _PARQUET.replace(frame, f"        {end}\n{frame}").replace("= 120", "= 1"), encoding="utf-8"
    )
    monkeypatch.setattr(image_process, "_PROGRAM", folder / "decoder.py")
    monkeypatch.setattr(parquet_reader, "_PROGRAM", folder / "frames.py")
    if end == ENDS["asleep"]:
        monkeypatch.setattr(image_process, "_MOST_SECONDS", 1)
        # The survey of the frame has to be done by then.
        monkeypatch.setattr(parquet_reader, "_MOST_SECONDS", 8)


@pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
def test_what_another_process_fails_to_give_is_said_and_the_rest_is_built(
    logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    install(tmp_path, end, monkeypatch)
    target, figures = tmp_path / "r.html", tmp_path / "f.json"

    assert main(["build", str(logs), "-o", str(target), "--json", str(figures), "--projections", "pca"]) == 0

    told = json.loads(figures.read_text())
    page = target.read_text(encoding="utf-8")
    assert [item.tensor for item in read_page(page).embeddings] == ["sheet", "images", "good"]
    assert [item["tensor"] for item in told["skipped"]] == ["frame"]
    said = {notice["code"]: notice for notice in told["notices"]}
    assert said["sprite-unusable"]["where"] == "s.png"
    assert said["images-unusable"]["message"].startswith("3 of 3 images cannot be decoded")
    assert all(notice["message"] in html.unescape(page) for notice in told["notices"])
