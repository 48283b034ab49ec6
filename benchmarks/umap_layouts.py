"""UMAP from our neighbors against umap-learn as it is installed: umap_layouts.py digits 10000x200 30000x200 --rounds 3

Ours makes both exact tables of 100 neighbors, which a build has anyway, and starts from the principal components.
umap-learn finds its own neighbors (exact below 4,096 rows, NN-descent above) and starts from a spectral layout: once
with a seed, on one thread, and once without, on all cores. Neighbors, minimum distance and metric are the same. All
is compiled before. What a build lets another process do is done in this one, where its processor time can be told.
"""

from __future__ import annotations

import argparse
import io
import json
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from datasets import load
from measuring import interleaved, machine, table, use_passive_waiting
from tsne import Judge

from embreport.compute import umap_program
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.pca import principal_components
from embreport.compute.threads import Workers, available_cores, single_threaded_blas
from embreport.compute.tsne import starting_layout
from embreport.compute.umap_request import umap_request

NEIGHBORS, MIN_DIST, KEPT = 15, 0.1, 100


def ours(values: np.ndarray, dims: int) -> np.ndarray:
    """Both tables, principal components, and umap-learn's layout from them."""
    workers = Workers(available_cores())
    with single_threaded_blas():
        near = neighbor_tables(values, KEPT, workers).euclidean
        start = starting_layout(principal_components(values, workers).scores, dims, 0)
    workers.close()
    source = io.BytesIO(b"".join(umap_request(near, start, neighbors=NEIGHBORS, min_dist=MIN_DIST, seed=0)))
    return umap_program.place(json.loads(source.readline()), source, umap_program.Epochs(io.BytesIO()))


def umap_learn(values: np.ndarray, dims: int, **settings: Any) -> np.ndarray:
    """The package by itself."""
    from umap import UMAP

    model = UMAP(n_components=dims, n_neighbors=NEIGHBORS, min_dist=MIN_DIST, metric="euclidean", **settings)
    return np.asarray(model.fit_transform(values), np.float32)


RIVALS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "ours": ours,
    "umap-learn, seeded": partial(umap_learn, random_state=0, n_jobs=1),
    "umap-learn, no seed": partial(umap_learn, n_jobs=available_cores()),
}


def main() -> None:
    """Measures and prints, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for shape in ("300x8", "5000x8"):
        for run in RIVALS.values():
            run(load(shape), 2)
    print(machine())
    print(table(["data", "", "", "wall s", "cpu s", "10 kept", "trust"], []), flush=True)
    for name in options.data:
        values = load(name)
        judge = Judge(values)
        for dims in (2, 3):
            runs = {key: partial(run, values, dims) for key, run in RIVALS.items()}
            for key, timing in interleaved(runs, options.rounds).items():
                judged = [f"{judge.kept(timing.result):.4f}", f"{judge.trustworthiness(timing.result):.4f}"]
                line = [name, f"{dims}D", key, f"{timing.wall:.1f}", f"{timing.cpu:.1f}", *judged]
                print("| " + " | ".join(line) + " |", flush=True)


if __name__ == "__main__":
    use_passive_waiting()
    main()
