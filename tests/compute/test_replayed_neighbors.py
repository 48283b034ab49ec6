"""The neighbor lists that TensorBoard's Projector tests itself by come out of our tables too."""

from __future__ import annotations

import numpy as np

from embreport.compute import ComputeSettings, compute_numbers


def cosine_neighbors(vectors: np.ndarray, k: int) -> list[list[int]]:
    numbers = compute_numbers(vectors, ComputeSettings(projections=("pca",), neighbors=k))
    return numbers.cosine.indices.tolist()


def test_six_vectors_have_the_four_neighbors_the_projector_gives_them() -> None:
    vectors = np.array([(1, 2, 0), (1, 1, 3), (100, 30, 0), (95, 23, 3), (100, 10, 0), (95, 23, 100)], np.float64)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    assert cosine_neighbors(unit, 4) == [
        [2, 3, 4, 5], [5, 0, 3, 2], [3, 4, 5, 0], [2, 4, 5, 0], [3, 2, 5, 0], [1, 3, 2, 4],
    ]  # fmt: skip


def test_two_vectors_are_each_others_only_neighbor() -> None:
    assert cosine_neighbors(np.array([[1.0, 0.0], [0.0, 1.0]]), 4) == [[1], [0]]


def test_among_equal_vectors_the_lowest_other_row_comes_first() -> None:
    nearest = cosine_neighbors(np.ones((261, 3)), 1)

    assert nearest == [[1], *([[0]] * 260)]
