"""Weights as Keras lays them out, in the file format that h5py writes with libver="latest": hdf5_latest.

Made with Python 3.11, numpy 2.4.6, h5py 3.16.0 (HDF5 2.0.0): `python make_hdf5.py`.
"""

from __future__ import annotations

import h5py
from expectation import embedding, fresh_logdir, seeded, write_expected


def main() -> None:
    """Chunks by every kind of index, packed and summed or not, and a group with too many members for its header."""
    name = "hdf5_latest"
    logdir = fresh_logdir(name)
    ways = {
        "embedding": {},
        "embedding_1": {"chunks": (30, 3)},
        "embedding_2": {"chunks": (30, 3), "compression": "gzip"},
        "embedding_3": {"chunks": (4, 2), "fletcher32": True, "shuffle": True, "compression": "gzip"},
        "embedding_4": {"chunks": (4, 2), "maxshape": (None, 3)},
        "embedding_5": {"chunks": (4, 2), "maxshape": (None, None), "compression": "gzip"},
    }
    embeddings = []
    with h5py.File(logdir / "words.weights.h5", "w", libver="latest") as file:
        for number, (layer, options) in enumerate(ways.items()):
            values = seeded(1300 + number, 30, 3)
            variables = file.create_group(f"layers/{layer}/vars")
            variables.attrs["name"] = f"words {number}"
            variables.create_dataset("0", data=values, **options)
            path = f"layers/{layer}/vars/0"
            more = {"listed": False, "title": f"words {number}"}
            embeddings.append(embedding(values, path, "hdf5", "words.weights.h5", **more))
        for number in range(12):
            file.create_group(f"layers/dropout_{number}/vars")
    about = (
        "Datasets in one piece, one chunk, and chunks by each kind of index; the layers' group keeps them in a heap."
    )
    write_expected(name, "h5py 3.16.0", about, embeddings)


if __name__ == "__main__":
    main()
