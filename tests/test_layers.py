"""Which room may import which: the data goes one way, from the log directory to the page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "embreport"

BOTTOM = {
    "errors", "model", "version", "versions", "diagnostics", "progress", "plain_text", "text_encoding", "result_store",
}  # fmt: skip
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "version": set(),
    "versions": {"version"},
    "progress": set(),
    "plain_text": set(),
    "text_encoding": set(),
    "result_store": set(),
    "model": {"diagnostics"},
    "plain_data": {"errors"},
    "diagnostics": {"model", "errors", "plain_data"},
    "row_labels": {"model"},
    "readers": BOTTOM,
    "assets": BOTTOM,
    "logdir": BOTTOM | {"readers", "assets"},
    "cache": BOTTOM,
    "compute": BOTTOM,
    "views": BOTTOM,
    "page": BOTTOM | {"views"},
    "options": BOTTOM,
    "output": BOTTOM,
    "selection": BOTTOM | {"options"},
    "supervision": BOTTOM | {"options", "row_labels"},
    "stated_settings": BOTTOM | {"options", "compute"},
    "pipeline": BOTTOM
    | {
        "stated_settings",
        "supervision",
        "options",
        "selection",
        "row_labels",
        "logdir",
        "cache",
        "compute",
        "views",
        "page",
    },
    "summary": BOTTOM | {"views", "pipeline"},
    "outcome": BOTTOM | {"selection", "views", "pipeline"},
    "junit": BOTTOM | {"outcome", "views", "pipeline"},
    "markdown": BOTTOM | {"outcome", "selection", "views", "pipeline"},
    "inspection": BOTTOM | {"logdir"},
    "extract": BOTTOM | {"page", "output"},
    "arrays": BOTTOM | {"assets"},
    "demo": BOTTOM,
    "api": BOTTOM | {"options", "output", "inspection", "arrays", "pipeline", "summary"},
    "cli": BOTTOM
    | {"options", "output", "selection", "inspection", "pipeline", "summary", "junit", "markdown", "extract", "demo"},
    "__init__": BOTTOM | {"api"},
    "__main__": {"cli"},
}
FOREIGN: dict[str, set[str]] = {
    "numba": {"compute"},
    "sklearn": {"compute", "demo"},
    "umap": {"compute"},
    "threadpoolctl": {"compute"},
    "jinja2": {"page"},
    "plotly": {"page"},
    "PIL": {"assets", "views", "page", "demo"},
    "google": {"readers", "logdir"},
    "google_crc32c": {"readers"},
    "pyarrow": {"readers"},
    "rich": set(),
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    """Every imported module by its full dotted name, relative imports resolved."""
    inside = ("embreport", *path.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(inside[: len(inside) - node.level]) + "." if node.level else ""
            base = f"{above}{node.module or ''}".rstrip(".")
            yield from (f"{base}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_room_imports_only_what_lies_below_it(path: Path) -> None:
    room = room_of(path)
    known = set(ALLOWED)

    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] == "embreport" and len(parts) > 1 and parts[1] in known:
            assert parts[1] == room or parts[1] in ALLOWED[room], f"{room} may not import {parts[1]}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_library_is_imported_only_in_the_rooms_that_need_it(path: Path) -> None:
    room = room_of(path)

    for name in imports_of(path):
        rooms = FOREIGN.get(name.split(".")[0])
        assert rooms is None or room in rooms, f"{room} may not import {name}"


def test_every_room_has_its_rule() -> None:
    assert {room_of(path) for path in modules()} <= set(ALLOWED)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert (
        path.stat().st_size == 0
        or path.name == "__main__.py"
        or ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    )
