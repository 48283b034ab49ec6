"""The States in a bookmarks file, one after the other, in the memory that one of them needs.

A file holds an array of States, one State, or several of either. Only the entries that a view is made of are kept;
coordinates go to arrays point by point. What is larger than any State of that tensor can be is passed over.
"""

from __future__ import annotations

import codecs
import json
import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from embreport.errors import LimitExceeded
from embreport.logdir.json_values import JsonText

_AXIS = re.compile(r"pca-\d{1,2}|tsne-[0-2]|umap-[0-2]|linear-[xy]")
_NUMBERS_OF_ROWS = frozenset({"filteredPoints", "selectedPoints"})
_WANTED = _NUMBERS_OF_ROWS | {
    *("label", "selectedProjection", "dataSetDimensions", "pcaComponentDimensions", "cameraDef"),
    *("tSNEIteration", "tSNEPerplexity", "tSNEis3d", "umapIs3d", "umapNeighbors", "umapMinDist"),
    *("selectedColorOptionName", "selectedLabelOption", "forceCategoricalColoring"),
    *(f"custom{side}{what}" for side in ("XLeft", "XRight", "YUp", "YDown") for what in ("Text", "Regex")),
    "customSelectedSearchByMetadataOption",
}
_MOST_ENTRIES, _MOST_ENTRIES_OF_ALL = 1_000, 10_000
_LONGEST_VALUE, _BYTES_PER_ROW_NUMBER = 1 << 16, 24
_LONGEST_POINT, _SLAB = 1 << 12, 1 << 16
_SPACES_AND_COMMAS = re.compile(r"[ \t\r\n,]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, kw_only=True)
class StoredPoints:
    """The points of a State: `axes` maps "tsne-0" and the like to float32 (count,), NaN where a number is missing."""

    count: int
    axes: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(kw_only=True)
class StoredState:
    """One entry of a file: `values` of the keys that are wanted, its points, or why it can be no view (`trouble`)."""

    values: dict[str, Any] = field(default_factory=dict)
    points: StoredPoints | None = None
    trouble: str | None = None


def stored_states(data: bytes, rows: int, *, where: str) -> Iterator[StoredState]:
    """The entries of a file for a tensor of so many rows. FormatError for what is no JSON, once it is come upon.

    LimitExceeded where the entries have more keys than the States of a file do.
    """
    return _Reader(data, rows, where).states()


class _Reader:
    def __init__(self, data: bytes, rows: int, where: str) -> None:
        self._text = JsonText(data, where=where)
        self._rows = rows
        self._where = where
        self._entries = 0

    def states(self) -> Iterator[StoredState]:
        sign = self._text.sign()
        if sign not in (b"[", b"{"):
            raise self._text.fail()
        while sign:
            if self._text.accept(b"["):
                yield from self._array()
            else:
                yield self._state()
            sign = self._text.sign()

    def _array(self) -> Iterator[StoredState]:
        if self._text.accept(b"]"):
            return
        while True:
            yield self._state()
            if not self._text.accept(b","):
                break
        self._text.expect(b"]")

    def _state(self) -> StoredState:
        if self._text.sign() != b"{":
            self._text.skip()
            return StoredState(trouble="is no saved view")
        start = self._text.position
        self._text.expect(b"{")
        state = StoredState()
        if self._text.accept(b"}"):
            return state
        entries = 0
        while True:
            entries += 1
            if entries > _MOST_ENTRIES:
                state.trouble = f"has more than {_MOST_ENTRIES:,} entries"
                self._text.position = start
                self._text.skip()
                return state
            self._entry(state)
            if not self._text.accept(b","):
                break
        self._text.expect(b"}")
        return state

    def _entry(self, state: StoredState) -> None:
        self._entries += 1
        if self._entries > _MOST_ENTRIES_OF_ALL:
            raise LimitExceeded(
                f"The saved views have more than {_MOST_ENTRIES_OF_ALL:,} entries in all; the rest was not read.",
                where=self._where,
            )
        key = self._text.text(_LONGEST_VALUE)
        self._text.expect(b":")
        if key == "projections" and self._text.sign() == b"[":
            self._points(state)
        elif key in _WANTED:
            most = _LONGEST_VALUE + (_BYTES_PER_ROW_NUMBER * self._rows if key in _NUMBERS_OF_ROWS else 0)
            self._text.sign()
            start = self._text.position
            state.values[key] = self._text.value(most)
            if self._text.position - start > most:
                state.trouble = f"has more than {most:,} bytes under “{key}”"
        else:
            self._text.skip()

    def _points(self, state: StoredState) -> None:
        """Read the points into arrays; what cannot be points of this tensor is passed over, and said."""
        start = self._text.position
        reader = _PointReader(self._text, self._rows)
        try:
            reader.read()
            state.points = StoredPoints(count=reader.count, axes=reader.axes())
        except _PassedOver as reason:
            state.trouble = str(reason)
            self._text.position = start
            self._text.skip()


class _PassedOver(Exception):
    """Points that cannot be those of the tensor; the text says why, after the state's label."""


class _PointReader:
    """Reads an array of points, some thousand characters at a time."""

    def __init__(self, text: JsonText, rows: int) -> None:
        self._text = text
        self._rows = rows
        self._columns: dict[str, array[float]] = {}
        self.count = 0

    def axes(self) -> dict[str, np.ndarray]:
        """The coordinates read so far, by their keys."""
        return {key: np.frombuffer(values, np.float32)[: self.count] for key, values in self._columns.items()}

    def read(self) -> None:
        """Read to the end of the array, which is passed. Raises _PassedOver, FormatError."""
        self._text.expect(b"[")
        while not self._slab():
            pass

    def _slab(self) -> bool:
        """Read what is whole in the next part of the file; whether the array ended there."""
        start = self._text.position
        part = self._text.data[start : start + _SLAB]
        try:
            slab, _ = codecs.utf_8_decode(part, "strict", start + _SLAB >= len(self._text.data))
        except UnicodeDecodeError as error:
            raise self._text.fail() from error
        at = 0
        while True:
            spaces = _SPACES_AND_COMMAS.match(slab, at)
            at = spaces.end() if spaces else at
            if slab.startswith("]", at):
                self._advance(slab, at + 1)
                return True
            end = self._point(slab, at, last=start + len(part) >= len(self._text.data))
            if end is None:
                self._advance(slab, at)
                return False
            at = end

    def _point(self, slab: str, at: int, *, last: bool) -> int | None:
        """Keep the point at `at` and give its end; None where the slab ends before it does."""
        if at == len(slab) and not last:
            return None
        try:
            point, end = _DECODER.raw_decode(slab, at)
        except (ValueError, RecursionError) as error:
            if len(slab) - at > _LONGEST_POINT:
                raise _PassedOver(
                    f"holds a point of more than {_LONGEST_POINT:,} bytes, or one that is no JSON"
                ) from error
            if last:
                raise self._text.fail() from error
            return None
        if end == len(slab) and not last:
            return None
        if end - at > _LONGEST_POINT:
            raise _PassedOver(f"holds a point of more than {_LONGEST_POINT:,} bytes")
        if self.count == self._rows:
            raise _PassedOver(f"has positions for more than the {self._rows:,} rows of the tensor")
        if isinstance(point, dict):
            self._keep(point)
        self.count += 1
        return end

    def _keep(self, point: dict[str, Any]) -> None:
        for key, value in point.items():
            if type(value) is not float and type(value) is not int:
                continue
            column = self._columns.get(key)
            if column is None:
                if not _AXIS.fullmatch(key):
                    continue
                column = self._columns[key] = array("f", [float("nan")]) * self._rows
            try:
                column[self.count] = value
            except OverflowError:
                continue

    def _advance(self, slab: str, characters: int) -> None:
        read = slab[:characters]
        self._text.position += characters if read.isascii() else len(read.encode("utf-8"))
