"""Whether the rows point every way or all the same way."""

from __future__ import annotations

import numpy as np

from embreport.compute.blocks import row_blocks, rows_per_block
from embreport.compute.threads import Workers
from embreport.diagnostics import Isotropy


def isotropy(values: np.ndarray, norms: np.ndarray, workers: Workers) -> Isotropy:
    """The mean cosine of two rows, over all pairs, and the length of the mean direction.

    The mean cosine of random pairs is the measure of Ethayarajh, "How Contextual are Contextualized Word
    Representations?", EMNLP 2019; over all pairs of m unit vectors it follows from their sum s exactly:
    (s.s - m) / (m (m - 1)). The shared direction |s| / m is what Mu and Viswanath, "All-but-the-Top", ICLR 2018,
    propose to remove. Rows of zeros point nowhere and are passed over.

    Args:
        values: finite float (n, d).
        norms: float64 (n,), their lengths.
    """
    n, d = values.shape
    some = int((norms > 0).sum())
    if some < 2:
        return Isotropy(mean_cosine=None, mean_direction=None)

    def directions(rows: slice) -> np.ndarray:
        block = values[rows].astype(np.float64)
        powers = np.frexp(np.abs(block).max(axis=1))[1][:, None]
        block = np.ldexp(block, -powers)
        lengths = np.sqrt(np.einsum("ij,ij->i", block, block))
        return np.asarray((block / np.where(lengths > 0, lengths, 1.0)[:, None]).sum(axis=0))

    total = np.zeros(d)
    for part in workers.map(directions, row_blocks(n, rows_per_block(d * 8))):
        total += part
    square = float(total @ total)
    cosine = (square - some) / (some * (some - 1.0))
    return Isotropy(mean_cosine=min(max(cosine, -1.0), 1.0), mean_direction=min(float(np.sqrt(square)) / some, 1.0))
