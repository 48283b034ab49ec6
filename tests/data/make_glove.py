"""Vectors as Stanford's GloVe tool writes them (glove.840B's oddities): glove_odd_words.

Standard library and numpy: `python make_glove.py`. Each line is printed as `glove.c` does it: the word, then " %lf" for
every value, no first line of counts. glove.840B has words that hold spaces, a no-break space, and numbers.
"""

from __future__ import annotations

import numpy as np
from expectation import embedding, fresh_logdir, seeded, table, write_expected

WORDS = [
    *(",", "the", ". . .", "at name@domain.com", "\u00a0", "caf\u00e9", "1", "0.5", "nan", "1,2", "#", "# 1"),
    *('"', "a\u2028b", "\u65e5\u672c", "\U0001f600", "-", "<unk>"),
]


def main() -> None:
    """A word may be a number, hold one, or hold spaces: the number of values counts from the end of the line."""
    name = "glove_odd_words"
    logdir = fresh_logdir(name)
    printed = [[f"{value:f}" for value in row] for row in seeded(1400, len(WORDS), 5)]
    lines = [" ".join([word, *row]) + "\n" for word, row in zip(WORDS, printed, strict=True)]
    (logdir / "glove.tiny.txt").write_bytes("".join(lines).encode())
    labels = table("glove.tiny.txt", ["label"], [[word] for word in WORDS])
    values = np.array(printed, dtype=np.float64)
    found = embedding(values, "glove.tiny", "glove", "glove.tiny.txt", metadata=labels, listed=False, dtype="text")
    write_expected(name, "by hand, as glove.c prints", "Words with spaces, numbers and signs in front.", [found])


if __name__ == "__main__":
    main()
