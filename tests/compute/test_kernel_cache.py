"""Compiled kernels where no cache can be kept."""

from __future__ import annotations

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
