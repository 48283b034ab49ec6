"""Files that hold vectors but are not read: what each is, and what to write in its place."""

from __future__ import annotations

import re

_TORCH = (
    "This is a PyTorch file. It holds a pickle, and reading one can run any program, so it is never read. Load it in "
    "PyTorch and save the weights by safetensors.torch.save_file, or one tensor by numpy.save."
)
_PICKLE = (
    "This is a Python pickle. Reading one can run any program, so it is never read. Load it in Python and save the "
    "vectors by numpy.save."
)
_GENSIM = (
    "This is a pickle of gensim's. Reading one can run any program, so it is never read. Load it in gensim and write "
    "the vectors by save_word2vec_format."
)
_BY_NAME = {
    "onnx": "This is an ONNX model, which is not read. Save its weights by onnx.numpy_helper.to_array and numpy.save.",
    "gguf": "This is a GGUF model, which is not read. Save the embedding of the model it was made from as safetensors.",
    "feather": "This is an Arrow file, which is not read. Write the table as parquet: pyarrow.parquet.write_table.",
    "arrow": "This is an Arrow file, which is not read. Write the table as parquet: pyarrow.parquet.write_table.",
    "mat": "This is a MATLAB file, which is not read. Load it by scipy.io.loadmat and save the matrix by numpy.save.",
    "rds": "This is an R file, which is not read. Write the matrix in R by write.table(..., sep = '\\t').",
}
_PICKLE_NAMES = {
    **dict.fromkeys(("pkl", "pickle", "joblib", "kv", "model"), _PICKLE),
    **dict.fromkeys(("pt", "pth", "bin", "ckpt"), _TORCH),
}
_UNREAD_NAME = re.compile(
    rf"\.(?:{'|'.join([*_BY_NAME, *_PICKLE_NAMES])}|(?:bin|npy|npz|safetensors|parquet)\.(?:gz|xz|bz2|zst|zip|7z))$",
    re.IGNORECASE,
)
# torch.save packs a pickle of this name first; before version 1.6 it wrote one that starts with a number of its own.
_TORCH_STARTS = re.compile(
    rb"PK\x03\x04.{26}[^/]{1,200}/data\.pkl|\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19\.", re.DOTALL
)
_PICKLE_STARTS = re.compile(rb"\x80(?:[\x02\x03]|[\x04\x05]\x95.{6}\0\0)", re.DOTALL)
_PACKINGS = {
    "xz": re.compile(rb"\xfd7zXZ\0"),
    "bzip2": re.compile(rb"BZh[1-9]1AY&SY"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd"),
    "7-Zip": re.compile(rb"7z\xbc\xaf\x27\x1c"),
}
_ZIPPED = ("tsv", "txt", "csv", "vec", "zip")


def has_unread_name(name: str) -> bool:
    """Whether a file of this name may be of a kind that is known and not read."""
    return _UNREAD_NAME.search(name) is not None


def why_unread(name: str, head: bytes) -> str | None:
    """Of which unread kind a file is that has this name and starts with `head`, as sentences; None for all else."""
    suffix = name.rpartition(".")[2].lower()
    zipped = head.startswith(b"PK\x03\x04")
    if _TORCH_STARTS.match(head) or (zipped and suffix in ("pt", "pth")):
        return _TORCH
    if _PICKLE_STARTS.match(head) and (suffix in _PICKLE_NAMES or head[1] > 3):
        return _GENSIM if b"gensim" in head else _PICKLE_NAMES.get(suffix, _PICKLE)
    if suffix in _BY_NAME:
        return _BY_NAME[suffix]
    packing = next((packing for packing, start in _PACKINGS.items() if start.match(head)), None)
    if head.startswith(b"\x1f\x8b") and has_unread_name(name):
        packing = "gzip"
    if zipped and suffix in _ZIPPED:
        packing = "zip"
    return f"The file is packed by {packing}. Unpack it." if packing else None
