"""Progress: rates and time left in a line that fits, plain lines elsewhere, and an interrupt that is never lost."""

from __future__ import annotations

import gc
import io
import re
import signal
import sys
import time
import weakref
from types import SimpleNamespace

import pytest

from embreport.cli import progress as progress_module
from embreport.cli.interrupts import Interrupts
from embreport.cli.progress import ProgressPrinter
from embreport.cli.progress_line import Moving, duration, progress_line, text_width
from embreport.progress import PhaseProgress


def moving(
    phase: str,
    share: float,
    total: int | None = 750,
    *,
    rate: float | None = 0.08,
    unit: str = "steps",
    title: str | None = None,
) -> Moving:
    return Moving(
        progress=PhaseProgress(phase, share, total, unit, title), rate=rate, seconds=5.0, since=0.0
    )  # fmt: skip


TWO = [moving("t-SNE 2D", 0.4, rate=0.08), moving("t-SNE 3D", 0.16, rate=0.02)]


@pytest.mark.parametrize(
    ("phases", "columns", "line"),
    [
        ([moving("t-SNE 3D", 0.4)], 100, "t-SNE 3D  300 of 750 steps, 60 a second, 8 s left"),
        (
            [moving("Neighbors", 0.4, 30000, unit="rows")],
            100,
            "Neighbors  12,000 of 30,000 rows, 2,400 a second, 8 s left",
        ),
        ([moving("t-SNE 3D", 0.4)], 40, "t-SNE 3D  300 of 750 steps, 8 s left"),
        ([moving("t-SNE 3D", 0.4)], 30, "t-SNE 3D  300 of 750, 8 s left"),
        ([moving("t-SNE 3D", 0.4)], 24, "t-SNE 3D 40%, 8 s left"),
        ([moving("t-SNE 3D", 0.4)], 12, "t-SNE 3D 40%"),
        ([moving("t-SNE 3D", 0.4)], 8, "t-SNE..."),
        ([moving("t-SNE 3D", 0.4)], 2, ".."),
        (
            TWO,
            120,
            "t-SNE 2D  300 of 750 steps, 60 a second, 8 s left | t-SNE 3D  120 of 750 steps, 15 a second, 42 s left",
        ),
        (TWO, 79, "t-SNE 2D  300 of 750 steps, 8 s left | t-SNE 3D  120 of 750 steps, 42 s left"),
        (TWO, 40, "t-SNE 2D 40% | t-SNE 3D 16%"),
        (TWO * 2, 40, "t-SNE 3D 16%, 42 s left and 3 more"),
        (TWO, 26, "t-SNE 3D 16%, 42 s left"),
        ([moving("Reading words", 0.0, None, rate=None)], 79, "Reading words, 5 s so far"),
        ([moving("PCA", 0.5, None, rate=None)], 79, "PCA 50%, 5 s so far"),
        ([moving("t-SNE 3D", 0.0, rate=None)], 79, "t-SNE 3D  0 of 750 steps, 5 s so far"),
        ([moving("t-SNE 3D", 0.4, title="words")], 79, "words: t-SNE 3D  300 of 750 steps, 60 a second, 8 s left"),
        ([moving("t-SNE 3D", 0.4, title="words")], 20, "t-SNE 3D 40%"),
        ([], 79, ""),
    ],
)
def test_the_line_says_as_much_as_there_is_room_for(phases: list[Moving], columns: int, line: str) -> None:
    assert progress_line(phases, columns) == (line, len(line))


@pytest.mark.parametrize("columns", range(0, 130, 7))
def test_the_line_never_takes_more_columns_than_there_are(columns: int) -> None:
    titled = [moving("t-SNE 3D (p100)", 0.3, title="単語の埋め込み" * 9), moving("UMAP 2D", 0.0, None, rate=None)]

    for phases in (TWO, titled, titled[:1], TWO * 4):
        line, width = progress_line(phases, columns)
        assert text_width(line) == width <= columns


def test_names_cannot_steer_the_terminal() -> None:
    line, _ = progress_line([moving("Reading \x1b[2Jx\n", 0.2, title="\r\x07")], 200)

    assert line.isprintable()


def test_wide_and_combining_characters_are_measured_as_a_terminal_draws_them() -> None:
    assert [text_width(text) for text in ("abc", "漢字", "e\u0301", "")] == [3, 4, 1, 0]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (7.4, "7 s"), (89.4, "89 s"), (150, "3 min"), (7500, "2 h 5 min")]
)
def test_durations_are_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def screen(text: str) -> str:
    """What a terminal shows of one line after carriage returns."""
    cells: list[str] = []
    for part in text.split("\r"):
        cells[: len(part)] = part
    return "".join(cells).rstrip()


def run_build(printer: ProgressPrinter) -> None:
    printer(PhaseProgress("Reading a long name of a tensor"))
    printer(PhaseProgress("Reading a long name of a tensor", 1.0))
    for phase in ("t-SNE 2D", "t-SNE 3D"):
        printer(PhaseProgress(phase, 0.0, 750, "steps"))
    printer(PhaseProgress("t-SNE 3D", 0.5, 750, "steps"))


