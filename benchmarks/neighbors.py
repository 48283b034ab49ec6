"""Both exact neighbor tables against scikit-learn's two brute-force searches: neighbors.py 30000x384 --rounds 3

Scikit-learn's cosine search takes twice the time of its euclidean one, which has a quicker path, so it gets the rows at
length 1 and the euclidean metric, in the same order. One table of ours stands beside the plain product of all pairs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from datasets import load
from measuring import interleaved, machine, table, use_passive_waiting
from sklearn.neighbors import NearestNeighbors

from embreport.compute.neighbors import neighbor_table, neighbor_tables
from embreport.compute.threads import Workers, available_cores, single_threaded_blas

K = 100


def ours(values: np.ndarray) -> np.ndarray:
    """Both tables; the euclidean indices."""
    workers = Workers(available_cores())
    with single_threaded_blas():
        tables = neighbor_tables(values, K, workers)
    workers.close()
    return tables.euclidean.indices


def one_of_ours(values: np.ndarray) -> None:
    """The euclidean table alone."""
    workers = Workers(available_cores())
    with single_threaded_blas():
        neighbor_table(values, "euclidean", K, workers)
    workers.close()


def scikit_learn(values: np.ndarray) -> np.ndarray:
    """Two searches; the euclidean indices."""
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    found = [
        NearestNeighbors(n_neighbors=K, algorithm="brute").fit(rows).kneighbors()[1]
        for rows in (values / np.where(lengths > 0, lengths, 1), values)
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
            "one": partial(one_of_ours, values),
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
                f"{times['gemm'].wall / times['one'].wall:.2f} / {times['gemm'].cpu / times['one'].cpu:.2f}",
                f"{same:.4f}",
            ]
        )
    print(machine())
    header = ["data", "ours, both tables", "one table", "scikit-learn, two searches", "plain product"]
    print(table([*header, "scikit-learn / ours", "product / one table", "same"], rows))


if __name__ == "__main__":
    use_passive_waiting()
    main()
