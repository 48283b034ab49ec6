"""Which of a folder's checkpoints is meant: that of the state file, else the latest of each saver."""

from __future__ import annotations

from dataclasses import dataclass

from embreport.logdir.checkpoint_state import named_by_state
from embreport.logdir.checkpoints import Checkpoint, CheckpointKind, ChosenCheckpoint, KnownCheckpoints
from embreport.logdir.tree import Folder
from embreport.model import Notice


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The checkpoints to read of a folder, one per family, and what had to be decided."""

    chosen: tuple[ChosenCheckpoint, ...] = ()
    notices: tuple[Notice, ...] = ()


def choose(known: KnownCheckpoints, folder: Folder, *, step: int | None = None) -> Choice:
    """The checkpoints that are meant by a folder: that of its state file, else the latest of each family in it.

    With `step` that step of each family; families that lack it are left out with a notice.
    """
    there = known.of(folder)
    named, told = named_by_state(known, folder)
    notices = list(told)
    if named and named.folder is not folder:
        there = [*there, *known.of(named.folder)]
    chosen = []
    for family in _families(there, named):
        pick, missing = _pick(family, named, step)
        notices += missing
        if pick:
            chosen.append(ChosenCheckpoint(checkpoint=pick, steps=_steps(family)))
    return Choice(chosen=tuple(chosen), notices=tuple(notices))


def choose_prefix(known: KnownCheckpoints, folder: Folder, name: str, step: int | None) -> Choice:
    """The checkpoint `name` of a folder, or another step of its family where one is asked for."""
    there = known.of(folder)
    named = next((item for item in there if name in (item.prefix, item.file_name)), None)
    if named is None:
        return Choice()
    family = [item for item in there if _saver_of(item) == _saver_of(named)]
    wanted = [item for item in family if (item.prefix == named.prefix if step is None else item.step == step)]
    return Choice(chosen=tuple(ChosenCheckpoint(checkpoint=item, steps=_steps(family)) for item in wanted[:1]))


def _saver_of(item: Checkpoint) -> tuple[str, str, CheckpointKind]:
    """The same for all checkpoints that one saver left."""
    return item.folder.label, item.family, item.kind


def _families(there: list[Checkpoint], named: Checkpoint | None) -> list[list[Checkpoint]]:
    """Checkpoints of one saver together; of TensorFlow's only that which the state file names, if it does."""
    groups: dict[tuple[str, str, CheckpointKind], list[Checkpoint]] = {}
    for item in there:
        groups.setdefault(_saver_of(item), []).append(item)
    if named is None:
        return list(groups.values())
    return [
        members
        for saver, members in groups.items()
        if saver == _saver_of(named) or members[0].kind is CheckpointKind.HDF5
    ]


def _steps(family: list[Checkpoint]) -> tuple[int, ...]:
    return tuple(sorted({item.step for item in family if item.step is not None}))


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
    steps = ", ".join(map(str, _steps(family))) or "none with a number"
    message = f"Step {step} was not saved here; there are: {steps}."
    where = family[0].folder.file(family[0].family).label
    return None, [Notice(code="step-missing", severity="warning", message=message, where=where)]
