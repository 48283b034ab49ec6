"""plotly.js, taken from the installed plotly package, whole and with its licence."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from embreport.errors import ReportError
from embreport.page.kept_parts import KeptParts, MadePart, holds, packed_piece
from embreport.page.payload.blocks import Block, block_of

TESTED_MAJOR = 7
PLOTLY_BLOCK = "plotly"
_VERSION = re.compile(r"plotly\.js v(\d+\.\d+\.\d+)")


@dataclass(frozen=True, kw_only=True)
class PlotlyScript:
    """The packed script, its version, and the sha256 of its text as a content policy writes it."""

    block: Block
    version: str
    policy_hash: str


def plotly_script(kept: KeptParts | None = None) -> PlotlyScript:
    """The script of the installed package; ReportError where it is of another major version or not there.

    `kept` is where it is found packed; packing it takes longer than the rest of a small page.
    """
    text, version = _installed()
    (piece,) = (kept or KeptParts()).part("plotly", _packed_script, text, fits=holds(1)).pieces
    block = block_of(PLOTLY_BLOCK, "plotly.js", piece.data, piece.raw_bytes)
    return PlotlyScript(block=block, version=version, policy_hash=policy_hash(text))


@cache
def _packed_script(text: bytes) -> MadePart:
    return MadePart(pieces=(packed_piece(text),), layout={})


def _installed() -> tuple[bytes, str]:
    """The text and the version of plotly.js."""
    try:
        installed = metadata.version("plotly")
        text = _file_of_plotly("package_data", "plotly.min.js").read_bytes()
    except (metadata.PackageNotFoundError, FileNotFoundError) as error:
        raise ReportError("plotly.min.js is not installed. Install embreport again with its requirements.") from error
    if int(installed.split(".")[0]) != TESTED_MAJOR:
        raise ReportError(
            f"plotly {installed} is installed; the page is tested with plotly {TESTED_MAJOR}. "
            f"Install it with: pip install 'plotly>={TESTED_MAJOR},<{TESTED_MAJOR + 1}'."
        )
    head = text[:2000].decode("utf-8", errors="replace")
    found = _VERSION.search(head)
    if found is None or "MIT license" not in head:
        raise ReportError(f"plotly.min.js of plotly {installed} does not begin with its version and licence.")
    return text, found.group(1)


def _file_of_plotly(*path: str) -> Path:
    """A file of the package, which is not imported for it. FileNotFoundError where there is no such package."""
    found = importlib.util.find_spec("plotly")
    if found is None or found.origin is None:
        raise FileNotFoundError("plotly")
    return Path(found.origin).parent.joinpath(*path)


def policy_hash(text: bytes) -> str:
    """ "sha256-…" as script-src wants it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text).digest()).decode("ascii")
