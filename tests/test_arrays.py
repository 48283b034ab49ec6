"""Reports from arrays: shapes are checked, labels keep their spelling, images land at their rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import embreport
from embreport.arrays import embedding_from_arrays
from embreport.errors import UsageError


class Frame:
    """What pandas and polars frames have in common: `columns` and item access."""

    def __init__(self, **columns: Sequence[object]) -> None:
        self._columns = columns
        self.columns = list(columns)

    def __getitem__(self, name: str) -> Sequence[object]:
        return self._columns[name]


def test_values_keep_their_own_precision() -> None:
    for dtype, kept in (("float32", "float32"), ("float64", "float64"), ("float16", "float32"), ("int64", "float64")):
        embedding = embedding_from_arrays(np.ones((3, 2), dtype), None, None, tensor="t")
        assert embedding.values.dtype == np.dtype(kept)
        assert not embedding.values.flags.writeable


def test_the_callers_array_is_left_alone() -> None:
    vectors = np.zeros((2, 2), np.float32)
    embedding_from_arrays(vectors, None, None, tensor="t")
    vectors[0, 0] = 1

    assert vectors.flags.writeable


@pytest.mark.parametrize("vectors", [[1.0, 2.0], [[1, 2], [3]], [["a", "b"]], np.empty((0, 3)), np.empty((3, 0))])
def test_what_is_no_matrix_is_refused(vectors: object) -> None:
    with pytest.raises(UsageError):
        embedding_from_arrays(vectors, None, None, tensor="t")


def test_metadata_may_be_labels_a_mapping_or_a_frame() -> None:
    vectors = np.ones((2, 2))
    for metadata, names in (
        (["a", "b"], ["label"]),
        ({"word": ["a", "b"], "count": [1, 2]}, ["word", "count"]),
        (Frame(word=["a", "b"], score=[0.5, float("nan")]), ["word", "score"]),
    ):
        found = embedding_from_arrays(vectors, metadata, None, tensor="t").metadata
        assert found is not None
        assert [column.name for column in found.columns] == names
        assert found.columns[0].cells == ("a", "b")
    assert found.columns[1].cells == ("0.5", None)


def test_metadata_of_another_length_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="word"):
        embedding_from_arrays(np.ones((3, 2)), {"word": ["a"]}, None, tensor="t")


@pytest.mark.parametrize("shape", [(5, 4, 6), (5, 4, 6, 1), (5, 4, 6, 3), (5, 4, 6, 4)])
def test_every_image_is_found_at_its_row(shape: tuple[int, ...]) -> None:
    images = np.random.default_rng(1).integers(0, 256, shape, np.uint8)

    sprite = embedding_from_arrays(np.ones((5, 2)), None, images, tensor="t").sprite

    assert sprite is not None
    for row in range(5):
        tile = sprite.tile(row)
        assert tile.shape[:2] == (4, 6)
        assert np.array_equal(tile[..., 0], images[row] if images.ndim == 3 else images[row][..., 0])


def test_float_images_run_from_zero_to_one() -> None:
    sprite = embedding_from_arrays(np.ones((2, 2)), None, np.array([[[0.0]], [[1.0]]]), tensor="t").sprite

    assert sprite is not None
    assert sprite.tile(0).max() == 0
    assert sprite.tile(1).min() == 255


def test_images_of_another_shape_are_refused() -> None:
    with pytest.raises(UsageError, match="images"):
        embedding_from_arrays(np.ones((3, 2)), None, np.zeros((2, 4, 4)), tensor="t")


def test_a_report_from_arrays_is_a_page_that_shows_itself(tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 5))

    report = embreport.from_arrays(
        vectors, [f"w{i}" for i in range(30)], output=tmp_path / "r.html", projections="pca", title="Mine", neighbors=5
    )

    assert (tmp_path / "r.html").read_text(encoding="utf-8") == report.html
    assert report.figures["embeddings"][0]["neighbors"] == 5
    assert "<title>Mine" in report.html
    shown = report._repr_html_()
    assert shown.startswith("<iframe")
    assert "<script" not in shown


def test_an_unknown_option_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="neighbours"):
        embreport.from_arrays(np.ones((3, 2)), neighbours=5)
