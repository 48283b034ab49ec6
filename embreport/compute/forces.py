"""Which way of computing t-SNE forces serves how many points. Their number decides; a mesh knows when to give way."""

from __future__ import annotations

from collections.abc import Callable

from embreport.compute.affinities import Affinities
from embreport.compute.availability import numba_is_installed
from embreport.compute.kernels import dense
from embreport.compute.threads import Workers
from embreport.compute.tsne import Advance, Forces

DENSE_BELOW = 800
DENSE_WITHOUT_NUMBA_BELOW = 2000
ALL_PAIRS_BELOW = 2000
MESH_FROM = 12_000


def has_own_forces(n: int) -> bool:
    """Whether n points can be placed without scikit-learn: always with numba, a few without."""
    return n < DENSE_WITHOUT_NUMBA_BELOW or numba_is_installed()


def forces_for(joint: Affinities, dims: int, workers: Workers) -> tuple[Forces, Advance]:
    """The forces for a layout of `joint.n` points in 2 or 3 dimensions, and the step that goes with them."""
    make, advance = forces_of(joint.n, dims)
    return make(joint, dims, workers), advance


def forces_of(n: int, dims: int) -> tuple[Callable[[Affinities, int, Workers], Forces], Advance]:
    """How the forces of n points are made, and the step that goes with them."""
    if n < DENSE_BELOW or not numba_is_installed():
        return lambda joint, dims, workers: dense.DenseForces(joint, dims), dense.advance
    from embreport.compute.kernels.compiled_forces import AllPairsForces, GroupForces

    if n < ALL_PAIRS_BELOW:
        # All steps of so few points take numpy less than compiling one.
        return AllPairsForces, dense.advance
    from embreport.compute.kernels.step import advance

    if dims == 2 and n >= MESH_FROM:
        from embreport.compute.kernels.mesh import MeshForces

        return MeshForces, advance
    return GroupForces, advance
