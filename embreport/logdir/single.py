"""One checkpoint prefix, or one tensor file, in place of a log directory."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from embreport.errors import InputError, InputNotFound
from embreport.logdir.checkpoints import ChosenCheckpoint, KnownCheckpoints, checkpoint_at
from embreport.logdir.context import Context, Wishes
from embreport.logdir.found import Found
from embreport.logdir.run_tensors import open_checkpoint
from embreport.logdir.tensor_files import add_tensor_file
from embreport.logdir.tree import Folder, Tree
from embreport.logdir.unlisted import add_unlisted
from embreport.readers.files import printable_name


def survey_single(path: Path, wishes: Wishes, found: Found, *, allow_outside: bool) -> None:
    """Add what a checkpoint prefix, a checkpoint's file, or one tensor file holds.

    Raises InputNotFound when there is neither a file nor a checkpoint of this name.
    """
    folder = _folder_of(path, allow_outside=allow_outside)
    tree = Tree(root=folder.path, inside=folder.inside, folders=(folder,))
    context = Context(tree=tree, wishes=wishes, checkpoints=KnownCheckpoints(tree))
    try:
        checkpoint = checkpoint_at(folder, path.name)
    except InputNotFound as error:
        if path.name not in folder.files:
            raise InputNotFound(f"Nothing is there. {error.message}", where=printable_name(str(path))) from error
        _survey_file(context, folder, path.name, found)
        return
    chosen = ChosenCheckpoint(checkpoint=checkpoint, steps=() if checkpoint.step is None else (checkpoint.step,))
    opened = open_checkpoint(chosen, found, run=".")
    if opened:
        add_unlisted(context, folder, [], opened, found, run=".", build=True)
        _build_only_one(found)


def _survey_file(context: Context, folder: Folder, name: str, found: Found) -> None:
    try:
        add_tensor_file(context, folder, folder.file(name), found, build=True)
    except InputError as error:
        found.fail(".", None, error)
    _build_only_one(found)


def _build_only_one(found: Found) -> None:
    """A tensor that is alone in a file given by name is meant, whatever it looks like."""
    if len(found.embeddings) == 1:
        found.embeddings[0] = dataclasses.replace(found.embeddings[0], built=True)


def _folder_of(path: Path, *, allow_outside: bool) -> Folder:
    """The folder of a file, with the names of its files only."""
    real = Path(os.path.realpath(path.parent))
    try:
        with os.scandir(real) as entries:
            files = frozenset(entry.name for entry in entries if not entry.is_dir())
    except OSError as error:
        raise InputNotFound("Neither a file nor a folder is there.", where=printable_name(str(path))) from error
    return Folder(path=real, label=".", files=files, folders=(), inside=None if allow_outside else real)
