"""Bookmark files: any bytes for a tensor of eight rows."""

from __future__ import annotations

from harness import Workbench, fuzz, instrumented, seeds

with instrumented():
    from embreport.logdir import bookmarks
    from embreport.readers.files import InputFile

_BENCH = Workbench()


def check(data: bytes) -> None:
    """Look through the saved views."""
    file = InputFile(path=_BENCH.put("bookmarks.json", data), label="bookmarks.json")
    for view in bookmarks.read_bookmarks(file, (8, 3))[0]:
        if view.coordinates.shape != (8, view.dims):
            raise AssertionError(view.coordinates.shape)


if __name__ == "__main__":
    fuzz(check, seeds("bookmarks*/logdir/*.txt", "bookmarks*/logdir/*.json"))
