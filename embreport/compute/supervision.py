"""Semi-supervised t-SNE: classes of the points as a prior on which of them belong together.

As in TensorBoard's Embedding Projector (bh_tsne.ts): p_ij is multiplied by 1 / n + s / same for two points of a
class, by 1 / n - s / other for points of different classes, and by 1 / n where either is unlabeled; then the
sum is made 1 again. `same` is the size of the class of i, `other` the number of points of other classes, s
the strength, from 0 to 1; the Projector's slider goes from 0 to 100. Our factors are n times these, and the mean of
both directions, so that p stays symmetric.
"""

from __future__ import annotations

import numpy as np

from embreport.compute.affinities import Affinities
from embreport.model import RowLabels

_LEAST_FACTOR = 1e-7


def supervised(joint: Affinities, labels: RowLabels | None, strength: float) -> Affinities:
    """The probabilities with the prior of some classes at a strength from 0 to 1.

    The same object without labels, where no point has one, and at a strength of 0.

    Pairs that are no neighbors stay without attraction: classes rearrange neighborhoods, they do not make them.
    """
    if labels is None or strength == 0 or not (labels.codes >= 0).any():
        return joint
    codes, n = labels.codes, joint.n
    labeled = codes >= 0
    sizes = np.bincount(codes[labeled], minlength=len(labels.values))
    same = np.where(labeled, sizes[codes], 1)
    other = np.maximum(int(labeled.sum()) - same, 1)
    boosted = 1.0 + strength * n / same
    damped = np.maximum(1.0 - strength * n / other, _LEAST_FACTOR)
    rows = np.repeat(np.arange(n), np.diff(joint.starts))
    columns = joint.columns
    factors = np.where(codes[rows] == codes[columns], boosted[rows], (damped[rows] + damped[columns]) / 2.0)
    factors[~(labeled[rows] & labeled[columns])] = 1.0
    weights = joint.weights * factors
    weights /= weights.sum()
    return Affinities(starts=joint.starts, columns=joint.columns, weights=weights.astype(np.float32))
