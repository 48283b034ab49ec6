"""Processor seconds of fresh processes without a kernel cache, beside those of plain imports: cold_start.py"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile

from measuring import machine, table

IMPORTS = "import numpy, sklearn.neighbors, plotly, jinja2, PIL"
BUILD = (
    "import numpy; from embreport.compute import ComputeSettings, compute_numbers;"
    "compute_numbers(numpy.random.default_rng(0).normal(size=({n}, 64)).astype('f'), ComputeSettings())"
)


def seconds(code: str) -> float:
    """Median processor seconds of three fresh processes."""
    taken = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as empty:
            environment = {**os.environ, "NUMBA_CACHE_DIR": empty}
            command = [sys.executable, "-c", f"{code}\nimport time; print(time.process_time())"]
            output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            taken.append(float(output.stdout))
    return statistics.median(taken)


def milliseconds(*arguments: str) -> float:
    """Median processor milliseconds of fifteen fresh Python processes with these arguments."""
    taken = []
    for _ in range(15):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return 1000 * statistics.median(taken)


def main() -> None:
    """Measures and prints."""
    least = milliseconds("-c", "pass")
    commands = [["python -c pass", f"{least:.0f}", "1.0"]]
    for arguments in (("--help",), ("--version",), ("build", "--help")):
        taken = milliseconds("-m", "embreport", *arguments)
        commands.append([" ".join(["embreport", *arguments]), f"{taken:.0f}", f"{taken / least:.1f}"])
    base = seconds(IMPORTS)
    rows = [["the imports alone", f"{base:.2f}", "1.0"]]
    for n in (400, 1797, 3000):
        taken = seconds(BUILD.format(n=n))
        rows.append([f"{n:,} x 64, PCA and t-SNE 2D and 3D", f"{taken:.2f}", f"{taken / base:.1f}"])
    print(machine())
    print(table(["fresh process, no cache", "cpu s", "ratio"], rows))
    print(table(["command", "cpu ms", "ratio"], commands))


if __name__ == "__main__":
    main()
