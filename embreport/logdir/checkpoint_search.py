"""Where the checkpoint of a run is: where its config says, beside that, below it, above it."""

from __future__ import annotations

from embreport.logdir.checkpoint_paths import where_config_says
from embreport.logdir.checkpoints import Choice, ChosenCheckpoint, choose, list_checkpoints
from embreport.logdir.projector_config import ProjectorConfig
from embreport.logdir.tree import Folder, Tree
from embreport.model import Notice

# Keras' callback writes its config above this folder.
_KERAS_FOLDER = "train"


def search_checkpoints(tree: Tree, run: Folder, configs: list[ProjectorConfig], step: int | None) -> Choice:
    """The checkpoints that belong to a run with these configs.

    In this order: where a config says; the run's folder; its sub-folder `train`; its only sub-folder with a
    checkpoint; the folder above; the only folder further down. Another place than the run's is named in a notice.
    """
    notices: list[Notice] = []
    for config in configs:
        named = where_config_says(tree, config, step)
        notices += named.notices
        if named.chosen:
            return Choice(chosen=named.chosen, notices=tuple(notices))
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


def _other_places(tree: Tree, run: Folder, notices: list[Notice]) -> list[Folder]:
    children = [child for name in run.folders if (child := tree.child(run, name))]
    below = [child for child in children if list_checkpoints(child)]
    keras = [child for child in below if child.label.split("/")[-1] == _KERAS_FOLDER]
    if len(below) > 1 and not keras:
        names = ", ".join(f"“{child.label}”" for child in below[:5])
        message = f"No checkpoint is beside the config, and {len(below):,} are below it: {names}; none was taken."
        notices.append(Notice(code="checkpoint-ambiguous", severity="warning", message=message, where=run.label))
        return [parent] if (parent := tree.parent(run)) else []
    parent = tree.parent(run)
    return [*(keras or below), *([parent] if parent else []), *([] if below else _far_below(tree, run))]


def _far_below(tree: Tree, run: Folder) -> list[Folder]:
    """The folder with checkpoints more than one level down, where there is exactly one."""
    start = "" if run.label == "." else f"{run.label}/"
    deep = [folder for folder in tree.folders if folder.label.startswith(start) and folder is not run]
    holders = [folder for folder in deep if list_checkpoints(folder)]
    return holders if len(holders) == 1 else []


def _elsewhere(run: Folder, chosen: ChosenCheckpoint, configs: list[ProjectorConfig]) -> Notice:
    message = f"No checkpoint is beside the config; “{chosen.checkpoint.label}” was taken."
    where = configs[0].label if configs else run.label
    return Notice(code="checkpoint-elsewhere", severity="info", message=message, where=where)
