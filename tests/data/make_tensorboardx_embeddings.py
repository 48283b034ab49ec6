"""tensorboardX's SummaryWriter.add_embedding: tensorboardx_twice, the same program run twice into one folder.

Made with Python 3.11, tensorboardX 2.6.5, Pillow 13.0.0: `python make_tensorboardx_embeddings.py`.
The event files hold no embedding; they are deleted, since they carry the name of the machine.
A square number of thumbnails: the padding of the sprite is memory that tensorboardX leaves as it found it.
"""

from __future__ import annotations

import numpy as np
from expectation import WORDS, embedding, fresh_logdir, seeded, table, tile, write_expected
from tensorboardX import SummaryWriter

MADE_BY = "tensorboardX 2.6.5, Pillow 13.0.0"


def tensorboardx_twice() -> None:
    name = "tensorboardx_twice"
    values = seeded(700, 25, 4)
    cells = [[word, "long" if len(word) > 4 else "short"] for word in WORDS[:25]]
    images = np.zeros((25, 3, 5, 5), np.float32)
    images[:] = (np.arange(25) / 25)[:, None, None, None]
    logdir = fresh_logdir(name)
    for _ in range(2):
        with SummaryWriter(str(logdir)) as writer:
            writer.add_embedding(
                values, metadata=cells, metadata_header=["word", "length"], label_img=images, global_step=1, tag="words"
            )
    found = embedding(
        values,
        "words:00001",
        "tsv",
        "00001/words/tensors.tsv",
        step=1,
        steps=[1],
        metadata=table("00001/words/metadata.tsv", ["word", "length"], cells),
        sprite=tile("00001/words/sprite.png", 5, 5),
    )
    about = "The config is appended to at every run: the same entry stands in it twice, and is one embedding."
    write_expected(name, MADE_BY, about, [found])


if __name__ == "__main__":
    tensorboardx_twice()