def test_a_terminal_shows_one_line_and_is_clean_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress_module, "_SECONDS_BETWEEN_LINES", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    printer = ProgressPrinter(quiet=False)

    run_build(printer)
    while_running = terminal.getvalue()
    printer.close()

    assert "\n" not in terminal.getvalue()
    assert screen(while_running).startswith("t-SNE 2D  0 of 750")
    assert "375 of 750" in screen(while_running)
    assert screen(terminal.getvalue()) == ""


def test_a_narrow_terminal_is_never_written_past_its_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress_module, "_SECONDS_BETWEEN_LINES", 0.0)
    monkeypatch.setattr(progress_module, "terminal_columns", lambda: 20)
    printer = ProgressPrinter(quiet=False)

    run_build(printer)
    printer.close()

    assert all(len(part) <= 19 for part in terminal.getvalue().split("\r"))


def test_time_goes_on_in_the_line_while_a_phase_does_not_move(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress_module, "_SECONDS_BETWEEN_TICKS", 0.02)
    monkeypatch.setattr("embreport.cli.progress_line._SAY_SECONDS_FROM", 0.0)
    printer = ProgressPrinter(quiet=False)
    printer(PhaseProgress("UMAP 2D"))

    deadline = time.monotonic() + 20
    while "so far" not in terminal.getvalue() and time.monotonic() < deadline:
        time.sleep(0.02)
    printer.close()

    assert "UMAP 2D, 0 s so far" in terminal.getvalue()


def seconds_left(monkeypatch: pytest.MonkeyPatch, moves: list[tuple[float, float]], now: float) -> int | None:
    """What the line says at a time, in seconds, after a phase of 100 steps that began at 0 s moved so."""
    terminal, clock = Terminal(), SimpleNamespace(monotonic=lambda: 0.0)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress_module, "time", clock)
    monkeypatch.setattr(progress_module, "_SECONDS_BETWEEN_TICKS", 1e6)
    monkeypatch.setattr(progress_module, "terminal_columns", lambda: 120)
    printer = ProgressPrinter(quiet=False)
    for at, share in [(0.0, 0.0), *moves, (now, moves[-1][1])]:
        clock.monotonic = lambda at=at: at
        printer(PhaseProgress("t-SNE 3D", share, 100, "steps"))
    said = re.search(r", (\d+) (s|min) left", screen(terminal.getvalue().rpartition("\r")[2]))
    printer.close()
    return None if said is None else int(said[1]) * (60 if said[2] == "min" else 1)


def test_time_before_the_first_step_does_not_count_for_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    steady = [(60.0 + step / 10, step / 100) for step in range(1, 21)]  # after a minute of compiling, 10 a second

    assert seconds_left(monkeypatch, steady[:1], 60.2) is None
    assert seconds_left(monkeypatch, steady, 62.0) == 8
    assert seconds_left(monkeypatch, steady, 62.05) == 8


def test_time_left_grows_while_a_phase_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    steady = [(step / 2, step / 100) for step in range(1, 11)]  # 2 a second

    said = [seconds_left(monkeypatch, steady, 5.0 + still) or 0 for still in (0.0, 0.5, 5.0, 20.0, 60.0)]

    assert said[0] == 45
    assert said[1] in (44, 45)
    assert said[1:] == sorted(said[1:])
    assert said[-1] > 300


@pytest.mark.parametrize("term", [None, "dumb"])
def test_elsewhere_every_phase_is_one_line(
    term: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = io.StringIO() if term is None else Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", term or "xterm")
    printer = ProgressPrinter(quiet=False)

    run_build(printer)
    printer(PhaseProgress("PCA", 0.5, embedding="words"))
    printer.close()

    assert terminal.getvalue() == "Reading a long name of a tensor\nt-SNE 2D\nt-SNE 3D\nwords: PCA\n"


def test_quiet_says_nothing_even_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    printer = ProgressPrinter(quiet=True)

    run_build(printer)
    printer.close()

    assert terminal.getvalue() == ""


def test_an_interrupt_is_raised_and_a_second_one_waits_for_the_tidying_up() -> None:
    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

        assert interrupts.requested


def test_an_interrupt_that_foreign_code_swallowed_is_raised_at_the_next_progress(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Thing:
        """Something to be collected."""

    with Interrupts() as interrupts:
        printer = ProgressPrinter(quiet=True, check=interrupts.check)
        printer(PhaseProgress("Neighbors"))
        thing = Thing()
        weakref.finalize(thing, signal.raise_signal, signal.SIGINT)
        del thing
        gc.collect()

        with pytest.raises(KeyboardInterrupt):
            printer(PhaseProgress("Neighbors", 0.5))

    assert "KeyboardInterrupt" not in capsys.readouterr().err


def test_what_is_held_is_done_whole() -> None:
    done = []
    with Interrupts() as interrupts:
        with interrupts.held():
            signal.raise_signal(signal.SIGINT)
            done.append("renamed")
        interrupts.check()

    assert done == ["renamed"]


def test_the_handler_of_before_is_back_afterwards_and_ignored_interrupts_stay_ignored() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts():
            assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
