"""Vectors as text: TSV, CSV, word2vec's and GloVe's text, gzip, UTF-16."""

from __future__ import annotations

from harness import Workbench, fuzz, instrumented, read_all, seeds

with instrumented():
    from embreport.readers import read_tensor_file
    from embreport.readers.files import InputFile

_BENCH = Workbench()


def check(data: bytes) -> None:
    """Read the bytes as a tensor file, once as if the config gave a shape."""
    shape = (2, 3) if len(data) == 24 else ()
    stored = read_tensor_file(InputFile(path=_BENCH.put("vectors.tsv", data), label="vectors.tsv"), "x", shape)
    read_all(stored)
    for tensor in stored.tensors.values():
        labels = tensor.labels() if hasattr(tensor, "labels") else None
        if labels is not None and len(labels) != tensor.shape[0]:
            raise AssertionError(f"{len(labels)} labels for {tensor.shape[0]} rows")


if __name__ == "__main__":
    fuzz(check, seeds("tsv_*/logdir/*.tsv*", "glove_*/logdir/*", "word2vec_text/logdir/*", "gensim_pair/logdir/*"))
