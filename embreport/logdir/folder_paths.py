"""From a path that a config or a state file spells to a folder of the log directory, or one the caller allowed."""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path

from embreport.logdir.paths import is_inside, spelled_label
from embreport.logdir.tree import Folder, Tree

_MOST_LISTED = 100_000
_CHECKPOINT_ENDING = re.compile(r"\.index|\.data-\d{5,}-of-\d{5,}|-\d{5,}-of-\d{5,}")


def folder_as_spelled(tree: Tree, start: Folder, spelled: str) -> Folder | None:
    """The folder that a path leads to from `start`; None where there is none that may be read."""
    path = _normal(start, spelled)
    if not path.is_relative_to(tree.root):
        path = _real(path)
    if path.is_relative_to(tree.root):
        return tree.folder(path.relative_to(tree.root).as_posix())
    return _folder_outside(path, spelled_label(start, spelled)) if tree.inside is None else None


def folders_like(tree: Tree, start: Folder, parts: list[str]) -> list[Folder]:
    """Folders of the log directory that a path, of this machine or another, may mean: longest match first."""
    found = []
    for base in (start, tree.folders[0]):
        for first in range(len(parts) + 1):
            folder: Folder | None = base
            for part in parts[first:]:
                if folder is not None:
                    folder = tree.parent(folder) if part == ".." else tree.child(folder, part)
            if folder is not None and folder not in found:
                found.append(folder)
    return found


def is_refused(tree: Tree, start: Folder, spelled: str) -> bool:
    """Whether a path leads out of the log directory to something: a folder, a file, or the files of a checkpoint."""
    path = _normal(start, spelled)
    if is_inside(tree, path):
        return False
    try:
        if os.path.lexists(path):
            return True
        with os.scandir(path.parent) as entries:
            names = (entry.name for entry in islice(entries, _MOST_LISTED) if entry.name.startswith(path.name))
            return any(_CHECKPOINT_ENDING.fullmatch(name.removeprefix(path.name)) for name in names)
    except (OSError, ValueError):
        return False


def _folder_outside(path: Path, label: str) -> Folder | None:
    """A folder that the caller allowed to read although it is not below the log directory."""
    try:
        with os.scandir(path) as entries:
            files = frozenset(entry.name for entry in entries if not entry.is_dir())
    except (OSError, ValueError):
        return None
    return Folder(path=path, label=label, files=files, folders=(), inside=None)


def _normal(start: Folder, spelled: str) -> Path:
    return Path(os.path.normpath(start.path / spelled.replace("\0", "")))


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
