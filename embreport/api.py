"""What Python users call. Everything here is a thin layer over the rooms below."""

from __future__ import annotations

import html
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

from embreport.errors import UsageError
from embreport.model import Notice
from embreport.options import BuildOptions, option_names
from embreport.progress import ProgressCallback, ignore_progress

_NOTEBOOK_HEIGHT = 720
_NUMBERS = {"int": (Integral, "a whole number"), "float": (Real, "a number")}


class Report:
    """A finished report. In a notebook it shows itself; `save` writes it, `html` is the whole page."""

    def __init__(self, *, title: str, page: str, notices: tuple[Notice, ...], figures: Mapping[str, Any]) -> None:
        self.title = title
        self.html = page
        self.notices = notices
        self.figures = figures
        self.path: Path | None = None

    def save(self, path: str | Path) -> Path:
        """Write the page to `path`, replacing an older one only when whole. Raises OutputError."""
        from embreport.output import write_whole

        self.path = Path(path)
        write_whole(self.path, self.html.encode("utf-8"))
        return self.path

    def _repr_html_(self) -> str:
        page = html.escape(self.html, quote=True)
        title = html.escape(self.title, quote=True)
        look = f'style="width:100%;height:{_NOTEBOOK_HEIGHT}px;border:0" sandbox="allow-scripts allow-downloads"'
        return f'<iframe title="{title}" {look} srcdoc="{page}"></iframe>'

    def __repr__(self) -> str:
        return f"Report({self.title!r}, {len(self.html):,} characters, path={str(self.path) if self.path else None!r})"


def build(
    logdir: str | Path,
    output: str | Path | None = None,
    *,
    progress: ProgressCallback | None = None,
    **options: Any,
) -> Report:
    """Build a report from a log directory, a checkpoint prefix or one tensor file.

    `options` are those of `embreport build`, with `_` for `-` (`embreport.build("logs", max_size=5_000_000)`).
    Raises subclasses of EmbreportError; troubles of single tensors are in `Report.notices`.
    """
    from embreport.pipeline import build_from_logdir

    made = _options(options)
    return _finish(build_from_logdir(Path(logdir), made, progress or ignore_progress), output)


def inspect(logdir: str | Path, *, checksums: bool = False, allow_outside: bool = False) -> dict[str, Any]:
    """What `embreport inspect --json` prints, as a dictionary; computes nothing."""
    from embreport.inspection import inspect_logdir

    return inspect_logdir(Path(logdir), checksums=checksums, allow_outside=allow_outside).as_json()


def from_arrays(
    vectors: Any,
    metadata: Any = None,
    images: Any = None,
    *,
    output: str | Path | None = None,
    tensor: str = "embedding",
    title: str = "Embedding",
    progress: ProgressCallback | None = None,
    **options: Any,
) -> Report:
    """Build a report from arrays, for people who have no log directory.

    Args:
        vectors: (n, d) numbers: a numpy array, nested lists, or anything numpy can read.
        metadata: a list of n labels, a mapping of column names to n values, or a pandas or polars frame.
        images: (n, height, width) or (n, height, width, channels), uint8 or floats from 0 to 1.
        options: those of `build`.
    Raises UsageError when shapes do not agree.
    """
    from embreport.arrays import embedding_from_arrays
    from embreport.pipeline import build_from_embeddings

    made = _options(options)
    embedding = embedding_from_arrays(vectors, metadata, images, tensor=tensor)
    return _finish(build_from_embeddings(title, [embedding], made, progress or ignore_progress), output)


def _options(values: Mapping[str, Any]) -> BuildOptions:
    """Options from keyword arguments; one value is welcome where several are, and text where text is parsed."""
    fields = {field.name: field for field in option_names().values()}
    unknown = sorted(set(values) - set(fields))
    if unknown:
        raise UsageError(f"“{unknown[0]}” is no option; known are {', '.join(sorted(fields))}.")
    made = {}
    for name, given in values.items():
        parse = fields[name].metadata["parse"]
        value = given.item() if isinstance(given, np.generic) else given
        if isinstance(value, str) and not fields[name].metadata["repeatable"]:
            made[name] = parse(value)
        elif isinstance(value, str) or (name == "perplexity" and isinstance(value, (int, float))):
            made[name] = (value,)
        else:
            made[name] = tuple(value) if isinstance(value, list) else value
        _check_kind(name, str(fields[name].type), made[name])
    return BuildOptions(**made)


def _check_kind(name: str, kind: str, value: Any) -> None:
    """Raises UsageError where a number, or several, are wanted and something else is given."""
    if (value is None and "None" in kind) or (isinstance(value, str) and "str" in kind) or "tuple[str" in kind:
        return
    wanted = next((word for word in _NUMBERS if word in kind), None)
    if wanted is None:
        return
    type_of_number, words = _NUMBERS[wanted]
    several = isinstance(value, tuple) if "tuple" in kind else not isinstance(value, tuple)
    parts = value if isinstance(value, tuple) else (value,)
    if not several or not all(isinstance(part, type_of_number) and not isinstance(part, bool) for part in parts):
        raise UsageError(f"{name} is {value!r}; it must be {'a list of numbers' if 'tuple' in kind else words}.")


def _finish(built: Any, output: str | Path | None) -> Report:
    from embreport.summary import summarize

    report = Report(title=built.title, page=built.page.html, notices=built.notices, figures=summarize(built))
    if output is not None:
        report.save(output)
    return report
