"""From what a config or state file says of a checkpoint to the checkpoint: as it is spelled, mended, or refused.

TensorBoard takes `model_checkpoint_path` from the folder its server was started in, so people write absolute
paths, and copied log directories name folders of the machine that trained.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from embreport.logdir.checkpoints import STATE_NAME, Checkpoint, Choice, ChosenCheckpoint, choose, list_checkpoints
from embreport.logdir.paths import is_inside, path_parts, spelled_label
from embreport.logdir.projector_config import ProjectorConfig
from embreport.logdir.tree import Folder, Tree
from embreport.model import Notice
from embreport.readers.files import shortened

_FILE_ENDING = re.compile(r"(?:\.index|\.meta|\.data-\d{5,}-of-\d{5,}|-(?:\d{5}|\?{5})-of-\d{5})$")
_MOST_NAMED = 5


def where_config_says(tree: Tree, config: ProjectorConfig, step: int | None) -> Choice:
    """The checkpoint that a config names; without one, notices that say why."""
    spelled = config.model_checkpoint_path or config.model_checkpoint_dir
    if not spelled:
        return Choice()
    parts = path_parts(spelled)
    name = _FILE_ENDING.sub("", parts[-1]) if parts and config.model_checkpoint_path else ""
    for folder in _folders_as_spelled(tree, config.folder, spelled, bool(name)):
        choice = _in_folder(folder, name, step)
        if choice.chosen:
            return _accepted(choice, config, spelled, direct=True)
    if _is_refused(tree, config.folder, spelled):
        return Choice(notices=(_outside(config, spelled),))
    # A path may also name a folder, or the state file in it, for the checkpoint.
    folders = [*_folders_like(tree, config.folder, parts[:-1])] if name else []
    for folder in folders:
        choice = _in_folder(folder, name, step)
        if choice.chosen:
            return _accepted(choice, config, spelled, direct=False)
    for folder in _folders_like(tree, config.folder, parts[:-1] if name == STATE_NAME else parts):
        choice = choose(folder, step=step)
        if choice.chosen and folder is not config.folder:
            return _accepted(choice, config, spelled, direct=not name)
    return _anywhere(tree, config, spelled, name, step)


def _in_folder(folder: Folder, name: str, step: int | None) -> Choice:
    """The checkpoint `name` of a folder, or another step of its family where one is asked for; with "" the latest."""
    if not name:
        return choose(folder, step=step)
    there = list_checkpoints(folder)
    named = next((item for item in there if item.prefix == name or item.file_name == name), None)
    return _with_family(there, named, step) if named else Choice()


def _with_family(there: Iterable[Checkpoint], named: Checkpoint, step: int | None) -> Choice:
    members = [item for item in there if (item.family, item.kind) == (named.family, named.kind)]
    wanted = [item for item in members if (item.prefix == named.prefix if step is None else item.step == step)]
    steps = tuple(sorted({item.step for item in members if item.step is not None}))
    return Choice(chosen=tuple(ChosenCheckpoint(checkpoint=item, steps=steps) for item in wanted[:1]))


def _anywhere(tree: Tree, config: ProjectorConfig, spelled: str, name: str, step: int | None) -> Choice:
    """The only checkpoint of that name in the log directory; where there are several, a notice names them."""
    holders = [folder for folder in tree.folders if name and _in_folder(folder, name, None).chosen]
    if len(holders) == 1:
        return _accepted(_in_folder(holders[0], name, step), config, spelled, direct=False)
    hint = "a checkpoint beside the config is taken if there is one"
    if holders:
        labels = [_in_folder(folder, name, None).chosen[0].checkpoint.label for folder in holders]
        named = ", ".join(f"“{label}”" for label in labels[:_MOST_NAMED])
        hint = f"{len(labels):,} checkpoints have its name: {named}; correct the path to one of them"
    message = f"The checkpoint “{shortened(spelled)}” is not in the log directory; {hint}."
    return Choice(
        notices=(Notice(code="checkpoint-not-found", severity="warning", message=message, where=config.label),)
    )


def _accepted(choice: Choice, config: ProjectorConfig, spelled: str, *, direct: bool) -> Choice:
    """The choice, with a notice where it is not what the config spells."""
    if direct:
        return choice
    label = choice.chosen[0].checkpoint.label if choice.chosen else ""
    message = f"“{shortened(spelled)}” is not there; “{label}” was taken in its place."
    notice = Notice(code="path-mended", severity="info", message=message, where=config.label)
    return Choice(chosen=choice.chosen, notices=(notice, *choice.notices) if label else choice.notices)


def _folders_as_spelled(tree: Tree, start: Folder, spelled: str, is_prefix: bool) -> Iterator[Folder]:
    """The folder that a path leads to from the config's, as it is spelled, where it may be read."""
    path = _normal(start, spelled)
    folder = path.parent if is_prefix else path
    if folder.is_relative_to(tree.root):
        label = "." if folder == tree.root else folder.relative_to(tree.root).as_posix()
        known = tree.folder(label)
        if known:
            yield known
    elif tree.inside is None:
        label = spelled_label(start, os.path.dirname(spelled) if is_prefix else spelled)
        yield from _folder_outside(folder, label)


def _folder_outside(path: Path, label: str) -> Iterator[Folder]:
    """A folder that the caller allowed to read although it is not below the log directory."""
    try:
        with os.scandir(path) as entries:
            files = frozenset(entry.name for entry in entries if not entry.is_dir())
    except (OSError, ValueError):
        return
    yield Folder(path=path, label=label, files=files, folders=(), inside=None)


def _is_refused(tree: Tree, start: Folder, spelled: str) -> bool:
    """Whether a checkpoint, or a folder, is at the path as spelled but outside the log directory."""
    path = _normal(start, spelled)
    if is_inside(tree, path):
        return False
    try:
        return any(os.path.lexists(f"{path}{ending}") for ending in ("", ".index", "-00000-of-00001"))
    except ValueError:
        return False


def _outside(config: ProjectorConfig, spelled: str) -> Notice:
    message = (
        f"The checkpoint “{shortened(spelled)}” is outside the log directory and was not read. If it can be "
        "trusted, give --allow-outside."
    )
    return Notice(code="outside-logdir", severity="warning", message=message, where=config.label)


def _normal(start: Folder, spelled: str) -> Path:
    return Path(os.path.normpath(start.path / spelled.replace("\0", "")))


def _folders_like(tree: Tree, start: Folder, parts: list[str]) -> list[Folder]:
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
