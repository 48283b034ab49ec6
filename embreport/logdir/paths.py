"""From a path that a config spells to a file in the log directory.

Paths are relative to the folder of the config. Many are not: they come from the machine that trained, start
at another folder, or have backslashes. Where exactly one file fits, it is taken and said so.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from embreport.errors import InputNotFound, OutsideLogdir
from embreport.logdir.tree import Folder, Tree, join_label
from embreport.model import Notice
from embreport.readers.files import InputFile, printable_name

_VARIABLE = re.compile(r"^(?:\$\w+|\$\{\w+\}|\{\w+\})[/\\]+")
_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class FoundFile:
    """A file that a config names, and a notice when it is not where the config says."""

    file: InputFile
    notice: Notice | None = None


def find_file(tree: Tree, folder: Folder, spelled: str, *, where: str) -> FoundFile:
    """The file that a config in `folder` spells as `spelled`.

    Raises OutsideLogdir when it exists but lies outside the log directory, InputNotFound, naming what comes
    near, when it is nowhere. `where` names the config in notices.
    """
    shown = printable_name(spelled)
    direct = _direct(tree, folder, spelled)
    if direct.exists():
        if is_inside(tree, direct.path):
            return FoundFile(file=direct)
        raise OutsideLogdir(
            f"“{shown}” leads out of the log directory and was not read. If it can be trusted, give --allow-outside.",
            where=where,
        )
    return _mend(tree, folder, spelled, where)


def _direct(tree: Tree, folder: Folder, spelled: str) -> InputFile:
    path = Path(os.path.normpath(folder.path / spelled.replace("\0", "")))
    return InputFile(path=path, label=label_of(tree, path), inside=tree.inside)


def label_of(tree: Tree, path: Path) -> str:
    """The path relative to the log directory, or, outside of it, the path itself."""
    try:
        return printable_name(path.relative_to(tree.root).as_posix())
    except ValueError:
        return printable_name(str(path))


def is_inside(tree: Tree, path: Path) -> bool:
    """Whether a path, symbolic links followed, may be read."""
    return tree.inside is None or Path(os.path.realpath(path)).is_relative_to(tree.inside)


def _mend(tree: Tree, folder: Folder, spelled: str, where: str) -> FoundFile:
    shown = printable_name(spelled)
    parts = [part for part in re.split(r"[/\\]+", _VARIABLE.sub("", spelled)) if part not in ("", ".", "..")]
    for candidate in _candidates(tree, folder, parts):
        if candidate.exists() and is_inside(tree, candidate.path):
            return FoundFile(file=candidate, notice=_mended(shown, candidate, where))
    elsewhere = tree.files_named(parts[-1]) if parts else []
    if len(elsewhere) == 1 and is_inside(tree, elsewhere[0].path):
        return FoundFile(file=elsewhere[0], notice=_mended(shown, elsewhere[0], where))
    hint = "Copy it there, or correct the path."
    if elsewhere:
        names = ", ".join(f"“{file.label}”" for file in elsewhere[:_MOST_NAMED])
        hint = f"{len(elsewhere):,} files have its name: {names}. Correct the path to one of them."
    raise InputNotFound(f"“{shown}” is not there; paths start at the folder of the config. {hint}", where=where)


def _candidates(tree: Tree, folder: Folder, parts: list[str]) -> list[InputFile]:
    """Ever shorter ends of the path, from the folder of the config, then from the log directory."""
    root = tree.folders[0]
    made = []
    for start in (folder, root):
        for first in range(len(parts)):
            path = start.path.joinpath(*parts[first:])
            label = join_label(start.label, "/".join(parts[first:]))
            made.append(InputFile(path=path, label=label, inside=tree.inside))
    return made


def _mended(shown: str, file: InputFile, where: str) -> Notice:
    message = f"“{shown}” is not there; “{file.label}” was taken in its place."
    return Notice(code="path-mended", severity="info", message=message, where=where)
