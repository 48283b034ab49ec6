"""t-SNE by scikit-learn, for many points where numba is not installed."""

from __future__ import annotations

import numpy as np
import threadpoolctl

from embreport.model import Metric


def sklearn_layout(
    points: np.ndarray,
    start: np.ndarray,
    *,
    metric: Metric,
    perplexity: float,
    iterations: int,
    seed: int,
) -> np.ndarray:
    """A t-SNE layout of finite rows (n, d) from a start (n, dims): float32 (n, dims).

    Runs on one OpenMP thread, since scikit-learn's sums depend on the number of threads. The cosine
    metric is the euclidean one of unit vectors, as in `affinities`.
    """
    from sklearn.manifold import TSNE

    values = points.astype(np.float64)
    values /= max(float(np.abs(values).max()), np.finfo(float).tiny)
    if metric == "cosine":
        lengths = np.sqrt(np.einsum("ij,ij->i", values, values))
        values /= np.where(lengths > 0, lengths, 1.0)[:, None]
    steps = "max_iter" if "max_iter" in TSNE().get_params() else "n_iter"
    model = TSNE(start.shape[1], init=start, perplexity=perplexity, random_state=seed, n_jobs=1, **{steps: iterations})
    with threadpoolctl.threadpool_limits(limits=1, user_api="openmp"):
        layout = model.fit_transform(values.astype(np.float32))
    return np.asarray(layout - layout.mean(axis=0, dtype=np.float64), np.float32)
