"""`.safetensors` files."""

from __future__ import annotations

from harness import Workbench, fuzz, instrumented, read_all, seeds

with instrumented():
    from embreport.readers.files import InputFile
    from embreport.readers.safetensors import read_safetensors

_BENCH = Workbench()


def check(data: bytes) -> None:
    """Read all tensors of the bytes."""
    read_all(read_safetensors(InputFile(path=_BENCH.put("x.safetensors", data), label="x.safetensors")))


if __name__ == "__main__":
    fuzz(check, seeds("safetensors_file/logdir/*.safetensors"))
