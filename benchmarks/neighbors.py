"""Both exact neighbor tables against scikit-learn's two brute-force searches: neighbors.py 30000x384 --rounds 3"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from datasets import load
from measuring import interleaved, machine, table, use_passive_waiting
from sklearn.neighbors import NearestNeighbors

from embreport.compute.neighbors import neighbor_tables
from embreport.compute.threads import Workers, available_cores, single_threaded_blas

K = 100


def ours(values: np.ndarray) -> np.ndarray:
    """Both tables; the euclidean indices."""
    workers = Workers(available_cores())
    with single_threaded_blas():
        tables = neighbor_tables(values, K, workers)
    workers.close()
    return tables.euclidean.indices


def scikit_learn(values: np.ndarray) -> np.ndarray:
    """Two searches; the euclidean indices."""
    found = [
        NearestNeighbors(n_neighbors=K, metric=metric, algorithm="brute").fit(values).kneighbors()[1]
        for metric in ("cosine", "euclidean")
    ]
    return np.asarray(found[1])


def product(values: np.ndarray) -> None:
    """The plain matrix product in blocks, all of it, without any selection."""
    for start in range(0, len(values), 1024):
        values[start : start + 1024] @ values.T


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ours(load("1000x32"))
    rows = []
    for name in options.data:
        values = load(name)
        rivals: dict[str, Callable[[], Any]] = {
            "ours": partial(ours, values),
            "sk": partial(scikit_learn, values),
            "gemm": partial(product, values),
        }
        times = interleaved(rivals, options.rounds)
        same = np.mean(np.sort(times["ours"].result, 1) == np.sort(times["sk"].result, 1))
        rows.append(
            [
                name,
                *(f"{times[key].wall:.2f} / {times[key].cpu:.2f}" for key in rivals),
                f"{times['sk'].wall / times['ours'].wall:.1f} / {times['sk'].cpu / times['ours'].cpu:.1f}",
                f"{same:.4f}",
            ]
        )
    print(machine())
    print(table(["data", "ours, both tables", "scikit-learn, two searches", "plain product", "ratio", "same"], rows))


if __name__ == "__main__":
    use_passive_waiting()
    main()
