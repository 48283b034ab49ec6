"""The protobuf messages of the files we read, in a descriptor pool of our own.

The messages are described here rather than generated, and live in a private pool, so that embreport can be
imported beside TensorFlow or TensorBoard, which register the same names in protobuf's default pool.
Field numbers are those of tensorflow/core/protobuf/tensor_bundle.proto, framework/tensor_shape.proto,
framework/tensor_slice.proto, framework/tensor.proto, util/saved_tensor_slice.proto,
protobuf/trackable_object_graph.proto, python/training/checkpoint_state.proto, and
tensorboard/plugins/projector/projector_config.proto. Names are `bytes`: nothing promises that they are UTF-8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message

from embreport.errors import FormatError

# Type names are those of the protobuf language; any other name is a message described here.
_SCALARS = {
    "bool": 8,
    "bytes": 12,
    "double": 1,
    "fixed32": 7,
    "int32": 5,
    "int64": 3,
    "uint32": 13,
    "uint64": 4,
}
_MESSAGE_TYPE = 11

# message -> field -> (number, type); a type that ends with * is repeated, with [] repeated and packed.
_MESSAGES: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "BundleHeader": {"num_shards": (1, "int32"), "endianness": (2, "int32")},
    "BundleEntry": {
        "dtype": (1, "int32"),
        "shape": (2, "TensorShape"),
        "shard_id": (3, "int32"),
        "offset": (4, "int64"),
        "size": (5, "int64"),
        "crc32c": (6, "fixed32"),
        "slices": (7, "TensorSlice*"),
    },
    "TensorShape": {"dim": (2, "Dim*"), "unknown_rank": (3, "bool")},
    "Dim": {"size": (1, "int64")},
    "TensorSlice": {"extent": (1, "Extent*")},
    "Extent": {"start": (1, "int64"), "length": (2, "int64")},
    "TrackableObjectGraph": {"nodes": (1, "TrackableObject*")},
    "TrackableObject": {
        "children": (1, "ObjectReference*"),
        "attributes": (2, "SerializedTensor*"),
        "slot_variables": (3, "SlotVariableReference*"),
    },
    "ObjectReference": {"node_id": (1, "int32"), "local_name": (2, "bytes")},
    "SerializedTensor": {"name": (1, "bytes"), "full_name": (2, "bytes"), "checkpoint_key": (3, "bytes")},
    "SlotVariableReference": {
        "original_variable_node_id": (1, "int32"),
        "slot_name": (2, "bytes"),
        "slot_variable_node_id": (3, "int32"),
    },
    "SavedTensorSlices": {"meta": (1, "SavedTensorSliceMeta"), "data": (2, "SavedSlice")},
    "SavedTensorSliceMeta": {"tensor": (1, "SavedSliceMeta*")},
    "SavedSliceMeta": {
        "name": (1, "bytes"),
        "shape": (2, "TensorShape"),
        "type": (3, "int32"),
        "slice": (4, "TensorSlice*"),
    },
    "SavedSlice": {"name": (1, "bytes"), "slice": (2, "TensorSlice"), "data": (3, "SavedValues")},
    "SavedValues": {
        "dtype": (1, "int32"),
        "tensor_content": (4, "bytes"),
        # Packed numbers of fixed size are one run of bytes on the wire.
        "float_val": (5, "bytes"),
        "double_val": (6, "bytes"),
        "int_val": (7, "int32[]"),
        "int64_val": (10, "int64[]"),
        "bool_val": (11, "bool[]"),
        "half_val": (13, "int32[]"),
        "uint32_val": (16, "uint32[]"),
        "uint64_val": (17, "uint64[]"),
    },
    "CheckpointState": {
        "model_checkpoint_path": (1, "bytes"),
        "all_model_checkpoint_paths": (2, "bytes*"),
        "all_model_checkpoint_timestamps": (3, "double*"),
        "last_preserved_timestamp": (4, "double"),
    },
    "ProjectorConfig": {
        "model_checkpoint_path": (1, "bytes"),
        "embeddings": (2, "EmbeddingInfo*"),
        "model_checkpoint_dir": (3, "bytes"),
    },
    "EmbeddingInfo": {
        "tensor_name": (1, "bytes"),
        "metadata_path": (2, "bytes"),
        # One in the original; people give several.
        "bookmarks_path": (3, "bytes*"),
        "tensor_shape": (4, "uint32*"),
        "sprite": (5, "SpriteMetadata"),
        "tensor_path": (6, "bytes"),
    },
    "SpriteMetadata": {"image_path": (1, "bytes"), "single_image_dim": (2, "uint32*")},
}
_PACKAGE = "embreport"


def _describe() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="embreport.proto", package=_PACKAGE, syntax="proto2")
    for message_name, fields in _MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for field_name, (number, spelled) in fields.items():
            type_name = spelled.rstrip("*[]")
            field = message.field.add(name=field_name, number=number, label=1 if type_name == spelled else 3)
            if type_name in _SCALARS:
                field.type = _SCALARS[type_name]
            else:
                field.type = _MESSAGE_TYPE
                field.type_name = f".{_PACKAGE}.{type_name}"
            if spelled.endswith("[]"):
                field.options.packed = True
    return file


_POOL = descriptor_pool.DescriptorPool()
_POOL.Add(_describe())
_CLASSES = {
    name: message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _MESSAGES
}


def new_message(name: str) -> Any:
    """An empty message of the type `name`."""
    return _CLASSES[name]()


def parse_message(name: str, data: bytes, *, where: str) -> Any:
    """The message of type `name` in `data`; unknown fields are ignored, FormatError for anything else."""
    message: Message = new_message(name)
    try:
        message.ParseFromString(data)
    except (DecodeError, ValueError, RecursionError, OverflowError) as error:
        raise FormatError(
            f"{len(data):,} bytes are no {name} message; the file is damaged. Copy it again.", where=where
        ) from error
    return message


def text_of(name: bytes) -> str:
    """A name from a message as text; bytes that are not UTF-8 are shown as `\\xff`."""
    return name.decode("utf-8", "backslashreplace")
