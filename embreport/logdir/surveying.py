"""`survey`: what a path holds, without reading values or computing anything."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from embreport.errors import InputError, InputNotFound, UsageError
from embreport.logdir.checkpoint_choice import choose
from embreport.logdir.checkpoints import STATE_NAME, KnownCheckpoints
from embreport.logdir.context import Context, Wishes
from embreport.logdir.found import Found
from embreport.logdir.projector_config import ProjectorConfig, find_configs, is_plugin_folder, read_config
from embreport.logdir.run_tensors import RunSurvey
from embreport.logdir.single import survey_single
from embreport.logdir.steps import group_steps
from embreport.logdir.tensor_files import survey_tensor_files
from embreport.logdir.tree import Folder, Tree, walk
from embreport.model import Notice, Survey, TensorSource
from embreport.readers.files import InputFile, printable_name

_REMOTE = ("s3:", "gs:", "hdfs:", "http:", "https:")
_MOST_NAMED = 12


def survey(
    path: Path,
    *,
    metadata: Path | None = None,
    sprite: Path | None = None,
    sprite_size: tuple[int, int] | None = None,
    step: int | None = None,
    allow_outside: bool = False,
) -> Survey:
    """What `path` holds: a log directory, a checkpoint prefix, or one tensor file.

    `metadata`, `sprite` (a sheet, or a folder of images) and `sprite_size` are used for every embedding in place of
    what the log directory says.
    `step` picks a saved step, else the latest is taken. A config, checkpoint or file that cannot be read costs
    only itself: it becomes a notice of severity "error" and an entry of `skipped`. Nothing outside of the log
    directory is read, symbolic links followed, unless `allow_outside`.
    Raises InputNotFound when nothing is at `path`, UsageError for a remote address.
    """
    _check_local(path)
    folder = sprite if sprite is not None and _is_folder(sprite) else None
    wishes = Wishes(
        metadata=_given(metadata),
        sprite=None if folder else _given(sprite),
        sprite_folder=_given_folder(folder) if folder else None,
        sprite_size=sprite_size,
        step=step,
    )
    found = Found()
    if _is_folder(path):
        tree = walk(path, allow_outside=allow_outside)
        context = Context(tree=tree, wishes=wishes, checkpoints=KnownCheckpoints(tree))
        found.tell(tree.notices)
        _survey_runs(context, found)
    else:
        survey_single(path, wishes, found, allow_outside=allow_outside)
    group_steps(found, step)
    found.tell(_not_built(found.embeddings))
    return Survey(
        logdir=printable_name(str(path)),
        embeddings=tuple(found.embeddings),
        skipped=found.skipped,
        passed_over=found.passed_over,
        notices=found.notices,
    )


def _check_local(path: Path) -> None:
    text = str(path)
    for scheme in _REMOTE:
        if text.startswith(scheme):
            address = f"{scheme}//{text.removeprefix(scheme).lstrip('/')}"
            tool = {"s3:": "aws s3 cp --recursive", "gs:": "gsutil -m cp -r"}.get(scheme, "a tool of your choice")
            raise UsageError(f"{address} is a remote address. Copy it here first: {tool} {shlex.quote(address)} logdir")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError) as error:
        raise InputNotFound("The path cannot be reached.", where=printable_name(str(path))) from error


def _given_folder(path: Path) -> Folder:
    """A folder of images that the caller named; it may be anywhere, but its links may not lead out of it."""
    real = Path(os.path.realpath(path))
    try:
        with os.scandir(real) as entries:
            files = frozenset(entry.name for entry in entries if not entry.is_dir())
    except OSError as error:
        raise InputNotFound("The folder cannot be read.", where=printable_name(str(path))) from error
    return Folder(path=real, label=printable_name(real.name), files=files, folders=(), inside=real)


def _given(path: Path | None) -> InputFile | None:
    """A file that the caller named; it may be anywhere."""
    if path is None:
        return None
    if not InputFile(path=path.absolute(), label=path.name).exists():
        raise InputNotFound("The file is not there.", where=printable_name(str(path)))
    # The report names it by its file name alone: where it lies on this machine is nobody's business.
    return InputFile(path=path.absolute(), label=printable_name(path.name))


def _survey_runs(context: Context, found: Found) -> None:
    configs: dict[str, list[ProjectorConfig]] = {}
    broken: set[str] = set()
    for folder in context.tree.folders:
        if not is_plugin_folder(folder):
            _read_configs(context.tree, folder, configs, broken, found)
    for label, of_run in configs.items():
        run_folder = context.tree.folder(label)
        if run_folder:
            RunSurvey(context, label, run_folder, of_run, found).survey()
            lists_something = any(config.entries for config in of_run)
            survey_tensor_files(context, run_folder, found, no_configs=not lists_something, listed=lists_something)
    for folder in context.tree.folders:
        if folder.label not in configs:
            unread = folder.label in broken
            _survey_without_config(context, folder, found, no_configs=not configs and not broken, unread=unread)
    order = {folder.label: index for index, folder in enumerate(context.tree.folders)}
    found.embeddings.sort(key=lambda source: order.get(source.run, len(order)))


def _read_configs(
    tree: Tree, folder: Folder, configs: dict[str, list[ProjectorConfig]], broken: set[str], found: Found
) -> None:
    for place, name in find_configs(tree, folder):
        try:
            configs.setdefault(folder.label, []).append(read_config(place, name))
        except InputError as error:
            found.fail(folder.label, None, error)
            broken.add(folder.label)
    if not configs.get(folder.label):
        configs.pop(folder.label, None)


def _survey_without_config(context: Context, folder: Folder, found: Found, *, no_configs: bool, unread: bool) -> None:
    """What a folder without config holds; where its config is `unread`, nobody knows what of that is to be built."""
    there = context.checkpoints.of(folder)
    if not there and STATE_NAME in folder.files:
        there = [item.checkpoint for item in choose(context.checkpoints, folder).chosen]
    has_any = there or STATE_NAME in folder.files
    if has_any and not any(context.is_used(item.file) for item in there):
        home = _home_of(context.tree, folder)
        RunSurvey(context, home.label, folder, [], found, home=home, build_unlisted=not unread).survey()
    survey_tensor_files(context, folder, found, no_configs=no_configs, listed=unread)


def _home_of(tree: Tree, folder: Folder) -> Folder:
    """The folder of a checkpoint's run; that of a SavedModel is the folder of the model."""
    parent = tree.parent(folder)
    if folder.label.split("/")[-1] == "variables" and parent and "saved_model.pb" in parent.files:
        return parent
    return folder


def _not_built(embeddings: Iterable[TensorSource]) -> Iterable[Notice]:
    """One notice that names everything that is not built, with the option that builds it."""
    left = dict.fromkeys(source.tensor for source in embeddings if not source.built and not source.listed)
    if left:
        options = ", ".join(f"--tensor {shlex.quote(name)}" for name in list(left)[:_MOST_NAMED])
        more = f", and {len(left) - _MOST_NAMED:,} more that inspect lists" if len(left) > _MOST_NAMED else ""
        count = "1 tensor is" if len(left) == 1 else f"{len(left):,} tensors are"
        message = (
            f"{count} not built by default (optimizer moments, slots, kernels, or not listed by a config). "
            f"To build one: {options}{more}."
        )
        yield Notice(code="tensors-not-built", severity="info", message=message)
