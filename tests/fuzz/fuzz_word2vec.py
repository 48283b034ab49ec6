"""word2vec's binary format."""

from __future__ import annotations

from harness import Workbench, fuzz, instrumented, read_all, seeds

with instrumented():
    from embreport.readers.files import InputFile
    from embreport.readers.word2vec_binary import Word2VecTensor, read_word2vec_binary

_BENCH = Workbench()


def check(data: bytes) -> None:
    """Read vectors and words."""
    stored = read_word2vec_binary(InputFile(path=_BENCH.put("x.bin", data), label="x.bin"), "x")
    read_all(stored)
    for tensor in stored.tensors.values():
        if isinstance(tensor, Word2VecTensor) and len(tensor.labels()) != tensor.shape[0]:
            raise AssertionError("labels and rows differ")


if __name__ == "__main__":
    fuzz(check, seeds("word2vec_binary/logdir/*.bin"))
