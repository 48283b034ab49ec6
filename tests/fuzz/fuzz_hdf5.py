"""HDF5 files of Keras' weights."""

from __future__ import annotations

import io

from harness import Workbench, fuzz, instrumented, read_all, seeds

with instrumented():
    from embreport.readers.files import InputFile
    from embreport.readers.keras_weights import read_keras_weights

_BENCH = Workbench()


def check(data: bytes) -> None:
    """Read the bytes as a weights file."""
    read_all(read_keras_weights(InputFile(path=_BENCH.put("x.h5", data), label="x.h5")))


def _chunked() -> bytes:
    """A file with packed chunks, which Keras does not write."""
    import h5py
    import numpy as np

    target = io.BytesIO()
    with h5py.File(target, "w") as file:
        values = np.arange(60, dtype=np.float32).reshape(20, 3)
        file.create_dataset("x", data=values, chunks=(3, 2), compression="gzip", shuffle=True, fletcher32=True)
        file.create_dataset("y", data=values, chunks=(4, 3))
    return target.getvalue()


if __name__ == "__main__":
    fuzz(check, [*seeds("keras*/logdir/**/*.h5"), _chunked()])
