"""A whole build of a large tensor from a memory map: time by phase, peak memory, share of true neighbors found.

scale.py 1000000x64 --neighbors 10 --max-size 200MB --folder /tmp/scale

The file (patches, see datasets.py) is made once. Memory is that of the process, without and with the pages of the
mapped file, which the system takes back when it needs them. Recall is that of 200 random rows, by brute force.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from datasets import patches
from measuring import MemoryWatch, machine, table

from embreport.model import NeighborTable
from embreport.options import BuildOptions, parse_points, parse_size
from embreport.pipeline import BuiltReport, build_from_logdir
from embreport.progress import PhaseProgress

BLOCK = 100_000
CHECKED = 200


class PhaseClock:
    """Wall and processor seconds at the first word of every phase."""

    def __init__(self) -> None:
        self.began: dict[str, tuple[float, float]] = {}

    def __call__(self, progress: PhaseProgress) -> None:
        if progress.phase not in self.began:
            self.began[progress.phase] = (time.perf_counter(), time.process_time())
            print(f"  {progress.phase}", flush=True)

    def rows(self) -> list[list[str]]:
        """Each phase until the next one begins."""
        starts = [*self.began.values(), (time.perf_counter(), time.process_time())]
        return [
            [phase, f"{after[0] - start[0]:.1f}", f"{after[1] - start[1]:.1f}"]
            for phase, start, after in zip(self.began, starts, starts[1:], strict=False)
        ]


def made_file(name: str, folder: Path) -> Path:
    """The tensor as a .npy file, made where it is not there yet."""
    n, d = (int(part) for part in name.split("x"))
    path = folder / f"patches-{name}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, patches(n, d))
    return path


def recall(values: np.ndarray, neighbors: NeighborTable) -> float:
    """The share of the true neighbors of some random rows that the table has."""
    n, k = neighbors.indices.shape
    rows = np.random.default_rng(7).choice(n, min(CHECKED, n), replace=False)
    best = np.full((len(rows), k), np.inf)
    found = np.zeros((len(rows), k), np.int64)
    for start in range(0, n, BLOCK):
        block = values[start : start + BLOCK].astype(np.float64)
        distances = _distances(values[rows].astype(np.float64), block, neighbors.metric)
        distances[rows[:, None] == np.arange(start, start + len(block))] = np.inf
        both = np.concatenate([best, distances], axis=1)
        numbers = np.concatenate(
            [found, np.broadcast_to(np.arange(start, start + len(block)), distances.shape)], axis=1
        )
        order = np.argpartition(both, k - 1, axis=1)[:, :k]
        best, found = np.take_along_axis(both, order, 1), np.take_along_axis(numbers, order, 1)
    shared = [
        len(set(one) & set(other)) for one, other in zip(found.tolist(), neighbors.indices[rows].tolist(), strict=True)
    ]
    return float(np.mean(shared)) / k


def _distances(rows: np.ndarray, block: np.ndarray, metric: str) -> np.ndarray:
    if metric == "cosine":
        lengths = np.linalg.norm(rows, axis=1)[:, None] * np.linalg.norm(block, axis=1)
        return np.asarray(1 - rows @ block.T / lengths)
    return np.asarray(np.square(rows).sum(1)[:, None] + np.square(block).sum(1) - 2 * rows @ block.T)


def show(report: BuiltReport, path: Path, clock: PhaseClock, watch: MemoryWatch) -> None:
    """Prints what was measured."""
    print(machine())
    print(table(["phase", "wall s", "cpu s"], clock.rows()))
    print(f"peak memory: {watch.own / 1e9:.2f} GB, with mapped files {watch.all / 1e9:.2f} GB")
    print(f"page: {len(report.page.html) / 1e6:.1f} MB")
    values = np.load(path, mmap_mode="r")
    for neighbors in (report.embeddings[0].numbers.cosine, report.embeddings[0].numbers.euclidean):
        print(f"recall, {neighbors.metric}: {recall(values, neighbors):.4f}; the report says {neighbors.recall}")
    for notice in report.notices:
        print(f"{notice.code}: {notice.message}")


def main() -> None:
    """Builds once and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--projections", default="pca")
    parser.add_argument("--neighbors", type=int, default=10)
    parser.add_argument("--layout-points", type=parse_points)
    parser.add_argument("--preset", choices=("full", "fast"), default="full")
    parser.add_argument("--max-size", type=parse_size, default=parse_size("200MB"))
    parser.add_argument("--folder", type=Path, default=Path("data"))
    parser.add_argument("--cache", help="as in a build: a second run with other layouts takes the tables from there")
    asked = parser.parse_args()
    path = made_file(asked.data, asked.folder)
    options = BuildOptions(
        projections=tuple(asked.projections.split(",")),
        neighbors=asked.neighbors,
        layout_points=asked.layout_points,
        preset=asked.preset,
        max_size=asked.max_size,
        cache=asked.cache,
    )
    clock, watch = PhaseClock(), MemoryWatch()
    watch.start()
    report = build_from_logdir(path, options, clock)
    watch.running = False
    (asked.folder / f"{path.stem}.html").write_text(report.page.html, encoding="utf-8")
    show(report, path, clock, watch)


if __name__ == "__main__":
    main()
