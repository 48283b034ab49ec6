"""Reads the numbers back out of a page.

The file is untrusted: sizes are checked against what is there before memory is taken, and whatever does
not fit together is a ReportError with a sentence.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from embreport.diagnostics import Diagnostics, diagnostics_from_data, faithfulness_from_data
from embreport.errors import ReportError
from embreport.model import Column, FigureUnit, Metric, NeighborTable, Projection, RowFigure
from embreport.page.manifest import MANIFEST_ID
from embreport.page.payload.blocks import inflate
from embreport.page.payload.coordinates import decode_coordinates
from embreport.page.payload.figures import decode_figure
from embreport.page.payload.neighbors import decode_distances, decode_offsets, decode_positions
from embreport.page.payload.sequence import decode_rows
from embreport.page.payload.text import decode_column
from embreport.page.report import FORMAT
from embreport.page.stored import StoredEmbedding, StoredReport

_MANIFEST = re.compile(rf'<script type="application/json" id="{MANIFEST_ID}">(.*?)</script>', re.DOTALL)
_BLOCK = re.compile(r'<script type="application/octet-stream" id="(block-[^"<>]+)">([A-Za-z0-9+/=]*)(</script>)?')
_HEAD = '<meta name="generator" content="embreport'
_LONGEST_HEAD = 4000
_MALFORMED = (ValueError, KeyError, TypeError, IndexError, OverflowError, AttributeError, RecursionError, MemoryError)


def read_page(html: str) -> StoredReport:
    """Everything a page holds. ReportError for what is not a report, is cut short, or is of a newer format."""
    manifest = _manifest(html)
    _check_format(manifest)
    try:
        blocks = _Blocks(manifest["blocks"], html, int(manifest["bytes"]))
        return StoredReport(
            format=int(manifest["format"]),
            version=str(manifest["version"]),
            versions=_texts(manifest.get("versions", {})),
            plotly_version=str(manifest["plotly"]["version"]),
            title=str(manifest["title"]),
            seed=int(manifest["seed"]),
            embeddings=tuple(_embedding(described, blocks) for described in manifest["embeddings"]),
        )
    except _MALFORMED as error:
        raise ReportError(f"The report is damaged: {_reason(error)}. Build or download it again.") from error


def _manifest(html: str) -> dict[str, Any]:
    found = _MANIFEST.search(html)
    if found is None:
        if f'id="{MANIFEST_ID}"' in html:
            raise ReportError("The report ends early, within its table of contents. Download it again.")
        if _HEAD in html[:_LONGEST_HEAD]:
            raise ReportError("The report ends early, before its table of contents. Download it again.")
        raise ReportError("This is not a report of embreport: it has no table of contents.")
    try:
        manifest = json.loads(found.group(1))
    except (ValueError, RecursionError) as error:
        raise ReportError("The report is damaged: its table of contents cannot be read.") from error
    if not isinstance(manifest, dict):
        raise ReportError("The report is damaged: its table of contents is not an object.")
    return manifest


def _check_format(manifest: Mapping[str, Any]) -> None:
    number = manifest.get("format")
    if not isinstance(number, int) or number < 1:
        raise ReportError("This is not a report of embreport: its format has no number.")
    if number > FORMAT:
        raise ReportError(
            f"The report has format {number}, newer than the format {FORMAT} this version reads. "
            "Update it with: pip install -U embreport."
        )


class _Blocks:
    """Blocks by id, unpacked when asked for."""

    def __init__(self, described: Mapping[str, Any], html: str, size: int) -> None:
        self.described = described
        self.texts = {found.group(1): found.group(2) for found in _BLOCK.finditer(html)}
        lacking = sum(max(0, int(one["chars"]) - len(self.texts.get(name, ""))) for name, one in described.items())
        if lacking:
            raise ReportError(
                f"The report ends early: {max(0, size - lacking):,} of {size:,} bytes are there. Download it again."
            )

    def raw(self, name: str) -> bytes:
        described = self.described[name]
        try:
            data = base64.b64decode(self.texts[name], validate=True)
        except binascii.Error as error:
            raise ValueError("a block is not base64") from error
        size = int(described["bytes"])
        if described["packed"] == "deflate-raw":
            return inflate(data, size)
        if len(data) != size:
            raise ValueError("a block has the wrong length")
        return data


def _embedding(described: Mapping[str, Any], blocks: _Blocks) -> StoredEmbedding:
    rows, finite = _count(described["rows"]), _count(described["finite"])
    order = _order(described, rows, blocks)
    if finite > rows:
        raise ValueError("more rows are drawn than there are")
    cosine, euclidean = _tables(described["neighbors"], order, finite, blocks)
    step = described["step"]
    return StoredEmbedding(
        id=str(described["id"]),
        run=str(described["run"]),
        tensor=str(described["tensor"]),
        title=str(described["title"]),
        shape=(rows, _count(described["dims"])),
        dtype=str(described["dtype"]),
        source=str(described["source"]),
        step=None if step is None else int(step),
        sha256=str(described["sha256"]),
        settings=_texts(described["settings"]),
        provenance=tuple((str(key), str(text)) for key, text in described["provenance"]),
        columns=tuple(_column(one, order, blocks) for one in described["columns"]),
        projections=tuple(_projection(one, order, blocks) for one in described["projections"]),
        cosine=cosine,
        euclidean=euclidean,
        left_out=_count(described["leftOut"]),
        not_taken=_count(described.get("notTaken", 0)),
        duplicates=_count(described["duplicates"]),
        zero_rows=_count(described["zeroRows"]),
        diagnostics=_diagnostics(described, order, blocks),
    )


def _texts(described: Mapping[str, Any]) -> dict[str, str | None]:
    return {str(key): None if value is None else str(value) for key, value in described.items()}


def _order(described: Mapping[str, Any], rows: int, blocks: _Blocks) -> np.ndarray:
    layout = described["order"]
    raw = blocks.raw(layout["block"])
    if rows > len(raw):
        raise ValueError("the row order is shorter than the embedding")
    order = decode_rows(raw, rows, int(layout["width"]), bool(layout["delta"]))
    if not np.array_equal(np.sort(order), np.arange(rows)):
        raise ValueError("the row order is not one")
    return order


def _column(described: Mapping[str, Any], order: np.ndarray, blocks: _Blocks) -> Column:
    stored = decode_column(blocks.raw(described["block"]), len(order), described)
    cells: list[str | None] = [None] * len(order)
    for row, cell in zip(order.tolist(), stored, strict=True):
        cells[row] = cell
    kind = described["kind"]
    if kind not in ("text", "category", "number"):
        raise ValueError("a column is of an unknown kind")
    return Column(name=str(described["name"]), cells=tuple(cells), kind=kind)


def _projection(described: Mapping[str, Any], order: np.ndarray, blocks: _Blocks) -> Projection:
    stored = decode_coordinates(blocks.raw(described["block"]), len(order), described["axes"])
    variance = described["variance"]
    kept = described["kept"]
    if described["method"] not in ("pca", "tsne", "umap", "saved"):
        raise ValueError("a projection is of an unknown method")
    return Projection(
        name=str(described["name"]),
        method=described["method"],
        coordinates=_in_source_order(stored, order),
        settings=dict(described["settings"]),
        variance=None if variance is None else np.array([np.nan if v is None else float(v) for v in variance]),
        neighbors_kept=None if kept is None else float(kept),
        faithfulness=faithfulness_from_data(described.get("faithfulness", [])),
    )


def _figure(described: Mapping[str, Any], order: np.ndarray, blocks: _Blocks) -> RowFigure:
    stored = decode_figure(blocks.raw(described["block"]), len(order), described)
    unit, projection = described["unit"], described["projection"]
    if unit not in get_args(FigureUnit):
        raise ValueError("a figure is of an unknown unit")
    return RowFigure(
        name=str(described["name"]),
        title=str(described["title"]),
        unit=unit,
        values=_in_source_order(stored, order),
        projection=None if projection is None else str(projection),
    )


def _diagnostics(described: Mapping[str, Any], order: np.ndarray, blocks: _Blocks) -> Diagnostics | None:
    block = described.get("diagnostics")
    if block is None:
        return None
    figures = tuple(_figure(one, order, blocks) for one in described["figures"])
    return diagnostics_from_data(json.loads(blocks.raw(block)), figures)


def _tables(
    described: Mapping[str, Any], order: np.ndarray, finite: int, blocks: _Blocks
) -> tuple[NeighborTable, NeighborTable]:
    k = _count(described["k"])
    stored: list[np.ndarray] = []
    for name in ("cosine", "euclidean"):
        layout = described[name]["indices"]
        raw = blocks.raw(layout["block"])
        if finite * k > len(raw):
            raise ValueError("a neighbor table is shorter than the embedding")
        if layout["coding"] == "offsets":
            table = decode_offsets(raw, finite, k, int(layout["width"]))
        else:
            table = decode_positions(raw, stored[0], layout)
        if table.size and (table.min() < 0 or table.max() >= len(order)):
            raise ValueError("a neighbor table names a row that does not exist")
        stored.append(table)
    cosine, euclidean = (
        _table(metric, stored[at], described[metric], order, blocks)
        for at, metric in enumerate(("cosine", "euclidean"))
    )
    return cosine, euclidean


def _table(
    metric: Any, stored: np.ndarray, described: Mapping[str, Any], order: np.ndarray, blocks: _Blocks
) -> NeighborTable:
    finite, k = stored.shape
    distances = decode_distances(blocks.raw(described["distances"]["block"]), finite, k)
    recall = described.get("recall")
    all_indices = np.full((len(order), k), -1, dtype=np.int32)
    all_distances = np.full((len(order), k), np.nan, dtype=np.float32)
    all_indices[order[:finite]] = order[stored]
    all_distances[order[:finite]] = distances
    named: Metric = "cosine" if metric == "cosine" else "euclidean"
    return NeighborTable(
        metric=named,
        indices=_frozen(all_indices),
        distances=_frozen(all_distances),
        recall=None if recall is None else float(recall),
    )


def _in_source_order(stored: np.ndarray, order: np.ndarray) -> np.ndarray:
    values = np.empty_like(stored)
    values[order] = stored
    return _frozen(values)


def _frozen(values: np.ndarray) -> np.ndarray:
    values.setflags(write=False)
    return values


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a count is not a number")
    return value


def _reason(error: BaseException) -> str:
    if isinstance(error, KeyError):
        return f"“{error.args[0] if error.args else ''}” is missing"
    if type(error) is ValueError and error.args and str(error.args[0]).startswith(("a ", "the ", "more ")):
        return str(error.args[0])
    return "its parts do not fit together"
