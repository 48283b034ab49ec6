"""Whole t-SNE runs at equal iterations against scikit-learn and openTSNE: tsne.py 10000x200 --iterations 1000

Every rival does its own neighbor search, as it is installed. Layouts are judged alike: share of the 10 nearest
neighbors kept, trustworthiness at 12, and in two dimensions the KL divergence over our affinities.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from datasets import load
from measuring import interleaved, machine, table, use_passive_waiting

from embreport.compute.affinities import Affinities, affinities
from embreport.compute.forces import forces_for
from embreport.compute.kernels.compiled_forces import AllPairsForces
from embreport.compute.neighbors import neighbor_table
from embreport.compute.pca import principal_components
from embreport.compute.quality import neighbors_kept
from embreport.compute.threads import Workers, available_cores, single_threaded_blas
from embreport.compute.tsne import Schedule, optimize, starting_layout


def ours(values: np.ndarray, dims: int, iterations: int, seed: int) -> np.ndarray:
    """Neighbors, PCA, affinities and layout."""
    workers = Workers(available_cores())
    with single_threaded_blas():
        began = time.process_time()
        table = neighbor_table(values, "euclidean", 90, workers)
        print(f"  the table: cpu {time.process_time() - began:.2f} s", file=sys.stderr, flush=True)
        start = starting_layout(principal_components(values, workers).scores, dims, seed)
        forces, advance = forces_for(affinities(table, 30.0, workers), dims, workers)
        layout = optimize(forces, advance, start, Schedule(exaggerated=100, falling=200, plain=iterations - 300)).layout
    workers.close()
    return layout


def scikit_learn(values: np.ndarray, dims: int, iterations: int, seed: int) -> np.ndarray:
    """Barnes-Hut with its defaults."""
    from sklearn.manifold import TSNE

    model = TSNE(dims, max_iter=iterations, init="pca", random_state=seed, n_jobs=available_cores())
    return np.asarray(model.fit_transform(values), np.float32)


def open_tsne(values: np.ndarray, dims: int, iterations: int, seed: int) -> np.ndarray:
    """FFT with its defaults."""
    import openTSNE

    model = openTSNE.TSNE(
        dims, n_iter=iterations - 250, n_jobs=available_cores(), random_state=seed, initialization="pca"
    )
    return np.asarray(model.fit(values), np.float32)


class Judge:
    """Quality of layouts of one data set."""

    def __init__(self, values: np.ndarray) -> None:
        self.workers = Workers(available_cores())
        self.table = neighbor_table(values, "euclidean", 100, self.workers)
        self.joint: Affinities = affinities(self.table, 30.0, self.workers)
        self.values = values

    def verdict(self, layout: np.ndarray) -> list[str]:
        """Neighbors kept, trustworthiness and divergence, as they are printed."""
        kept, trust = self.kept(layout), self.trustworthiness(layout)
        return [f"{kept:.4f}", f"{trust:.4f}", f"{self.divergence(layout):.3f}"]

    def kept(self, layout: np.ndarray) -> float:
        """Share of the 10 nearest neighbors kept."""
        return float(neighbors_kept(layout, self.table, self.workers) or 0.0)

    def divergence(self, layout: np.ndarray) -> float:
        """KL divergence, all pairs."""
        return AllPairsForces(self.joint, layout.shape[1], self.workers).divergence(np.ascontiguousarray(layout))

    def trustworthiness(self, layout: np.ndarray, neighbors: int = 12, sample: int = 2000) -> float:
        """Venna and Kaski 2001, of a sample of rows against all."""
        n = len(layout)
        rows = np.random.default_rng(0).permutation(n)[:sample]
        penalty = 0.0
        for row in rows:
            near = np.argsort(np.square(layout - layout[row]).sum(axis=1), kind="stable")
            near = near[near != row][:neighbors]
            true = np.square(self.values - self.values[row]).sum(axis=1)
            ranks = [(true < true[other]).sum() for other in near]
            penalty += sum(max(0, rank - neighbors) for rank in ranks)
        return 1 - penalty * 2 / (len(rows) * neighbors * (2 * n - 3 * neighbors - 1))


RIVALS: dict[str, Callable[[np.ndarray, int, int, int], np.ndarray]] = {
    "ours": ours,
    "scikit-learn": scikit_learn,
    "openTSNE": open_tsne,
}


def warm_up() -> None:
    """Compiles, or loads from the cache, every kernel that is timed."""
    for rows in (900, 2100):
        for dims in (2, 3):
            ours(load(f"{rows}x8"), dims, 301, 0)
    ours(load("12500x4"), 2, 301, 0)


def main() -> None:
    """Measures and prints, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--iterations", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--dims", type=int, nargs="+", default=[2, 3])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rivals", nargs="+", default=list(RIVALS), choices=list(RIVALS))
    options = parser.parse_args()
    warm_up()
    print(machine())
    header = ["data", "", "", "seed", "wall s", "cpu s", "10 kept", "trust", "KL"]
    print(table(header, []), flush=True)
    for name in options.data:
        values = load(name)
        judge = Judge(values)
        for dims in options.dims:
            chosen = [key for key in options.rivals if dims == 2 or key != "openTSNE"]
            for seed in range(options.seeds):
                runs: dict[str, Callable[[], Any]] = {
                    key: partial(RIVALS[key], values, dims, options.iterations, seed) for key in chosen
                }
                for key, timing in interleaved(runs, options.rounds).items():
                    line = [name, f"{dims}D", key, str(seed), f"{timing.wall:.1f}", f"{timing.cpu:.1f}"]
                    print("| " + " | ".join(line + judge.verdict(timing.result)) + " |", flush=True)


if __name__ == "__main__":
    use_passive_waiting()
    main()
