"""What every point's figures cost, and how far estimated ones are off: faithfulness.py 10000x50 20000x50 100000x128

Figures of a PCA and of t-SNE in 2D and 3D (the fast preset), and of a random picture. Up to `--exact-up-to` rows they
are held against exact ones, counted among all rows; up to `--rival-up-to` scikit-learn's trustworthiness is timed,
which gives the mean alone: twice for trustworthiness and continuity, at k = 10 and 30, of one picture.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from datasets import load
from measuring import machine, table

from embreport.compute.affinities import affinities
from embreport.compute.diagnosis import faithfulness
from embreport.compute.diagnosis.faithfulness import LayoutTruth, layout_truths
from embreport.compute.forces import forces_for
from embreport.compute.neighbors import neighbor_table
from embreport.compute.pca import principal_components
from embreport.compute.threads import Workers, available_cores, single_threaded_blas
from embreport.compute.tsne import SCHEDULES, optimize, starting_layout
from embreport.model import NeighborTable


def pictures(values: np.ndarray, neighbors: NeighborTable, workers: Workers) -> dict[str, np.ndarray]:
    """The layouts that are measured."""
    scores = principal_components(values, workers).scores
    made = {"PCA": np.ascontiguousarray(scores[:, :3])}
    joint = affinities(neighbors, 30.0, workers)
    for dims in (2, 3):
        forces, advance = forces_for(joint, dims, workers)
        start = starting_layout(scores, dims, 0)
        made[f"t-SNE {dims}D"] = optimize(forces, advance, start, SCHEDULES["fast"]).layout
    return {**made, "random": np.random.default_rng(0).normal(size=(len(values), 2)).astype(np.float32)}


def with_all_references(measure: Callable[[], list[LayoutTruth]], n: int) -> list[LayoutTruth]:
    """What is measured where all rows are references: exact figures."""
    usual = faithfulness.REFERENCE_ROWS, faithfulness._MOST_PAIRS
    faithfulness.REFERENCE_ROWS, faithfulness._MOST_PAIRS = n, n * n
    try:
        return measure()
    finally:
        faithfulness.REFERENCE_ROWS, faithfulness._MOST_PAIRS = usual


def off(found: LayoutTruth, exact: LayoutTruth) -> list[str]:
    """The largest error of an average, the deviation of the errors of points, and the largest."""
    names = [name for name in exact.per_point if not name.startswith("neighbors_kept")]
    errors = np.stack([found.per_point[name] - exact.per_point[name].astype(np.float64) for name in names])
    figures = (np.abs(errors.mean(axis=1)), errors.std(axis=1), np.abs(errors))
    return [f"{figure.max():.4f}" for figure in figures]


def rival_seconds(values: np.ndarray, layout: np.ndarray) -> float:
    """Processor seconds of scikit-learn's averages of one picture."""
    from sklearn.manifold import trustworthiness

    start = time.process_time()
    for k in (10, 30):
        trustworthiness(values, layout, n_neighbors=k)
        trustworthiness(layout, values, n_neighbors=k)
    return time.process_time() - start


def measured(
    values: np.ndarray, workers: Workers, with_errors: bool
) -> tuple[list[float], list[list[str]], np.ndarray]:
    """Seconds for three pictures and for one, the errors of all four by name, and the one picture."""
    neighbors = neighbor_table(values, "euclidean", 100, workers)
    layouts = pictures(values, neighbors, workers)
    four = list(layouts.values())

    def truths(some: list[np.ndarray]) -> list[LayoutTruth]:
        return layout_truths(values, neighbors, some, 0, workers)

    truths(four[:1])
    seconds = []
    for some in (four[:3], four[1:2]):
        start = time.process_time()
        truths(some)
        seconds.append(time.process_time() - start)
    errors = []
    if with_errors:
        pairs = zip(truths(four), with_all_references(lambda: truths(four), len(values)), strict=True)
        errors = [[name, *off(*pair)] for name, pair in zip(layouts, pairs, strict=True)]
    return seconds, errors, four[1]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--exact-up-to", type=int, default=20_000)
    parser.add_argument("--rival-up-to", type=int, default=10_000)
    options = parser.parse_args()
    print(machine())
    workers, errors = Workers(available_cores()), []
    print(table(["data", "three pictures, cpu s", "one picture", "scikit-learn, one picture"], []), flush=True)
    for name in options.data:
        values = load(name)
        with single_threaded_blas():
            seconds, found, picture = measured(values, workers, len(values) <= options.exact_up_to)
        errors += [[name, *line] for line in found]
        rival = f"{rival_seconds(values, picture):.1f}" if len(values) <= options.rival_up_to else "-"
        print("| " + " | ".join([name, *(f"{taken:.2f}" for taken in seconds), rival]) + " |", flush=True)
    print(table(["data", "picture", "averages off, at most", "one point, deviation", "one point, largest"], errors))


if __name__ == "__main__":
    main()
