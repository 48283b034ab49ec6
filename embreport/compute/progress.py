"""Progress of work done on several threads, told on one."""

from __future__ import annotations

import threading
from collections.abc import Callable

from embreport.progress import PhaseProgress, ProgressCallback


class Progress:
    """Collects the share done of each phase from any thread; calls back only on the thread that made it."""

    def __init__(self, callback: ProgressCallback) -> None:
        self._callback = callback
        self._home = threading.get_ident()
        self._lock = threading.Lock()
        self._phases: dict[str, PhaseProgress] = {}
        self._told: dict[str, float] = {}

    def note(self, phase: str, share: float, *, total: int | None = None, unit: str = "") -> None:
        """Sets the share (0 to 1) of a phase, never backwards; tells it when on the home thread.

        `total` counts the `unit` (steps, rows) of the whole phase; once given it stays.
        """
        with self._lock:
            before = self._phases.get(phase)
            if before is not None:
                share, total, unit = max(share, before.share), before.total or total, before.unit or unit
            self._phases[phase] = PhaseProgress(phase, share, total, unit)
        if threading.get_ident() == self._home:
            self.tell()

    def counter(self, phase: str, total: int, unit: str) -> Callable[[float], None]:
        """Begins a phase whose `unit` (steps, rows) are counted; what to call with the share that is done."""
        self.note(phase, 0.0, total=total, unit=unit)
        return lambda share: self.note(phase, share)

    def after_start(self, starting: str, phase: str) -> Callable[[float], None]:
        """What to call with the share of a phase that something must be started for: a phase until the first move."""

        def note(share: float) -> None:
            self.note(starting, 1.0 if share else 0.0)
            if share:
                self.note(phase, share)

        return note

    def tell(self) -> None:
        """Calls back for every phase that moved since it was last told; on the home thread only."""
        with self._lock:
            news = [phase for name, phase in self._phases.items() if self._told.get(name, -1.0) < phase.share]
            self._told.update({phase.phase: phase.share for phase in news})
        for phase in news:
            self._callback(phase)
