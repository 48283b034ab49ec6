"""Interleaved timing: every rival once per round, in turn, so that a busy moment hits all alike; medians of rounds."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "scipy", "scikit-learn", "numba", "openTSNE", "umap-learn")


@dataclass(frozen=True)
class Timing:
    """Median seconds of a rival: on the clock, and of processor time over all threads; and its last result."""

    wall: float
    cpu: float
    result: Any


def use_passive_waiting() -> None:
    """Starts the script again with OpenMP threads that sleep while they wait, as is fair on a shared machine."""
    if os.environ.get("OMP_WAIT_POLICY") != "PASSIVE":
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        os.execv(sys.executable, [sys.executable, *sys.argv])


def interleaved(rivals: dict[str, Callable[[], Any]], rounds: int) -> dict[str, Timing]:
    """Runs every rival once per round; each round begins with the next of them."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in rivals}
    results: dict[str, Any] = {}
    names = list(rivals)
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            wall, cpu = time.perf_counter(), time.process_time()
            results[name] = rivals[name]()
            taken[name].append((time.perf_counter() - wall, time.process_time() - cpu))
            print(f"  {name}: {taken[name][-1][0]:.2f} s, cpu {taken[name][-1][1]:.2f} s", file=sys.stderr, flush=True)
    return {
        name: Timing(statistics.median(w for w, _ in times), statistics.median(c for _, c in times), results[name])
        for name, times in taken.items()
    }


class MemoryWatch(threading.Thread):
    """The largest resident memory in bytes, asked for ten times a second: `own`, and `all` with mapped files."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.own = self.all = 0
        self.running = True

    def run(self) -> None:
        """Looks until `running` is False."""
        while self.running:
            self.own = max(self.own, resident("RssAnon"))
            self.all = max(self.all, resident("VmRSS"))
            time.sleep(0.1)


def resident(kind: str) -> int:
    """Bytes of this process's memory now: "RssAnon" its own, "VmRSS" with the pages of mapped files."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(kind))


def machine() -> str:
    """Processor, instruction set, cores, load and versions, in one line of Markdown."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = next((line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name")), "?")
    vectors = "AVX-512" if "avx512f" in text else "AVX2" if "avx2" in text else platform.machine()
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    load = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {vectors}, {cores} cores, load {load:.1f}; Python {platform.python_version()}, {versions}"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
