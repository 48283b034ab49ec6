"""The tensors of one run: those its configs list, then what else its checkpoints hold."""

from __future__ import annotations

from embreport.errors import FormatError, InputError, InputNotFound
from embreport.logdir.attachments import Attacher, Attachments
from embreport.logdir.checkpoint_choice import choose
from embreport.logdir.checkpoint_search import search_checkpoints
from embreport.logdir.checkpoints import CheckpointKind, ChosenCheckpoint
from embreport.logdir.context import Context
from embreport.logdir.found import Found, OpenedCheckpoint, Origin, embedding_of, why_no_embedding
from embreport.logdir.keras_callback import Place, explain_layer_output, pair_layers
from embreport.logdir.paths import find_file
from embreport.logdir.projector_config import ConfigEntry, ProjectorConfig, repeated_notice
from embreport.logdir.tensor_names import Role, find_name, nearest_names, role_of, tag_and_step, title_in, title_of
from embreport.logdir.tree import Folder
from embreport.logdir.unlisted import add_unlisted
from embreport.model import Notice
from embreport.readers import StoredTensor, StoredTensors, read_tensor_file
from embreport.readers.checkpoint_v1 import read_v1
from embreport.readers.dtypes import spelled_shape
from embreport.readers.files import shortened
from embreport.readers.keras_weights import read_keras_weights
from embreport.readers.tensor_bundle import read_bundle

# Each takes as long as there are names.
_MOST_NEAREST = 50
_READERS = {CheckpointKind.BUNDLE: read_bundle, CheckpointKind.TABLE: read_v1, CheckpointKind.HDF5: read_keras_weights}


