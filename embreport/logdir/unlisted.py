"""Tensors that no config lists: which of them look like embeddings, and whose labels they get."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from embreport.errors import InputError
from embreport.logdir.attachments import Attacher, Attachments
from embreport.logdir.context import Context
from embreport.logdir.found import Found, OpenedCheckpoint, Origin, embedding_of, why_no_embedding
from embreport.logdir.projector_config import ConfigEntry, ProjectorConfig
from embreport.logdir.tensor_names import Role, role_of, title_in
from embreport.logdir.tree import Folder
from embreport.readers import InputFile, StoredTensor, StoredTensors

_NO_ENTRY = ConfigEntry(tensor_name="")
_METADATA_NAME = "metadata.tsv"


def add_unlisted(
    context: Context,
    folder: Folder,
    configs: Sequence[ProjectorConfig],
    checkpoint: OpenedCheckpoint,
    found: Found,
    *,
    run: str,
    build: bool,
) -> None:
    """Add what a checkpoint holds beyond its listed tensors; with `build`, likely embeddings are built."""
    attacher = _Unlisted(context, folder, configs)
    add_tensors(
        checkpoint.tensors,
        checkpoint.origin(run),
        found,
        attach=attacher.attach,
        leave_out=checkpoint.listed,
        build=build,
    )


def add_tensors(
    stored: StoredTensors,
    origin: Origin,
    found: Found,
    *,
    attach: Callable[[StoredTensor, Role], Attachments],
    leave_out: set[str],
    build: bool,
) -> None:
    """Add all tensors of rank 2, those that are built first; the reason why another one is none is in `found`."""
    _explain(stored, origin, found, leave_out)
    tensors = {
        name: tensor
        for name, tensor in stored.tensors.items()
        if name not in leave_out and why_no_embedding(tensor.shape) is None
    }
    built = likely_embeddings(tensors, stored) if build else set()
    for name, tensor in sorted(tensors.items(), key=lambda item: item[0] not in built):
        attached = attach(tensor, role_of(name, stored))
        found.tell(attached.notices)
        title = title_in(stored, name)
        found.embeddings.append(embedding_of(tensor, origin, attached, title=title, listed=False, built=name in built))


def _explain(stored: StoredTensors, origin: Origin, found: Found, leave_out: set[str]) -> None:
    """Say of everything that is no embedding why: a skip where it should be one, or might be, for all we know."""
    for name, tensor in stored.tensors.items():
        reason = why_no_embedding(tensor.shape)
        if reason and name not in leave_out:
            tell = found.skip if len(tensor.shape) == 2 else found.pass_over
            tell(origin.run, name, f"{origin.path}: {reason}")
    for name, unreadable in stored.unreadable.items():
        if name not in leave_out:
            tell = found.skip if unreadable.shape is None or len(unreadable.shape) == 2 else found.pass_over
            tell(origin.run, name, str(unreadable.error))


class _Unlisted:
    """Finds the labels of tensors that no config lists."""

    def __init__(self, context: Context, folder: Folder, configs: Sequence[ProjectorConfig]) -> None:
        self._context = context
        self._folder = folder
        self._configs = configs

    def attach(self, tensor: StoredTensor, role: Role) -> Attachments:
        """The caller's files, the config's defaults, or `metadata.tsv` beside it where its count is right."""
        attacher = Attacher(self._context, tensor)
        wishes = self._context.wishes
        if wishes.metadata or wishes.has_sprite:
            return attacher.attach(_NO_ENTRY, self._folder, self._folder.label)
        for config in self._configs:
            if config.defaults:
                attached = attacher.attach(config.defaults, config.folder, config.label)
                fits = attached.metadata is None or self._fits(tensor, attached.metadata)
                return attached if fits or role in (Role.EMBEDDING, Role.OTHER) else Attachments()
        if role in (Role.MOMENT, Role.KERNEL):
            return Attachments()
        beside = self._folder.file(_METADATA_NAME)
        if not self._configs and _METADATA_NAME in self._folder.files and self._fits(tensor, beside):
            self._context.use(beside)
            return attacher.attach_files(beside, folder=self._folder)
        return attacher.attach_files(None, folder=self._folder)

    def _fits(self, tensor: StoredTensor, metadata: InputFile) -> bool:
        try:
            return self._context.metadata(metadata, tensor.shape[0]).fits
        except InputError:
            return False


def likely_embeddings(tensors: Mapping[str, StoredTensor], stored: StoredTensors) -> set[str]:
    """The names of tensors that look like embeddings: by their names, else all that are taller than wide."""
    roles = {name: role_of(name, stored) for name in tensors}
    sized = [name for name, tensor in tensors.items() if min(tensor.shape) > 1]
    named = {name for name in sized if roles[name] is Role.EMBEDDING}
    if named:
        return named
    others = [name for name in sized if roles[name] is Role.OTHER]
    return {name for name in others if tensors[name].shape[0] >= tensors[name].shape[1]} or set(others)
