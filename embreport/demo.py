"""A small real log directory from data that comes with scikit-learn: 1,797 handwritten digits with their images."""

from __future__ import annotations

from pathlib import Path

import numpy as np

_TILE = 16
_COLUMNS = 43

_CONFIG = f"""embeddings {{
  tensor_name: "digits"
  tensor_path: "digits.tsv"
  metadata_path: "metadata.tsv"
  sprite {{
    image_path: "sprite.png"
    single_image_dim: {_TILE}
    single_image_dim: {_TILE}
  }}
}}
"""


def write_demo_logdir(folder: Path) -> Path:
    """Write the log directory into `folder` the way a person would by hand, and give its path.

    The vectors are the 8 x 8 grey values of each digit (64 dimensions, 0 to 16), as scikit-learn ships them
    (UCI "Optical Recognition of Handwritten Digits", CC BY 4.0).
    """
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    logdir = folder / "digits"
    logdir.mkdir(parents=True, exist_ok=True)
    np.savetxt(logdir / "digits.tsv", digits.data, fmt="%g", delimiter="\t")
    rows = (f"{label}\t{int(vector.sum())}" for label, vector in zip(digits.target, digits.data, strict=True))
    (logdir / "metadata.tsv").write_text("digit\tink\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (logdir / "projector_config.pbtxt").write_text(_CONFIG, encoding="utf-8")
    Image.fromarray(_sprite_sheet(digits.images)).save(logdir / "sprite.png")
    return logdir


def _sprite_sheet(images: np.ndarray) -> np.ndarray:
    """All images (n, 8, 8) with values 0 to 16 as dark ink on white, enlarged twice, row by row in one sheet."""
    count = len(images)
    rows = -(-count // _COLUMNS)
    grey = (255 - images * (255 / 16)).astype(np.uint8)
    tiles = np.full((rows * _COLUMNS, _TILE, _TILE), 255, np.uint8)
    tiles[:count] = grey.repeat(2, axis=1).repeat(2, axis=2)
    return tiles.reshape(rows, _COLUMNS, _TILE, _TILE).swapaxes(1, 2).reshape(rows * _TILE, _COLUMNS * _TILE)
