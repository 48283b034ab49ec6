"""The options of a build: one definition that serves Python, the command line and a TOML file.

Every field of `BuildOptions` carries its help text and the function that makes its value from text, so
names, defaults and checks cannot drift apart between the three ways in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embreport.errors import UsageError

PROJECTION_METHODS = ("pca", "tsne", "umap")
PRESETS = ("full", "fast")
TERMINAL_OPTIONS = {"quiet", "debug", "json", "summary", "junit"}
"""Options of the command line alone that a TOML file may set too."""
_SIZE_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def _option(
    default: Any, help_text: str, parse: Callable[[str], Any], metavar: str | None = None, *, repeatable: bool = False
) -> Any:
    """A dataclass field with what the command line and the TOML file need to know of it."""
    return dataclasses.field(
        default=default, metadata={"help": help_text, "parse": parse, "metavar": metavar, "repeatable": repeatable}
    )


def _plain(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def parse_size(text: str) -> int:
    """Bytes from `14MB`, `900kB` or `14000000`; units are powers of 1,000."""
    stripped = text.strip().upper()
    digits = stripped.rstrip("KMGB ")
    unit = stripped[len(digits) :].strip()
    try:
        return int(float(digits) * _SIZE_UNITS[unit])
    except (ValueError, KeyError, OverflowError) as error:
        raise UsageError(f"“{text}” is not a size; write it like 14MB or 900kB.") from error


def parse_step(text: str) -> int | str:
    """`latest`, or the number of a saved step."""
    if text == "latest":
        return text
    if not text.isdecimal():
        raise UsageError(f"“{text}” is not a step; give its number, or latest.")
    return int(text)


def parse_points(text: str) -> int | str:
    """`all`, or a number of points."""
    if text == "all":
        return text
    if not text.isdecimal():
        raise UsageError(f"“{text}” is not a number of points; give one, or all.")
    return int(text)


def parse_tile_size(text: str) -> tuple[int, int]:
    """`28x28` as (width, height) in pixels."""
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError as error:
        raise UsageError(f"“{text}” is not a thumbnail size; write width x height like 28x28.") from error
    return width, height


def _parse_names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _parse_numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in _parse_names(text))
    except ValueError as error:
        raise UsageError(f"“{text}” is not a number or a comma list of numbers.") from error


def _parse_number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise UsageError(f"“{text}” is not a number.") from error


def _parse_integer(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise UsageError(f"“{text}” is not a whole number.") from error


@dataclass(frozen=True, kw_only=True)
class BuildOptions:
    """How a report is built. Defaults are those of the command line."""

    run: tuple[str, ...] = _option((), "build only runs whose name fits; repeatable", str, "GLOB", repeatable=True)
    tensor: tuple[str, ...] = _option(
        (), "build the tensors whose name fits, whatever they are; repeatable", str, "GLOB", repeatable=True
    )
    step: int | str = _option("latest", "which saved step: its number, or latest", parse_step, "N|latest")
    projections: tuple[str, ...] | None = _option(
        None, "comma list of pca, tsne, umap (umap only where umap-learn is installed)", _parse_names, "LIST"
    )
    metric: str = _option("cosine", "metric of the layouts: cosine or euclidean", str, "METRIC")
    neighbors: int = _option(100, "neighbors kept per point and metric", _parse_integer, "K")
    perplexity: tuple[float, ...] = _option((30.0,), "t-SNE perplexity, or a comma list", _parse_numbers, "P[,P...]")
    preset: str = _option("full", "t-SNE steps: full (at most 750) or fast (at most 350)", str, "PRESET")
    supervise_by: str | None = _option(
        None, "column of labels that draw points together in t-SNE and UMAP", str, "COLUMN"
    )
    supervise_ignore: str | None = _option(
        None, "label of that column that stands for no label, as an empty cell does", str, "LABEL"
    )
    supervise_strength: float | None = _option(
        None, "how much those labels weigh, from 0 (nothing) to 100; 50 if not given", _parse_number, "0-100"
    )
    umap_neighbors: int = _option(15, "neighbors per point in UMAP", _parse_integer, "K")
    umap_min_dist: float = _option(0.1, "smallest distance between points in UMAP", _parse_number, "DISTANCE")
    layout_points: int | str | None = _option(
        None,
        "points t-SNE and UMAP place; if not given all up to 200,000, of more a sample of 100,000",
        parse_points,
        "N|all",
    )
    max_points: int | None = _option(
        None, "take a seeded sample of at most N rows; all if not given", _parse_integer, "N"
    )
    max_size: int = _option(14_000_000, "largest page, like 14MB; what is given up is said", parse_size, "BYTES")
    color_by: str | None = _option(None, "column or figure that colors the points when the page opens", str, "COLUMN")
    label_by: str | None = _option(None, "column that names the points when the page opens", str, "COLUMN")
    seed: int = _option(0, "seed of everything random", _parse_integer, "N")
    title: str | None = _option(None, "title of the report; the folder's name if not given", str, "TEXT")
    drop: tuple[str, ...] = _option(
        (), "what stays out of the file: labels, images or column:NAME; repeatable", str, "WHAT", repeatable=True
    )
    metadata: str | None = _option(None, "metadata file of a tensor file given in place of a folder", str, "TSV")
    sprite: str | None = _option(
        None, "sprite sheet, or folder of numbered images, of a tensor file given in place of a folder", str, "IMAGE"
    )
    sprite_size: tuple[int, int] | None = _option(None, "size of one thumbnail, like 28x28", parse_tile_size, "WxH")
    jobs: int | None = _option(None, "threads to compute with; all cores if not given", _parse_integer, "N")
    cache: str | None = _option(None, "folder that keeps results for the next build; none if not given", str, "DIR")
    cache_size: int = _option(
        2 * 10**9,
        "most that folder may hold, like 500MB; what was not used for longest goes first",
        parse_size,
        "BYTES",
    )
    allow_outside: bool = _option(False, "follow asset paths that leave the log directory", bool)
    strict: bool = _option(False, "fail (exit code 3) on any skipped tensor or warning", bool)

    def __post_init__(self) -> None:
        for check in (self._check_numbers, self._check_choices):
            check()

    def _check_numbers(self) -> None:
        bounds = (
            ("neighbors", self.neighbors, 1, 1000),
            ("supervise-strength", 0.0 if self.supervise_strength is None else self.supervise_strength, 0.0, 100.0),
            ("umap-neighbors", self.umap_neighbors, 2, 1000),
            ("umap-min-dist", self.umap_min_dist, 0.0, 0.99),
            ("max-size", self.max_size, 10**5, 10**12),
            ("cache-size", self.cache_size, 10**6, 10**15),
            ("seed", self.seed, 0, 2**32 - 1),
            ("max-points", 1 if self.max_points is None else self.max_points, 1, 10**12),
            ("layout-points", self.layout_points if isinstance(self.layout_points, int) else 1, 1, 10**12),
            ("jobs", 1 if self.jobs is None else self.jobs, 1, 1024),
            *(("perplexity", value, 2.0, 1000.0) for value in self.perplexity),
        )
        for name, value, low, high in bounds:
            if not low <= value <= high:
                raise UsageError(f"--{name} is {_plain(value)}; it must lie between {low:g} and {_plain(high)}.")
        if not self.perplexity:
            raise UsageError("--perplexity is empty; give a number such as 30.")
        shown = {f"{value:g}": value for value in self.perplexity}
        if len(shown) < len(set(self.perplexity)):
            raise UsageError("--perplexity names numbers that are equal to six digits; name one of them.")

    def _check_choices(self) -> None:
        if self.metric not in ("cosine", "euclidean"):
            raise UsageError(f"--metric is “{self.metric}”; it must be cosine or euclidean.")
        if self.preset not in PRESETS:
            raise UsageError(f"--preset is “{self.preset}”; it must be full or fast.")
        if self.supervise_ignore is not None and self.supervise_by is None:
            raise UsageError("--supervise-ignore needs --supervise-by, the column whose label it names.")
        if self.supervise_strength is not None and self.supervise_by is None:
            raise UsageError("--supervise-strength needs --supervise-by, the column of labels that it weighs.")
        if self.supervise_by is not None and self.projections == ("pca",):
            raise UsageError("--supervise-by needs t-SNE or UMAP; add tsne or umap to --projections.")
        for method in self.projections or ():
            if method not in PROJECTION_METHODS:
                known = ", ".join(PROJECTION_METHODS)
                raise UsageError(f"--projections names “{method}”; known are {known}.")
        if self.projections == ():
            raise UsageError("--projections is empty; name at least one of pca, tsne, umap.")
        if isinstance(self.layout_points, str) and self.layout_points != "all":
            raise UsageError(f"--layout-points is “{self.layout_points}”; it must be a number, or all.")
        for what in self.drop:
            if what not in ("labels", "images") and not what.startswith("column:"):
                raise UsageError(f"--drop is “{what}”; it must be labels, images or column:NAME.")


def option_names() -> dict[str, dataclasses.Field[Any]]:
    """Every option as it is spelled on the command line and in TOML (`max-size`), with its field."""
    return {field.name.replace("_", "-"): field for field in dataclasses.fields(BuildOptions)}


def options_from_toml(path: Path) -> dict[str, Any]:
    """The options a TOML file sets, as keyword arguments of `BuildOptions`.

    Names are those of the command line, with `-` or `_`; a list or one value is welcome where an option
    is repeatable. Raises UsageError for a file that cannot be read, unknown names and wrong values.
    """
    import tomllib

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"The options file cannot be read ({error.strerror}).", where=str(path)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"The options file is not TOML: {error}.", where=str(path)) from error
    names = option_names()
    options: dict[str, Any] = {}
    for key, value in table.items():
        field = names.get(key.replace("_", "-"))
        if key in TERMINAL_OPTIONS:
            options[key] = _terminal_value(key, value, str(path))
            continue
        if field is None:
            known = ", ".join(sorted({*names, *TERMINAL_OPTIONS}))
            raise UsageError(f"“{key}” is no option; known are {known}.", where=str(path))
        options[field.name] = _value_from_toml(field, value, str(path))
    return options


def _terminal_value(key: str, value: Any, where: str) -> Any:
    wanted = bool if key in ("quiet", "debug") else str
    if not isinstance(value, wanted):
        raise UsageError(
            f"{key} is {value!r}; it must be {'true or false' if wanted is bool else 'a file'}.", where=where
        )
    return value


def _value_from_toml(field: dataclasses.Field[Any], value: Any, where: str) -> Any:
    """A TOML value in the option's own type: text goes through the same parser as the command line's."""
    name = field.name.replace("_", "-")
    if field.type == "bool":
        if not isinstance(value, bool):
            raise UsageError(f"{name} is {value!r}; it must be true or false.", where=where)
        return value
    if isinstance(value, (bool, Mapping)) or value is None:
        raise UsageError(f"{name} is not a text, a number or a list of them.", where=where)
    parts = value if isinstance(value, list) else [value]
    try:
        if field.metadata["repeatable"]:
            return tuple(field.metadata["parse"](str(part)) for part in parts)
        return field.metadata["parse"](",".join(str(part) for part in parts))
    except UsageError as error:
        raise UsageError(f"{name}: {error.message}", where=where) from error
