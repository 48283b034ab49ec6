"""What the process of UMAP is asked for."""

from __future__ import annotations

import json

import numpy as np

from embreport.model import NeighborTable

_FARTHEST = 40.0


def umap_request(
    table: NeighborTable,
    start: np.ndarray,
    *,
    neighbors: int,
    min_dist: float,
    seed: int,
    classes: np.ndarray | None = None,
    strength: float = 0.5,
) -> list[bytes]:
    """What `umap_program` is sent for a layout, in parts; arguments as those of `UmapProcess.place`."""
    n, dims = start.shape
    width = min(neighbors, n)
    described = {
        "n": n, "dims": dims, "neighbors": width, "min_dist": min_dist, "metric": table.metric, "seed": seed,
        "classes": classes is not None, "target_weight": None if classes is None else target_weight(strength),
    }  # fmt: skip
    # As umap-learn wants a table: every row first in its own list.
    indices = np.concatenate([np.arange(n, dtype=np.int32)[:, None], table.indices[:, : width - 1]], axis=1)
    distances = np.concatenate([np.zeros((n, 1), np.float32), table.distances[:, : width - 1]], axis=1)
    arrays = [indices, distances, start * np.float32(10.0 / max(float(np.abs(start).max()), 1e-30))]
    if classes is not None:
        arrays.append(classes.astype(np.int64))
    return [json.dumps(described).encode("ascii") + b"\n", *(array.tobytes() for array in arrays)]


def target_weight(strength: float) -> float:
    """umap-learn's weight w for a strength s from above 0 to 1; its default at a strength of 0.5.

    umap-learn multiplies the membership of pairs of different classes by exp(-f), f = 2.5 / (1 - w). Were w = s, the
    factor would begin at 0.08 and have little left to do; with f = 5 s / (1 - s) it goes from 1 without strength over
    0.007 at half. A weight below 0, for a strength below a third, is outside of the range that umap-learn speaks of,
    not of that of its formula. f ends at 40 (4e-18): at a factor of 0 a point without a neighbor of its class would
    have no neighbor at all, and no place. Pairs with an unlabeled point keep a factor of exp(-1) at any strength.
    """
    far = min(5.0 * strength / max(1.0 - strength, 1e-9), _FARTHEST)
    return 1.0 - 2.5 / far
