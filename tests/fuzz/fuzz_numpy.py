"""`.npy` and `.npz` files."""

from __future__ import annotations

from contextlib import suppress

from harness import Workbench, fuzz, instrumented, read_all, seeds

with instrumented():
    from embreport.errors import InputError
    from embreport.readers.files import InputFile
    from embreport.readers.npy import read_npy, read_npz

_BENCH = Workbench()


def check(data: bytes) -> None:
    """Read the bytes as an array and as an archive."""
    file = InputFile(path=_BENCH.put("x.npz", data), label="x.npz")
    with suppress(InputError):
        read_all(read_npy(file, "x"))
    read_all(read_npz(file))


if __name__ == "__main__":
    fuzz(check, seeds("npy_files/logdir/*.npy", "npz_files/logdir/*.npz"))
