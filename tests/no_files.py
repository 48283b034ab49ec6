"""Things that may have a file's place and are none."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path


def make_no_file(path: Path, thing: str) -> None:
    """Something that has a file's place: a folder, a FIFO, a socket, a device, a link to itself or to nothing."""
    if thing == "folder":
        path.mkdir()
    elif thing == "fifo":
        os.mkfifo(path)
    elif thing == "socket":
        with socket.socket(socket.AF_UNIX) as listener, contextlib.chdir(path.parent):
            listener.bind(path.name)  # the whole path may be longer than a socket's name can be
    else:
        path.symlink_to({"device": "/dev/zero", "loop": path.name, "dangling": "nowhere"}[thing])
