"""Tensor files and configs without a framework: tsv_sprite, raw_bytes, npy_files, npz_files, safetensors_file.

Made with Python 3.11, numpy 2.4.6, Pillow 13.0.0, safetensors 0.8.0: `python make_tensor_files.py`.
The configs are by hand, as their users write them.
"""

from __future__ import annotations

import numpy as np
from expectation import WORDS, embedding, fresh_logdir, seeded, table, tile, write_expected
from PIL import Image
from safetensors.numpy import save_file


def lines(rows: list[list[str]]) -> bytes:
    return ("\n".join("\t".join(row) for row in rows) + "\n").encode()


def tsv_sprite() -> None:
    """Tiles of 12 x 7 in a grid of 5 x 4: neither is square; `single_image_dim` as a list."""
    name = "tsv_sprite"
    logdir = fresh_logdir(name)
    values = seeded(800, 18, 3)
    cells = [[word, str(row), "even" if row % 2 == 0 else "odd"] for row, word in enumerate(WORDS[:18])]
    np.savetxt(logdir / "vectors.tsv", values, fmt="%.9g", delimiter="\t")
    (logdir / "metadata.tsv").write_bytes(lines([["word", "number", "parity"], *cells]))
    sheet = np.zeros((4 * 7, 5 * 12, 3), np.uint8)
    for row in range(18):
        top, left = row // 5 * 7, row % 5 * 12
        sheet[top : top + 7, left : left + 12] = [12 * row, 255 - 12 * row, 60]
    Image.fromarray(sheet).save(logdir / "sprite.png")
    (logdir / "projector_config.pbtxt").write_bytes(
        b"embeddings {\n  tensor_name: 'vectors'\n  tensor_path: 'vectors.tsv'\n  metadata_path: 'metadata.tsv'\n"
        b"  sprite {\n    image_path: 'sprite.png'\n    single_image_dim: [12, 7]\n  }\n}\n"
    )
    found = embedding(
        values,
        "vectors",
        "tsv",
        "vectors.tsv",
        metadata=table("metadata.tsv", ["word", "number", "parity"], cells),
        sprite=tile("sprite.png", 12, 7),
    )
    about = "Tiles of 12 x 7 in a grid of 5 x 4 with two empty places; tile i is flat (12 i, 255 - 12 i, 60)."
    write_expected(name, "numpy.savetxt, Pillow 13.0.0, config by hand", about, [found])


def raw_bytes() -> None:
    """One of the files is all zeros, which is also a valid text."""
    name = "raw_bytes"
    logdir = fresh_logdir(name)
    arrays = {"vectors": seeded(810, 16, 5), "zeros": np.zeros((16, 2), np.float32), "unnamed": seeded(811, 16, 3)}
    for tensor, values in arrays.items():
        values.astype("<f4").tofile(logdir / f"{tensor}.bytes")
    (logdir / "labels.tsv").write_bytes(lines([[word] for word in WORDS[:16]]))
    entries = []
    for tensor, values in arrays.items():
        name_line = "" if tensor == "unnamed" else f'  tensor_name: "{tensor}"\n'
        entries.append(
            f'embeddings {{\n{name_line}  tensor_path: "{tensor}.bytes"\n  tensor_shape: {values.shape[0]}\n'
            f'  tensor_shape: {values.shape[1]}\n  metadata_path: "labels.tsv"\n}}\n'
        )
    (logdir / "projector_config.pbtxt").write_bytes("".join(entries).encode())
    labels = table("labels.tsv", ["label"], [[word] for word in WORDS[:16]])
    embeddings = []
    for tensor, values in arrays.items():
        shown = "unnamed.bytes" if tensor == "unnamed" else tensor
        embeddings.append(embedding(values, shown, "bytes", f"{tensor}.bytes", metadata=labels))
    about = "Raw float32 with tensor_shape; all zeros; and an entry without a name, which takes that of its file."
    write_expected(name, "numpy.tofile, config by hand", about, embeddings)


def npy_files() -> None:
    """float32 in C order, float64 in Fortran order, float16, big-endian, an integer type and one that is no matrix."""
    name = "npy_files"
    logdir = fresh_logdir(name)
    values = seeded(820, 14, 4)
    arrays = {
        "vectors": values,
        "fortran": np.asfortranarray(values.astype(np.float64)),
        "half": values.astype(np.float16),
        "big": values.astype(">f4"),
        "whole": (values * 100).astype(np.int16),
    }
    for tensor, array in arrays.items():
        np.save(logdir / f"{tensor}.npy", array)
    np.save(logdir / "cube.npy", values.reshape(7, 2, 4))
    cells = [[word, str(len(word))] for word in WORDS[:14]]
    (logdir / "vectors_metadata.tsv").write_bytes(lines([["word", "letters"], *cells]))
    labels = table("vectors_metadata.tsv", ["word", "letters"], cells)
    embeddings = []
    for tensor, array in arrays.items():
        entry = embedding(array, tensor, "npy", f"{tensor}.npy", listed=False, dtype=array.dtype.newbyteorder("=").name)
        embeddings.append(entry | ({"metadata": labels} if tensor == "vectors" else {}))
    about = "No config. `vectors.npy` has `vectors_metadata.tsv` beside it."
    write_expected(name, f"numpy {np.__version__}", about, embeddings, others=["cube.npy: 3-D, 7 x 2 x 4"])


def npz_files() -> None:
    name = "npz_files"
    logdir = fresh_logdir(name)
    arrays = {
        "words": seeded(830, 12, 4),
        "contexts": seeded(831, 12, 4).astype(np.float64),
        "bias": seeded(832, 1, 4)[0],
    }
    np.savez(logdir / "plain.npz", **arrays)
    np.savez_compressed(logdir / "packed.npz", **arrays)
    embeddings = []
    for file in ("plain", "packed"):
        for tensor in ("words", "contexts"):
            embeddings.append(embedding(arrays[tensor], tensor, "npz", f"{file}.npz", listed=False))
    others = ["bias in plain.npz and packed.npz: 1-D, 4 values"]
    about = "No config. Two archives, one of them compressed, with the same members."
    write_expected(name, f"numpy {np.__version__}", about, embeddings, others=others)


def safetensors_file() -> None:
    name = "safetensors_file"
    logdir = fresh_logdir(name)
    arrays = {
        "model.embed_tokens.weight": seeded(840, 20, 6),
        "model.half.weight": seeded(841, 20, 4).astype(np.float16),
        "model.norm.weight": seeded(842, 1, 6)[0],
        "lm_head.weight": seeded(843, 20, 6),
    }
    save_file(arrays, logdir / "model.safetensors", metadata={"format": "np"})
    embeddings = [
        embedding(values, tensor, "safetensors", "model.safetensors", listed=False)
        for tensor, values in sorted(arrays.items())
        if values.ndim == 2
    ]
    others = ["model.norm.weight: 1-D, 6 values"]
    write_expected(name, "safetensors 0.8.0", "No config, names as in a language model.", embeddings, others=others)


if __name__ == "__main__":
    for make in [tsv_sprite, raw_bytes, npy_files, npz_files, safetensors_file]:
        make()
