"""Progress of work done on several threads, told on one."""

from __future__ import annotations

import threading
from collections.abc import Callable

ProgressCallback = Callable[[str, float], None]


class Progress:
    """Collects the share done of each phase from any thread; calls back only on the thread that made it."""

    def __init__(self, callback: ProgressCallback) -> None:
        self._callback = callback
        self._home = threading.get_ident()
        self._lock = threading.Lock()
        self._shares: dict[str, float] = {}
        self._told: dict[str, float] = {}

    def note(self, phase: str, share: float) -> None:
        """Sets the share (0 to 1) of a phase, never backwards; tells it when on the home thread."""
        with self._lock:
            self._shares[phase] = max(share, self._shares.get(phase, 0.0))
        if threading.get_ident() == self._home:
            self.tell()

    def tell(self) -> None:
        """Calls back for every phase that moved since it was last told; on the home thread only."""
        with self._lock:
            news = {phase: share for phase, share in self._shares.items() if self._told.get(phase, -1.0) < share}
            self._told.update(news)
        for phase, share in news.items():
            self._callback(phase, share)
