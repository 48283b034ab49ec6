"""The folders and files of a log directory, walked once: bounded, and safe against loops of symbolic links."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from embreport.model import Notice
from embreport.readers.files import InputFile, printable_name

_MOST_ENTRIES = 200_000
_DEEPEST = 40
_MOST_NAMED = 3
_NEVER_RUNS = frozenset({".git", ".hg", ".svn", ".ipynb_checkpoints", "__pycache__", "node_modules", ".venv", "venv"})


@dataclass(frozen=True, kw_only=True)
class Folder:
    """One folder: `label` is its path relative to the log directory with `/`, `.` for the log directory itself."""

    path: Path
    label: str
    files: frozenset[str]
    folders: tuple[str, ...]
    inside: Path | None

    def file(self, name: str) -> InputFile:
        """A file in this folder, there or not."""
        return InputFile(path=self.path / name, label=join_label(self.label, name), inside=self.inside)


@dataclass(frozen=True, kw_only=True)
class Tree:
    """All folders of a log directory, parents before children, in the order of their names.

    `root` is the folder with symbolic links resolved; `inside` is the same, or None where files outside of it
    may be read.
    """

    root: Path
    inside: Path | None
    folders: tuple[Folder, ...]
    notices: tuple[Notice, ...] = ()
    _by_label: dict[str, Folder] = field(default_factory=dict)
    _by_name: dict[str, list[tuple[Folder, str]]] = field(default_factory=dict)

    def folder(self, label: str) -> Folder | None:
        """The folder with this label, None when the walk did not come across it."""
        if not self._by_label:
            self._by_label.update({folder.label: folder for folder in self.folders})
        return self._by_label.get(label)

    def parent(self, folder: Folder) -> Folder | None:
        """The folder above, None for the log directory itself."""
        if folder.label == ".":
            return None
        head, _, _ = folder.label.rpartition("/")
        return self.folder(head or ".")

    def child(self, folder: Folder, name: str) -> Folder | None:
        """A folder in a folder."""
        return self.folder(join_label(folder.label, name))

    def files_named(self, name: str) -> list[InputFile]:
        """All files with this name, wherever they are."""
        return [file for file in self.files_like(name) if file.path.name == name]

    def files_like(self, name: str) -> list[InputFile]:
        """All files whose names differ from this one by upper and lower case only, as on other systems."""
        if not self._by_name:
            for folder in self.folders:
                for there in sorted(folder.files):
                    self._by_name.setdefault(there.casefold(), []).append((folder, there))
        return [folder.file(there) for folder, there in self._by_name.get(name.casefold(), ())]


def join_label(folder: str, name: str) -> str:
    """The label of something in a folder."""
    shown = printable_name(name)
    return shown if folder == "." else f"{folder}/{shown}"


def walk(root: Path, *, allow_outside: bool) -> Tree:
    """Walk `root`, which is a folder; what cannot be listed is left out with a notice."""
    real = Path(os.path.realpath(root))
    walker = _Walker(inside=None if allow_outside else real)
    folders = tuple(walker.visit(real, ".", 0))
    walker.tell_refused()
    return Tree(root=real, inside=walker.inside, folders=folders, notices=tuple(walker.notices))


class _Walker:
    def __init__(self, *, inside: Path | None) -> None:
        self.inside = inside
        self.notices: list[Notice] = []
        self._refused: list[str] = []
        self._seen: set[tuple[int, int]] = set()
        self._entries = 0

    def visit(self, path: Path, label: str, depth: int) -> Iterator[Folder]:
        """The folder and all below it that were not visited before."""
        if not self._is_new(path) or not self._has_room(label, depth):
            return
        files, names = self._list(path, label)
        yield Folder(path=path, label=label, files=frozenset(files), folders=tuple(names), inside=self.inside)
        for name in names:
            if not self._may_enter(path / name):
                self._refused.append(join_label(label, name))
            else:
                yield from self.visit(path / name, join_label(label, name), depth + 1)

    def tell_refused(self) -> None:
        """Name the folders that were not entered because they are links out of the log directory."""
        count = len(self._refused)
        if not count:
            return
        named = ", ".join(f"“{label}”" for label in self._refused[:_MOST_NAMED])
        more = f", and {count - _MOST_NAMED:,} more" if count > _MOST_NAMED else ""
        verbs = "leads out of the log directory and was" if count == 1 else "lead out of the log directory and were"
        message = f"{named}{more} {verbs} not entered. If it can be trusted, give --allow-outside."
        self.notices.append(Notice(code="outside-logdir", severity="warning", message=message, where=self._refused[0]))

    def _is_new(self, path: Path) -> bool:
        try:
            status = path.stat()
        except OSError:
            return False
        identity = (status.st_dev, status.st_ino)
        if identity in self._seen:
            return False
        self._seen.add(identity)
        return True

    def _has_room(self, label: str, depth: int) -> bool:
        if self._entries <= _MOST_ENTRIES and depth <= _DEEPEST:
            return True
        message = f"Only the first {_MOST_ENTRIES:,} files and {_DEEPEST} levels are looked through; this is left out."
        if not any(notice.code == "logdir-too-large" for notice in self.notices):
            self.notices.append(Notice(code="logdir-too-large", severity="warning", message=message, where=label))
        return False

    def _list(self, path: Path, label: str) -> tuple[list[str], list[str]]:
        files: list[str] = []
        folders: list[str] = []
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    self._entries += 1
                    if self._entries > _MOST_ENTRIES:
                        break
                    (folders if _is_folder(entry) else files).append(entry.name)
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            message = f"The folder cannot be listed ({reason}) and was left out."
            self.notices.append(Notice(code="folder-unreadable", severity="warning", message=message, where=label))
        return sorted(files), sorted(name for name in folders if name not in _NEVER_RUNS)

    def _may_enter(self, path: Path) -> bool:
        """A folder that is a link out of the log directory is not entered."""
        return self.inside is None or not path.is_symlink() or Path(os.path.realpath(path)).is_relative_to(self.inside)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
