"""Two computations at once in one process: neither changes what the other finds, nor what the process had set."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import threadpoolctl
from point_sets import clusters, gaussian

import embreport
from embreport.compute import ComputeSettings, compute_numbers
from embreport.compute import threads as threads_module
from embreport.compute.availability import numba_is_installed
from embreport.compute.threads import Workers, single_threaded_blas
from embreport.model import Numbers
from embreport.progress import PhaseProgress

SECONDS = 120


def blas_threads() -> set[int]:
    return {library["num_threads"] for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture
def two_blas_threads() -> Iterator[None]:
    with threadpoolctl.threadpool_limits(2, "blas"):
        yield


def bits_of(numbers: Numbers) -> list[bytes]:
    tables = [table.distances.tobytes() + table.indices.tobytes() for table in (numbers.cosine, numbers.euclidean)]
    return tables + [projection.coordinates.tobytes() for projection in numbers.projections]


@pytest.mark.usefixtures("two_blas_threads")
def test_blas_stays_at_one_thread_until_the_last_has_ended() -> None:
    first, second = single_threaded_blas(), single_threaded_blas()

    first.__enter__()
    second.__enter__()
    assert blas_threads() == {1}
    first.__exit__(None, None, None)
    assert blas_threads() == {1}
    second.__exit__(None, None, None)

    assert blas_threads() == {2}


@pytest.mark.usefixtures("two_blas_threads")
def test_a_run_that_fails_lifts_its_limit() -> None:
    with pytest.raises(ZeroDivisionError), single_threaded_blas(), single_threaded_blas():
        raise ZeroDivisionError

    assert blas_threads() == {2}


@pytest.mark.usefixtures("two_blas_threads")
def test_an_interrupt_while_the_limit_is_set_lifts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    set_threads = threads_module._set_threads

    def interrupted(library: threadpoolctl.LibController, threads: int) -> None:
        set_threads(library, threads)
        if threads == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as here:
        here.setattr(threads_module, "_set_threads", interrupted)
        with pytest.raises(KeyboardInterrupt), single_threaded_blas():
            pytest.fail("nothing was interrupted")
    assert blas_threads() == {2}

    with single_threaded_blas():
        assert blas_threads() == {1}
    assert blas_threads() == {2}


class BlasOfThreads:
    """Stands for MKL, or OpenBLAS on OpenMP: a limit holds for the thread that sets it."""

    internal_api, user_api, filepath = "mkl", "blas", "nowhere"

    def __init__(self) -> None:
        self.limited: dict[int, int] = {}

    def set_num_threads(self, threads: int) -> None:
        self.limited[threading.get_ident()] = threads


def test_every_thread_that_computes_limits_a_blas_with_limits_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    library = BlasOfThreads()
    monkeypatch.setattr(threads_module, "_loaded_blas", lambda: [library])
    here, barrier = threading.get_ident(), threading.Barrier(2)

    def who(task: int) -> int:
        barrier.wait(SECONDS)
        return threading.get_ident()

    workers = Workers(2)
    ran = {*workers.map(who, [1, 2]), *workers.side_by_side([lambda: who(1), lambda: who(2)], lambda: None)}
    workers.close()

    assert len(ran - {here}) == 3
    assert {thread: library.limited.get(thread) for thread in ran - {here}} == dict.fromkeys(ran - {here}, 1)


@pytest.mark.usefixtures("two_blas_threads")
def test_a_limit_set_by_another_thread_is_no_hindrance() -> None:
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(_blas_threads_of_a_run).result(SECONDS) == {1}
    assert blas_threads() == {2}


def _blas_threads_of_a_run() -> set[int]:
    with single_threaded_blas():
        return blas_threads()


@pytest.mark.usefixtures("two_blas_threads")
@pytest.mark.parametrize("begun_first", ["the short one", "the long one"])
def test_a_run_that_outlives_another_has_the_bits_of_one_alone(begun_first: str) -> None:
    values, settings = clusters(300, 200)[0], ComputeSettings(neighbors=10, preset="fast", jobs=2)
    alone = bits_of(compute_numbers(values, settings))
    short_begun, long_begun, short_ended = threading.Event(), threading.Event(), threading.Event()
    seen: set[int] = set()

    def of_short(progress: PhaseProgress) -> None:
        short_begun.set()
        assert long_begun.wait(SECONDS)

    def of_long(progress: PhaseProgress) -> None:
        long_begun.set()
        assert short_ended.wait(SECONDS)
        seen.update(blas_threads())

    def short() -> None:
        compute_numbers(gaussian(12, 3), ComputeSettings(projections=("pca",)), of_short)
        short_ended.set()

    with ThreadPoolExecutor(2) as threads:
        if begun_first == "the short one":
            threads.submit(short)
            assert short_begun.wait(SECONDS)
        long = threads.submit(compute_numbers, values, settings, of_long)
        if begun_first == "the long one":
            assert long_begun.wait(SECONDS)
            threads.submit(short)
        assert bits_of(long.result(SECONDS)) == alone

    assert seen == {1}
    assert blas_threads() == {2}


def test_two_builds_at_once_write_the_pages_of_one() -> None:
    # Compiled forces of both kinds, or those that numpy has.
    sizes = (820, 2_100) if numba_is_installed() else (200, 300)
    vectors = [clusters(n, 30, seed=n)[0].astype(np.float32) for n in sizes]

    def build(values: np.ndarray) -> str:
        return embreport.from_arrays(values, projections=("pca", "tsne"), neighbors=20, preset="fast", jobs=2).html

    alone = [build(values) for values in vectors]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(build, vectors * 2))

    assert together == alone * 2


@pytest.mark.skipif(not numba_is_installed(), reason="there are no kernels")
def test_no_kernel_has_threads_of_its_own() -> None:
    # Numba's default layer of threads aborts the process on concurrent calls.
    from embreport.compute import kernels

    names = [module.name for module in pkgutil.iter_modules(kernels.__path__)]
    modules = [importlib.import_module(f"{kernels.__name__}.{name}") for name in names]
    found = {
        name: kernel.targetoptions
        for module in modules
        for name, kernel in vars(module).items()
        if hasattr(kernel, "targetoptions")
    }

    assert {"repulsion_2d", "repulsion_groups_3d", "spread"} <= set(found)
    assert not [name for name, options in found.items() if options.get("parallel")]
