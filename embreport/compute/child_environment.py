"""What Python processes that compute for this one are started with."""

from __future__ import annotations

import os

# They compute on one thread each; more of them would only wait, and change sums in numba's parallel loops.
_ONE_THREAD = dict.fromkeys(
    ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
# They fill standard error, which nobody reads; empty is the same as not set.
_QUIET = {"PYTHONVERBOSE": "", "PYTHONPROFILEIMPORTTIME": ""}


def child_environment() -> dict[str, str]:
    """The environment of this process, with one thread for everything and nothing that talks on standard error."""
    return os.environ | _ONE_THREAD | _QUIET
