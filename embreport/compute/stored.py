"""Results that need not be made again.

This room knows of no file: what keeps the results is a `ResultStore`, which gets them as named arrays under a stage
and a digest of everything they are made from. What depends on versions and on the processor is the store's to know.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import numpy as np

from embreport.model import NeighborTable
from embreport.result_store import Arrays, Digests, ResultStore, digest_of

Result = TypeVar("Result")


class StoredResults:
    """The results for one set of points, float (m, d), in a store; without a store everything is made each time."""

    def __init__(self, store: ResultStore | None, points: np.ndarray, digests: Digests | None = None) -> None:
        self._store = store
        self._points = points
        self._digests = digests or Digests()

    def of(self, points: np.ndarray) -> StoredResults:
        """Those for other points, in the same store."""
        return self if points is self._points else StoredResults(self._store, points, self._digests)

    def said_by(self, table: NeighborTable, columns: int | None = None) -> tuple[object, ...]:
        """What stands for the first `columns` of a neighbor table of these points, or of chosen ones, in `inputs`.

        An exact table is what the points say, so its metric and width stand for it; of another, its content does.
        """
        indices, distances = table.indices[:, :columns], table.distances[:, :columns]
        if table.recall is None:
            return (table.metric, indices.shape)
        return (table.metric, table.recall, self._digests.of(indices), self._digests.of(distances))

    def recall(
        self,
        stage: str,
        inputs: Callable[[], tuple[object, ...]],
        make: Callable[[], Result],
        pack: Callable[[Result], Arrays],
        unpack: Callable[[Arrays], Result | None],
        suffices: Callable[[Result], bool] = lambda result: True,
    ) -> Result:
        """The result of a stage, from the store or made and put there.

        `inputs` gives all the result is made from besides the points. A stored result that does not suffice (it is
        whole, but less than is asked for) is made again and replaced.
        """
        if self._store is None:
            return make()
        digest = digest_of(self._digest_of_points, *inputs())
        found = self._store.get(stage, digest, unpack)
        if found is not None and suffices(found):
            return found
        made = make()
        self._store.put(stage, digest, pack(made))
        return made

    @cached_property
    def _digest_of_points(self) -> str:
        return digest_of(self._points)
