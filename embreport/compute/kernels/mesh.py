"""The push between many points of a plane, by a particle mesh.

Points are spread over a mesh with cubic B-splines, convolved with q = 1 / (1 + d**2) by a zero-padded
FFT, and read back: half the slope of sum_j q is -sum_j q**2 (y_i - y_j) (particle mesh, Hockney and
Eastwood 1988; for t-SNE Linderman et al. 2019). The B-spline is divided out twice in the transform.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.fft

from embreport.compute.affinities import Affinities
from embreport.compute.blocks import row_blocks
from embreport.compute.kernels import splines
from embreport.compute.kernels.compiled_forces import CompiledForces
from embreport.compute.threads import Workers

SPACING = 0.35
MOST_CELLS = 1200
_FEWEST_CELLS = 24
_STRANDS = 4


class MeshForces(CompiledForces):
    """Repulsion in two dimensions by a mesh that follows the layout.

    The spacing is 0.35 (force error well below 1 %), wider only where the mesh would exceed 1,200
    cells a side.
    """

    def __init__(self, joint: Affinities, dims: int, workers: Workers) -> None:
        super().__init__(joint, dims, workers)
        self._cells = 0
        self._spacing = 0.0
        self._response = np.empty((0, 0), np.float32)

    def repel(self, layout: np.ndarray) -> None:
        low, high = layout.min(axis=0), layout.max(axis=0)
        self._fit(float((high - low).max()))
        inverse = np.float32(1.0 / self._spacing)
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

    def _fit(self, span: float) -> None:
        """Chooses mesh and spacing for a layout of that extent; keeps the last ones where they still do."""
        if not math.isfinite(span):
            raise FloatingPointError("a t-SNE layout is no longer finite")
        spacing = max(SPACING, span / (MOST_CELLS - 8))
        if spacing > SPACING:
            spacing = SPACING * 1.1 ** math.ceil(math.log(spacing / SPACING, 1.1))
        needed = max(_FEWEST_CELLS, math.ceil(span / spacing) + 8)
        if spacing == self._spacing and needed <= self._cells <= 1.25 * needed:
            return
        self._cells = scipy.fft.next_fast_len(math.ceil(1.05 * needed), real=True)
        self._spacing = spacing
        self._response = _response(self._cells, spacing)


def _response(cells: int, spacing: float) -> np.ndarray:
    """The transform of q on the doubled mesh, divided by that of the B-spline squared: float32, half spectrum."""
    double = 2 * cells
    steps = np.arange(double)
    distances = np.minimum(steps, double - steps) * spacing
    kernel = 1.0 / (1.0 + distances[:, None] ** 2 + distances**2)
    spline = ((4.0 + 2.0 * np.cos(2.0 * np.pi * steps / double)) / 6.0) ** 2
    response = scipy.fft.rfftn(kernel).real / spline[:, None] / spline[: cells + 1]
    return np.asarray(response, np.float32)
