"""Which law of forces keeps the most in three dimensions: force_laws.py digits 1800x200 spectrum-1800x128 --seeds 3

A pair pulls with (p - w / Z) * u**b * (y_i - y_j), u = 1 / (1 + d**2 / v) and w = u**((v + 1) / 2), all pairs summed.
With b = 1 that is the gradient of the divergence under the Student-t with v degrees of freedom; scikit-learn's 3D
t-SNE, and ours, have v = 2 and b = 1.5. Each law has the best of two late steps. The seed draws 1,000 of the rows.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numba
import numpy as np
from datasets import load
from measuring import machine, table
from sklearn.manifold import trustworthiness

from embreport.compute import tsne
from embreport.compute.affinities import affinities
from embreport.compute.kernels.step import advance
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.pca import principal_components
from embreport.compute.quality import neighbors_kept
from embreport.compute.threads import Workers, available_cores, single_threaded_blas

ROWS = 1000
RATES = (1 / 6, 1 / 2)


@dataclass(frozen=True)
class Law:
    """Degrees of freedom of the similarity, and the power of u in the force."""

    freedom: int
    power: float


LAWS = {
    "gradient, 1 degree of freedom": Law(1, 1.0),
    "gradient, 2 degrees of freedom": Law(2, 1.0),
    "scikit-learn's and ours": Law(2, 1.5),
}


@numba.njit(fastmath=True)
def _sums(
    joint: np.ndarray, layout: np.ndarray, freedom: int, steep: bool, pull: np.ndarray, push: np.ndarray
) -> float:
    """Fills pull and push of all points; the sum of all w."""
    total, one, share = np.float64(0), np.float32(1), np.float32(1 / freedom)
    for i in range(len(layout)):
        drawn_x, drawn_y, drawn_z = np.float32(0), np.float32(0), np.float32(0)
        driven_x, driven_y, driven_z = np.float32(0), np.float32(0), np.float32(0)
        similar = np.float32(0)
        for j in range(len(layout)):
            dx, dy, dz = layout[i, 0] - layout[j, 0], layout[i, 1] - layout[j, 1], layout[i, 2] - layout[j, 2]
            u = one / (one + (dx * dx + dy * dy + dz * dz) * share)
            w = u if freedom == 1 else u * np.sqrt(u)
            force = u * np.sqrt(u) if steep else u
            drawn, driven = joint[i, j] * force, w * force
            drawn_x, drawn_y, drawn_z = drawn_x + drawn * dx, drawn_y + drawn * dy, drawn_z + drawn * dz
            driven_x, driven_y, driven_z = driven_x + driven * dx, driven_y + driven * dy, driven_z + driven * dz
            similar += w
        pull[i, 0], pull[i, 1], pull[i, 2] = drawn_x, drawn_y, drawn_z
        push[i, 0], push[i, 1], push[i, 2] = driven_x, driven_y, driven_z
        total += similar
    return float(total) - len(layout)


class LawForces:
    """Forces of one law."""

    def __init__(self, joint: np.ndarray, law: Law) -> None:
        self.joint, self.law = joint, law
        self.pull, self.push = np.empty((len(joint), 3), np.float32), np.empty((len(joint), 3), np.float32)

    def parts(self, layout: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """As `tsne.Forces.parts`."""
        total = _sums(self.joint, layout, self.law.freedom, self.law.power > 1, self.pull, self.push)
        return self.pull, self.push, float(total)

    def divergence(self, layout: np.ndarray) -> float:
        """Not needed."""
        raise NotImplementedError


def placed(joint: np.ndarray, start: np.ndarray, law: Law, rate: float) -> np.ndarray:
    """The layout of the whole schedule with plain steps of `rate` times n."""
    usual = tsne.LATE_RATE
    tsne.LATE_RATE = {2: usual[2], 3: rate}
    layout = tsne.optimize(LawForces(joint, law), advance, start, tsne.SCHEDULES["full"]).layout
    tsne.LATE_RATE = usual
    return layout


def main() -> None:
    """Measures and prints, per law the rate that keeps the most in the mean of the seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print(machine())
    print(table(["data", "law", "step", "10 kept by seed", "mean", "trust, mean"], []), flush=True)
    workers = Workers(available_cores())
    for name in options.data:
        found: dict[tuple[str, float], list[tuple[float, float]]] = {}
        for seed in range(options.seeds):
            values = load(name)
            values = values[np.sort(np.random.default_rng(seed).permutation(len(values))[:ROWS])]
            with single_threaded_blas():
                neighbors = neighbor_tables(values, 90, workers).euclidean
                joint = affinities(neighbors, 30.0, workers).dense()
                start = tsne.starting_layout(principal_components(values, workers).scores, 3, seed)
            for key, law in LAWS.items():
                for rate in RATES:
                    layout = placed(joint, start, law, rate)
                    kept = neighbors_kept(layout, neighbors, workers) or 0.0
                    found.setdefault((key, rate), []).append((kept, trustworthiness(values, layout, n_neighbors=12)))
        for key in LAWS:
            best = max(RATES, key=lambda rate: sum(kept for kept, _ in found[key, rate]))
            kept, trust = np.array(found[key, best]).T
            by_seed = ", ".join(f"{value:.3f}" for value in kept)
            print(
                f"| {name} | {key} | n * {best:.2g} | {by_seed} | {kept.mean():.3f} | {trust.mean():.4f} |", flush=True
            )


if __name__ == "__main__":
    main()
