"""embreport: one offline HTML page from a TensorBoard Embedding Projector log directory, without TensorFlow.

import embreport
report = embreport.build("logs", "report.html")
report = embreport.from_arrays(vectors, metadata={"word": words}, output="report.html")
"""

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
from embreport.version import __version__

# Type checkers know the name; importing it, as all of typing, would take longer than the rest of this module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from embreport.api import Report, build, from_arrays, inspect
    from embreport.model import Notice
else:

    def __getattr__(name: str) -> object:
        """What needs more than the errors is imported when it is asked for: `embreport --help` need not wait for it."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from embreport import api

        return getattr(api, name)


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
