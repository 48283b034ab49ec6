"""From a path that a config spells to a file in the log directory.

Paths are relative to the folder of the config. Many are not: they come from the machine that trained, start
at another folder, or have backslashes. Where exactly one file fits, it is taken and said so.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from embreport.errors import FormatError, InputNotFound, OutsideLogdir
from embreport.logdir.tree import Folder, Tree, join_label
from embreport.model import Notice
from embreport.readers.files import InputFile, printable_name, shortened

_VARIABLE = re.compile(r"^(?:\$\w+|\$\{\w+\}|\{\w+\})[/\\]+")
_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class FoundFile:
    """A file that a config names, and a notice when it is not where the config says."""

    file: InputFile
    notice: Notice | None = None


def find_file(tree: Tree, folder: Folder, spelled: str, *, where: str) -> FoundFile:
    """The file that a config in `folder` spells as `spelled`.

    Raises OutsideLogdir when it exists but lies outside the log directory, FormatError when a folder or a special
    file is there, InputNotFound, naming what comes near, when it is nowhere. `where` names the config in notices.
    """
    shown = shortened(spelled)
    direct = _direct(tree, folder, spelled)
    if _is_something(direct.path) and not is_inside(tree, direct.path):
        raise OutsideLogdir(
            f"“{shown}” leads out of the log directory and was not read. If it can be trusted, give --allow-outside.",
            where=where,
        )
    if direct.exists():
        return FoundFile(file=direct)
    if _is_something(direct.path):
        kind = "a folder" if direct.path.is_dir() else "a special file"
        raise FormatError(f"“{shown}” is {kind}; expected a regular file.", where=where)
    return _mend(tree, folder, spelled, where)


def _is_something(path: Path) -> bool:
    """Whether anything is at a path, symbolic links followed: a file, a folder, a device."""
    try:
        return os.path.exists(path)
    except (OSError, ValueError):
        return False


def path_parts(spelled: str) -> list[str]:
    """The parts of a path that may come from another machine or system, without a variable at its start."""
    return [part for part in re.split(r"[/\\]+", _VARIABLE.sub("", spelled)) if part not in ("", ".")]


def spelled_label(folder: Folder, spelled: str) -> str:
    """How messages name a path outside the log directory: as it is spelled, from the folder that spells it."""
    start = "" if folder.label == "." else folder.label
    return printable_name(os.path.normpath(os.path.join(start, spelled.replace("\0", ""))))


def _direct(tree: Tree, folder: Folder, spelled: str) -> InputFile:
    path = Path(os.path.normpath(folder.path / spelled.replace("\0", "")))
    label = label_of(tree, path) if path.is_relative_to(tree.root) else spelled_label(folder, spelled)
    return InputFile(path=path, label=label, inside=tree.inside)


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
    shown = shortened(spelled)
    parts = [part for part in path_parts(spelled) if part != ".."]
    for candidate in _candidates(tree, folder, parts):
        if candidate.exists() and is_inside(tree, candidate.path):
            return FoundFile(file=candidate, notice=_mended(shown, candidate, where))
    elsewhere = _elsewhere(tree, parts[-1]) if parts else []
    if len(elsewhere) == 1 and is_inside(tree, elsewhere[0].path):
        return FoundFile(file=elsewhere[0], notice=_mended(shown, elsewhere[0], where))
    hint = "Copy it there, or correct the path."
    if _is_link(folder.path.joinpath(*parts)):
        raise InputNotFound(
            f"“{shown}” is a symbolic link that leads to no file. Copy what it should lead to in its place.",
            where=where,
        )
    if elsewhere:
        names = ", ".join(f"“{file.label}”" for file in elsewhere[:_MOST_NAMED])
        count = "1 file has" if len(elsewhere) == 1 else f"{len(elsewhere):,} files have"
        hint = f"{count} its name: {names}. Correct the path to one of them."
    elif near := _near_names(folder, parts):
        hint = f"The folder of the config has {near}. Correct the path."
    raise InputNotFound(f"“{shown}” is not there; paths start at the folder of the config. {hint}", where=where)


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except (OSError, ValueError):
        return False


def _elsewhere(tree: Tree, name: str) -> list[InputFile]:
    """All files of a name, whatever their folders; where there are none, those of other upper and lower case."""
    exact = [file for file in tree.files_named(name) if file.exists()]
    return exact or [file for file in tree.files_like(name) if file.exists()]


def _near_names(folder: Folder, parts: list[str]) -> str:
    """Files in a folder whose names are much like the one that is wanted."""
    near = difflib.get_close_matches(parts[-1][:100], sorted(folder.files)[:500], 3, 0.75) if parts else []
    return ", ".join(f"“{printable_name(name)}”" for name in near)


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
