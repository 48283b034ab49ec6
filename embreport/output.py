"""Writing a result: whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from embreport.errors import OutputError


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` through a temporary file beside it, then rename it into place.

    An older file is replaced only by a whole new one; after a failure or an interrupt it is untouched and
    nothing is left beside it. A link is followed, so that the file it names is what is replaced.
    Raises OutputError for a folder that is missing or not writable, a full disk, or a target that is a folder.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise OutputError("This is a folder; name the file to write, for example report.html in it.", where=str(path))
    temporary = target.parent / f".{target.name}.{secrets.token_hex(4)}.tmp"
    try:
        try:
            with temporary.open("xb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            _copy_permissions(target, temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"{len(data):,} bytes could not be written ({reason}); name a writable place with -o.", where=str(path)
        ) from error


def _copy_permissions(source: Path, destination: Path) -> None:
    """Keep the mode of the file that is replaced; a new file has the mode the umask gives."""
    if source.exists():
        destination.chmod(source.stat().st_mode & 0o777)
