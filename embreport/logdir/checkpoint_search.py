"""Where the checkpoint of a run is: where its config says, beside that, below it, above it."""

from __future__ import annotations

from embreport.logdir.checkpoint_choice import Choice, choose
from embreport.logdir.checkpoint_paths import where_config_says
from embreport.logdir.checkpoints import ChosenCheckpoint, KnownCheckpoints
from embreport.logdir.projector_config import ProjectorConfig
from embreport.logdir.tree import Folder
from embreport.model import Notice

# Keras' callback writes its config above this folder.
_KERAS_FOLDER = "train"


def search_checkpoints(
    known: KnownCheckpoints, run: Folder, configs: list[ProjectorConfig], step: int | None
) -> Choice:
    """The checkpoints that belong to a run with these configs.

    In this order: where a config says; the run's folder; its sub-folder `train`; its only sub-folder with a
    checkpoint; the folder above; the only folder further down. Another place than the run's is named in a notice.
    """
    notices: list[Notice] = []
    for config in configs:
        named = where_config_says(known, config, step)
        notices += named.notices
        if named.chosen:
            return Choice(chosen=named.chosen, notices=tuple(notices))
    own = choose(known, run, step=step)
    notices += own.notices
    if own.chosen or known.of(run):
        return Choice(chosen=own.chosen, notices=tuple(notices))
    for place in _other_places(known, run, notices):
        choice = choose(known, place, step=step)
        if choice.chosen or choice.notices:
            if choice.chosen:
                notices.append(_elsewhere(run, choice.chosen[0], configs))
            return Choice(chosen=choice.chosen, notices=(*notices, *choice.notices))
    return Choice(notices=tuple(notices))


def _other_places(known: KnownCheckpoints, run: Folder, notices: list[Notice]) -> list[Folder]:
    children = [child for name in run.folders if (child := known.tree.child(run, name))]
    below = [child for child in children if known.of(child)]
    keras = [child for child in below if child.label.split("/")[-1] == _KERAS_FOLDER]
    if len(below) > 1 and not keras:
        names = ", ".join(f"“{child.label}”" for child in below[:5])
        message = f"No checkpoint is beside the config, and {len(below):,} are below it: {names}; none was taken."
        notices.append(Notice(code="checkpoint-ambiguous", severity="warning", message=message, where=run.label))
        return [parent] if (parent := known.tree.parent(run)) else []
    parent = known.tree.parent(run)
    return [*(keras or below), *([parent] if parent else []), *([] if below else _far_below(known, run))]


def _far_below(known: KnownCheckpoints, run: Folder) -> list[Folder]:
    """The folder with checkpoints more than one level down, where there is exactly one."""
    start = "" if run.label == "." else f"{run.label}/"
    deep = [folder for folder in known.tree.folders if folder.label.startswith(start) and folder is not run]
    holders = [folder for folder in deep if known.of(folder)]
    return holders if len(holders) == 1 else []


def _elsewhere(run: Folder, chosen: ChosenCheckpoint, configs: list[ProjectorConfig]) -> Notice:
    message = f"No checkpoint is beside the config; “{chosen.checkpoint.label}” was taken."
    where = configs[0].label if configs else run.label
    return Notice(code="checkpoint-elsewhere", severity="info", message=message, where=where)
