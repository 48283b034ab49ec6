"""A checkpoint whose index blocks are compressed, legal but written by no known writer: tf2_snappy.

Made with Python 3.11, cramjam 2.14.0 (snappy); needs tf2_keras3_model: `python make_snappy.py`.
"""

from __future__ import annotations

import json
import shutil

import cramjam
from checkpoint_bytes import read_table, write_table
from expectation import HERE, fresh_logdir, write_expected


def main() -> None:
    name = "tf2_snappy"
    logdir = fresh_logdir(name)
    shutil.copytree(HERE / "tf2_keras3_model" / "logdir", logdir, dirs_exist_ok=True)
    index = logdir / "model.ckpt-1.index"
    entries = read_table(index.read_bytes())
    index.write_bytes(write_table(entries, lambda block: bytes(cramjam.snappy.compress_raw(block)), per_block=3))
    expected = json.loads((HERE / "tf2_keras3_model" / "expected.json").read_text())
    about = "tf2_keras3_model with every block of the index compressed by snappy, three entries to a block."
    write_expected(name, "tf2_keras3_model, blocks rewritten with cramjam 2.14.0", about, expected["embeddings"])


if __name__ == "__main__":
    main()
