"""PCA, both tables, t-SNE 2D and 3D: compute_numbers against the straightforward scikit-learn script.

build.py 10000x784 --rounds 1    (scikit-learn's t-SNE at the same number of iterations)
"""

from __future__ import annotations

import argparse
from functools import partial

import numpy as np
from datasets import load
from measuring import interleaved, machine, table, use_passive_waiting

from embreport.compute import ComputeSettings, compute_numbers

ITERATIONS = 750


def ours(values: np.ndarray) -> None:
    """All of the numbers at the defaults, layouts by euclidean neighbors."""
    compute_numbers(values, ComputeSettings(metric="euclidean"))


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
    options = parser.parse_args()
    ours(load("2100x16"))
    rows = []
    for name in options.data:
        values = load(name)
        times = interleaved({"ours": partial(ours, values), "sk": partial(scikit_learn, values)}, options.rounds)
        mine, other = times["ours"], times["sk"]
        rows.append(
            [
                name,
                f"{mine.wall:.1f} / {mine.cpu:.1f}",
                f"{other.wall:.1f} / {other.cpu:.1f}",
                f"{other.wall / mine.wall:.1f} / {other.cpu / mine.cpu:.1f}",
            ]
        )
    print(machine())
    print(table(["data", "ours, wall / cpu s", "scikit-learn", "ratio"], rows))


if __name__ == "__main__":
    use_passive_waiting()
    main()
