"""Small files that claim, or unpack to, far more than a machine holds: each is named, and the rest is built."""

from __future__ import annotations

import gzip
import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from readers.bundle_factory import table, varint

VALUES = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
_MEMORY = 1 << 30
_BUILD = """
import resource, sys
from embreport.cli import main
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(main(sys.argv[2:]))
"""
_BOMBS = [
    *("gzip/vectors.tsv.gz", "npz/v.npz", "snappy/m.index", "large/projector_config.pbtxt", "deep/projector_config"),
    *("good/png", "good/frame.gif", "good/webp"),
]
_SHEETS = ("png", "frame.gif", "frames.gif", "webp")


def png(width: int, height: int) -> bytes:
    """A PNG that claims a size; the pixels of its first rows are there."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(10_000)))]
    out = b"\x89PNG\r\n\x1a\n"
    for kind, data in [*parts, (b"IEND", b"")]:
        out += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return out


def gif(frames: int, size: int) -> bytes:
    """A GIF of 8 x 8 pixels whose frames, all alike, claim to have `size` x `size`."""
    target = io.BytesIO()
    Image.new("P", (8, 8)).save(target, "GIF")
    start, mark, frame = target.getvalue().rpartition(b"\x2c\0\0\0\0")
    return start + (mark + struct.pack("<HH", size, size) + frame[4:-1]) * frames + frame[-1:]


def webp(width: int, height: int) -> bytes:
    """A WebP without loss that claims a size."""
    data = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14) + bytes(20)
    body = b"WEBPVP8L" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def npz_bomb() -> bytes:
    """An archive whose one array of 2 GiB of zeros takes 2 MiB."""
    head = b"\x93NUMPY\1\0" + struct.pack("<H", 118)
    head += b"{'descr': '|u1', 'fortran_order': False, 'shape': (2097152, 1024)}".ljust(117) + b"\n"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = start + (packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)) * 2048 + b"\3\0"
    sizes = struct.pack("<III", 0, len(data), len(head) + (2 << 30))
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", 5, 0) + b"v.npy"
    central = b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
    central += struct.pack("<HHHHHII", 5, 0, 0, 0, 0, 0, 0) + b"v.npy"
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local) + len(data), 0)
    return local + data + central + b"PK\5\6" + end


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A run for every bomb of its own, sheets as the images of one tensor each, and a good tensor."""
    folder = tmp_path / "logs"
    for run in ("good", "gzip", "npz", "snappy", "large", "deep"):
        (folder / run).mkdir(parents=True)
    np.save(folder / "good" / "v.npy", VALUES)
    sheets = [png(60_000, 60_000), gif(1, 65_535), gif(50_000, 8), webp(16_384, 16_384)]
    config = 'embeddings { tensor_name: "good" tensor_path: "v.npy" }\n'
    for name, content in zip(_SHEETS, sheets, strict=True):
        (folder / "good" / name).write_bytes(content)
        sprite = f'sprite {{ image_path: "{name}" single_image_dim: [4, 4] }}'
        config += f'embeddings {{ tensor_name: "{name}" tensor_path: "v.npy" {sprite} }}\n'
    (folder / "good" / "projector_config.pbtxt").write_text(config)
    (folder / "gzip" / "vectors.tsv.gz").write_bytes(gzip.compress(b"0\t1\n" * (1 << 18)) * 2048)
    (folder / "npz" / "v.npz").write_bytes(npz_bomb())
    copies = b"\0a" + b"\xfe\1\0" * 100_000
    (folder / "snappy" / "m.index").write_bytes(table([varint(1 << 31) + copies], compression=1))
    (folder / "snappy" / "m.data-00000-of-00001").write_bytes(bytes(100))
    (folder / "large" / "projector_config.pbtxt").write_text("embeddings { tensor_name: 'a' }\n" * 340_000)
    (folder / "deep" / "projector_config.pbtxt").write_text("embeddings {\n" * 100_000)
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process as Linux does")
def test_every_bomb_is_named_and_the_rest_is_built_in_little_memory(logs: Path, tmp_path: Path) -> None:
    arguments = ["build", str(logs), "-o", str(tmp_path / "r.html"), "--json", str(tmp_path / "f.json")]

    run = subprocess.run(
        [sys.executable, "-c", _BUILD, str(_MEMORY), *arguments, "--projections", "pca"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    figures = json.loads((tmp_path / "f.json").read_text())
    assert sorted(item["tensor"] for item in figures["embeddings"]) == sorted(["good", *_SHEETS])
    told = [notice["where"] for notice in figures["notices"] if notice["severity"] != "info"]
    told += [item["reason"] for item in figures["skipped"]]
    for bomb in _BOMBS:
        assert any(place.startswith(bomb) for place in told), bomb
    # Its first frame is all that is ever decoded.
    assert "good/frames.gif" not in told
