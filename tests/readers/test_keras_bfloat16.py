"""What Keras 3 makes of bfloat16 in HDF5, which has no such type: two bytes without meaning, and an attribute."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from embreport.readers import read_tensor_file
from embreport.readers.files import InputFile


@pytest.mark.parametrize("declared", ["bfloat16", "float16", None])
def test_two_bytes_without_meaning_are_bfloat16_only_where_keras_declares_them_so(
    tmp_path: Path, declared: str | None
) -> None:
    values = np.array([[1.5, -2.0], [0.0, 3e38]], np.float32)
    upper = (values.view(np.uint32) >> 16).astype(np.uint16)
    with h5py.File(tmp_path / "v.weights.h5", "w") as file:
        file["layers/embedding/vars/0"] = upper.view("V2")
        if declared:
            file["layers/embedding/vars/0"].attrs["dtype"] = declared

    stored = read_tensor_file(InputFile(path=tmp_path / "v.weights.h5", label="v.weights.h5"), "v")

    if declared == "bfloat16":
        expected = (upper.astype(np.uint32) << 16).view(np.float32)
        np.testing.assert_array_equal(stored.tensors["layers/embedding/vars/0"].read(), expected)
    else:
        assert "class 5 with 2 bytes" in stored.unreadable["layers/embedding/vars/0"].error.message
