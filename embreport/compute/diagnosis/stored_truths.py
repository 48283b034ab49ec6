"""What layouts keep, from a store of results where it was measured before."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np

from embreport.compute.diagnosis.faithfulness import LayoutTruth, figures_of, layout_truths
from embreport.compute.ground import Ground
from embreport.compute.stored import StoredResults
from embreport.compute.threads import Workers
from embreport.diagnostics import faithfulness_from_data, faithfulness_to_data
from embreport.errors import ReportError
from embreport.result_store import Arrays


def stored_truths(
    stored: StoredResults,
    ground: Ground,
    layouts: list[np.ndarray],
    seed: int,
    workers: Workers,
    report: Callable[[float], None],
) -> list[LayoutTruth]:
    """What layouts of the points of a ground keep of their neighbors, as `layout_truths` says."""
    if not layouts:
        return []
    table, n = ground.table, len(ground.chosen)

    def make() -> list[LayoutTruth]:
        return layout_truths(ground.points, table, layouts, seed, workers, report)

    def inputs() -> tuple[object, ...]:
        return (ground.chosen, stored.said_by(table), tuple(layouts), seed)

    def unpack(arrays: Arrays) -> list[LayoutTruth] | None:
        return _unpacked(arrays, len(layouts), n)

    return stored.recall("truths", inputs, make, _packed, unpack)


def _packed(truths: list[LayoutTruth]) -> Arrays:
    text = json.dumps([faithfulness_to_data(truth.overall) for truth in truths]).encode("ascii")
    arrays = {"overall": np.frombuffer(text, np.uint8)}
    for number, truth in enumerate(truths):
        arrays |= {f"{name} {number}": shares for name, shares in truth.per_point.items()}
    return arrays


def _unpacked(arrays: Arrays, count: int, n: int) -> list[LayoutTruth] | None:
    text = arrays.get("overall")
    if text is None:
        return None
    try:
        overall = [faithfulness_from_data(data) for data in json.loads(text.tobytes())]
    except (ValueError, TypeError, RecursionError, ReportError):
        return None
    per_point: list[dict[str, np.ndarray]] = [{} for _ in range(count)]
    for name in sorted(set(arrays) - {"overall"}):
        base, _, number = name.rpartition(" ")
        array = arrays[name]
        if not number.isdecimal() or int(number) >= count or array.dtype != np.float32 or array.shape != (n,):
            return None
        per_point[int(number)][base] = array
    if len(overall) != count:
        return None
    truths = []
    for of_layout, of_points in zip(overall, per_point, strict=True):
        names = [f"{name}_{one.k}" for one in of_layout for name in figures_of(one)]
        if sorted(names) != sorted(of_points):
            return None
        truths.append(LayoutTruth(overall=of_layout, per_point={name: of_points[name] for name in names}))
    return truths
