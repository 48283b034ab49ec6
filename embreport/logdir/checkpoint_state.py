"""The state file `checkpoint` that TensorFlow keeps beside its checkpoints: which of them is the latest.

Its path starts at its own folder, or is an absolute one of the machine that trained.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from embreport.errors import InputError
from embreport.logdir.checkpoints import STATE_NAME, Checkpoint, KnownCheckpoints
from embreport.logdir.folder_paths import folder_as_spelled, folders_like, is_refused
from embreport.logdir.paths import path_parts
from embreport.logdir.projector_config import error_notice
from embreport.logdir.tree import Folder
from embreport.model import Notice
from embreport.readers.files import printable_name, shortened
from embreport.readers.text_messages import LARGEST_TEXT, parse_text_message

# A sharded V1 checkpoint is named by a glob: model.ckpt-3-?????-of-00002.
_SHARDS = re.compile(r"-\?{5}-of-\d{5}$")


def named_by_state(known: KnownCheckpoints, folder: Folder) -> tuple[Checkpoint | None, tuple[Notice, ...]]:
    """The checkpoint that a state file names, in its folder or another; None, with notices, where it is gone."""
    if STATE_NAME not in folder.files:
        return None, ()
    there = known.of(folder)
    file = folder.file(STATE_NAME)
    try:
        data = file.read(LARGEST_TEXT, "A checkpoint state file")
        state, notices = parse_text_message("CheckpointState", data, where=file.label)
    except InputError as error:
        told = error_notice(error)
        message = f"{told.message}{' The latest checkpoint in the folder was taken.' if there else ''}"
        return None, (Notice(code="state-unreadable", severity="warning", message=message, where=told.where),)
    spelled = os.fsdecode(state.model_checkpoint_path)
    if not spelled:
        return None, notices
    found, notice = _resolve(known, folder, spelled)
    return found, (*notices, *notice)


def _resolve(known: KnownCheckpoints, folder: Folder, spelled: str) -> tuple[Checkpoint | None, Iterable[Notice]]:
    tree, there = known.tree, known.of(folder)
    last = _last_part(spelled)
    name = _SHARDS.sub("", last)
    home = folder_as_spelled(tree, folder, spelled.removesuffix(last))
    if home and home.path == folder.path:
        named = _with_prefix(there, name)
        return named, () if named else _gone(folder, spelled, there)
    if home and (named := _with_prefix(known.of(home), name)):
        return named, ()
    if is_refused(tree, folder, _SHARDS.sub("", spelled)):
        named = _with_prefix(there, name)
        return named, _outside(folder, spelled, [named] if named else there)
    named = _with_prefix(there, name) or _in_folder_like(known, folder, spelled, name)
    return named, _mended(folder, spelled, named) if named else _gone(folder, spelled, there)


def _last_part(spelled: str) -> str:
    return re.split(r"[/\\]", spelled)[-1]


def _with_prefix(checkpoints: Iterable[Checkpoint], name: str) -> Checkpoint | None:
    return next((item for item in checkpoints if item.prefix == name), None)


def _in_folder_like(known: KnownCheckpoints, folder: Folder, spelled: str, name: str) -> Checkpoint | None:
    """The checkpoint in another folder of the log directory that ends as the path of another machine does."""
    for like in folders_like(known.tree, folder, path_parts(spelled)[:-1]):
        named = _with_prefix(known.of(like), name)
        if named:
            return named
    return None


def _mended(folder: Folder, spelled: str, named: Checkpoint) -> Iterable[Notice]:
    place = "this folder" if named.folder.label == folder.label else "the log directory"
    message = f"“{shortened(spelled)}” is a path of another place; “{named.label}” in {place} was taken."
    yield Notice(code="path-mended", severity="info", message=message, where=folder.file(STATE_NAME).label)


def _gone(folder: Folder, spelled: str, there: Sequence[Checkpoint]) -> Iterable[Notice]:
    trouble = "is not there"
    name = _last_part(spelled)
    if name in folder.files:
        trouble = "is no checkpoint"
        try:
            folder.file(name).size()
        except InputError as error:
            trouble = f"cannot be used: {error.message.rstrip('.')}"
    message = f"“{shortened(spelled)}” is named as the latest checkpoint, but {trouble}; {_instead(there)}."
    yield Notice(code="state-stale", severity="warning", message=message, where=folder.file(STATE_NAME).label)


def _outside(folder: Folder, spelled: str, there: Sequence[Checkpoint]) -> Iterable[Notice]:
    message = (
        f"The checkpoint “{shortened(spelled)}”, named as the latest, is outside the log directory and was not read; "
        f"{_instead(there)}. If it can be trusted, give --allow-outside."
    )
    yield Notice(code="outside-logdir", severity="warning", message=message, where=folder.file(STATE_NAME).label)


def _instead(there: Sequence[Checkpoint]) -> str:
    if not there:
        return "the folder has no checkpoint"
    names = ", ".join(f"“{printable_name(item.prefix)}”" for item in there[:5])
    return f"{'the latest of ' if len(there) > 1 else ''}{names} was taken"
