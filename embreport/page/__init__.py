"""The page: payload, script, template, one HTML string; and a report read back."""

from embreport.page.build import build_page
from embreport.page.read import read_page
from embreport.page.report import FORMAT, Page, Part, ReportInput
from embreport.page.stored import StoredEmbedding, StoredReport

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
