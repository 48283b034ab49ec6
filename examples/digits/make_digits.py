"""Write `logdir/`: scikit-learn's 1,797 handwritten digits with thumbnails, by PyTorch's SummaryWriter.add_embedding.

Made with Python 3.11, torch 2.15.0, tensorboard 2.21.0, scikit-learn 1.9.1, Pillow 13.0.0:

    pip install torch==2.15.0 tensorboard==2.21.0 scikit-learn==1.9.1 pillow==13.0.0
    python make_digits.py

Nothing is drawn at random. The event file that SummaryWriter opens holds no embedding but carries the name of the
machine, so it is deleted; the rest of the folder is as PyTorch wrote it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.utils.tensorboard import SummaryWriter

THUMBNAIL = 24


def thumbnails(images: np.ndarray) -> torch.Tensor:
    """The 8 x 8 scans as dark ink on white with a margin: float32 (n, 3, THUMBNAIL, THUMBNAIL) in 0..1."""
    ink = torch.nn.functional.pad(torch.from_numpy(images).to(torch.float32)[:, None], (1, 1, 1, 1))
    large = torch.nn.functional.interpolate(ink, size=(THUMBNAIL, THUMBNAIL), mode="bicubic", align_corners=False)
    # The scans have 17 shades; as many here keep the PNG small.
    return (1.0 - large.round().clamp(0.0, 16.0) / 16.0).repeat(1, 3, 1, 1)


def main() -> None:
    digits = load_digits()
    ink = digits.data.sum(axis=1).astype(int)
    labels = [[str(digits.target[row]), str(ink[row]), str(row)] for row in range(len(ink))]

    logdir = Path(__file__).resolve().parent / "logdir"
    shutil.rmtree(logdir, ignore_errors=True)
    with SummaryWriter(str(logdir)) as writer:
        writer.add_embedding(
            digits.data.astype("float32"),
            metadata=labels,
            metadata_header=["digit", "ink", "row"],
            label_img=thumbnails(digits.images),
            tag="digits",
        )
    for event_file in logdir.glob("events.out.tfevents.*"):
        event_file.unlink()
    print(f"{len(labels):,} digits, {digits.data.shape[1]} dimensions: {logdir.name}/")


if __name__ == "__main__":
    main()
