"""Ctrl-C, and what else asks a process to end: one KeyboardInterrupt on the main thread, never lost and never in the
middle of tidying up."""

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
_ENDING = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)


class Interrupts:
    """A context in which Ctrl-C, a request to terminate and a terminal that closes raise KeyboardInterrupt.

    Python loses an interrupt that arrives while foreign code calls back (a compiler, a weak reference); `check`
    raises it again. A second one within two seconds waits for what the first one set off: files are removed, and
    threads end. Signals that the process was started to ignore stay ignored. After `end`, and where the context is
    the `last` thing the process does, for good, they are all ignored.
    """

    def __init__(self, *, last: bool = False) -> None:
        self.signal: int | None = None
        self._last = last
        self._over = False
        self._raised = -_SECONDS_TO_TIDY_UP
        self._holding = 0
        self._before: dict[int, Any] = {}
        self._hook = sys.unraisablehook

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            heard = [number for number in _ENDING if signal.getsignal(number) not in (signal.SIG_IGN, None)]
            self._before = {number: signal.signal(number, self._interrupt) for number in heard}
            self._hook, sys.unraisablehook = sys.unraisablehook, self._swallowed
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()
        for number, before in self._before.items():
            signal.signal(number, signal.SIG_IGN if self._last else before)
        sys.unraisablehook = self._hook

    @property
    def requested(self) -> bool:
        """Whether the work is to end."""
        return self.signal is not None

    def check(self) -> None:
        """Raises KeyboardInterrupt if one was asked for and got lost."""
        if self.requested and not self._holding:
            raise KeyboardInterrupt

    def end(self) -> None:
        """From now on nothing is interrupted: the work is done, or its end is being told of."""
        self._over = True

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """What is inside is done whole; an interrupt that comes meanwhile is forgotten, since its moment has passed."""
        self._holding += 1
        try:
            yield
        finally:
            self._holding -= 1
            self.signal = None

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._over:
            return
        self.signal = self.signal or number
        now = time.monotonic()
        if self._holding or now - self._raised < _SECONDS_TO_TIDY_UP:
            return
        self._raised = now
        raise KeyboardInterrupt

    def _swallowed(self, trouble: Any) -> None:
        """Nothing is printed of an interrupt that `check` will raise again."""
        if not (self.requested and trouble.exc_type is KeyboardInterrupt):
            self._hook(trouble)
