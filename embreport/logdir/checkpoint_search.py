"""Where the checkpoint of a config is: where it says, beside it, below it, above it."""

from __future__ import annotations

import re

from embreport.logdir.checkpoints import Choice, ChosenCheckpoint, choose, list_checkpoints
from embreport.logdir.projector_config import ProjectorConfig
from embreport.logdir.tree import Folder, Tree
from embreport.model import Notice
from embreport.readers.files import printable_name

# Keras' callback writes its config above this folder.
_KERAS_FOLDER = "train"


def search_checkpoints(tree: Tree, run: Folder, configs: list[ProjectorConfig], step: int | None) -> Choice:
    """The checkpoints that belong to a run with these configs.

    In this order: where a config says; the run's folder; its sub-folder `train`; its only sub-folder with a
    checkpoint; the folder above. Another place than the run's folder is named in a notice.
    """
    notices: list[Notice] = []
    for config in configs:
        named, told = _where_config_says(tree, config, step)
        notices += told
        if named.chosen:
            return Choice(chosen=named.chosen, notices=(*notices, *named.notices))
    own = choose(run, step=step)
    if own.chosen or own.notices:
        return Choice(chosen=own.chosen, notices=(*notices, *own.notices))
    for place in _other_places(tree, run, notices):
        choice = choose(place, step=step)
        if choice.chosen or choice.notices:
            if choice.chosen:
                notices.append(_elsewhere(run, choice.chosen[0], configs))
            return Choice(chosen=choice.chosen, notices=(*notices, *choice.notices))
    return Choice(notices=tuple(notices))


def _where_config_says(tree: Tree, config: ProjectorConfig, step: int | None) -> tuple[Choice, list[Notice]]:
    if config.model_checkpoint_path:
        parts = _parts(config.model_checkpoint_path)
        for folder in _folders_like(tree, config.folder, parts[:-1]):
            for item in list_checkpoints(folder) if parts else []:
                if item.prefix == parts[-1]:
                    return _with_family(folder, item.family, item.prefix, step), []
        return Choice(), [_not_found(config, config.model_checkpoint_path)]
    if config.model_checkpoint_dir:
        for folder in _folders_like(tree, config.folder, _parts(config.model_checkpoint_dir)):
            choice = choose(folder, step=step)
            if choice.chosen:
                return choice, []
        return Choice(), [_not_found(config, config.model_checkpoint_dir)]
    return Choice(), []


def _with_family(folder: Folder, family: str, prefix: str, step: int | None) -> Choice:
    """The named checkpoint, or another step of its family where one is asked for."""
    members = [item for item in list_checkpoints(folder) if item.family == family]
    wanted = [item for item in members if (item.prefix == prefix if step is None else item.step == step)]
    steps = tuple(sorted({item.step for item in members if item.step is not None}))
    return Choice(chosen=tuple(ChosenCheckpoint(checkpoint=item, steps=steps) for item in wanted[:1]))


def _parts(spelled: str) -> list[str]:
    return [part for part in re.split(r"[/\\]+", spelled) if part not in ("", ".")]


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


def _not_found(config: ProjectorConfig, spelled: str) -> Notice:
    message = (
        f"The checkpoint “{printable_name(spelled)}” is not in the log directory; "
        "a checkpoint beside the config is taken if there is one."
    )
    return Notice(code="checkpoint-not-found", severity="warning", message=message, where=config.label)


def _other_places(tree: Tree, run: Folder, notices: list[Notice]) -> list[Folder]:
    children = [child for name in run.folders if (child := tree.child(run, name))]
    below = [child for child in children if list_checkpoints(child)]
    keras = [child for child in below if child.label.split("/")[-1] == _KERAS_FOLDER]
    if len(below) > 1 and not keras:
        names = ", ".join(f"“{child.label}”" for child in below[:5])
        message = f"No checkpoint is beside the config, and {len(below):,} are below it: {names}; none was taken."
        notices.append(Notice(code="checkpoint-ambiguous", severity="warning", message=message, where=run.label))
        below = []
    parent = tree.parent(run)
    return [*(keras or below), *([parent] if parent else [])]


def _elsewhere(run: Folder, chosen: ChosenCheckpoint, configs: list[ProjectorConfig]) -> Notice:
    message = f"No checkpoint is beside the config; “{chosen.checkpoint.label}” was taken."
    where = configs[0].label if configs else run.label
    return Notice(code="checkpoint-elsewhere", severity="info", message=message, where=where)
