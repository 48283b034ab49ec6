"""Ctrl-C: one KeyboardInterrupt on the main thread, never lost and never in the middle of tidying up."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

_SECONDS_TO_TIDY_UP = 2.0


class Interrupts:
    """A context in which Ctrl-C raises KeyboardInterrupt.

    Python loses an interrupt that arrives while foreign code calls back (a compiler, a weak reference); `check`
    raises it again. A second Ctrl-C within two seconds waits for what the first one set off: files are removed, and
    threads end. Where the process was started to ignore interrupts it goes on ignoring them.
    """

    def __init__(self) -> None:
        self.requested = False
        self._raised = -_SECONDS_TO_TIDY_UP
        self._holding = 0
        self._before: Any = None
        self._hook = sys.unraisablehook

    def __enter__(self) -> Interrupts:
        in_main = threading.current_thread() is threading.main_thread()
        if in_main and signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, None):
            self._before = signal.signal(signal.SIGINT, self._interrupt)
            self._hook, sys.unraisablehook = sys.unraisablehook, self._swallowed
        return self

    def __exit__(self, *exception: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            sys.unraisablehook = self._hook

    def check(self) -> None:
        """Raises KeyboardInterrupt if one was asked for and got lost."""
        if self.requested and not self._holding:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """What is inside is done whole; an interrupt that comes meanwhile is forgotten, since its moment has passed."""
        self._holding += 1
        try:
            yield
        finally:
            self._holding -= 1
            self.requested = False

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        now = time.monotonic()
        if self._holding or now - self._raised < _SECONDS_TO_TIDY_UP:
            return
        self._raised = now
        raise KeyboardInterrupt

    def _swallowed(self, trouble: Any) -> None:
        """Nothing is printed of an interrupt that `check` will raise again."""
        if not (self.requested and trouble.exc_type is KeyboardInterrupt):
            self._hook(trouble)
