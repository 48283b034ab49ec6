"""The leading eigenpairs of a symmetric positive semidefinite operator.

Small matrices go to LAPACK whole. Large ones go through block Lanczos with full reorthogonalization (Golub and
Underwood 1977) and thick restarts (Wu and Simon 2000): it needs products only, so the matrix may exist as an operator.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

DENSE_LIMIT = 768
_TOLERANCE = 1e-9
_ROUNDING = 64 * np.finfo(float).eps
_BLOCKS = 20
_BLOCKS_BETWEEN_CHECKS = 4
_BLOCKS_KEPT = 6
_MAX_CHECKS = 400
_MAX_PASSES = 8

Product = Callable[[np.ndarray], np.ndarray]


def leading_eigenpairs(matrix: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` largest eigenvalues of a symmetric matrix (largest first) and their vectors as columns."""
    size = len(matrix)
    if size <= DENSE_LIMIT:
        values, vectors = np.linalg.eigh(matrix)
        return values[::-1][:count].copy(), vectors[:, ::-1][:, :count].copy()
    return lanczos_eigenpairs(lambda block: matrix @ block, size, count)


def lanczos_eigenpairs(product: Product, size: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """As `leading_eigenpairs`, of an operator given by its product with a block of columns."""
    values, vectors = found_eigenpairs(product, size, count)
    return values[:count].copy(), vectors[:, :count].copy()


def found_eigenpairs(product: Product, size: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """At least the `count` <= `size` leading eigenpairs, and as many further ones as were found by the way.

    The residual of each pair ends below 1e-9 of its eigenvalue, or where that is less than rounding leaves, below
    64 eps sqrt(size) of the largest one; the error of an eigenvalue is about the square of that over the gap to the
    next. A repeated one among the leading ones is found as often as it occurs. The start is fixed, and so the result.

    All blocks are as wide as the first one. A block of which some columns are in the space already gets new random
    ones in their place: left out, they would be missing from all later blocks, each product of which costs the same.
    """
    space = _Space(product, size, count)
    for _ in range(_MAX_CHECKS):
        space.grow()
        values, rotation = space.ritz()
        found = space.pairs_found(values, rotation)
        if found >= count:
            break
    found = max(found, count)
    return values[:found].copy(), space.basis @ rotation[:, :found]


class _Space:
    """A Krylov space: an orthonormal `basis` as columns, their `images`, and the `block` by which it grows next."""

    def __init__(self, product: Product, size: int, count: int) -> None:
        self.product = product
        self.size = size
        self.width = min(size, count + 6)
        self.random = np.random.Generator(np.random.PCG64(20))
        self.basis, self.images = np.empty((size, 0)), np.empty((size, 0))
        self.block, _ = np.linalg.qr(self.random.standard_normal((size, self.width)))
        self.rotation = np.empty((0, 0))

    def grow(self) -> None:
        """By a few blocks, or to all of the space there is; one that is too wide by then is cut down first."""
        if self.basis.shape[1] > (_BLOCKS - _BLOCKS_BETWEEN_CHECKS) * self.width:
            self._restart()
        for _ in range(_BLOCKS_BETWEEN_CHECKS):
            if self.block.shape[1] == 0:
                return
            image = self.product(self.block)
            self.basis = np.concatenate([self.basis, self.block], axis=1)
            self.images = np.concatenate([self.images, image], axis=1)
            self.block = self._orthonormal(image)

    def ritz(self) -> tuple[np.ndarray, np.ndarray]:
        """The eigenvalues of the operator on this space, largest first, and their vectors in the basis."""
        projected = self.basis.T @ self.images
        values, vectors = np.linalg.eigh((projected + projected.T) / 2)
        self.rotation = vectors[:, ::-1]
        return values[::-1], self.rotation

    def pairs_found(self, values: np.ndarray, rotation: np.ndarray) -> int:
        """How many of these are eigenpairs, up to the residuals that are allowed, before the first that is not."""
        if self.block.shape[1] == 0:
            return len(values)
        residuals = np.linalg.norm(self.images @ rotation - self.basis @ (rotation * values), axis=0)
        least = _ROUNDING * np.sqrt(self.size) * max(abs(float(values[0])), np.finfo(float).tiny)
        return int(np.logical_and.accumulate(residuals <= np.maximum(_TOLERANCE * np.abs(values), least)).sum())

    def _restart(self) -> None:
        """Keeps the leading Ritz vectors; the residuals of all of these lie in the next block, which stays."""
        kept = self.rotation[:, : _BLOCKS_KEPT * self.width]
        self.basis, self.images = self.basis @ kept, self.images @ kept

    def _orthonormal(self, image: np.ndarray) -> np.ndarray:
        """The part of an image outside the space, orthonormal and, as far as there is room, of full width."""
        block = image[:, : min(self.width, self.size - self.basis.shape[1])]
        least = 1e-13 * float(np.linalg.norm(image))
        for number in range(_MAX_PASSES):
            block = block - self.basis @ (self.basis.T @ block)
            block, triangle = np.linalg.qr(block)
            lost = np.abs(np.diag(triangle)) <= least
            if number > 0 and not lost.any():
                break
            block[:, lost] = self.random.standard_normal((self.size, int(lost.sum())))
            least = 1e-13
        return block
