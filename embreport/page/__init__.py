"""The page: payload, script, template, one HTML string; and a report read back."""

from typing import TYPE_CHECKING, Any

from embreport.page.build import build_page
from embreport.page.report import FORMAT, Page, Part, ReportInput
from embreport.page.stored import StoredEmbedding, StoredReport

if TYPE_CHECKING:
    from embreport.page.read import read_page
else:

    def __getattr__(name: str) -> Any:
        """What a build does not need is imported when it is asked for."""
        if name != "read_page":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from embreport.page.read import read_page

        return read_page


__all__ = [
    "FORMAT",
    "Page",
    "Part",
    "ReportInput",
    "StoredEmbedding",
    "StoredReport",
    "build_page",
    "read_page",
]
