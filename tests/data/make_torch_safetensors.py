"""Safetensors as PyTorch saves a model: safetensors_torch, with every float that numpy has no type for.

Made with Python 3.11, torch 2.15.0, safetensors 0.8.0: `python make_torch_safetensors.py`.
"""

from __future__ import annotations

import safetensors
import torch
from expectation import embedding, fresh_logdir, seeded, write_expected
from safetensors.torch import save_file

KINDS = {
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "float32": torch.float32,
    "float64": torch.float64,
    "float8_e4m3fn": torch.float8_e4m3fn,
    "float8_e5m2": torch.float8_e5m2,
    "int8": torch.int8,
    "uint8": torch.uint8,
    "int64": torch.int64,
    "bool": torch.bool,
}


def safetensors_torch() -> None:
    """The largest, the smallest and the tiniest normal value of each float stand in its first row."""
    name = "safetensors_torch"
    logdir = fresh_logdir(name)
    tensors = {}
    for seed, (kind, dtype) in enumerate(KINDS.items(), start=850):
        values = torch.tensor(seeded(seed, 12, 5) * 3).to(dtype)
        if dtype.is_floating_point:
            limits = torch.finfo(dtype)
            values[0] = torch.tensor([limits.max, limits.min, limits.tiny, -0.0, 0.5], dtype=torch.float64)
        tensors[f"{kind}.embed_tokens.weight"] = values.contiguous()
    tensors["complex.embed_tokens.weight"] = torch.ones(12, 5, dtype=torch.complex64)
    tensors["norm.weight"] = torch.ones(5, dtype=torch.bfloat16)
    save_file(tensors, logdir / "model.safetensors", metadata={"format": "pt"})
    embeddings = [
        embedding(
            tensors[tensor].double().numpy(), tensor, "safetensors", "model.safetensors", listed=False, dtype=kind
        )
        for kind in sorted(KINDS)
        if (tensor := f"{kind}.embed_tokens.weight")
    ]
    write_expected(
        name,
        f"safetensors {safetensors.__version__}, torch {torch.__version__.split('+')[0]}",
        "No config; a tensor per dtype. One of complex numbers is no embedding.",
        embeddings,
        others=["complex.embed_tokens.weight: complex numbers", "norm.weight: 1-D, 5 values"],
        say=["complex.embed_tokens.weight"],
    )


if __name__ == "__main__":
    safetensors_torch()
