"""The plain, immutable data that travels between rooms.

Nothing here reads a file, computes a number or knows of HTML. Arrays are C-contiguous and read-only.
`n` is the number of rows (points), `d` of dimensions, `k` of neighbors kept per row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # only named in annotations: the command's help must not wait for numpy
    import numpy as np

    from embreport.diagnostics import Diagnostics

Severity = Literal["info", "warning", "error"]
Metric = Literal["cosine", "euclidean"]
ColumnKind = Literal["text", "category", "number"]
ViewMethod = Literal["pca", "tsne", "umap", "custom"]
ProjectionMethod = Literal["pca", "tsne", "umap", "saved"]
FigureUnit = Literal["share", "count", "distance", "norm", "ratio"]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something the user should know; printed by the terminal, `--json` and the page alike."""

    code: str
    severity: Severity
    message: str
    where: str | None = None


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A tensor (or, with `tensor` None, a whole run) that is not read, and why."""

    run: str
    tensor: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class SpriteSource:
    """Where a sprite sheet is and how large one of its thumbnails is, in pixels.

    For images in files of their own, `path` is their folder and `files` names them all.
    """

    path: str
    tile_width: int
    tile_height: int
    files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MetadataSummary:
    """What `inspect` says of a metadata file without building anything."""

    path: str
    columns: tuple[str, ...]
    rows: int
    first: tuple[str, ...]
    last: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TensorSource:
    """One embedding as it was found: everything `inspect` says of it, and what `load` needs.

    `run` is the folder relative to the log directory with `/` (`.` for the folder itself). `shape` is
    (n, d) as announced and checked against the file's size. `path` is relative to the log directory.
    `locator` is private to the reader that made it.
    """

    run: str
    tensor: str
    title: str
    shape: tuple[int, int]
    dtype: str
    source: str
    path: str
    step: int | None = None
    steps: tuple[int, ...] = ()
    metadata: MetadataSummary | None = None
    sprite: SpriteSource | None = None
    bookmarks: int = 0
    bookmark_paths: tuple[str, ...] = ()
    listed: bool = False
    built: bool = False
    locator: object = None


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What a log directory holds. Embeddings are in the order the page shows them.

    `skipped` is what should be an embedding and cannot be; `passed_over` what is none by its nature, such as a bias
    of one dimension or a step counter.
    """

    logdir: str
    embeddings: tuple[TensorSource, ...]
    skipped: tuple[Skipped, ...]
    notices: tuple[Notice, ...]
    passed_over: tuple[Skipped, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """One metadata column, row-aligned with the tensor.

    `cells` holds the text exactly as the file spells it, None where it is missing. `kind` is how it can
    color points: "number" when every present cell is a plain decimal number, "category" when its values
    repeat enough to be a legend (class numbers do), else "text".
    """

    name: str
    cells: tuple[str | None, ...]
    kind: ColumnKind


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """The columns of a metadata file; every column has exactly n cells."""

    path: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class Sprite:
    """A decoded sprite sheet: `sheet` is uint8 (height, width, 3 or 4); tile i is row-major, `columns` a row.

    `count` tiles are real; rows from `count` on have no image.
    """

    path: str
    sheet: np.ndarray
    tile_width: int
    tile_height: int
    columns: int
    count: int

    def tile(self, row: int) -> np.ndarray:
        """The pixels of one row's thumbnail: uint8 (tile_height, tile_width, channels)."""
        top = row // self.columns * self.tile_height
        left = row % self.columns * self.tile_width
        return self.sheet[top : top + self.tile_height, left : left + self.tile_width]


@dataclass(frozen=True, kw_only=True)
class SavedCamera:
    """Where the Projector's camera stood: `position` and `target` in its cube, each axis of the view from -1 to 1."""

    position: tuple[float, float, float]
    target: tuple[float, float, float]
    zoom: float


@dataclass(frozen=True, kw_only=True)
class SavedView:
    """A view from a bookmarks file, with the coordinates it shows: float32 (n, dims), NaN for points not in it.

    `name` ("view1") is that of its projection in the page, `label` the one in the file, `method` the projection
    on the screen when it was saved, `settings` how that was made. `selection` holds the selected rows and
    `filtered` the rows that were shown (None for all), both ascending. `color_by` and `label_by` are names of
    columns that need not exist here; `categorical` says that numbers were colored as classes too.
    """

    name: str
    label: str
    method: ViewMethod
    coordinates: np.ndarray
    settings: Mapping[str, str | int | float] = field(default_factory=dict)
    selection: tuple[int, ...] = ()
    filtered: tuple[int, ...] | None = None
    color_by: str | None = None
    categorical: bool = False
    label_by: str | None = None
    camera: SavedCamera | None = None

    @property
    def dims(self) -> int:
        """Number of coordinates per row."""
        return int(self.coordinates.shape[1])


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """A tensor with what belongs to it. `values` is float32 or float64 (n, d), exact as in the source.

    float16 and bfloat16 widen to float32, integers to float32 where that is exact, else to float64.
    """

    source: TensorSource
    values: np.ndarray
    metadata: Metadata | None = None
    sprite: Sprite | None = None
    views: tuple[SavedView, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NeighborTable:
    """Exact neighbors of every row: int32 indices and float32 distances, both (n, k), nearest first.

    The row itself is left out. Order: by distance as float32, then by row. A row with NaN or Inf has
    index -1 and distance NaN throughout, and is in no other row's list. `recall` is None for such an exact
    table, else the share of the true neighbors that an approximate search found, measured on a seeded sample.
    """

    metric: Metric
    indices: np.ndarray
    distances: np.ndarray
    recall: float | None = None


@dataclass(frozen=True, kw_only=True)
class RowLabels:
    """The classes of the rows by one metadata column: int32 codes (n,), -1 where the label is missing.

    `values` are the texts of the codes, the most frequent first, equally frequent ones by their text.
    """

    column: str
    codes: np.ndarray
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RowFigure:
    """One figure of every row, to color by: float32 (n,), NaN where there is none.

    `name` is stable, for files and scripts ("trustworthiness_30@tsne3d", "hubness_10", "label_agreement_10:class"),
    `title` the words for the page. `projection` names the projection it is about, if any.
    """

    name: str
    title: str
    unit: FigureUnit
    values: np.ndarray
    projection: str | None = None


@dataclass(frozen=True, kw_only=True)
class Faithfulness:
    """What a projection keeps of the k nearest neighbors; shares from 0 (nothing) to 1 (everything).

    They are means over all placed rows. None where too few are placed: `neighbors_kept` needs k + 1 of them, the
    others 2 k + 1. `reference_rows`: trustworthiness and continuity have distant ranks estimated among so many
    seeded rows; None: all ranks are exact.
    """

    k: int
    neighbors_kept: float | None
    trustworthiness: float | None
    continuity: float | None
    reference_rows: int | None = None


@dataclass(frozen=True, kw_only=True)
class Projection:
    """Coordinates of every row: float32 (n, dims), NaN for a row that is not `finite` or was not placed.

    A layout of many rows places a sample of them: then `settings` has "points", how many were placed.
    `name` is the promised one ("pca", "tsne2d", "umap3d-n30"), `method` "pca", "tsne" or "umap"; "saved" is a
    view from a bookmarks file ("view1"), which is computed by nobody. "pca-spherized" is the PCA of the rows
    centered and then scaled to length 1 each; it comes with every "pca".
    `variance` (PCA only) is the share of the total variance of each component, float64 (dims,).
    `neighbors_kept` is the mean share of the 10 nearest neighbors that stay among the 10 nearest here
    (for PCA: in its first three components), None where fewer than two rows are finite.
    `settings` says how it was made, in the order to show: {"perplexity": 30, "metric": "cosine", ...}.
    `faithfulness` has one entry for k = 10 and one for k = 30, each where there are more than k rows (above
    200,000 rows: and so many neighbors were asked for).
    """

    name: str
    method: ProjectionMethod
    coordinates: np.ndarray
    settings: Mapping[str, str | int | float] = field(default_factory=dict)
    variance: np.ndarray | None = None
    neighbors_kept: float | None = None
    faithfulness: tuple[Faithfulness, ...] = ()

    @property
    def dims(self) -> int:
        """Number of coordinates per row."""
        return int(self.coordinates.shape[1])


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Everything computed for one embedding.

    `finite` is bool (n,): rows without NaN or Inf that were taken. `taken` is bool (n,), False for the rows that
    `--max-points` left out, all of them without NaN or Inf; None where all were taken. `zero_rows` counts
    all-zero rows, `duplicate_rows` the rows equal, value for value, to an earlier one (finite rows only).
    """

    finite: np.ndarray
    projections: tuple[Projection, ...]
    cosine: NeighborTable
    euclidean: NeighborTable
    zero_rows: int
    duplicate_rows: int
    taken: np.ndarray | None = None
    notices: tuple[Notice, ...] = ()
    diagnostics: Diagnostics | None = None

    @property
    def nan_rows(self) -> int:
        """Rows with NaN or Inf."""
        return len(self.finite) - int(self.finite.sum()) - self.not_taken

    @property
    def not_taken(self) -> int:
        """Rows that `--max-points` left out."""
        return 0 if self.taken is None else len(self.taken) - int(self.taken.sum())

    def table(self, metric: Metric) -> NeighborTable:
        """The neighbor table of a metric."""
        return self.cosine if metric == "cosine" else self.euclidean
