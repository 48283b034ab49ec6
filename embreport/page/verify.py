"""A last look at the finished page, without a browser: does it keep what the interface promises?

One script that runs, under its hash, after the policy; nothing loaded from anywhere; no inline handlers;
the size. A page that fails is a defect of the templates, so it is not written.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from embreport.errors import ReportError
from embreport.page.payload.plotly_js import policy_hash

_ADDRESSES = frozenset(
    ("src", "href", "srcset", "poster", "data", "action", "formaction", "background", "cite", "ping", "xlink:href")
)
_HARMLESS = re.compile(r"#|data:image/|data:,$")
_LOADING_TAGS = frozenset(("iframe", "frame", "object", "embed", "base", "portal", "applet"))
_DATA_TYPES = frozenset(("application/json", "application/octet-stream"))
_CSS_LOAD = re.compile(r"@import|url\(\s*+[\"']?+(?!data:image/|#)", re.IGNORECASE)


def verify_page(html: str, max_bytes: int) -> None:
    """Raise ReportError with the first broken promise."""
    size = len(html.encode("utf-8"))
    if size > max_bytes:
        raise ReportError(f"The page has {size:,} bytes, more than the {max_bytes:,} that are allowed.")
    reader = _PageReader()
    reader.feed(html)
    reader.close()
    if reader.policy is None:
        raise ReportError("The page has no content policy.")
    if len(reader.scripts) != 1:
        raise ReportError(f"The page has {len(reader.scripts)} scripts that run; it must have one.")
    if policy_hash(reader.scripts[0].encode("utf-8")) not in reader.policy:
        raise ReportError("The page's script is not the one its policy allows.")


class _PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.policy: str | None = None
        self.scripts: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.inside = ""
        if tag in _LOADING_TAGS or (tag == "link" and named.get("rel") != "icon"):
            raise ReportError(f"The page holds a <{tag}> element, which could load something.")
        if tag == "meta" and named.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = named.get("content", "")
        if tag == "meta" and named.get("http-equiv", "").lower() == "refresh":
            raise ReportError("The page holds a refresh.")
        for name, value in named.items():
            _check_attribute(tag, name, value)
        if tag == "style":
            self.inside = "style"
        if tag == "script" and named.get("type") not in _DATA_TYPES:
            if self.policy is None:
                raise ReportError("A script stands before the page's policy.")
            self.inside = "script"
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.scripts[-1] += data
        elif self.inside == "style" and _CSS_LOAD.search(data):
            raise ReportError("A style sheet of the page loads something.")


def _check_attribute(tag: str, name: str, value: str) -> None:
    if name.startswith("on"):
        raise ReportError(f"<{tag}> has an inline handler, {name}.")
    if name in _ADDRESSES and not _HARMLESS.match(value.strip()):
        raise ReportError(f"<{tag} {name}> leads out of the page: “{value[:60]}”.")
    if name == "style" and _CSS_LOAD.search(value):
        raise ReportError(f"The style of <{tag}> loads something.")
