"""What Keras' TensorBoard callback leaves: configs that name the wrong layer, and rows that are no words.

Keras 2 and 3 write one config entry per Embedding layer, all with the name of the first layer, which in
Keras 3's HDF5 files does not even exist. Their order and the numbers of labels tell which one is meant for which layer.
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
from embreport.readers import InputFile, StoredTensor, StoredTensors

_FIRST_LAYER = re.compile(r"^layer_with_weights-\d+/embeddings(?:/\.ATTRIBUTES/VARIABLE_VALUE)?$")
_LAYER_OUTPUT = re.compile(r"^[^/]+_embedding$")
_NUMBERED_LAYER = re.compile(r"^(?:layer_with_weights-\d+|layers/embedding(?:_\d+)?)/")
_CALLBACK_PREFIX = "keras_embedding"

Place = tuple[OpenedCheckpoint, str]
"""A checkpoint, and the name of a tensor in it."""


def pair_layers(
    context: Context, config: ProjectorConfig, opened: Sequence[OpenedCheckpoint]
) -> tuple[Mapping[ConfigEntry, Place], tuple[Notice, ...]]:
    """The layer that each entry of Keras' callback is meant for, where its name does not say so.

    The callback writes an entry for each Embedding layer of the model, in their order. Where the numbers of labels
    contradict that, an entry goes to the only layer with as many rows, and what is left stays in order.
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
    fitting = {entry: _fitting(context, config, entry, layers) for entry in entries}
    pairs = _pair(fitting, layers)
    told = ", ".join(f"“{title_in(place[0].tensors, place[1])}”" for place in pairs.values())
    plain = all(len(fitting[entry]) == 1 for entry in pairs)
    message = (
        "Keras' callback gives every entry the name of the first layer; the entries were joined to the layers "
        f"{told} by their numbers of labels{'' if plain else ', and by their order where these do not tell'}."
    )
    in_graph = all(name in checkpoint.tensors.full_names for checkpoint, name in pairs.values())
    if plain or in_graph or _order_is_known(name for _, name in pairs.values()):
        return pairs, (Notice(code="keras-layers-joined", severity="info", message=message, where=config.label),)
    message += " These layers are not numbered in the file, so check that the labels are theirs."
    return pairs, (Notice(code="keras-layers-joined", severity="warning", message=message, where=config.label),)


def _embedding_layers(opened: Sequence[OpenedCheckpoint]) -> list[Place]:
    """The layers in the model's order, those of models within it last: the callback has no entry for them."""
    for checkpoint in opened:
        names = [
            name
            for name, tensor in checkpoint.tensors.tensors.items()
            if why_no_embedding(tensor.shape) is None and role_of(name, checkpoint.tensors) is Role.EMBEDDING
        ]
        if names:
            return [(checkpoint, name) for name in in_order_of_model(names, checkpoint.tensors)]
    return []


def in_order_of_model(names: list[str], stored: StoredTensors) -> list[str]:
    """The layers as the model has them: by their numbers, else by the nodes of the object graph; inner models last."""
    in_graph = [name for name in stored.full_names if name in names]
    if _order_is_known(names) or len(in_graph) < len(names):
        return sorted(names, key=_place_in_model)
    return sorted(in_graph, key=lambda name: name.count("/"))


def _order_is_known(names: Iterable[str]) -> bool:
    return all(_NUMBERED_LAYER.match(name) for name in names)


def _place_in_model(name: str) -> tuple[int, list[tuple[str, int]]]:
    """Orders `layers/embedding_10` after `layers/embedding_2`."""
    parts = [(part, part.rstrip("0123456789")) for part in name.split("/")]
    return len(parts), [(stem, int(part.removeprefix(stem)[:18] or -1)) for part, stem in parts]


def _fitting(context: Context, config: ProjectorConfig, entry: ConfigEntry, layers: list[Place]) -> list[Place]:
    """The layers with as many rows as an entry has labels; none for an entry without labels."""
    metadata = _metadata_of(context, config, entry)
    return [place for place in layers if metadata and _fits(context, metadata, _tensor(place))]


def _pair(fitting: Mapping[ConfigEntry, list[Place]], layers: list[Place]) -> dict[ConfigEntry, Place]:
    in_order = dict(zip(fitting, layers, strict=False))
    if len(in_order) == len(fitting) and all(
        not fitting[entry] or place in fitting[entry] for entry, place in in_order.items()
    ):
        return in_order
    pairs: dict[ConfigEntry, Place] = {}
    left = list(layers)
    for alone in (True, False):
        for entry in fitting:
            there = [place for place in left if place in fitting[entry]]
            if entry not in pairs and there and (len(there) == 1 or not alone):
                pairs[entry] = there[0]
                left.remove(there[0])
    for entry in fitting:
        if entry not in pairs and left:
            pairs[entry] = left.pop(0)
    return {entry: pairs[entry] for entry in fitting if entry in pairs}


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
