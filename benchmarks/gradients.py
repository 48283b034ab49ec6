"""t-SNE gradients on one thread, ours against scikit-learn's, at the same layouts: gradients.py 100000x128

The layouts are those our own run passes through, and both take our affinities.
For sizes where a whole run of scikit-learn takes hours: the mean of its gradients at these stages times the number of
iterations is about its time without its search.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse
from datasets import load
from measuring import machine, table
from sklearn.manifold import _t_sne

from embreport.compute.affinities import Affinities, affinities
from embreport.compute.forces import forces_for
from embreport.compute.kernels.compiled_forces import AllPairsForces
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.pca import principal_components
from embreport.compute.threads import Workers, available_cores, single_threaded_blas
from embreport.compute.tsne import SCHEDULES, Forces, optimize, starting_layout

STAGES = (100, 200, 300, 400, 550)


class Watched:
    """Forces that keep the layouts of the stages."""

    def __init__(self, forces: Forces) -> None:
        self.forces = forces
        self.step = 0
        self.layouts: dict[int, np.ndarray] = {}

    def parts(self, layout: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Those of the forces watched."""
        if self.step in STAGES:
            self.layouts[self.step] = layout.copy()
        self.step += 1
        return self.forces.parts(layout)

    def divergence(self, layout: np.ndarray) -> float:
        """That of the forces watched."""
        return self.forces.divergence(layout)


def seconds(run: Callable[[], Any], rounds: int) -> float:
    """Median processor seconds."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def compared(joint: Affinities, layouts: dict[int, np.ndarray]) -> list[tuple[int, float, float, float]]:
    """Per stage: seconds of our gradient and of scikit-learn's, and the relative error of our push."""
    n, found, one = joint.n, [], Workers(1)
    sparse = scipy.sparse.csr_matrix((joint.weights, joint.columns.astype(np.int32), joint.starts), (n, n))
    for stage, layout in layouts.items():
        dims = layout.shape[1]
        forces, _ = forces_for(joint, dims, one)
        forces.parts(layout)
        ours = seconds(lambda: forces.parts(layout), 10)  # noqa: B023
        call = (layout.ravel(), sparse, max(dims - 1, 1), n, dims)
        theirs = seconds(lambda: _t_sne._kl_divergence_bh(*call, compute_error=False, num_threads=1), 1)  # noqa: B023
        push = forces.parts(layout)[1]
        exact = AllPairsForces(joint, dims, one)
        exact.repel(layout)
        found.append((stage, ours, theirs, float(np.linalg.norm(push - exact.push) / np.linalg.norm(exact.push))))
    return found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    print(machine())
    print(table(["data", "", "step", "ours, ms", "scikit-learn, ms", "ratio", "error of our push"], []), flush=True)
    for name in parser.parse_args().data:
        values, workers = load(name), Workers(available_cores())
        with single_threaded_blas():
            scores = principal_components(values, workers).scores
            joint = affinities(neighbor_tables(values, 90, workers).euclidean, 30.0, workers)
            for dims in (2, 3):
                forces, advance = forces_for(joint, dims, workers)
                watched = Watched(forces)
                optimize(watched, advance, starting_layout(scores, dims, 0), SCHEDULES["full"])
                for stage, ours, theirs, error in compared(joint, watched.layouts):
                    line = [name, f"{dims}D", str(stage), f"{1e3 * ours:.1f}", f"{1e3 * theirs:.0f}"]
                    line += [f"{theirs / ours:.0f}", f"{100 * error:.2f} %"]
                    print("| " + " | ".join(line) + " |", flush=True)


if __name__ == "__main__":
    main()
