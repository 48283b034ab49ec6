"""What the early stop of t-SNE loses, on data it was not chosen on: settling.py --seeds 3

Every run goes to its end, and the layout at which it would have stopped is kept beside: the loss is the share of the 10
nearest neighbors kept at the end less that share there. The seed makes the data and the start.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from measuring import machine, table

from embreport.compute.affinities import affinities
from embreport.compute.forces import forces_for
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.pca import principal_components
from embreport.compute.quality import neighbors_kept
from embreport.compute.settling import Settling
from embreport.compute.threads import Workers, available_cores, single_threaded_blas
from embreport.compute.tsne import SCHEDULES, optimize, starting_layout


def rolled_sheet(seed: int) -> np.ndarray:
    """A plane sheet rolled up in three of twenty dimensions, with noise: 3,000 rows."""
    random = np.random.default_rng(seed)
    angle, height = 1.5 * np.pi * (1 + 2 * random.random(3000)), 21 * random.random(3000)
    rolled = np.stack([angle * np.cos(angle), height, angle * np.sin(angle)], axis=1)
    noise = 0.3 * random.normal(size=(3000, 20))
    return np.asarray(rolled @ random.normal(size=(3, 20)) / np.sqrt(3) + noise, np.float32)


def nested_clusters(seed: int) -> np.ndarray:
    """Clusters within clusters within clusters, of very different sizes, in 64 dimensions: 4,000 rows."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(4000, 64))
    for groups, spread in ((6, 4.0), (40, 2.0)):
        sizes = random.dirichlet(np.full(groups, 0.5))
        values += spread * random.normal(size=(groups, 64))[random.choice(groups, 4000, p=sizes)]
    return values.astype(np.float32)


def word_counts(seed: int) -> np.ndarray:
    """Square roots of the counts of 300 words in texts that mix a few of thirty topics: 3,500 rows."""
    random = np.random.default_rng(seed)
    topics = random.dirichlet(np.full(300, 0.05), 30)
    mixtures = random.dirichlet(np.full(30, 0.1), 3500)
    return np.sqrt(random.poisson(120 * mixtures @ topics)).astype(np.float32)


def tumors(seed: int) -> np.ndarray:
    """Scikit-learn's 569 breast tumors, 30 standardized measurements, in an order of the seed's."""
    from sklearn.datasets import load_breast_cancer

    values = np.asarray(load_breast_cancer().data)
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    return np.random.default_rng(seed).permutation(values).astype(np.float32)


DATA: dict[str, Callable[[int], np.ndarray]] = {
    "rolled sheet 3000x20": rolled_sheet,
    "nested clusters 4000x64": nested_clusters,
    "word counts 3500x300": word_counts,
    "tumors 569x30": tumors,
}


def loss(values: np.ndarray, dims: int, preset: str, seed: int, workers: Workers) -> tuple[int, int, float, float]:
    """Step of the stop, all steps, and the neighbors kept at both."""
    neighbors = neighbor_tables(values, 90, workers).euclidean
    forces, advance = forces_for(affinities(neighbors, 30.0, workers), dims, workers)
    start = starting_layout(principal_components(values, workers).scores, dims, seed)
    watch, schedule = Settling(neighbors.indices), SCHEDULES[preset]
    stops: list[tuple[int, np.ndarray]] = []

    def settled(layout: np.ndarray, left: int) -> bool:
        if watch.settled(layout, left) and not stops:
            stops.append((schedule.iterations - left, layout.copy()))
        return False

    last = optimize(forces, advance, start, schedule, settled=settled).layout
    step, stopped = stops[0] if stops else (schedule.iterations, last)
    kept = [neighbors_kept(layout, neighbors, workers) or 0.0 for layout in (stopped, last)]
    return step, schedule.iterations, kept[0], kept[1]


def main() -> None:
    """Measures and prints the mean and the worst of the seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = parser.parse_args().seeds
    print(machine())
    print(table(["data", "", "preset", "steps", "kept at the stop", "loss, mean", "loss, worst"], []), flush=True)
    workers = Workers(available_cores())
    for name, make in DATA.items():
        for dims in (2, 3):
            for preset in SCHEDULES:
                with single_threaded_blas():
                    runs = np.array([loss(make(seed), dims, preset, seed, workers) for seed in range(seeds)])
                steps = f"{runs[:, 0].mean():.0f} of {runs[0, 1]:.0f}"
                losses = runs[:, 3] - runs[:, 2]
                line = [name, f"{dims}D", preset, steps, f"{runs[:, 2].mean():.3f}"]
                line += [f"{losses.mean():.4f}", f"{losses.max():.4f}"]
                print("| " + " | ".join(line) + " |", flush=True)


if __name__ == "__main__":
    main()
