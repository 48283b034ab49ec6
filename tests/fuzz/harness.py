"""What the fuzz targets share: seeds from the fixtures, one file to read, and errors of our tree as right answers."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import atheris

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
_DEFAULTS = {"-max_len": "65536", "-timeout": "20", "-rss_limit_mb": "2048"}
_MOST_VALUES = 1 << 20


def instrumented() -> AbstractContextManager[None]:
    """Modules imported inside are watched for the branches they take."""
    sys.path.insert(0, str(HERE.parent.parent))
    context: AbstractContextManager[None] = atheris.instrument_imports(
        include=["embreport", "google.protobuf.text_format"]
    )
    return context


def seeds(*patterns: str) -> list[Path]:
    """Small files of the fixtures."""
    return [path for pattern in patterns for path in sorted(DATA.glob(pattern)) if path.stat().st_size < 1 << 16]


class Workbench:
    """A folder with the one file that a reader is given again and again."""

    def __init__(self) -> None:
        fast = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=fast if fast.is_dir() else None))

    def put(self, name: str, data: bytes) -> Path:
        """A file in the folder with these bytes."""
        path = self.folder / name
        path.write_bytes(data)
        return path


def read_all(stored: object) -> None:
    """Read every tensor that is small enough not to slow the search down."""
    from embreport.errors import InputError

    for tensor in list(stored.tensors.values())[:20]:  # type: ignore[attr-defined]
        size = 1
        for part in tensor.shape:
            size *= part
        if size <= _MOST_VALUES:
            try:
                values = tensor.read()
            except InputError:
                continue
            if values.shape != tuple(tensor.shape):
                raise AssertionError(f"{values.shape} is not {tensor.shape}")


def fuzz(check: Callable[[bytes], None], corpus: Iterable[Path | bytes]) -> None:
    """Search for bytes that make `check` raise anything but an error of our tree; runs until stopped.

    Arguments of libFuzzer can be given on the command line: `-max_total_time=60`, or a file to try alone.
    """
    from embreport.errors import InputError

    def try_one(data: bytes) -> None:
        with suppress(InputError):
            check(data)

    given = sys.argv[1:]
    folder = Path(tempfile.mkdtemp(prefix="corpus-"))
    for number, seed in enumerate(corpus):
        (folder / f"seed-{number}").write_bytes(seed if isinstance(seed, bytes) else seed.read_bytes())
    options = [f"{name}={value}" for name, value in _DEFAULTS.items() if not any(g.startswith(name) for g in given)]
    files = [argument for argument in given if not argument.startswith("-")]
    atheris.Setup([sys.argv[0], *options, *given, *([] if files else [str(folder)])], try_one)
    try:
        atheris.Fuzz()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
