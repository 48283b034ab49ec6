"""The stages whose results are stored, and what each is made from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import numpy as np

from embreport.compute.ground import Ground
from embreport.compute.layouts import Layout, PlacedLayout, Report
from embreport.compute.neighbors import NeighborTables, narrowed
from embreport.compute.pca import PrincipalComponents, Squares
from embreport.compute.quadrature import PROBES, STEPS, SampledSquares
from embreport.compute.settings import ComputeSettings
from embreport.compute.stored import StoredResults
from embreport.model import Metric, NeighborTable, RowLabels
from embreport.result_store import Arrays

_FEWEST_COLUMNS = 10
_NOT_OF_A_LAYOUT = {"projections", "neighbors", "perplexity", "max_points", "layout_points", "jobs"}
_OF_TSNE = {"preset"}
_OF_SUPERVISION = {"supervise_strength"}


def stored_tables(
    stored: StoredResults, points: np.ndarray, width: int, make: Callable[[], NeighborTables], inputs: object = None
) -> NeighborTables:
    """Both tables, min(width, n - 1) columns wide.

    Exact tables that were stored wider serve, since their first columns are the narrower table; tables of an
    approximate search serve only where they are as wide as asked for. `inputs` is what they depend on besides.
    """
    n = len(points)
    wanted = min(width, n - 1)

    def unpack(arrays: Arrays) -> NeighborTables | None:
        return _unpacked_tables(arrays, n)

    def suffices(tables: NeighborTables) -> bool:
        return _suffices(tables.cosine, wanted) and _suffices(tables.euclidean, wanted)

    found = stored.recall("neighbors", lambda: (inputs,), make, _packed_tables, unpack, suffices)
    return found.narrowed(wanted)


def stored_table(
    stored: StoredResults,
    metric: Metric,
    points: np.ndarray,
    width: int,
    make: Callable[[], NeighborTable],
    inputs: object = None,
) -> NeighborTable:
    """As `stored_tables`, of one table alone."""
    n = len(points)
    wanted = min(width, n - 1)

    def unpack(arrays: Arrays) -> NeighborTable | None:
        return _unpacked_table(arrays, metric, n)

    def suffices(table: NeighborTable) -> bool:
        return _suffices(table, wanted)

    found = stored.recall(f"neighbors-{metric}", lambda: (inputs,), make, _packed_table, unpack, suffices)
    return narrowed(found, wanted)


def _suffices(table: NeighborTable, wanted: int) -> bool:
    found = table.indices.shape[1]
    return found == wanted or (table.recall is None and found > wanted)


def _packed_tables(tables: NeighborTables) -> Arrays:
    repeated = {"repeated": np.array([tables.repeated], np.int64)}
    return {**_packed_table(tables.cosine), **_packed_table(tables.euclidean), **repeated}


def _packed_table(table: NeighborTable) -> Arrays:
    return {
        f"{table.metric} indices": table.indices,
        f"{table.metric} distances": table.distances,
        f"{table.metric} recall": np.array([np.nan if table.recall is None else table.recall]),
    }


def _unpacked_tables(arrays: Arrays, n: int) -> NeighborTables | None:
    cosine, euclidean = _unpacked_table(arrays, "cosine", n), _unpacked_table(arrays, "euclidean", n)
    repeated = arrays.get("repeated")
    if cosine is None or euclidean is None or repeated is None or not _is(repeated, np.int64, (1,)):
        return None
    if cosine.indices.shape != euclidean.indices.shape:
        return None
    return NeighborTables(cosine=cosine, euclidean=euclidean, repeated=int(repeated[0]))


def _unpacked_table(arrays: Arrays, metric: Metric, n: int) -> NeighborTable | None:
    """None unless every index is that of a point: compiled loops follow them without looking."""
    indices, distances = arrays.get(f"{metric} indices"), arrays.get(f"{metric} distances")
    recall = arrays.get(f"{metric} recall")
    if indices is None or distances is None or recall is None or indices.ndim != 2 or len(indices) != n:
        return None
    if not _is(indices, np.int32, indices.shape) or not _is(distances, np.float32, indices.shape):
        return None
    if not _is(recall, np.float64, (1,)) or (indices.size and not (indices.min() >= 0 and indices.max() < n)):
        return None
    for array in (indices, distances):
        array.flags.writeable = False
    shown = None if np.isnan(recall[0]) else float(recall[0])
    return NeighborTable(metric=metric, indices=indices, distances=distances, recall=shown)


def stored_components(
    stored: StoredResults, name: str, points: np.ndarray, make: Callable[[], PrincipalComponents]
) -> PrincipalComponents:
    """Principal components; `name` says of what rows ("pca", "pca-spherized")."""
    n, d = points.shape

    def unpack(arrays: Arrays) -> PrincipalComponents | None:
        scores, loadings, variance = (arrays.get(part) for part in ("scores", "loadings", "variance"))
        if scores is None or scores.ndim != 2 or not _is(arrays.get("exponent"), np.int64, (1,)):
            return None
        c = scores.shape[1]
        fits = _is(scores, np.float32, (n, c)) and _is(loadings, np.float64, (d, c)) and _is(variance, np.float64, (c,))
        if not fits or loadings is None or variance is None:
            return None
        squares = _unpacked_squares(arrays)
        if squares is None and name == "pca":
            return None
        exponent = int(arrays["exponent"][0])
        return PrincipalComponents(
            scores=scores, loadings=loadings, variance=variance, exponent=exponent, squares=squares
        )

    return stored.recall(name, tuple, make, _packed_components, unpack)


def _packed_components(components: PrincipalComponents) -> Arrays:
    squares: Arrays = {}
    if isinstance(components.squares, SampledSquares):
        sample = components.squares
        total = np.array([sample.total])
        squares = {"known": sample.known, "total": total, "nodes": sample.nodes, "weights": sample.weights}
    elif components.squares is not None:
        squares = {"squares": components.squares}
    return {
        **squares,
        "scores": components.scores,
        "loadings": components.loadings,
        "variance": components.variance,
        "exponent": np.array([components.exponent], np.int64),
    }


def _unpacked_squares(arrays: Arrays) -> Squares | None:
    every = arrays.get("squares")
    if every is not None:
        return every if _is(every, np.float64, (every.size,)) else None
    known, total, nodes, weights = (arrays.get(part) for part in ("known", "total", "nodes", "weights"))
    if known is None or total is None or nodes is None or weights is None:
        return None
    shape = (2, PROBES, STEPS)
    if not _is(known, np.float64, (known.size,)) or not _is(total, np.float64, (1,)) or not total[0] > 0:
        return None
    if not _is(nodes, np.float64, shape) or not _is(weights, np.float64, shape):
        return None
    return SampledSquares(known=known, total=float(total[0]), nodes=nodes, weights=weights)


def stored_layout(
    stored: StoredResults,
    layout: Layout,
    ground: Ground,
    settings: ComputeSettings,
    supervision: RowLabels | None,
    report: Report,
) -> PlacedLayout:
    """A layout of the points of a ground. Other layouts, and wider tables, do not change what it is stored under."""
    n, table = len(ground.chosen), ground.table

    def inputs() -> tuple[object, ...]:
        width = _columns_used(layout, table)
        used = _settings_of(layout, settings, supervision)
        rest = (layout.method, layout.dims, layout.settings, layout.runs, used, supervision)
        return (ground.chosen, stored.said_by(table, width), *rest)

    def unpack(arrays: Arrays) -> PlacedLayout | None:
        coordinates, text = arrays.get("coordinates"), arrays.get("settings")
        if coordinates is None or text is None or not _is(coordinates, np.float32, (n, layout.dims)):
            return None
        made = _settings_from(text)
        return None if made is None else PlacedLayout(coordinates=coordinates, settings=made)

    def pack(placed: PlacedLayout) -> Arrays:
        text = json.dumps(placed.settings).encode("ascii")
        return {"coordinates": placed.coordinates, "settings": np.frombuffer(text, np.uint8)}

    return stored.recall(layout.name.partition("-")[0], inputs, lambda: layout.place(report), pack, unpack)


def _columns_used(layout: Layout, table: NeighborTable) -> int:
    """How many columns of the table the layout is made from, or a few more."""
    perplexity = layout.settings.get("perplexity", layout.settings.get("neighbors"))
    if not isinstance(perplexity, int | float):
        return int(table.indices.shape[1])
    return max(_FEWEST_COLUMNS, int(3 * perplexity))


def _settings_of(layout: Layout, settings: ComputeSettings, supervision: RowLabels | None) -> dict[str, object]:
    """All settings but those that cannot matter to the layout."""
    values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    passed_over = _NOT_OF_A_LAYOUT | (_OF_TSNE if layout.method == "umap" else set())
    passed_over |= _OF_SUPERVISION if supervision is None else set()
    umap_too = layout.method == "umap"
    return {
        name: value
        for name, value in values.items()
        if name not in passed_over and (umap_too or not name.startswith("umap_"))
    }


def _settings_from(text: np.ndarray) -> dict[str, str | int | float] | None:
    try:
        found = json.loads(text.tobytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not all(isinstance(value, str | int | float) for value in found.values()):
        return None
    return found


def _is(array: np.ndarray | None, dtype: type, shape: tuple[int, ...]) -> bool:
    return array is not None and array.dtype == dtype and array.shape == shape
