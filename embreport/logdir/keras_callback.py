"""What Keras' TensorBoard callback leaves: configs that name the wrong layer, and rows that are no words.

Keras 2 and 3 write one config entry per Embedding layer, all with the name of the first layer, which in
Keras 3's HDF5 files does not even exist. Only the numbers of labels tell which entry is meant for which layer.
The callback of Keras 2.2 and TensorFlow 1.11 saved what a layer puts out for some samples, not its weights.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from embreport.errors import InputError
from embreport.logdir.attachments import Attachments
from embreport.logdir.context import Context
from embreport.logdir.found import OpenedCheckpoint, why_no_embedding
from embreport.logdir.paths import find_file
from embreport.logdir.projector_config import ConfigEntry, ProjectorConfig
from embreport.logdir.tensor_names import Role, role_of, title_in
from embreport.model import Notice
from embreport.readers import InputFile, StoredTensor

_FIRST_LAYER = re.compile(r"^layer_with_weights-\d+/embeddings(?:/\.ATTRIBUTES/VARIABLE_VALUE)?$")
_LAYER_OUTPUT = re.compile(r"^[^/]+_embedding$")
_CALLBACK_PREFIX = "keras_embedding"

Place = tuple[OpenedCheckpoint, str]
"""A checkpoint, and the name of a tensor in it."""


def pair_layers(
    context: Context, config: ProjectorConfig, opened: Sequence[OpenedCheckpoint]
) -> tuple[Mapping[ConfigEntry, Place], tuple[Notice, ...]]:
    """The layer that each entry of Keras' callback is meant for, where its name does not say so.

    An entry goes to the only layer with as many rows as it has labels, then the entries left go to the layers
    left, in their order.
    """
    names = Counter(entry.tensor_name for entry in config.entries)
    known = {name for checkpoint in opened for name in checkpoint.tensors.tensors}
    entries = [
        entry
        for entry in config.entries
        if _FIRST_LAYER.match(entry.tensor_name) and (names[entry.tensor_name] > 1 or entry.tensor_name not in known)
    ]
    taken = {entry.tensor_name for entry in config.entries if entry not in entries}
    layers = [place for place in _embedding_layers(opened) if place[1] not in taken]
    if not entries or not layers:
        return {}, ()
    pairs = _pair(context, config, entries, layers)
    told = ", ".join(f"“{title_in(place[0].tensors, place[1])}”" for place in pairs.values())
    message = (
        f"Keras' callback gives every entry the name of the first layer; the entries were joined to the layers {told} "
        "by their numbers of labels."
    )
    return pairs, (Notice(code="keras-layers-joined", severity="info", message=message, where=config.label),)


def _embedding_layers(opened: Sequence[OpenedCheckpoint]) -> list[Place]:
    for checkpoint in opened:
        names = [
            name
            for name, tensor in checkpoint.tensors.tensors.items()
            if why_no_embedding(tensor.shape) is None and role_of(name, checkpoint.tensors) is Role.EMBEDDING
        ]
        if names:
            return [(checkpoint, name) for name in names]
    return []


def _pair(
    context: Context, config: ProjectorConfig, entries: list[ConfigEntry], layers: list[Place]
) -> dict[ConfigEntry, Place]:
    pairs: dict[ConfigEntry, Place] = {}
    left = list(layers)
    for entry in entries:
        metadata = _metadata_of(context, config, entry)
        fitting = [place for place in left if metadata and _fits(context, metadata, _tensor(place))]
        if len(fitting) == 1:
            pairs[entry] = fitting[0]
            left.remove(fitting[0])
    for entry in entries:
        if entry not in pairs and left:
            pairs[entry] = left.pop(0)
    return {entry: pairs[entry] for entry in entries if entry in pairs}


def _metadata_of(context: Context, config: ProjectorConfig, entry: ConfigEntry) -> InputFile | None:
    if not entry.metadata_path:
        return None
    try:
        return find_file(context.tree, config.folder, entry.metadata_path, where=config.label).file
    except InputError:
        return None


def _tensor(place: Place) -> StoredTensor:
    return place[0].tensors.tensors[place[1]]


def _fits(context: Context, metadata: InputFile, tensor: StoredTensor) -> bool:
    try:
        return context.metadata(metadata, tensor.shape[0]).fits
    except InputError:
        return False


def explain_layer_output(
    context: Context, place: Place, attached: Attachments, opened: Sequence[OpenedCheckpoint]
) -> Attachments:
    """The attachments of a tensor that holds a layer's output, without labels that are meant for its weights.

    A notice says what the rows are, and where the weights are if they are there.
    """
    checkpoint, name = place
    if not (checkpoint.chosen.checkpoint.prefix.startswith(_CALLBACK_PREFIX) and _LAYER_OUTPUT.match(name)):
        return attached
    metadata, summary = attached.metadata, attached.summary
    rows = _tensor(place).shape[0]
    message = (
        f"Each of the {rows:,} rows of “{name}” is what a layer put out for one sample, as Keras' old callback saved it"
    )
    fits = metadata is None or summary is None or _fits(context, metadata, _tensor(place))
    if not fits and metadata and summary:
        message += f"; the {summary.rows:,} labels of {metadata.label} are for the layer's weights and were left out"
        attached = replace(attached, metadata=None, summary=None, notices=())
    notice = Notice(
        code="keras-layer-output",
        severity="info" if fits else "warning",
        message=f"{message}.{_where_weights_are(context, None if fits else metadata, name, opened)}",
        where=checkpoint.chosen.checkpoint.label,
    )
    return replace(attached, notices=(*attached.notices, notice))


def _where_weights_are(
    context: Context, metadata: InputFile | None, name: str, opened: Iterable[OpenedCheckpoint]
) -> str:
    """The tensor that the labels fit, or that has the layer's name."""
    layer = name.removesuffix("_embedding")
    for checkpoint in opened:
        for other, tensor in checkpoint.tensors.tensors.items():
            if other == name or why_no_embedding(tensor.shape) is not None:
                continue
            named = title_in(checkpoint.tensors, other).split("/")[0] == layer
            if _fits(context, metadata, tensor) if metadata else named:
                return f" The weights are here: --tensor {shlex.quote(other)} builds them."
    return ""
