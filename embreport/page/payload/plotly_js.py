"""plotly.js, taken from the installed plotly package, whole and with its licence."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources

from embreport.errors import ReportError
from embreport.page.payload.blocks import Block, pack

TESTED_MAJOR = 7
PLOTLY_BLOCK = "plotly"
_VERSION = re.compile(r"plotly\.js v(\d+\.\d+\.\d+)")


@dataclass(frozen=True, kw_only=True)
class PlotlyScript:
    """The packed script, its version, and the sha256 of its text as a content policy writes it."""

    block: Block
    version: str
    policy_hash: str


@cache
def plotly_script() -> PlotlyScript:
    """The script of the installed package; ReportError where it is of another major version or not there."""
    try:
        installed = metadata.version("plotly")
        text = (resources.files("plotly") / "package_data" / "plotly.min.js").read_bytes()
    except (metadata.PackageNotFoundError, FileNotFoundError, ModuleNotFoundError) as error:
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
    block = pack(PLOTLY_BLOCK, "plotly.js", text)
    return PlotlyScript(block=block, version=found.group(1), policy_hash=policy_hash(text))


def policy_hash(text: bytes) -> str:
    """ "sha256-…" as script-src wants it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text).digest()).decode("ascii")
