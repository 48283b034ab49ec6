"""What results depend on besides their inputs: versions, the code that makes them, and the kind of processor."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import platform
import sys
import zlib
from pathlib import Path
from typing import Any

from embreport.versions import package_versions

_EVERYWHERE = ("diagnostics.py", "model.py", "plain_data.py", "result_store.py")
_OF_THE_NUMBERS = ("compute/**/*.py", *_EVERYWHERE)
_OF_THE_PAGE = ("page/**/*.py", "views/**/*.py", *_EVERYWHERE)
# Variables that make these packages choose other machine code.
_CHOOSING = ("NUMBA_", "OPENBLAS_CORETYPE", "MKL_", "BLIS_", "NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES")
_NOT_CHOOSING = ("NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
_PROCESSOR_LINES = ("vendor_id", "cpu family", "model", "model name", "stepping", "flags", "Features", "CPU part")


@functools.cache
def fingerprint(*, page: bool = False) -> str:
    """Equal for two processes whose results are equal, bit for bit, for equal inputs; hexadecimal.

    Results are the numbers, or with `page` the parts of the page.
    """
    parts = (_versions(), _code(_OF_THE_PAGE if page else _OF_THE_NUMBERS), _processor(), _environment())
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _versions() -> dict[str, str | None]:
    return {**package_versions(), "blas": _blas(), "zlib": zlib.ZLIB_RUNTIME_VERSION}


def _blas() -> str:
    import numpy as np

    built: Any = np.show_config(mode="dicts")
    blas = built.get("Build Dependencies", {}).get("blas", {}) if isinstance(built, dict) else {}
    return f"{blas.get('name')} {blas.get('version')}"


def _code(places: tuple[str, ...]) -> str:
    """Of the modules that make the results: between two releases the version stays and they change."""
    folder = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(found for place in places for found in folder.glob(place)):
        digest.update(path.relative_to(folder).as_posix().encode())
        with contextlib.suppress(OSError):  # installed in an archive: then the version has to do
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _processor() -> list[str]:
    """The first processor's kind: Linux says more than `platform` does."""
    kind = [platform.machine(), platform.system(), sys.byteorder]
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
    except OSError:
        return [*kind, platform.processor()]
    lines = (line.partition(":") for line in text.splitlines())
    return [
        *kind,
        *(f"{name.strip()}: {value.strip()}" for name, _, value in lines if name.strip() in _PROCESSOR_LINES),
    ]


def _environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if name.startswith(_CHOOSING) and name not in _NOT_CHOOSING
    }
