"""Principal components from a memory map, time and own memory: components.py 1000000x125 --folder /tmp/scale

The file holds a falling spectrum (datasets.py), is written block by block and made once. Own memory leaves out the
pages of the mapped file, which the system takes back when it needs them.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from datasets import falling_spectrum
from measuring import MemoryWatch, machine, resident, table

from embreport.compute.blocks import row_blocks
from embreport.compute.pca import principal_components
from embreport.compute.threads import Workers, available_cores, single_threaded_blas

BLOCK = 50_000


def mapped(name: str, folder: Path) -> np.ndarray:
    """The file as a read-only map."""
    n, d = (int(part) for part in name.split("x"))
    path = folder / f"spectrum-{name}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        values = np.lib.format.open_memmap(path, "w+", np.float32, (n, d))
        for number, rows in enumerate(row_blocks(n, BLOCK)):
            values[rows] = falling_spectrum(rows.stop - rows.start, d, seed=number)
        values.flush()
    return np.load(path, mmap_mode="r")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--folder", type=Path, default=Path("data"))
    asked = parser.parse_args()
    rows = []
    for name in asked.data:
        values, workers, watch = mapped(name, asked.folder), Workers(available_cores()), MemoryWatch()
        watch.start()
        before, wall, cpu = resident("RssAnon"), time.perf_counter(), time.process_time()
        with single_threaded_blas():
            principal_components(values, workers)
        taken = f"{time.perf_counter() - wall:.1f} / {time.process_time() - cpu:.1f}"
        watch.running = False
        rows.append([name, f"{values.nbytes / 1e6:.0f} MB", taken, f"{(watch.own - before) / 1e6:.0f} MB"])
    print(machine())
    print(table(["data", "file", "wall / cpu s", "largest own memory"], rows))


if __name__ == "__main__":
    main()
