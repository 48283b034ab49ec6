"""What every reader hands out: tensors that are known by their header and read when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from embreport.errors import InputError
from embreport.model import Notice


class StoredTensor(Protocol):
    """A tensor in a file. `shape` and `dtype` come from the header, checked against the file's size."""

    @property
    def name(self) -> str:
        """The name as in the source."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Any rank; only rank 2 is an embedding."""

    @property
    def dtype(self) -> str:
        """The stored dtype, for people."""

    def read(self) -> np.ndarray:
        """The values as float32 or float64, of `shape`. Raises InputError subclasses."""


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """Why a tensor cannot be read, and the shape that is announced for it, None where that is not known."""

    error: InputError
    shape: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class StoredTensors:
    """All tensors of one file or checkpoint.

    `source` is the interface's word for the kind of file. `full_names` gives the name that the training program
    knows a tensor by, where the file has it; `titles` a better one to show. `slots` are the tensors that the file
    marks as an optimizer's. `unreadable` says of tensors that are damaged or of an unusable dtype why.
    """

    source: str
    tensors: Mapping[str, StoredTensor]
    full_names: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    slots: frozenset[str] = frozenset()
    unreadable: Mapping[str, Unreadable] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
