"""What a tensor's name says: a title for people, and whether it is an embedding or belongs to the training."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from enum import Enum

from embreport.readers.stored_tensor import StoredTensors

_ATTRIBUTE = "/.ATTRIBUTES/VARIABLE_VALUE"
_STEP_OF_TAG = re.compile(r"^(.*):(\d{5,18})$", re.DOTALL)
_GENERIC_NAME = re.compile(r"^Variable(?:_\d+)?$")
_EMBEDDING = re.compile(
    r"embed|word_?vec|vectors?\b|lookup_table|codebook|latent|(?:^|[/._])(?:emb|w[tp]e|syn0)(?:[/._\d]|$)",
    re.IGNORECASE,
)
_TRAINING = re.compile(
    r"(?:^|/)(?:\.OPTIMIZER_SLOT|optimizer|_optimizer|optimizer_weights)(?:/|$)"
    r"|(?:^|/)(?:Adam|Adamax|Nadam|Adagrad|AdagradDA|Adadelta|Momentum|RMSProp|Ftrl|ExponentialMovingAverage)(?:_\d+)?$",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"^(?:adam|adamw|adamax|nadam|sgd|rmsprop|adagrad|adadelta|adafactor|ftrl|lion|lamb|muon|optimizer)(?:_\d+)?/",
    re.IGNORECASE,
)
_KERNEL = re.compile(
    r"(?:^|[/._])(?:\w*kernel|\w*weights?|\w*bias(?:es)?|gamma|beta|moving_mean|moving_variance|softmax_w)(?:_\d+)?$",
    re.IGNORECASE,
)
# An exported Keras 3 model holds each variable a second time by this name, beside `variables/`.
_COPY = re.compile(r"^_all_variables/\d+$")


class Role(Enum):
    """What a tensor is to its training, judged by names."""

    EMBEDDING = "embedding"
    OTHER = "other"
    KERNEL = "kernel"
    MOMENT = "moment"


def key_name(name: str) -> str:
    """A checkpoint's key without the ending that TensorFlow 2 gives to every variable."""
    return name.removesuffix(_ATTRIBUTE)


def title_of(name: str, full_name: str | None = None) -> str:
    """A short readable name: the object graph's, unless it says nothing, else the key's; without PyTorch's step."""
    if full_name and not _GENERIC_NAME.match(full_name):
        return full_name
    tag, _ = tag_and_step(key_name(name))
    return tag or name


def title_in(stored: StoredTensors, name: str) -> str:
    """The title of a tensor of a file."""
    return stored.titles.get(name) or title_of(name, stored.full_names.get(name))


def tag_and_step(name: str) -> tuple[str, int | None]:
    """The tag and step of a tensor that PyTorch or tensorboardX named `tag:00003`; other names have no step."""
    match = _STEP_OF_TAG.match(name)
    return (match[1], int(match[2])) if match else (name, None)


def role_of(name: str, tensors: StoredTensors) -> Role:
    """The role of a tensor. Slots come from the object graph where there is one, else from names.

    Keras 3 saves an embedding under a key of the optimizer; only its full name tells it from the moments.
    """
    full_name = tensors.full_names.get(name, "")
    if name in tensors.slots or _MOMENT.search(full_name):
        return Role.MOMENT
    if _TRAINING.search(key_name(name)) and (not full_name or "/.OPTIMIZER_SLOT" in name):
        return Role.MOMENT
    readable = full_name if full_name and not _GENERIC_NAME.match(full_name) else key_name(name)
    last = readable.rsplit("/", 1)[-1]
    if _KERNEL.search(readable) and not _EMBEDDING.search(last):
        return Role.KERNEL
    if _COPY.match(key_name(name)) and any(other.startswith("variables/") for other in tensors.tensors):
        return Role.MOMENT
    # In Keras 3's files of a model class, a layer that is an attribute has no word of its kind in its path.
    named = "" if "layers/" in name else tensors.titles.get(name, "")
    return Role.EMBEDDING if _EMBEDDING.search(readable) or _EMBEDDING.search(named) else Role.OTHER


def find_name(wanted: str, names: Iterable[str], full_names: Mapping[str, str]) -> str | None:
    """The tensor that a config means: by its name, its name without TensorFlow's ending, or its full name."""
    names = list(names)
    if wanted in names:
        return wanted
    for variant in (wanted + _ATTRIBUTE, wanted.removesuffix(":0") + _ATTRIBUTE):
        if variant in names:
            return variant
    meant = [name for name in names if full_names.get(name) == wanted]
    return meant[0] if len(meant) == 1 else None


def nearest_names(wanted: str, names: Iterable[str], most: int = 3) -> list[str]:
    """The names most like the one that is wanted, the most like first."""
    by_key = {key_name(name): name for name in names}
    near = difflib.get_close_matches(key_name(wanted)[:200], [key[:200] for key in list(by_key)[:2000]], most, 0.5)
    return [by_key.get(key, key) for key in near]
