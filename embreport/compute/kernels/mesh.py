"""The push between many points of a plane, by a particle mesh while the layout is compact.

Points are spread over a mesh with cubic B-splines, convolved with q = 1 / (1 + d**2) by a zero-padded
FFT, and read back: half the slope of sum_j q is -sum_j q**2 (y_i - y_j) (particle mesh, Hockney and
Eastwood 1988; for t-SNE Linderman et al. 2019). The B-spline is divided out twice in the transform.

The work on a mesh grows with the area of the layout, that on groups of points does not. So groups take over where
a mesh would have too many cells for the points there are, as it has when one point is thrown far out.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.fft

from embreport.compute.affinities import Affinities
from embreport.compute.blocks import row_blocks
from embreport.compute.kernels import splines
from embreport.compute.kernels.compiled_forces import GroupForces
from embreport.compute.threads import Workers

SPACING = 0.35
CELLS_PER_POINT = 8.0
_FEWEST_CELLS = 24
_STRANDS = 4


class MeshForces(GroupForces):
    """Repulsion in two dimensions by a mesh of spacing 0.35 that follows the layout; by groups where it is too wide.

    The relative force error of the mesh is below 1 % once exaggeration has begun to fall.

    Args:
        most: the cells a mesh may have per point. At about 8 mesh and groups take the same time.
    """

    def __init__(self, joint: Affinities, dims: int, workers: Workers, most: float = CELLS_PER_POINT) -> None:
        super().__init__(joint, dims, workers)
        self._most = most
        self._cells = 0
        self._response = np.empty((0, 0), np.float32)

    def repel(self, layout: np.ndarray) -> None:
        low, high = layout.min(axis=0), layout.max(axis=0)
        span = float((high - low).max())
        if not math.isfinite(span):
            raise FloatingPointError("a t-SNE layout is no longer finite")
        needed = max(_FEWEST_CELLS, math.ceil(span / SPACING) + 8)
        if needed > math.sqrt(self._most * len(layout)):
            super().repel(layout)
            return
        self._fit(needed)
        inverse = np.float32(1.0 / SPACING)
        potential = self._convolved(self._spread(layout, low, inverse))

        def collect(rows: slice) -> None:
            splines.collect(
                layout, low[0], low[1], inverse, potential, rows.start, rows.stop, self.push, self.similarity
            )

        self.workers.map(collect, self.blocks)

    def _spread(self, layout: np.ndarray, low: np.ndarray, inverse: np.float32) -> np.ndarray:
        """The points on the mesh: in a fixed number of strands, added in order."""
        n = len(layout)

        def spread(rows: slice) -> np.ndarray:
            mesh = np.zeros((self._cells, self._cells), np.float32)
            splines.spread(layout, low[0], low[1], inverse, rows.start, rows.stop, mesh)
            return mesh

        meshes = self.workers.map(spread, row_blocks(n, -(-n // _STRANDS)))
        for mesh in meshes[1:]:
            meshes[0] += mesh
        return meshes[0]

    def _convolved(self, mesh: np.ndarray) -> np.ndarray:
        """The potential on the mesh: row transforms of the rows there are, column transforms in strips."""
        cells, double = self._cells, 2 * self._cells
        spectrum = np.empty((cells, cells + 1), np.complex64)
        rows = row_blocks(cells, -(-cells // _STRANDS))

        def forward(part: slice) -> None:
            spectrum[part] = scipy.fft.rfft(mesh[part], double, axis=1)

        def across(part: slice) -> None:
            columns = scipy.fft.fft(spectrum[:, part], double, axis=0)
            columns *= self._response[:, part]
            spectrum[:, part] = scipy.fft.ifft(columns, axis=0, overwrite_x=True)[:cells]

        def backward(part: slice) -> None:
            mesh[part] = scipy.fft.irfft(spectrum[part], double, axis=1)[:, :cells]

        self.workers.map(forward, rows)
        self.workers.map(across, row_blocks(cells + 1, -(-(cells + 1) // _STRANDS)))
        self.workers.map(backward, rows)
        return mesh

    def _fit(self, needed: int) -> None:
        """Makes a mesh of at least that many cells a side; keeps the last one where it is not much too large."""
        if not needed <= self._cells <= 1.25 * needed:
            self._cells = scipy.fft.next_fast_len(math.ceil(1.05 * needed), real=True)
            self._response = _response(self._cells)


def _response(cells: int) -> np.ndarray:
    """The transform of q on the doubled mesh, divided by that of the B-spline squared: float32, half spectrum."""
    double = 2 * cells
    steps = np.arange(double)
    distances = np.minimum(steps, double - steps) * SPACING
    kernel = 1.0 / (1.0 + distances[:, None] ** 2 + distances**2)
    spline = ((4.0 + 2.0 * np.cos(2.0 * np.pi * steps / double)) / 6.0) ** 2
    response = scipy.fft.rfftn(kernel).real / spline[:, None] / spline[: cells + 1]
    return np.asarray(response, np.float32)
