"""The files of `templates/`: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from embreport.errors import ReportError


@cache
def templates_folder() -> Path:
    """The folder that holds page.html.j2, css/ and js/. ReportError when the installation lacks it."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "palette.json").is_file():
            return folder
    raise ReportError("The templates are not part of this installation. Install embreport again.")


def template_text(path: str) -> str:
    """The text of a file under templates/, line breaks as \\n; FileNotFoundError when it is not there."""
    return (templates_folder() / path).read_text(encoding="utf-8")


@cache
def palette() -> dict[str, Any]:
    """templates/palette.json: the colors, point sizes and home camera that Python and the page share."""
    read: dict[str, Any] = json.loads(template_text("palette.json"))
    return read