class RunSurvey:
    """Surveys one run into `found`; nothing here raises for what the log directory holds.

    `folder` is where its checkpoints are looked for; `home`, that by default, where labels may lie beside them.
    What no config lists is built, where none lists anything, only with `build_unlisted`.
    """

    def __init__(
        self,
        context: Context,
        run: str,
        folder: Folder,
        configs: list[ProjectorConfig],
        found: Found,
        *,
        home: Folder | None = None,
        build_unlisted: bool = True,
    ) -> None:
        self._context = context
        self._run = run
        self._folder = folder
        self._home = home or folder
        self._configs = configs
        self._build_unlisted = build_unlisted and not any(config.entries for config in configs)
        self._found = found
        self._why_no_checkpoint: str | None = None
        self._listed_of_files: set[tuple[str, str]] = set()
        self._not_there = 0

    def survey(self) -> None:
        """List everything: config entries in their order, then what no config lists."""
        opened = self._open_checkpoints()
        seen: set[tuple[str, str, str, int]] = set()
        for config in self._configs:
            paired, told = pair_layers(self._context, config, opened)
            self._found.tell((*config.notices, *told))
            if repeated := sum(entry.repetition > 0 and entry not in paired for entry in config.entries):
                self._found.tell([repeated_notice(repeated, config.label)])
            for entry in config.entries:
                # The plugin's folder may hold a second copy of the run's config.
                identity = (entry.tensor_name, entry.tensor_path, entry.metadata_path, entry.repetition)
                if identity in seen:
                    continue
                if entry.repetition and entry not in paired:
                    continue
                seen.add(identity)
                try:
                    if entry.tensor_path:
                        self._file_entry(config, entry)
                    else:
                        self._checkpoint_entry(config, entry, opened, paired.get(entry))
                except InputError as error:
                    self._found.fail(self._run, entry.tensor_name or entry.tensor_path or None, error)
        for checkpoint in opened:
            file = checkpoint.chosen.checkpoint.file.label
            checkpoint.listed.update(name for label, name in self._listed_of_files if label == file)
            add_unlisted(
                self._context,
                self._home,
                self._configs,
                checkpoint,
                self._found,
                run=self._run,
                build=self._build_unlisted,
            )

    def _open_checkpoints(self) -> list[OpenedCheckpoint]:
        wants = any(not entry.tensor_path for config in self._configs for entry in config.entries)
        wants = wants or any(config.defaults or config.checkpoint for config in self._configs)
        step = self._context.wishes.step
        if wants:
            choice = search_checkpoints(self._context.checkpoints, self._folder, self._configs, step)
        else:
            choice = choose(self._context.checkpoints, self._folder, step=step)
        # A state file that outlived its checkpoints is no trouble to a run that has its vectors elsewhere.
        idle = bool(self._configs) and not wants and not choice.chosen
        self._found.tell(notice for notice in choice.notices if not idle or notice.code != "state-stale")
        opened = []
        for chosen in choice.chosen:
            self._context.use(chosen.checkpoint.file)
            checkpoint = open_checkpoint(chosen, self._found, run=self._run)
            if checkpoint:
                opened.append(checkpoint)
            else:
                label = chosen.checkpoint.label
                self._why_no_checkpoint = f"It should come from the checkpoint “{label}”, which cannot be read."
        for notice in choice.notices:
            if notice.code in ("step-missing", "outside-logdir", "checkpoint-not-found", "state-stale"):
                self._why_no_checkpoint = notice.message
        return opened

    def _checkpoint_entry(
        self, config: ProjectorConfig, entry: ConfigEntry, opened: list[OpenedCheckpoint], paired: Place | None
    ) -> None:
        if self._why_no_checkpoint and not opened:
            self._found.skip(self._run, entry.tensor_name, self._why_no_checkpoint)
            return
        checkpoint, name = paired or self._match(config, entry, opened)
        checkpoint.listed.add(name)
        unreadable = checkpoint.tensors.unreadable.get(name)
        if unreadable:
            raise unreadable.error
        tensor = checkpoint.tensors.tensors[name]
        attached = self._attach(tensor, config, entry)
        attached = explain_layer_output(self._context, (checkpoint, name), attached, opened)
        self._add_listed(tensor, checkpoint.origin(self._run), attached, title_in(checkpoint.tensors, name))

    def _file_entry(self, config: ProjectorConfig, entry: ConfigEntry) -> None:
        found = find_file(self._context.tree, config.folder, entry.tensor_path, where=config.label)
        if found.notice:
            self._found.tell([found.notice])
        self._context.use(found.file)
        name = entry.tensor_name or found.file.label.rsplit("/", 1)[-1]
        stored = read_tensor_file(found.file, name, entry.tensor_shape)
        self._found.tell(stored.notices)
        tensor = _tensor_named(stored, name, found.file.label)
        self._listed_of_files.add((found.file.label, tensor.name))
        _, step = tag_and_step(name)
        origin = Origin(run=self._run, source=stored.source, path=found.file.label, step=step)
        self._tell_shape(tensor, entry, config)
        self._add_listed(tensor, origin, self._attach(tensor, config, entry), title_of(tensor.name))

    def _tell_shape(self, tensor: StoredTensor, entry: ConfigEntry, config: ProjectorConfig) -> None:
        if entry.tensor_shape and entry.tensor_shape != tensor.shape:
            message = (
                f"tensor_shape of “{tensor.name}” says {spelled_shape(entry.tensor_shape)}; the file holds "
                f"{spelled_shape(tensor.shape)}, which is shown."
            )
            self._found.tell([Notice(code="tensor-shape", severity="warning", message=message, where=config.label)])

    def _attach(self, tensor: StoredTensor, config: ProjectorConfig, entry: ConfigEntry) -> Attachments:
        reason = why_no_embedding(tensor.shape)
        if reason:
            raise FormatError(f"“{tensor.name}” cannot be shown. {reason}", where=config.label)
        return Attacher(self._context, tensor).attach(entry, config.folder, config.label)

    def _add_listed(self, tensor: StoredTensor, origin: Origin, attached: Attachments, title: str) -> None:
        self._found.tell(attached.notices)
        self._found.embeddings.append(embedding_of(tensor, origin, attached, title=title, listed=True, built=True))

    def _match(
        self, config: ProjectorConfig, entry: ConfigEntry, opened: list[OpenedCheckpoint]
    ) -> tuple[OpenedCheckpoint, str]:
        """The checkpoint and tensor that an entry names."""
        if not opened:
            raise self._no_checkpoint(config, entry)
        for checkpoint in opened:
            names = [*checkpoint.tensors.tensors, *checkpoint.tensors.unreadable]
            name = find_name(entry.tensor_name, names, checkpoint.tensors.full_names)
            if name is not None:
                return checkpoint, name
        there = [name for item in opened for name in _shown_names(item.tensors)]
        self._not_there += 1
        near = nearest_names(entry.tensor_name, there) if self._not_there <= _MOST_NEAREST else []
        hint = f"The nearest name is “{near[0]}”. " if near else ""
        listed = ", ".join(f"“{name}”" for name in there[:8]) or "none that is an embedding"
        more = f", and {len(there) - 8:,} more" if len(there) > 8 else ""
        raise InputNotFound(
            f"The checkpoint has no tensor “{shortened(entry.tensor_name)}”. {hint}There are: {listed}{more}.",
            where=config.label,
        )

    def _no_checkpoint(self, config: ProjectorConfig, entry: ConfigEntry) -> InputError:
        return InputNotFound(
            f"“{shortened(entry.tensor_name)}” should come from a checkpoint, but none is beside the config. Copy the "
            "checkpoint's files (.index and .data-...) there.",
            where=config.label,
        )


def open_checkpoint(chosen: ChosenCheckpoint, found: Found, *, run: str) -> OpenedCheckpoint | None:
    """The tensors of a checkpoint; None, with the reason in `found`, when it cannot be read."""
    try:
        tensors = _READERS[chosen.checkpoint.kind](chosen.checkpoint.file)
    except InputError as error:
        found.fail(run, None, error)
        return None
    found.tell(tensors.notices)
    return OpenedCheckpoint(chosen=chosen, tensors=tensors)


def _tensor_named(stored: StoredTensors, name: str, where: str) -> StoredTensor:
    """The tensor of a file that an entry means: that of its name, or the only one that can be shown."""
    if name in stored.tensors:
        return stored.tensors[name]
    shown = [tensor for tensor in stored.tensors.values() if why_no_embedding(tensor.shape) is None]
    if len(shown) == 1:
        return shown[0]
    names = ", ".join(f"“{tensor.name}”" for tensor in shown[:8]) or "none that is an embedding"
    raise InputNotFound(f"The file has no tensor “{name}”. There are: {names}.", where=where)


def _shown_names(tensors: StoredTensors) -> list[str]:
    """The names of the tensors that could be shown, weights before what belongs to the optimizer."""
    names = [name for name, tensor in tensors.tensors.items() if why_no_embedding(tensor.shape) is None]
    return sorted(names, key=lambda name: role_of(name, tensors) is Role.MOMENT)
