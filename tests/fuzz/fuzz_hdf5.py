"""HDF5 files of Keras' weights, checksums taken for right."""

from __future__ import annotations

import io

from harness import Workbench, fuzz, instrumented, read_all, seeds

with instrumented():
    from embreport.readers import hdf5_chunks, hdf5_parts
    from embreport.readers.files import InputFile
    from embreport.readers.keras_weights import read_keras_weights

_BENCH = Workbench()


class _AnySum(int):
    """Equal to every checksum: a search by chance would never get past them."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


hdf5_parts.metadata_sum = lambda data: _AnySum()
hdf5_chunks.fits_fletcher32 = lambda data, stored: True


def check(data: bytes) -> None:
    """Read the bytes as a weights file."""
    read_all(read_keras_weights(InputFile(path=_BENCH.put("x.h5", data), label="x.h5")))


def _chunked(version: str | None) -> bytes:
    """A file with packed chunks, which Keras does not write, and a group with many members."""
    import h5py
    import numpy as np

    target = io.BytesIO()
    with h5py.File(target, "w", libver=version) as file:
        values = np.arange(60, dtype=np.float32).reshape(20, 3)
        file.create_dataset("x", data=values, chunks=(3, 2), compression="gzip", shuffle=True, fletcher32=True)
        file.create_dataset("y", data=values, chunks=(4, 3))
        file.create_dataset("z", data=values, chunks=(4, 3), maxshape=(None, 3), fletcher32=True)
        file.create_dataset("t", data=values, chunks=(4, 3), maxshape=(None, None))
        for number in range(12):
            file[f"g/{number}"] = np.float32(number)
    return target.getvalue()


if __name__ == "__main__":
    fuzz(check, [*seeds("keras*/logdir/**/*.h5", "hdf5_latest/logdir/*"), _chunked(None), _chunked("latest")])
