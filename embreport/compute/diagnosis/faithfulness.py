"""How true the pictures are: what each layout keeps of the neighborhoods, overall and point by point.

Neighbors kept is said in `compute.quality`. Trustworthiness and continuity: Venna and Kaski, "Neighborhood
Preservation in Nonlinear Projection Methods", ICANN 2001. With n points, k neighbors and the ranks r of one point's
neighbors in the one space among all points in the other, a point loses 2 / (k (2 n - 3 k - 1)) for every place that a
rank is beyond k:

    trustworthiness   neighbors in the layout, by their ranks in the data: what the picture invents
    continuity        neighbors in the data, by their ranks in the layout: what the picture tears apart

1 is perfect, and both are defined for n > 2 k.

*Ties.* Where more points tie at the k-th place of a list than there are places left, each counts in part, as if lots
were drawn for the last places. A rank is 1 and the number of points that are nearer. In the data, points that are
equally far are not nearer: such ties count for the picture. In the layout a point that is equally far counts half, as
if lots were drawn, but one that is equally far in the data does not count: among such points the picture can make no
mistake. So equal rows at one place are shown perfectly, and a picture that fell together is as bad as one by chance.
(Of more than 512 points that tie in the layout, or beyond the end of a neighbor list, 512 seeded ones stand for all;
64 where there are more than 5,000 points.)

*Every point has its figures.* Up to 5,000 points ranks are exact. Above, a rank within the neighbor list (of 30 or
more) or among the 30 nearest in the layout is exact, too; how many of the points beyond are nearer is estimated by how
many of 5,000 seeded reference points beyond are, times all such points over these. (Above 100,000 points there are
500,000,000 / n references, at least 500.) Neither list ends before k, so the estimates have no bias: what a rank is
beyond k is estimated as it is, never cut off. The lists of an approximate table are taken for the true ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from embreport.compute.blocks import row_blocks
from embreport.compute.diagnosis.measurement import Shares, measurement_of
from embreport.compute.layout_lists import layout_points
from embreport.compute.threads import Workers
from embreport.model import Faithfulness, NeighborTable

NEIGHBORS = (10, 30)
REFERENCE_ROWS = 5000
_FEWEST_REFERENCES, _MOST_PAIRS = 500, 500_000_000
_QUERIES = 256
_PARTS_AT_ONCE = 16
_MOST_TIED = (512, 64)


@dataclass(frozen=True, kw_only=True)
class LayoutTruth:
    """What one layout of n points keeps: `overall` per k, and per point under "neighbors_kept_10" and so on.

    Per point: float32 (n,).
    """

    overall: tuple[Faithfulness, ...]
    per_point: dict[str, np.ndarray]


def layout_truths(
    points: np.ndarray,
    table: NeighborTable,
    layouts: Sequence[np.ndarray],
    seed: int,
    workers: Workers,
    report: Callable[[float], None] = lambda share: None,
) -> list[LayoutTruth]:
    """Measures layouts of the same points against their neighbors; one answer per layout.

    There is an entry for k = 10 and for k = 30 where there are more than k points and the table is that wide; with 2 k
    points or fewer trustworthiness and continuity are None, and there is no column of them. `report` gets the share
    of the work that is done.

    Args:
        points: finite float (n, d).
        table: neighbors of the same n points, in the metric that counts.
        layouts: float32 (n, dims) each, all finite.
    """
    n = len(points)
    counts = [k for k in NEIGHBORS if k <= min(n - 1, table.indices.shape[1])]
    if not counts or not layouts:
        return [LayoutTruth(overall=(), per_point={}) for _ in layouts]
    size = min(n, REFERENCE_ROWS, max(_FEWEST_REFERENCES, _MOST_PAIRS // n))
    most_tied = _MOST_TIED[size < n]
    prepared = workers.map(lambda layout: layout_points(layout, counts[-1], seed, most_tied), layouts)
    measurement = measurement_of(points, table, prepared, size, seed, counts, workers)
    parts = row_blocks(n, _QUERIES)
    measured: list[list[Shares]] = []
    for together in row_blocks(len(parts), _PARTS_AT_ONCE):
        measured += workers.map(measurement.of_part, parts[together])
        report(len(measured) / len(parts))
    whole = [
        {key: np.concatenate([one[number][key] for one in measured]) for key in measured[0][number]}
        for number in range(len(layouts))
    ]
    return [_truth(shares, counts, None if size == n else size) for shares in whole]


def _truth(shares: Shares, counts: list[int], reference_rows: int | None) -> LayoutTruth:
    means = {key: float(of_points.mean()) for key, of_points in shares.items()}
    overall = tuple(
        Faithfulness(
            k=k,
            neighbors_kept=means["neighbors_kept", k],
            trustworthiness=means.get(("trustworthiness", k)),
            continuity=means.get(("continuity", k)),
            reference_rows=reference_rows if ("trustworthiness", k) in means else None,
        )
        for k in counts
    )
    per_point = {
        f"{name}_{one.k}": shares[name, one.k].astype(np.float32) for one in overall for name in figures_of(one)
    }
    return LayoutTruth(overall=overall, per_point=per_point)


def figures_of(overall: Faithfulness) -> list[str]:
    """The names of what was measured of every point, too, in the order of `Faithfulness`."""
    names = ("neighbors_kept", "trustworthiness", "continuity")
    return [name for name in names if getattr(overall, name) is not None]
