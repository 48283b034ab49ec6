"""embreport: one offline HTML page from a TensorBoard Embedding Projector log directory, without TensorFlow.

import embreport
report = embreport.build("logs", "report.html")
report = embreport.from_arrays(vectors, metadata={"word": words}, output="report.html")
"""

from embreport.api import Report, build, from_arrays, inspect
from embreport.errors import (
    EmbreportError,
    FormatError,
    InputError,
    InputNotFound,
    LimitExceeded,
    MissingExtra,
    NothingToBuild,
    OutputError,
    OutsideLogdir,
    ReportError,
    UsageError,
)
from embreport.model import Notice
from embreport.version import __version__

__all__ = [
    "EmbreportError",
    "FormatError",
    "InputError",
    "InputNotFound",
    "LimitExceeded",
    "MissingExtra",
    "NothingToBuild",
    "Notice",
    "OutputError",
    "OutsideLogdir",
    "Report",
    "ReportError",
    "UsageError",
    "__version__",
    "build",
    "from_arrays",
    "inspect",
]
