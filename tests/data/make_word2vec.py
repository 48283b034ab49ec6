"""Word vectors of gensim: gensim_pair (word2vec2tensor), word2vec_text, word2vec_binary, glove_text.

Made with Python 3.11, gensim 4.4.0, numpy 2.4.6: `python make_word2vec.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from expectation import WORDS, embedding, fresh_logdir, seeded, table, write_expected
from gensim.models import KeyedVectors
from gensim.scripts.word2vec2tensor import word2vec2tensor

MADE_BY = "gensim 4.4.0, numpy 2.4.6"
NAMES = [*WORDS[:16], "na\u00efve", "\u65e5\u672c\u8a9e", "New_York", "</s>"]


def vectors() -> tuple[KeyedVectors, np.ndarray]:
    values = seeded(1000, len(NAMES), 5)
    keyed = KeyedVectors(vector_size=5)
    keyed.add_vectors(NAMES, values)
    return keyed, values


def gensim_pair() -> None:
    name = "gensim_pair"
    logdir = fresh_logdir(name)
    keyed, values = vectors()
    keyed.save_word2vec_format(str(logdir / "words.bin"), binary=True)
    word2vec2tensor(str(logdir / "words.bin"), str(logdir / "words"), binary=True)
    (logdir / "words.bin").unlink()
    labels = table("words_metadata.tsv", ["label"], [[word] for word in NAMES])
    found = embedding(values, "words", "tsv", "words_tensor.tsv", metadata=labels, listed=False)
    about = "A pair of files and no config; the tensor's name is what they have in common."
    write_expected(name, MADE_BY, about, [found])


def word2vec_files() -> None:
    keyed, values = vectors()
    labels = [[word] for word in NAMES]
    for name, file, about, options in [
        ("word2vec_text", "vectors.txt", "Word2vec text: `rows dims`, then a word and its values.", {}),
        (
            "word2vec_binary",
            "vectors.bin",
            "Word2vec binary: a text header, words in UTF-8, float32.",
            {"binary": True},
        ),
        ("glove_text", "vectors.txt", "The same without the first line, as GloVe writes it.", {"write_header": False}),
    ]:
        logdir = fresh_logdir(name)
        keyed.save_word2vec_format(str(logdir / file), **options)
        source = "word2vec" if name.startswith("word2vec") else "glove"
        metadata = table(file, ["label"], labels)
        embeddings = [embedding(values, "vectors", source, file, metadata=metadata, listed=False)]
        if name == "word2vec_binary":
            embeddings.append(with_line_ends(logdir, keyed, embeddings[0]))
        write_expected(name, MADE_BY, about, embeddings)


def with_line_ends(logdir: Path, keyed: KeyedVectors, entry: dict[str, Any]) -> dict[str, Any]:
    """The same file as the original C program writes it: a line end after every vector, which gensim leaves out."""
    rows = [word.encode() + b" " + keyed[word].tobytes() + b"\n" for word in NAMES]
    (logdir / "original.bin").write_bytes(f"{len(NAMES)} 5\n".encode() + b"".join(rows))
    labels = entry["metadata"] | {"path": "original.bin"}
    return entry | {"tensor": "original", "path": "original.bin", "metadata": labels}


if __name__ == "__main__":
    gensim_pair()
    word2vec_files()
