"""One t-SNE gradient on one thread, ours against scikit-learn's, at the same layout and affinities: gradients.py

For sizes where a whole run of scikit-learn takes hours: its time is the number of iterations times this.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse
from measuring import machine, table
from scipy.spatial import cKDTree
from sklearn.manifold import _t_sne

from embreport.compute.affinities import Affinities, affinities
from embreport.compute.forces import forces_for
from embreport.compute.threads import Workers, single_threaded_blas
from embreport.model import NeighborTable


def layout_like_a_result(n: int, dims: int) -> np.ndarray:
    """Sixty round clusters in a cube about as wide as t-SNE layouts of n points get."""
    random = np.random.default_rng(0)
    half = (80.0 if dims == 2 else 38.0) * (n / 10_000) ** 0.12
    centers = random.uniform(-half, half, size=(60, dims))[random.integers(0, 60, n)]
    return (centers + 0.08 * half * random.normal(size=(n, dims))).astype(np.float32)


def joint_of(layout: np.ndarray, workers: Workers) -> Affinities:
    """Affinities of the layout's own 90 nearest neighbors."""
    distances, indices = cKDTree(layout).query(layout, k=91)
    near = NeighborTable(
        metric="euclidean", indices=indices[:, 1:].astype(np.int32), distances=distances[:, 1:].astype(np.float32)
    )
    return affinities(near, 30.0, workers)


def seconds(run: Callable[[], Any], rounds: int) -> float:
    """Median processor seconds."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=[10_000, 30_000, 100_000])
    rows = []
    workers = Workers(1)
    for n in parser.parse_args().rows:
        for dims in (2, 3):
            layout = layout_like_a_result(n, dims)
            joint = joint_of(layout, workers)
            forces, _ = forces_for(joint, dims, workers)
            forces.parts(layout)
            with single_threaded_blas():
                ours = seconds(lambda: forces.parts(layout), 11)  # noqa: B023
            sparse = scipy.sparse.csr_matrix((joint.weights, joint.columns.astype(np.int32), joint.starts), (n, n))
            call = (layout.ravel(), sparse, max(dims - 1, 1), n, dims)
            theirs = seconds(lambda: _t_sne._kl_divergence_bh(*call, compute_error=False, num_threads=1), 3)  # noqa: B023
            rows.append([f"{n:,}", f"{dims}D", f"{1e3 * ours:.1f}", f"{1e3 * theirs:.0f}", f"{theirs / ours:.0f}"])
    print(machine())
    print(table(["rows", "", "ours, ms", "scikit-learn, ms", "ratio"], rows))


if __name__ == "__main__":
    main()
