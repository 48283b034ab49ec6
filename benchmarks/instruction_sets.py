"""Numbers of one core with all it has, and held to AVX2: instruction_sets.py 10000x200

Held: OpenBLAS to its kernels for Haswell, numba to that processor without AVX-512. Not a processor that has AVX2 only,
but the instructions of one. Each way runs in a process of its own, in turn, with a kernel cache of its own; the first
round compiles and does not count.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile

from measuring import machine, table

AVX2 = {"OPENBLAS_CORETYPE": "Haswell", "NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma,-avx512f"}
PROGRAM = """
import time
from datasets import load
from embreport.compute import ComputeSettings, compute_numbers
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.threads import Workers, single_threaded_blas
values = load({name!r})
start = time.process_time()
with single_threaded_blas():
    neighbor_tables(values, 100, Workers(1))
print(time.process_time() - start)
start = time.process_time()
compute_numbers(values, ComputeSettings(metric="euclidean", projections=("pca", "tsne"), jobs=1))
print(time.process_time() - start)
"""


def seconds(name: str, held: dict[str, str], cache: str) -> tuple[float, float]:
    """Processor seconds of both tables, and of all numbers with both t-SNE layouts."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS_")}
    environment = {**plain, **held, "NUMBA_CACHE_DIR": cache}
    command = [sys.executable, "-c", PROGRAM.format(name=name)]
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    tables, everything = (float(line) for line in output.split())
    return tables, everything


def main() -> None:
    """Measures and prints medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as free, tempfile.TemporaryDirectory() as narrow:
        for name in options.data:
            ways = {"all of it": ({}, free), "AVX2": (AVX2, narrow)}
            taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
            for turn in range(options.rounds + 1):
                for way, (held, cache) in ways.items():
                    found = seconds(name, held, cache)
                    if turn:
                        taken[way].append(found)
            for number, what in enumerate(("both tables", "all numbers")):
                medians = [statistics.median(pair[number] for pair in taken[way]) for way in ways]
                rows.append([name, what, *(f"{median:.2f}" for median in medians), f"{medians[1] / medians[0]:.2f}"])
    print(machine())
    print(table(["data, one thread", "", "cpu s", "held to AVX2", "ratio"], rows))


if __name__ == "__main__":
    main()
