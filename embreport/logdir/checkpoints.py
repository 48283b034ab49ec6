"""Which checkpoints a folder holds."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from embreport.errors import InputError, InputNotFound
from embreport.logdir.tree import Folder, Tree
from embreport.readers.files import InputFile, printable_name
from embreport.readers.table import is_table

STATE_NAME = "checkpoint"
_INDEX = ".index"
_DATA = re.compile(r"^(.*)\.data-\d{5,}-of-\d{5,}$", re.DOTALL)
_SHARD = re.compile(r"^(.*)-\d{5}-of-\d{5}$", re.DOTALL)
_NOT_V1 = re.compile(
    r"^events\.out\.tfevents\.|\.(?:index|meta|data-\d+-of-\d+|pbtxt|h5|keras|tsv|txt|json|png|npy|npz|safetensors)$"
)
_WEIGHTS_H5 = (".weights.h5", ".h5", ".hdf5", ".keras")
_STEP = re.compile(r"^(.*?)[-_.](\d{1,18})(\.ckpt)?$", re.DOTALL)
_TAIL = 48


class CheckpointKind(Enum):
    """How a checkpoint is stored."""

    BUNDLE = "V2"
    TABLE = "V1"
    HDF5 = "HDF5"


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """One checkpoint: its prefix (file name without endings), and the step in that name."""

    folder: Folder
    prefix: str
    kind: CheckpointKind
    file_name: str

    @property
    def file(self) -> InputFile:
        """The file to open: the index, the single file, or the HDF5 file."""
        return self.folder.file(self.file_name)

    @property
    def label(self) -> str:
        """The prefix, relative to the log directory; of an HDF5 file, its path."""
        return self.folder.file(self.file_name if self.kind is CheckpointKind.HDF5 else self.prefix).label

    @property
    def family(self) -> str:
        """The prefix without the step; the same for all that one saver wrote."""
        match = self._prefix_and_step()
        return f"{match[1]}{match[3] or ''}" if match else self.prefix

    @property
    def step(self) -> int | None:
        """The step in the name, if there is one."""
        match = self._prefix_and_step()
        return int(match[2]) if match else None

    def _prefix_and_step(self) -> re.Match[str] | None:
        match = _STEP.match(self.prefix)
        # Keras numbers the parts of large weights, too, and lists them in a file of their common name.
        if match and self.kind is CheckpointKind.HDF5 and f"{match[1]}.weights.json" in self.folder.files:
            return None
        return match


@dataclass(frozen=True, kw_only=True)
class ChosenCheckpoint:
    """A checkpoint that is meant, with the steps that its saver left beside it."""

    checkpoint: Checkpoint
    steps: tuple[int, ...]


class KnownCheckpoints:
    """The checkpoints of a log directory, each folder looked into once, when it is first asked for."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._by_folder: dict[Path, list[Checkpoint]] = {}
        self._by_name: dict[str, list[Checkpoint]] | None = None

    def of(self, folder: Folder) -> list[Checkpoint]:
        """All checkpoints in a folder, in the order of their file names."""
        if folder.path not in self._by_folder:
            self._by_folder[folder.path] = list_checkpoints(folder)
        return self._by_folder[folder.path]

    def named(self, name: str) -> list[Checkpoint]:
        """All checkpoints in the log directory with this prefix or file name, one of each folder."""
        if self._by_name is None:
            self._by_name = {}
            for folder in self.tree.folders:
                names: dict[str, Checkpoint] = {}
                for item in self.of(folder):
                    names.setdefault(item.prefix, item)
                    names.setdefault(item.file_name, item)
                for spelled, item in names.items():
                    self._by_name.setdefault(spelled, []).append(item)
        return self._by_name.get(name, [])


def list_checkpoints(folder: Folder) -> list[Checkpoint]:
    """All checkpoints in a folder: by name, then looked into where a name alone says nothing."""
    found: dict[tuple[str, CheckpointKind], Checkpoint] = {}
    with_data = {match[1] for name in folder.files if (match := _DATA.match(name))}
    for name in sorted(folder.files):
        checkpoint = _recognize(folder, name, with_data)
        if checkpoint:
            found.setdefault((checkpoint.prefix, checkpoint.kind), checkpoint)
    return list(found.values())


def _recognize(folder: Folder, name: str, with_data: set[str]) -> Checkpoint | None:
    if name.endswith(_INDEX):
        prefix = name.removesuffix(_INDEX)
        if prefix in with_data or _ends_like_table(folder.file(name)):
            return Checkpoint(folder=folder, prefix=prefix, kind=CheckpointKind.BUNDLE, file_name=name)
        return None
    for ending in _WEIGHTS_H5:
        if name.endswith(ending):
            prefix = name.removesuffix(ending)
            return Checkpoint(folder=folder, prefix=prefix, kind=CheckpointKind.HDF5, file_name=name)
    if _NOT_V1.search(name) or name == STATE_NAME or not _ends_like_table(folder.file(name)):
        return None
    match = _SHARD.match(name)
    return Checkpoint(folder=folder, prefix=match[1] if match else name, kind=CheckpointKind.TABLE, file_name=name)


def _ends_like_table(file: InputFile) -> bool:
    try:
        with file.open() as stream:
            size = os.fstat(stream.fileno()).st_size
            stream.seek(max(0, size - _TAIL))
            return is_table(stream.read(_TAIL))
    except InputError:
        return False


def checkpoint_at(folder: Folder, name: str) -> Checkpoint:
    """The checkpoint with the prefix `name`, or whose file `name` is; InputNotFound, naming the others, if none."""
    there = list_checkpoints(folder)
    name = name.removesuffix(_INDEX)
    data = _DATA.match(name)
    prefix = data[1] if data else name
    for item in there:
        if prefix in (item.prefix, item.file_name):
            return item
    others = ", ".join(f"“{printable_name(item.prefix)}”" for item in there[:5])
    hint = f"There are {others}." if others else "No checkpoint is in its folder."
    raise InputNotFound(f"No checkpoint is named “{printable_name(prefix)}”. {hint}", where=folder.label)
