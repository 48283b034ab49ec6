"""Progress on stderr: one line rewritten in place on a terminal, one line a phase elsewhere, nothing when quiet."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

from embreport.cli.progress_line import Moving, progress_line
from embreport.cli.streams import error_is_a_terminal, say, write_error
from embreport.progress import PhaseProgress

_SECONDS_BETWEEN_LINES = 0.1
_SECONDS_BETWEEN_TICKS = 0.5
_SECONDS_OF_A_RATE = 6.0
_LEAST_SECONDS_OF_A_RATE = 0.4
_COLUMNS = 80


class ProgressPrinter:
    """Shows every phase it is told of. `check` is called each time; what it raises ends the work."""

    def __init__(self, *, quiet: bool, check: Callable[[], None] = lambda: None) -> None:
        self._quiet = quiet
        self._check = check
        self._said: set[str] = set()
        self._line = _LiveLine() if not quiet and error_is_a_terminal() else None

    def __call__(self, progress: PhaseProgress) -> None:
        self._check()
        if self._line is not None:
            self._line.show(progress)
        elif not self._quiet and progress.name not in self._said:  # layouts run side by side and report in turns
            self._said.add(progress.name)
            say(progress.name)

    def close(self) -> None:
        """Clears the live line, so that what follows starts on an empty one."""
        if self._line is not None:
            self._line.close()


class _LiveLine:
    """The phases that go on, in one line; rewritten when they move, and by a thread of its own while they do not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._phases: dict[str, _Phase] = {}
        self._printed = 0.0
        self._width = 0
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="embreport-progress", daemon=True)
        self._ticker.start()

    def show(self, progress: PhaseProgress) -> None:
        now = time.monotonic()
        with self._lock:
            news = self._note(progress, now)
            if news or now - self._printed >= _SECONDS_BETWEEN_LINES:
                self._rewrite(now)

    def close(self) -> None:
        self._over.set()
        self._ticker.join(timeout=2)
        if self._width:
            write_error("\r" + " " * self._width + "\r")

    def _note(self, progress: PhaseProgress, now: float) -> bool:
        """Whether a phase began or ended."""
        if any(phase.progress.embedding != progress.embedding for phase in self._phases.values()):
            self._phases = {}
        if progress.share >= 1.0:
            return self._phases.pop(progress.phase, None) is not None
        phase = self._phases.get(progress.phase)
        if phase is None:
            self._phases[progress.phase] = _Phase(progress, now)
            return True
        phase.move(progress, now)
        return False

    def _tick(self) -> None:
        while not self._over.wait(_SECONDS_BETWEEN_TICKS):
            with self._lock:
                if not self._over.is_set():
                    self._rewrite(time.monotonic())

    def _rewrite(self, now: float) -> None:
        columns = terminal_columns()
        line, width = progress_line([phase.moving(now) for phase in self._phases.values()], columns - 1)
        # What a narrower window has wrapped cannot be reached any more; padding for it would wrap again.
        padding = " " * max(0, min(self._width, columns - 1) - width)
        write_error("\r" + line + padding)
        self._width, self._printed = width, now


class _Phase:
    """One phase, and where it was in the last seconds, from its first move on: before that, things are got ready."""

    def __init__(self, progress: PhaseProgress, now: float) -> None:
        self.progress = progress
        self._begun = now
        self._been: deque[tuple[float, float]] = deque([(now, progress.share)])

    def move(self, progress: PhaseProgress, now: float) -> None:
        if progress.share > self.progress.share:
            if self.progress.share == 0.0:
                self._been.clear()
            self._been.append((now, progress.share))
            while len(self._been) > 2 and now - self._been[1][0] > _SECONDS_OF_A_RATE:
                self._been.popleft()
        self.progress = progress

    def moving(self, now: float) -> Moving:
        (first, start), (last, end) = self._been[0], self._been[-1]
        moves, since = len(self._been) - 1, now - last
        if not moves or last - first < _LEAST_SECONDS_OF_A_RATE:
            return Moving(progress=self.progress, rate=None, seconds=now - self._begun, since=since)
        rate = (end - start) / (last - first)
        if since > (last - first) / moves:
            # It moves less than it did: as if the next move, as long as the others were, came now.
            step = (end - start) / moves
            rate = (end - start + step) / (now - first)
            since = step / rate
        return Moving(progress=self.progress, rate=rate, seconds=now - self._begun, since=since)


def terminal_columns() -> int:
    """Width of the terminal on stderr, as it is now."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _COLUMNS
    except (OSError, ValueError, AttributeError):
        return _COLUMNS
