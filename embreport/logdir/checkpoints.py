"""Which checkpoints a folder holds, and which of them is meant."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from embreport.errors import InputError, InputNotFound
from embreport.logdir.projector_config import error_notice
from embreport.logdir.tree import Folder
from embreport.model import Notice
from embreport.readers.files import InputFile, printable_name
from embreport.readers.table import is_table
from embreport.readers.text_messages import LARGEST_TEXT, parse_text_message

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
        match = _STEP.match(self.prefix)
        return f"{match[1]}{match[3] or ''}" if match else self.prefix

    @property
    def step(self) -> int | None:
        """The step in the name, if there is one."""
        match = _STEP.match(self.prefix)
        return int(match[2]) if match else None


@dataclass(frozen=True, kw_only=True)
class ChosenCheckpoint:
    """A checkpoint that is meant, with the steps that its saver left beside it."""

    checkpoint: Checkpoint
    steps: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The checkpoints to read of a folder, one per family, and what had to be decided."""

    chosen: tuple[ChosenCheckpoint, ...] = ()
    notices: tuple[Notice, ...] = ()


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


def choose(folder: Folder, *, step: int | None = None) -> Choice:
    """The checkpoints of a folder that are meant: that of the state file, else the latest of each family.

    With `step` that step of each family; families that lack it are left out with a notice.
    """
    there = list_checkpoints(folder)
    if not there:
        return Choice()
    named, notices = _named_by_state(folder, there)
    families = _families(there, named)
    chosen = []
    for family in families:
        pick, told = _pick(family, named, step)
        notices += told
        if pick:
            steps = tuple(sorted({item.step for item in family if item.step is not None}))
            chosen.append(ChosenCheckpoint(checkpoint=pick, steps=steps))
    return Choice(chosen=tuple(chosen), notices=tuple(notices))


def _families(there: list[Checkpoint], named: Checkpoint | None) -> list[list[Checkpoint]]:
    """Checkpoints of one saver together; of TensorFlow's only that which the state file names, if it does."""
    groups: dict[tuple[str, CheckpointKind], list[Checkpoint]] = {}
    for item in there:
        groups.setdefault((item.family, item.kind), []).append(item)
    if named:
        return [
            members
            for (family, kind), members in groups.items()
            if (family, kind) == (named.family, named.kind) or kind is CheckpointKind.HDF5
        ]
    return list(groups.values())


def _pick(
    family: list[Checkpoint], named: Checkpoint | None, step: int | None
) -> tuple[Checkpoint | None, list[Notice]]:
    if step is None:
        if named in family:
            return named, []
        return max(family, key=lambda item: (-1 if item.step is None else item.step, item.prefix)), []
    for item in family:
        if item.step == step:
            return item, []
    numbers = sorted({item.step for item in family if item.step is not None})
    steps = ", ".join(str(number) for number in numbers) or "none with a number"
    message = f"Step {step} was not saved here; there are: {steps}."
    where = family[0].folder.file(family[0].family).label
    return None, [Notice(code="step-missing", severity="warning", message=message, where=where)]


def _named_by_state(folder: Folder, there: list[Checkpoint]) -> tuple[Checkpoint | None, list[Notice]]:
    """The checkpoint that the state file names, mended where it comes from another machine."""
    if STATE_NAME not in folder.files:
        return None, []
    file = folder.file(STATE_NAME)
    try:
        data = file.read(LARGEST_TEXT, "A checkpoint state file")
        state, notices = parse_text_message("CheckpointState", data, where=file.label)
    except InputError as error:
        told = error_notice(error)
        message = f"{told.message} The latest checkpoint in the folder was taken."
        return None, [Notice(code="state-unreadable", severity="warning", message=message, where=told.where)]
    spelled = os.fsdecode(state.model_checkpoint_path)
    if not spelled:
        return None, list(notices)
    by_prefix = {item.prefix: item for item in there}
    # A sharded V1 checkpoint is named by a glob: model.ckpt-3-?????-of-00002.
    name = re.sub(r"-\?{5}-of-\d{5}$", "", re.split(r"[/\\]", spelled)[-1])
    found = by_prefix.get(name)
    told_of = _tell_state(file, spelled, found, there)
    return found, [*notices, *told_of]


def _tell_state(
    file: InputFile, spelled: str, found: Checkpoint | None, there: Iterable[Checkpoint]
) -> Iterable[Notice]:
    shown = printable_name(spelled)
    if found is None:
        names = ", ".join(f"“{printable_name(item.prefix)}”" for item in list(there)[:5])
        message = f"“{shown}” is named as the latest checkpoint, but is not there; the latest of {names} was taken."
        yield Notice(code="state-stale", severity="warning", message=message, where=file.label)
    elif not _is_folder_itself(found.folder, spelled):
        message = f"“{shown}” is a path of another place; “{found.label}” in this folder was taken."
        yield Notice(code="path-mended", severity="info", message=message, where=file.label)


def _is_folder_itself(folder: Folder, spelled: str) -> bool:
    """Whether the path that a state file spells leads to the folder it lies in."""
    head = spelled[: len(spelled) - len(re.split(r"[/\\]", spelled)[-1])]
    return os.path.normpath(folder.path / head) == str(folder.path)


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
