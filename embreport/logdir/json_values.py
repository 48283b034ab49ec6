"""Where a JSON value ends, found without making objects of what it holds: a file nobody vouches for may be one value.

The grammar is that of RFC 8259. What is only passed over is not held against it.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from embreport.errors import FormatError

_SPACE = re.compile(rb"[ \t\r\n]*")
_PLAIN = re.compile(rb'[^\s,:"\[\]{}]+')
_SHORT_TEXT = re.compile(rb'"[^"\\\x00-\x1f]{0,200}"')
_FIRST_LOOK, _LARGEST_LOOK = 1 << 9, 1 << 18
_BACKSLASH = 92


class JsonText:
    """JSON as UTF-8 bytes, read from `position` on. FormatError, naming `where`, for what is no JSON."""

    def __init__(self, data: bytes, *, where: str) -> None:
        self.data = data
        self.position = 0
        self._where = where

    def fail(self) -> FormatError:
        """The error for a file that is no JSON."""
        return FormatError(
            f"The file is not JSON at byte {self.position:,}; expected an array of saved views.", where=self._where
        )

    def sign(self) -> bytes:
        """The next byte that is no white space, which stays; nothing at the end."""
        found = _SPACE.match(self.data, self.position)
        self.position = found.end() if found else self.position
        return self.data[self.position : self.position + 1]

    def accept(self, sign: bytes) -> bool:
        """Whether `sign` comes next; if so it is passed."""
        found = self.sign() == sign
        self.position += found
        return found

    def expect(self, sign: bytes) -> None:
        """Pass `sign`, which must come next."""
        if not self.accept(sign):
            raise self.fail()

    def text(self, most: int) -> str | None:
        """The text that comes next; None for one of more than `most` bytes, which is passed over."""
        if self.sign() != b'"':
            raise self.fail()
        value = self.value(most)
        return value if isinstance(value, str) else None

    def value(self, most: int) -> Any:
        """The value that comes next; None for one of more than `most` bytes, which is passed over."""
        self.sign()
        start, end = self.position, self._end()
        if end - start > most:
            self.position = end
            return None
        try:
            value = json.loads(self.data[start:end])
        except (ValueError, RecursionError) as error:
            raise self.fail() from error
        self.position = end
        return value

    def skip(self) -> None:
        """Pass over the value that comes next."""
        self.sign()
        self.position = self._end()

    def _end(self) -> int:
        """Where the value at the position ends."""
        short = _SHORT_TEXT.match(self.data, self.position) or _PLAIN.match(self.data, self.position)
        if short:
            return short.end()
        if self.data[self.position : self.position + 1] not in (b"{", b"[", b'"'):
            raise self.fail()
        return self._end_of_nested()

    def _end_of_nested(self) -> int:
        start, size, depth, inside = self.position, _FIRST_LOOK, 0, 0
        while start < len(self.data):
            part = _whole_escapes(self.data[start : start + size])
            if not part:
                break
            # An escape is two bytes, none of which may count as a quote.
            plain = part.replace(b"\\\\", b"__").replace(b'\\"', b"__") if b"\\" in part else part
            signs = np.frombuffer(plain, np.uint8)
            within = (inside + np.cumsum(signs == ord('"'), dtype=np.int32)) & 1
            folded = signs & 0xDF  # [ and {, ] and } differ by one bit
            steps = ((folded == ord("[")).astype(np.int8) - (folded == ord("]"))) * (within == 0)
            depths = depth + np.cumsum(steps, dtype=np.int32)
            ends = np.flatnonzero((depths <= 0) & (within == 0))
            if ends.size:
                return start + int(ends[0]) + 1
            depth, inside = int(depths[-1]), int(within[-1])
            start += len(part)
            size = min(8 * size, _LARGEST_LOOK)
        raise self.fail()


def _whole_escapes(part: bytes) -> bytes:
    """A part of a text without the backslash at its end that belongs to what follows."""
    slashes = len(part) - len(part.rstrip(b"\\"))
    return part[:-1] if slashes % 2 else part
