"""Better candidates among the neighbors of neighbors.

The idea of W. Dong, C. Moses, K. Li, Efficient k-nearest neighbor graph construction for generic similarity
measures (WWW 2011): a neighbor's neighbor is likely a neighbor. Each round reads the lists of the round before, so
that the result does not depend on the order of the rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from embreport.compute.availability import numba_is_installed
from embreport.compute.blocks import row_blocks
from embreport.compute.search_space import SearchSpace
from embreport.compute.threads import Workers

_BLOCK_ROWS = 8192
_NUMPY_ROWS = 64


def improved(
    space: SearchSpace, lists: np.ndarray, join: int, workers: Workers, report: Callable[[float], None]
) -> np.ndarray:
    """The nearest among each point's candidates and its `join` nearest's `join` nearest candidates.

    Args:
        lists: int32 (m, width) of positions, -1 where there is none; nearest first, unless `join` is 0.

    Returns:
        int32 (m, width), nearest first, ties by position.
    """
    improve, size = improve_in_numpy, _NUMPY_ROWS
    if numba_is_installed():
        from embreport.compute.compiled_probing import improve_compiled

        improve, size = improve_compiled, _BLOCK_ROWS
    result = np.empty_like(lists)
    blocks = row_blocks(len(lists), size)
    done = itertools.count(1)

    def search(block: slice) -> None:
        result[block] = improve(space, lists, block, min(join, lists.shape[1]))
        report(next(done) / len(blocks))

    workers.map(search, blocks)
    return result


def improve_in_numpy(space: SearchSpace, lists: np.ndarray, block: slice, join: int) -> np.ndarray:
    """The rows of one block of `improved`."""
    own = lists[block]
    rows, width = own.shape
    candidates = np.concatenate([own, lists[own[:, :join], :join].reshape(rows, -1)], axis=1)
    candidates[:, width:][np.repeat(own[:, :join] < 0, join, axis=1)] = -1
    candidates = np.sort(candidates, axis=1)
    lost = candidates < 0
    lost[:, 1:] |= candidates[:, 1:] == candidates[:, :-1]
    lost |= candidates == np.arange(block.start, block.stop)[:, None]
    steps = space.points[np.where(lost, 0, candidates)]
    steps -= space.points[block][:, None]
    squares = np.einsum("ijk,ijk->ij", steps, steps)
    squares[lost] = np.inf
    order = np.argsort(squares, axis=1, kind="stable")[:, :width]
    best = np.take_along_axis(candidates, order, 1)
    return np.asarray(np.where(np.isinf(np.take_along_axis(squares, order, 1)), np.int32(-1), best))
