"""Compiled kernels: where no cache can be kept, and that a kept kernel gives the bits of one just compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba.core import caching

from embreport.compute.kernels.compiled import compiled


def doubled(values: np.ndarray) -> float:
    return float(values.sum() * 2)


def test_kernel_without_any_writable_cache_folder_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])

    kernel = compiled(doubled)

    assert kernel(np.ones(3)) == 6.0


def test_kernel_whose_cache_cannot_be_saved_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, key: object, data: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(caching.IndexDataCacheFile, "save", refuse)

    kernel = compiled(doubled)

    assert kernel(np.ones(3)) == 6.0


BITS = """
import numpy as np
from embreport.compute import ComputeSettings, compute_numbers
random = np.random.default_rng(0)
values = (4 * random.normal(size=(12, 10)))[random.integers(0, 12, 2600)] + random.normal(size=(2600, 10))
settings = ComputeSettings(projections=("tsne",), preset="fast", neighbors=30)
numbers = compute_numbers(values.astype(np.float32), settings)
for projection in numbers.projections:
    print(projection.name, projection.coordinates.tobytes().hex())
print(numbers.cosine.distances.tobytes().hex(), numbers.euclidean.distances.tobytes().hex())
"""


def test_a_process_that_compiles_gives_the_bits_of_the_next_one_that_finds_its_kernels(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    compiling, loading = (
        subprocess.run([sys.executable, "-c", BITS], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )

    assert list(tmp_path.rglob("group_sums.repulsion_groups_2d*.nbc"))
    assert compiling == loading
