"""PyTorch's SummaryWriter.add_embedding: torch_images, torch_steps, torch_plain, torch_one_header, torch_odd_labels.

Made with Python 3.11, torch 2.15.0, tensorboard 2.21.0, Pillow 13.0.0: `python make_torch_embeddings.py`.
The event file that SummaryWriter opens holds no embedding; it is deleted, since it carries the name of the machine.
"""

from __future__ import annotations

import numpy as np
import torch
from expectation import WORDS, embedding, fresh_logdir, seeded, table, tile, write_expected
from torch.utils.tensorboard import SummaryWriter

MADE_BY = "torch 2.15.0, tensorboard 2.21.0, Pillow 13.0.0"


def tiles(count: int, height: int, width: int) -> torch.Tensor:
    """Thumbnail i is one flat color: red 8 i, green 255 - 8 i, blue 128 (of 255), with a white top left pixel."""
    images = torch.zeros(count, 3, height, width)
    for row in range(count):
        red, green, blue = 8 * row, 255 - 8 * row, 128
        images[row] = torch.tensor([red, green, blue], dtype=torch.float32)[:, None, None] / 255 + 1e-4
    images[:, :, 0, 0] = 1.0
    return images


def torch_images() -> None:
    name = "torch_images"
    values = seeded(600, 30, 4)
    cells = [[word, str(len(word)), f"00{row % 7}"] for row, word in enumerate(WORDS[:30])]
    with SummaryWriter(str(fresh_logdir(name))) as writer:
        writer.add_embedding(
            torch.from_numpy(values),
            metadata=cells,
            metadata_header=["word", "letters", "code"],
            label_img=tiles(30, 6, 10),
            global_step=10,
            tag="train set/words",
        )
    folder = "00010/train set%2fwords"
    found = embedding(
        values,
        "train set/words:00010",
        "tsv",
        f"{folder}/tensors.tsv",
        step=10,
        steps=[10],
        metadata=table(f"{folder}/metadata.tsv", ["word", "letters", "code"], cells),
        sprite=tile(f"{folder}/sprite.png", 10, 6),
    )
    about = (
        "Header, 10 x 6 thumbnails on a canvas padded to 60 x 60, a tag with a slash and a space. Thumbnail i is flat "
        "(8 i, 255 - 8 i, 128) but for its white top left pixel."
    )
    write_expected(name, MADE_BY, about, [found])


def torch_steps() -> None:
    name = "torch_steps"
    cells = [[word] for word in WORDS[:12]]
    embeddings = []
    with SummaryWriter(str(fresh_logdir(name))) as writer:
        for step in (3, 100000):
            values = seeded(610 + step, 12, 3)
            if step == 3:
                values[1] = np.nan
                values[4, 2] = np.inf
                values[7, 0] = -np.inf
            writer.add_embedding(torch.from_numpy(values), metadata=WORDS[:12], global_step=step, tag="vectors")
            folder = f"{step:05}/vectors"
            entry = embedding(
                values,
                f"vectors:{step:05}",
                "tsv",
                f"{folder}/tensors.tsv",
                step=step,
                steps=[3, 100000],
                metadata=table(f"{folder}/metadata.tsv", ["label"], cells),
            )
            embeddings.append(entry)
    about = "One tag at two steps, labels without a header; rows 1, 4 and 7 of step 3 hold nan, inf and -inf as text."
    write_expected(name, MADE_BY, about, embeddings, wanted="warn", say=["3 rows", "NaN"])


def torch_plain() -> None:
    name = "torch_plain"
    whole = torch.arange(28).reshape(7, 4) - 5
    with SummaryWriter(str(fresh_logdir(name))) as writer:
        writer.add_embedding(whole)
        writer.add_embedding(torch.from_numpy(seeded(620, 5, 2)), tag="second", label_img=tiles(5, 4, 4))
    embeddings = [
        embedding(whole.numpy(), "default:00000", "tsv", "00000/default/tensors.tsv", step=0, steps=[0]),
        embedding(
            seeded(620, 5, 2),
            "second:00000",
            "tsv",
            "00000/second/tensors.tsv",
            step=0,
            steps=[0],
            sprite=tile("00000/second/sprite.png", 4, 4),
        ),
    ]
    about = "No tag, no step, no labels, whole numbers without a point; a second tensor with thumbnails but no labels."
    write_expected(name, MADE_BY, about, embeddings)


def torch_one_header() -> None:
    """One column with a header: TensorBoard refuses the file, since it sees a header only where a tab is."""
    name = "torch_one_header"
    cells = [[word] for word in WORDS[:9]]
    with SummaryWriter(str(fresh_logdir(name))) as writer:
        writer.add_embedding(torch.from_numpy(seeded(640, 9, 3)), metadata=cells, metadata_header=["word"])
    labels = table("00000/default/metadata.tsv", ["word"], cells)
    path = "00000/default/tensors.tsv"
    found = embedding(seeded(640, 9, 3), "default:00000", "tsv", path, step=0, steps=[0], metadata=labels)
    write_expected(name, MADE_BY, "10 lines of one column for 9 rows: the first is the header.", [found])


def torch_odd_labels() -> None:
    """Labels that PyTorch writes raw: an empty line, blanks, and a newline and a tab inside a label."""
    name = "torch_odd_labels"
    kept = ["apple", "", "   ", "007", '"quoted"', "a\u2028b", "\u00a0", "last"]
    broken = ["apple", "two\nlines", "tab\there", "pear", "plum", "fig", "lime", "last"]
    with SummaryWriter(str(fresh_logdir(name))) as writer:
        writer.add_embedding(torch.from_numpy(seeded(630, 8, 3)), metadata=kept, tag="kept")
        writer.add_embedding(torch.from_numpy(seeded(631, 8, 3)), metadata=broken, tag="broken")
    embeddings = [
        embedding(
            seeded(630, 8, 3),
            "kept:00000",
            "tsv",
            "00000/kept/tensors.tsv",
            step=0,
            steps=[0],
            metadata=table("00000/kept/metadata.tsv", ["label"], [[label] for label in kept]),
        ),
        embedding(
            seeded(631, 8, 3),
            "broken:00000",
            "tsv",
            "00000/broken/tensors.tsv",
            step=0,
            steps=[0],
            metadata_lines=9,
        ),
    ]
    about = (
        "`kept`: blank and odd labels, one line each, to be kept as they are. `broken`: 9 lines for 8 rows, one with a "
        "tab; no label may stand at a row that is not its own without a notice."
    )
    write_expected(name, MADE_BY, about, embeddings, wanted="warn", say=["9", "8"])


if __name__ == "__main__":
    torch_images()
    torch_steps()
    torch_plain()
    torch_one_header()
    torch_odd_labels()
