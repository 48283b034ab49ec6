"""PCA, both tables, t-SNE 2D and 3D: compute_numbers against the straightforward scikit-learn script.

build.py 10000x784 --rounds 3    (scikit-learn's t-SNE at the same number of iterations)
build.py 100000x128 --alone      (ours only, where scikit-learn takes hours; see gradients.py)

The peak of resident memory is that of the process, so it is ours only where ours runs alone.
"""

from __future__ import annotations

import argparse
import math
import resource
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from datasets import load
from measuring import interleaved, machine, table, use_passive_waiting

from embreport.compute import ComputeSettings, compute_numbers, settling

ITERATIONS = 750


def ours(values: np.ndarray) -> None:
    """All of the numbers at the defaults, layouts by euclidean neighbors; UMAP apart."""
    compute_numbers(values, ComputeSettings(metric="euclidean", projections=("pca", "tsne")))


def every_iteration(values: np.ndarray) -> None:
    """The same without the early stop."""
    least, settling.LEAST_GAIN = settling.LEAST_GAIN, -math.inf
    ours(values)
    settling.LEAST_GAIN = least


def scikit_learn(values: np.ndarray) -> None:
    """What a person types."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from sklearn.neighbors import NearestNeighbors

    PCA(10).fit_transform(values)
    for metric in ("cosine", "euclidean"):
        NearestNeighbors(n_neighbors=100, metric=metric, algorithm="brute", n_jobs=-1).fit(values).kneighbors()
    for dims in (2, 3):
        TSNE(dims, max_iter=ITERATIONS, random_state=0, n_jobs=-1).fit_transform(values)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    ours(load("2100x16"))
    rows = []
    for name in options.data:
        values = load(name)
        runs: dict[str, Callable[[], Any]] = {"ours": partial(ours, values)}
        if not options.alone:
            runs["ours, every iteration"] = partial(every_iteration, values)
            runs["scikit-learn"] = partial(scikit_learn, values)
        times = interleaved(runs, options.rounds)
        for key, timing in times.items():
            ratio = f"{timing.wall / times['ours'].wall:.1f} / {timing.cpu / times['ours'].cpu:.1f}"
            rows.append([name, key, f"{timing.wall:.1f} / {timing.cpu:.1f}", ratio])
    print(machine())
    print(table(["data", "", "wall / cpu s", "times ours"], rows))
    if options.alone:
        print(f"peak of resident memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    use_passive_waiting()
    main()
