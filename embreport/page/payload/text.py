"""Lists of texts as one joined text, and metadata columns.

Texts are joined by line breaks in UTF-8. Where a text holds line breaks itself, their counts per text
follow, so that any text comes back; no other character is special. Missing cells are a bit each (lowest
bit first), apart from the text: missing and empty are different things.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embreport.model import Column
from embreport.page.payload.blocks import from_planes, to_planes, width_for


def encode_texts(texts: Sequence[str]) -> tuple[bytes, dict[str, int]]:
    """The texts as bytes, and {"bytes": of the joined text, "breaks": width of the counts, 0 for none}."""
    joined = "\n".join(texts).encode("utf-8")
    if joined.count(b"\n") == max(len(texts) - 1, 0):
        return joined, {"bytes": len(joined), "breaks": 0}
    counts = np.array([text.count("\n") for text in texts], dtype=np.int64)
    width = width_for(int(counts.max()))
    return joined + to_planes(counts, width), {"bytes": len(joined), "breaks": width}


def decode_texts(raw: bytes, offset: int, count: int, described: Mapping[str, Any]) -> tuple[list[str], int]:
    """The inverse of `encode_texts`, and where its bytes end. ValueError on anything inconsistent."""
    size, width = int(described["bytes"]), int(described["breaks"])
    end = offset + size
    if size < 0 or end > len(raw):
        raise ValueError("a text is shorter than its description")
    pieces = raw[offset:end].decode("utf-8").split("\n") if count else []
    if width == 0:
        if len(pieces) != count:
            raise ValueError("a column has the wrong number of cells")
        return pieces, end
    counts = from_planes(raw, end, count, width).astype(np.int64)
    ends = np.cumsum(counts + 1)
    if count and ends[-1] != len(pieces):
        raise ValueError("a column has the wrong number of cells")
    texts = ["\n".join(pieces[stop - number - 1 : stop]) for stop, number in zip(ends, counts, strict=True)]
    return texts, end + count * width


def category_values(column: Column) -> list[str]:
    """The distinct cells of a column, most frequent first; ties by first appearance."""
    return [value for value, _ in Counter(cell for cell in column.cells if cell is not None).most_common()]


def encode_column(column: Column, order: np.ndarray) -> tuple[bytes, dict[str, Any]]:
    """A column in stored order, and its layout."""
    cells = [column.cells[row] for row in order.tolist()]
    if column.kind == "category":
        return _encode_category(cells, category_values(column))
    missing = np.array([cell is None for cell in cells], dtype=bool)
    text, layout = encode_texts([cell or "" for cell in cells])
    bits = np.packbits(missing, bitorder="little").tobytes() if missing.any() else b""
    return text + bits, {"layout": "text", "text": layout, "bits": bool(bits)}


def decode_column(raw: bytes, rows: int, described: Mapping[str, Any]) -> list[str | None]:
    """The cells of a column in stored order. ValueError on anything inconsistent."""
    if described["layout"] == "category":
        return _decode_category(raw, rows, described)
    texts, end = decode_texts(raw, 0, rows, described["text"])
    if not described["bits"]:
        return list(texts)
    size = (rows + 7) // 8
    if end + size > len(raw):
        raise ValueError("a column is shorter than its description")
    missing = np.unpackbits(np.frombuffer(raw, np.uint8, size, end), bitorder="little")[:rows]
    return [None if gone else text for text, gone in zip(texts, missing.tolist(), strict=True)]


def _encode_category(cells: list[str | None], values: list[str]) -> tuple[bytes, dict[str, Any]]:
    """Values, then a code per cell; a missing cell has the code after the last value."""
    numbers: dict[str | None, int] = {value: code for code, value in enumerate(values)}
    codes = np.array([numbers.get(cell, len(values)) for cell in cells], dtype=np.int64)
    text, layout = encode_texts(values)
    width = width_for(len(values))
    described = {"layout": "category", "text": layout, "values": len(values), "width": width}
    return text + to_planes(codes, width), described


def _decode_category(raw: bytes, rows: int, described: Mapping[str, Any]) -> list[str | None]:
    count = int(described["values"])
    values, end = decode_texts(raw, 0, count, described["text"])
    codes = from_planes(raw, end, rows, int(described["width"]))
    if rows and int(codes.max()) > count:
        raise ValueError("a category column names a value that does not exist")
    table: list[str | None] = [*values, None]
    return [table[code] for code in codes.tolist()]
