"""Kernels of t-SNE are compiled while the neighbors are searched, and they are the ones the layouts use."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import nullcontext

import numpy as np
import pytest

from embreport.compute import ComputeSettings, compiling_ahead
from embreport.compute.numbers import compute_numbers

SETTINGS = ComputeSettings(projections=("tsne",), neighbors=10)

# In a process of its own: here other tests have compiled them all.
PROGRAM = """
import importlib, pkgutil, sys
import numpy as np
from embreport.compute import kernels
from embreport.compute.affinities import affinities
from embreport.compute.compiling_ahead import _TRIAL, _place_ring
from embreport.compute.forces import forces_of
from embreport.compute.neighbors import neighbor_tables
from embreport.compute.threads import Workers
from embreport.compute.tsne import optimize, starting_layout

def compiled():
    names = [found.name for found in pkgutil.iter_modules(kernels.__path__, kernels.__name__ + ".")]
    parts = {f"{name}.{part}": kernel for name in names for part, kernel in vars(importlib.import_module(name)).items()}
    signatures = {name: getattr(kernel, "signatures", None) for name, kernel in parts.items()}
    return {name: tuple(map(str, found)) for name, found in signatures.items() if found}

n, dims = int(sys.argv[1]), int(sys.argv[2])
points = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
joint = affinities(neighbor_tables(points, 30, Workers(1), lambda share: None, 0).cosine, 10.0, Workers(1))
before = compiled()
_place_ring(n, dims)
ahead = compiled()
make, advance = forces_of(n, dims)
optimize(make(joint, dims, Workers(1)), advance, starting_layout(points[:, :3], dims, 0), _TRIAL)
print(len(ahead) - len(before), compiled() == ahead)
"""


@pytest.mark.parametrize(("n", "dims"), [(900, 2), (900, 3), (2500, 3), (30_000, 2)])
def test_layouts_compile_nothing_that_was_not_compiled_ahead(n: int, dims: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(n), str(dims)], capture_output=True, text=True, check=True
    )

    kernels, nothing_new = done.stdout.split()
    assert int(kernels) >= 3
    assert nothing_new == "True"


@pytest.mark.parametrize(
    ("n", "projections", "jobs", "stored"),
    [(300, ("tsne",), 2, False), (2500, ("pca",), 2, False), (2500, ("tsne",), 1, False), (2500, ("tsne",), 2, True)],
)
def test_nothing_is_compiled_ahead_where_it_would_not_be_used_or_not_be_hidden(
    n: int, projections: tuple[str, ...], jobs: int, stored: bool
) -> None:
    settings = ComputeSettings(projections=projections)

    assert isinstance(compiling_ahead.compiling_ahead(n, settings, jobs, stored=stored), nullcontext)


def test_results_are_the_same_bits_and_no_thread_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).normal(size=(900, 6))
    before = threading.active_count()
    ahead = compute_numbers(values, SETTINGS)
    assert threading.active_count() == before

    monkeypatch.setattr("embreport.compute.numbers.compiling_ahead", lambda *given, **named: nullcontext())
    alone = compute_numbers(values, SETTINGS)

    pairs = zip(ahead.projections, alone.projections, strict=True)
    assert all(one.coordinates.tobytes() == other.coordinates.tobytes() for one, other in pairs)


def test_what_fails_while_compiling_ahead_ends_no_build(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    both = threading.Event()

    def fail(n: int, dims: int) -> None:
        tried.append(dims)
        both.set() if dims == 3 else None
        raise RuntimeError

    monkeypatch.setattr(compiling_ahead, "_place_ring", fail)
    with compiling_ahead.compiling_ahead(2500, SETTINGS, 2, stored=False):
        both.wait(60)

    assert tried == [2, 3]
