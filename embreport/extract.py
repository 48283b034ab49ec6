"""`embreport extract`: the numbers of a report as files, rows in the order of the source tensor."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from embreport.diagnostics import diagnostics_to_data, faithfulness_to_data
from embreport.errors import InputNotFound, OutputError, ReportError
from embreport.model import Projection, RowFigure
from embreport.output import write_whole
from embreport.page import StoredEmbedding, StoredReport, read_page

_LONGEST_SLUG = 60
# How a spreadsheet tells a formula; OWASP, "CSV Injection".
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def extract_report(
    report: Path, target: Path, *, defuse: bool = False, begin: Callable[[], None] = lambda: None
) -> tuple[Path, ...]:
    """Write one folder per embedding under `target` and give their paths, in the order of the report.

    `begin` is called once the report is read, before anything is written.
    With `defuse`, a metadata cell or column name that a spreadsheet would take for a formula gets a leading `'`.
    Files of an earlier extraction are replaced. Raises InputNotFound for a missing report, ReportError for a file
    that is none or is cut short, OutputError where nothing can be written.
    """
    try:
        stored = read_page(_read(report))
    except ReportError as error:
        raise ReportError(error.message, where=error.where or str(report)) from error
    begin()
    folders = []
    for number, embedding in enumerate(stored.embeddings, start=1):
        folder = target / f"{number:02d}-{slug(f'{embedding.run} {embedding.tensor}')}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(
                f"The folder cannot be made ({reason}); name another with -o.", where=str(folder)
            ) from error
        for name, data in _files(stored, embedding, defuse):
            write_whole(folder / name, data)
        folders.append(folder)
    return tuple(folders)


def _read(report: Path) -> str:
    try:
        return report.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputNotFound("There is no such file; name a page that embreport made.", where=str(report)) from error
    except (IsADirectoryError, UnicodeDecodeError) as error:
        raise ReportError("This is no page that embreport made.", where=str(report)) from error


def slug(text: str) -> str:
    """The text as a folder name: at most 60 lower-case ASCII letters, digits and single hyphens; never empty."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only)[:_LONGEST_SLUG].strip("-") or "embedding"


def _files(stored: StoredReport, embedding: StoredEmbedding, defuse: bool) -> Iterator[tuple[str, bytes]]:
    described = json.dumps(_description(stored, embedding), indent=2, ensure_ascii=False) + "\n"
    yield "embedding.json", described.encode("utf-8")
    yield "points.csv", _points(embedding, _defused if defuse else str).encode("utf-8")
    yield "neighbors.npz", _neighbors(embedding)


def _description(stored: StoredReport, embedding: StoredEmbedding) -> dict[str, Any]:
    return {
        "run": embedding.run,
        "tensor": embedding.tensor,
        "title": embedding.title,
        "shape": list(embedding.shape),
        "dtype": embedding.dtype,
        "step": embedding.step,
        "source": embedding.source,
        "sha256": embedding.sha256,
        "options": dict(embedding.settings) | {"seed": str(stored.seed)},
        "versions": {
            **stored.versions,
            "embreport": stored.version,
            "plotly.js": stored.plotly_version,
            "format": stored.format,
        },
        "metrics": {
            "points": embedding.shape[0] - embedding.left_out - embedding.not_taken,
            "nan_rows": embedding.left_out,
            "duplicate_rows": embedding.duplicates,
            "zero_rows": embedding.zero_rows,
            "projections": [_projection(projection) for projection in embedding.projections],
            "neighbors_recall": {table.metric: table.recall for table in (embedding.cosine, embedding.euclidean)},
            "diagnostics": None if embedding.diagnostics is None else diagnostics_to_data(embedding.diagnostics),
        },
    }


def _projection(projection: Projection) -> dict[str, Any]:
    return {
        "name": projection.name,
        "settings": dict(projection.settings),
        "neighbors_kept": projection.neighbors_kept,
        "faithfulness": faithfulness_to_data(projection.faithfulness),
        "variance": None if projection.variance is None else [float(share) for share in projection.variance],
    }


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


class _EndWithLineFeed:
    """Ends lines with LF alone. Python's csv puts a cell that holds a CR into quotes only where lines end with one."""

    def __init__(self, text: io.StringIO) -> None:
        self._text = text

    def write(self, line: str) -> None:
        """Add one line of the table."""
        self._text.write(line.removesuffix("\r\n") + "\n")


def _points(embedding: StoredEmbedding, spell: Callable[[str], str]) -> str:
    """One line per row: its number, its cells as spelled, its coordinates, its figures; empty where missing."""
    text = io.StringIO(newline="")
    writer = csv.writer(_EndWithLineFeed(text), lineterminator="\r\n")
    axes = [f"{projection.name}_{axis + 1}" for projection in embedding.projections for axis in range(projection.dims)]
    named = [spell(figure.name) for figure in embedding.figures]
    writer.writerow(["row", *(spell(column.name) for column in embedding.columns), *axes, *named])
    coordinates = [projection.coordinates for projection in embedding.projections]
    table = np.concatenate(coordinates, axis=1) if coordinates else np.empty((embedding.shape[0], 0), np.float32)
    for row, numbers in enumerate(table):
        cells = (column.cells[row] for column in embedding.columns)
        shown = ("" if np.isnan(number) else str(number) for number in numbers)
        figures = (_figure_cell(figure, row) for figure in embedding.figures)
        writer.writerow([row, *("" if cell is None else spell(cell) for cell in cells), *shown, *figures])
    return text.getvalue()


def _figure_cell(figure: RowFigure, row: int) -> str:
    value = figure.values[row]
    if np.isnan(value):
        return ""
    return str(int(value)) if figure.unit == "count" and value == int(value) else str(value)


def _neighbors(embedding: StoredEmbedding) -> bytes:
    """The tables as an .npz that numpy reads: int32 indices and float32 distances, each n x k."""
    data = io.BytesIO()
    np.savez_compressed(
        data,
        cosine_indices=embedding.cosine.indices,
        cosine_distances=embedding.cosine.distances,
        euclidean_indices=embedding.euclidean.indices,
        euclidean_distances=embedding.euclidean.distances,
    )
    return data.getvalue()
