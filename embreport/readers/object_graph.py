"""The object graph of `tf.train.Checkpoint`: readable names, and which tensors belong to an optimizer.

The graph is a TrackableObjectGraph (tensorflow/core/protobuf/trackable_object_graph.proto) in a string tensor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from embreport.readers.messages import parse_message, text_of

OBJECT_GRAPH_KEY = b"_CHECKPOINTABLE_OBJECT_GRAPH"
_ATTRIBUTE = "/.ATTRIBUTES/VARIABLE_VALUE"


def read_object_graph(data: bytes, *, where: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """Full names by checkpoint key, and the keys of slot variables (moments of an optimizer)."""
    graph = parse_message("TrackableObjectGraph", data, where=where)
    full_names: dict[str, str] = {}
    keys_of_node: list[list[str]] = []
    slot_nodes: set[int] = set()
    for node in graph.nodes:
        keys = []
        for attribute in node.attributes:
            key = text_of(attribute.checkpoint_key)
            keys.append(key)
            if attribute.full_name:
                full_names[key] = text_of(attribute.full_name)
        keys_of_node.append(keys)
        slot_nodes.update(slot.slot_variable_node_id for slot in node.slot_variables)
    slots = {key for node in slot_nodes if 0 <= node < len(keys_of_node) for key in keys_of_node[node]}
    return full_names, frozenset(slots)


def shared_titles(full_names: Mapping[str, str]) -> Mapping[str, str]:
    """Titles, by key, for tensors whose full name is that of others, too, as Keras 3 gives those of one's own model."""
    counts = Counter(full_names.values())
    return {
        key: f"{name} ({key.removesuffix(_ATTRIBUTE)})"
        for key, name in full_names.items()
        if counts[name] > 1 and "/" in name
    }
