"""Which classes of the rows supervise t-SNE and UMAP: what `--supervise-by` and `--supervise-ignore` name."""

from __future__ import annotations

import dataclasses

import numpy as np

from embreport.errors import UsageError
from embreport.model import Column, Embedding, Metadata, Notice, RowLabels
from embreport.options import BuildOptions
from embreport.row_labels import labels_of


def check_ignored_label(embeddings: tuple[Embedding, ...], options: BuildOptions) -> None:
    """Refuse an ignored label that the column holds in no embedding, where the column is there at all."""
    ignored, columns = options.supervise_ignore, [_column(item.metadata, options) for item in embeddings]
    if ignored is None or not any(columns) or any(column and ignored in column.cells for column in columns):
        return
    raise UsageError(
        f"--supervise-ignore is “{ignored}”, which no cell of the column “{options.supervise_by}” holds. "
        "Spell it as the metadata does."
    )


def supervising_labels(
    metadata: Metadata | None, options: BuildOptions, where: str
) -> tuple[RowLabels | None, tuple[Notice, ...]]:
    """The classes to supervise by, ignored and missing labels -1; None and a notice where there are none.

    Both are empty where nothing is to be supervised. `where` names the embedding in the notice.
    """
    if options.supervise_by is None:
        return None, ()
    column = _column(metadata, options)
    if column is None:
        message = f"There is no column “{options.supervise_by}” here, so the layouts are not supervised."
        return None, (Notice(code="supervision-column-missing", severity="info", message=message, where=where),)
    labels = labels_of(column)
    if options.supervise_ignore in labels.values:
        ignored = labels.values.index(str(options.supervise_ignore))
        codes = np.where(labels.codes == ignored, np.int32(-1), labels.codes)
        labels = dataclasses.replace(labels, codes=codes)
    if len(np.unique(labels.codes[labels.codes >= 0])) < 2:
        message = f"The column “{column.name}” holds fewer than two labels, so the layouts are not supervised."
        return None, (Notice(code="supervision-without-classes", severity="info", message=message, where=where),)
    return labels, ()


def _column(metadata: Metadata | None, options: BuildOptions) -> Column | None:
    columns = metadata.columns if metadata else ()
    return next((column for column in columns if column.name == options.supervise_by), None)
