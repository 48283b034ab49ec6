"""The leading eigenpairs of a symmetric positive semidefinite operator.

Small matrices go to LAPACK whole. Large ones go through block Lanczos with full reorthogonalization
(Golub and Underwood 1977), restarted with the Ritz vectors and run until the residuals are small: it
needs products only, so the matrix may exist as an operator.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

DENSE_LIMIT = 768
_TOLERANCE = 1e-9
_MAX_RESTARTS = 60


def leading_eigenpairs(matrix: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` largest eigenvalues of a symmetric matrix (largest first) and their vectors as columns."""
    size = len(matrix)
    if size <= DENSE_LIMIT:
        values, vectors = np.linalg.eigh(matrix)
        return values[::-1][:count].copy(), vectors[:, ::-1][:, :count].copy()
    return lanczos_eigenpairs(lambda block: matrix @ block, size, count)


def lanczos_eigenpairs(
    product: Callable[[np.ndarray], np.ndarray], size: int, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """As `leading_eigenpairs`, of an operator given by its product with a block of columns.

    Residuals end below 1e-9 of the largest eigenvalue (eigenvalues are then right to about its square).
    The start is fixed, so the result is, too.
    """
    width = min(size, count + 6)
    most = min(size, 12 * width)
    start = np.random.Generator(np.random.PCG64(20)).standard_normal((size, width))
    basis, _ = np.linalg.qr(start)
    images = product(basis)
    values, vectors = np.zeros(count), basis[:, :count]
    for _ in range(_MAX_RESTARTS):
        basis, images = _grow(product, basis, images, most)
        projected = basis.T @ images
        ritz, rotation = np.linalg.eigh((projected + projected.T) / 2)
        rotation = rotation[:, ::-1][:, :width]
        ritz = ritz[::-1][:width]
        basis, images = basis @ rotation, images @ rotation
        values, vectors = ritz[:count], basis[:, :count]
        residual = np.linalg.norm(images[:, :count] - vectors * values, axis=0)
        if residual.max() <= _TOLERANCE * max(abs(ritz[0]), np.finfo(float).tiny) or basis.shape[1] == size:
            break
    return values.copy(), vectors.copy()


def _grow(
    product: Callable[[np.ndarray], np.ndarray], basis: np.ndarray, images: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Extends an orthonormal basis by Krylov blocks until it has `most` columns or nothing new comes."""
    width = basis.shape[1]
    newest = images[:, -width:] if images.shape[1] >= width else images
    while basis.shape[1] + width <= most:
        block = newest - basis @ (basis.T @ newest)
        scale = np.linalg.norm(newest)
        if scale == 0.0:
            break
        block, triangle = np.linalg.qr(block)
        keep = np.abs(np.diag(triangle)) > 1e-13 * scale
        block = block[:, keep]
        if block.shape[1] == 0:
            break
        for _ in range(2):
            block = block - basis @ (basis.T @ block)
            block, _ = np.linalg.qr(block)
        newest = product(block)
        basis = np.concatenate([basis, block], axis=1)
        images = np.concatenate([images, newest], axis=1)
    return basis, images
