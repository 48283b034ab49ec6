"""From what a config says of a checkpoint to the checkpoint: as it is spelled, mended, or refused.

TensorBoard takes `model_checkpoint_path` from the folder its server was started in, so people write absolute
paths, and copied log directories name folders of the machine that trained.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from embreport.logdir.checkpoint_choice import Choice, choose, choose_prefix
from embreport.logdir.checkpoints import STATE_NAME, KnownCheckpoints
from embreport.logdir.folder_paths import folder_as_spelled, folders_like, is_refused
from embreport.logdir.paths import path_parts
from embreport.logdir.projector_config import ProjectorConfig
from embreport.logdir.tree import Folder
from embreport.model import Notice
from embreport.readers.files import shortened

_FILE_ENDING = re.compile(r"(?:\.index|\.meta|\.data-\d{5,}-of-\d{5,}|-(?:\d{5}|\?{5})-of-\d{5})$")
_MOST_NAMED = 5


def where_config_says(known: KnownCheckpoints, config: ProjectorConfig, step: int | None) -> Choice:
    """The checkpoint that a config names; without one, notices that say why."""
    spelled = config.checkpoint
    if not spelled:
        return Choice()
    name = _FILE_ENDING.sub("", (path_parts(spelled) or [""])[-1]) if config.model_checkpoint_path else ""
    if name == STATE_NAME:
        spelled, name = os.path.dirname(spelled) or ".", ""
    choice = _as_spelled(known, config.folder, spelled, name, step)
    if choice.chosen:
        return choice
    if is_refused(known.tree, config.folder, _FILE_ENDING.sub("", spelled)):
        return Choice(notices=(_outside(config, spelled),))
    for choice in _mended(known, config, spelled, name, step):
        if choice.chosen:
            return _taken(choice, config, spelled)
    return _anywhere(known, config, spelled, name, step)


def _as_spelled(known: KnownCheckpoints, start: Folder, spelled: str, name: str, step: int | None) -> Choice:
    folder = folder_as_spelled(known.tree, start, os.path.dirname(spelled) if name else spelled)
    if folder is None:
        return Choice()
    return choose_prefix(known, folder, name, step) if name else choose(known, folder, step=step)


def _mended(
    known: KnownCheckpoints, config: ProjectorConfig, spelled: str, name: str, step: int | None
) -> Iterator[Choice]:
    """What a path of another place may mean; it may also name a folder for the checkpoint in it."""
    parts = path_parts(spelled)
    if name:
        for folder in folders_like(known.tree, config.folder, parts[:-1]):
            yield choose_prefix(known, folder, name, step)
    for folder in folders_like(known.tree, config.folder, parts):
        if folder is not config.folder and folder is not known.tree.folders[0]:
            yield choose(known, folder, step=step)


def _anywhere(known: KnownCheckpoints, config: ProjectorConfig, spelled: str, name: str, step: int | None) -> Choice:
    """The only checkpoint of that name in the log directory; where there are several, a notice names them."""
    there = known.named(name) if name else []
    if len(there) == 1:
        return _taken(choose_prefix(known, there[0].folder, name, step), config, spelled)
    hint = "a checkpoint beside the config is taken if there is one"
    if there:
        named = ", ".join(f"“{checkpoint.label}”" for checkpoint in there[:_MOST_NAMED])
        hint = f"{len(there):,} checkpoints have its name: {named}; correct the path to one of them"
    message = f"The checkpoint “{shortened(spelled)}” is not in the log directory; {hint}."
    return Choice(
        notices=(Notice(code="checkpoint-not-found", severity="warning", message=message, where=config.label),)
    )


def _taken(choice: Choice, config: ProjectorConfig, spelled: str) -> Choice:
    """The choice, with a notice that it is not what the config spells."""
    if not choice.chosen:
        return choice
    label = choice.chosen[0].checkpoint.label
    message = f"“{shortened(spelled)}” is no checkpoint that is there; “{label}” was taken in its place."
    notice = Notice(code="path-mended", severity="info", message=message, where=config.label)
    return Choice(chosen=choice.chosen, notices=(notice, *choice.notices))


def _outside(config: ProjectorConfig, spelled: str) -> Notice:
    message = (
        f"The checkpoint “{shortened(spelled)}” is outside the log directory and was not read. If it can be "
        "trusted, give --allow-outside."
    )
    return Notice(code="outside-logdir", severity="warning", message=message, where=config.label)
