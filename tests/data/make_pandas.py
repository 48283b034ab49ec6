"""Data frames of vectors as pandas writes them: pandas_parquet.

Made with Python 3.11, pandas 3.1.1, pyarrow 26.0.1, numpy 2.4.6: `python make_pandas.py`.
"""

from __future__ import annotations

import pandas
import pyarrow
from expectation import WORDS, embedding, fresh_logdir, seeded, table, write_expected

MADE_BY = f"pandas {pandas.__version__}, pyarrow {pyarrow.__version__}"
COUNT, DIMS = 20, 4


def main() -> None:
    """Vectors as a column of lists beside others, and as a column per dimension under an index of words."""
    name = "pandas_parquet"
    logdir = fresh_logdir(name)
    values, words = seeded(1300, COUNT, DIMS), WORDS[:COUNT]
    listed = pandas.DataFrame({"word": words, "letters": [len(word) for word in words], "vector": list(values)})
    listed.to_parquet(logdir / "listed.parquet")
    wide = pandas.DataFrame(values, index=pandas.Index(words, name="word"), columns=[str(axis) for axis in range(DIMS)])
    wide.to_parquet(logdir / "wide.parquet")
    spelled = [[word, str(len(word))] for word in words]
    labels = table("listed.parquet", ["word", "letters"], spelled)
    index = table("wide.parquet", ["word"], [[word] for word in words])
    embeddings = [
        embedding(values, "vector", "parquet", "listed.parquet", metadata=labels, listed=False),
        embedding(values, "wide", "parquet", "wide.parquet", metadata=index, listed=False),
    ]
    about = "No config. A frame with a column of vectors, and a frame of numbers whose index is the words."
    write_expected(name, MADE_BY, about, embeddings)


if __name__ == "__main__":
    main()
