"""Keras 3's int8 embeddings hold whole numbers and, as the next variable, a scale for each row."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from embreport.readers import read_tensor_file
from embreport.readers.files import InputFile


@pytest.mark.parametrize(("dtype", "scales", "said"), [("int8", 5, True), ("int8", 3, False), ("float32", 5, False)])
def test_rows_without_their_scales_are_said_to_be_quantized(
    tmp_path: Path, dtype: str, scales: int, said: bool
) -> None:
    with h5py.File(tmp_path / "q.weights.h5", "w") as file:
        file["layers/embedding/vars/0"] = np.arange(15).reshape(5, 3).astype(dtype)
        file["layers/embedding/vars/1"] = np.ones(scales, np.float32)

    stored = read_tensor_file(InputFile(path=tmp_path / "q.weights.h5", label="q.weights.h5"), "v")

    assert [notice.code for notice in stored.notices] == ["quantized-rows"] * said
    assert all("vars/1" in notice.message for notice in stored.notices)
