"""The threads all kernels run on.

Work is cut into tasks that depend on the data's shape alone, never on the number of threads; a task
writes only its own rows, and partial sums are added in the order of the tasks. BLAS is held to one
thread meanwhile, so a task gives the same bits whoever runs it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from typing import Generic, TypeVar

import threadpoolctl

Task = TypeVar("Task")
Result = TypeVar("Result")

TICK_SECONDS = 0.2


def available_cores() -> int:
    """Number of cores this process may use."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:
        return os.cpu_count() or 1


@contextlib.contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Holds every loaded BLAS to one thread; the last of several at once restores what was set before the first."""
    _process_limit.take()
    try:
        # What has a limit for each thread: the helpers set their own.
        with threadpoolctl.threadpool_limits(limits=1, user_api="blas"):
            yield
    finally:
        _process_limit.release()


class _ProcessLimit:
    """The limit of what has one for the whole process, held as long as anybody has taken it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._before: dict[str, tuple[threadpoolctl.LibController, int]] = {}

    def take(self) -> None:
        """Limits also what was loaded since others took it."""
        with self._lock:
            self._holders += 1
            try:
                for library in _loaded_blas():
                    if not _is_limited_by_thread(library):
                        self._before.setdefault(library.filepath, (library, library.num_threads))
                        _set_threads(library, 1)
            except BaseException:
                self._one_less()
                raise

    def release(self) -> None:
        """The last one lifts it."""
        with self._lock:
            self._one_less()

    def _one_less(self) -> None:
        self._holders -= 1
        if self._holders == 0:
            for library, threads in self._before.values():
                _set_threads(library, threads)
            self._before.clear()


def _loaded_blas() -> list[threadpoolctl.LibController]:
    return list(threadpoolctl.ThreadpoolController().select(user_api="blas").lib_controllers)


def _is_limited_by_thread(library: threadpoolctl.LibController) -> bool:
    """Whether a limit holds for the thread that sets it, as in MKL and in OpenBLAS on OpenMP."""
    return library.internal_api == "mkl" or getattr(library, "threading_layer", "") == "openmp"


def _limit_this_thread() -> None:
    """What threads that compute begin with; no limit outlives them."""
    for library in _loaded_blas():
        if _is_limited_by_thread(library):
            library.set_num_threads(1)


def _set_threads(library: threadpoolctl.LibController, threads: int) -> None:
    """From 3.8 on threadpoolctl ignores what a thread sets while another one has a limit, unless that is cleared."""
    clear = getattr(library, "clear_controlling_thread", lambda force: None)
    clear(force=True)
    library.set_num_threads(threads)
    clear(force=True)


_process_limit = _ProcessLimit()


class Stopped(Exception):
    """The work was given up while this thread was still at it; never leaves this room."""


class Workers:
    """A pool of `jobs` threads, the calling one included.

    `map` may be called from several threads at once; they share the helpers.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._stop = threading.Event()
        self._helpers = _threads(jobs - 1) if jobs > 1 else None

    def map(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """`[function(task) for task in tasks]`, shared among the threads; results in the order of `tasks`.

        The first exception is raised again here, after the tasks already begun have ended.
        """
        share = _Share(function, tasks, self._stop)
        if self._helpers is not None:
            for _ in range(min(self.jobs, len(tasks)) - 1):
                self._helpers.submit(share.work)
        try:
            share.work()
            share.wait()
        except BaseException:
            share.give_up()
            raise
        self.check()
        return share.results()

    def check(self) -> None:
        """Raises Stopped once the work has been given up."""
        if self._stop.is_set():
            raise Stopped

    def side_by_side(
        self, functions: Sequence[Callable[[], Result]], tick: Callable[[], None], waiting: int = 0
    ) -> list[Result]:
        """The results of several long functions, run at the same time where there is more than one core.

        The first `waiting` of them wait for other processes and need no core. `tick` is called a few times a second,
        always on the calling thread. When it raises, or the wait is interrupted, the functions are stopped at their
        next call of `check` or `map`. On one core the functions run in turn and are expected to call `tick` themselves.
        """
        if self.jobs == 1 or len(functions) < 2:
            return [function() for function in functions]
        with _threads(min(self.jobs + waiting, len(functions))) as drivers:
            futures = [drivers.submit(function) for function in functions]
            try:
                return [_wait(future, tick) for future in futures]
            except BaseException:
                self._stop.set()
                for future in futures:
                    future.cancel()
                raise

    def close(self) -> None:
        """Ends the threads; tasks not begun are dropped."""
        self._stop.set()
        if self._helpers is not None:
            self._helpers.shutdown(wait=True, cancel_futures=True)


def _threads(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="embreport", initializer=_limit_this_thread)


def _wait(future: Future[Result], tick: Callable[[], None]) -> Result:
    while True:
        try:
            return future.result(timeout=TICK_SECONDS)
        except StillRunning:
            if future.done():
                raise
            tick()


class _Share(Generic[Task, Result]):
    """One `map` call: threads take task numbers from a common counter until none is left."""

    def __init__(self, function: Callable[[Task], Result], tasks: Sequence[Task], stop: threading.Event) -> None:
        self._function = function
        self._tasks = tasks
        self._stop = stop
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._open = len(tasks)
        self._finished = threading.Event()
        self._results: dict[int, Result] = {}
        self._error: BaseException | None = None
        if not tasks:
            self._finished.set()

    def work(self) -> None:
        """Takes tasks until there are no more; an exception ends all of the share."""
        while (number := next(self._numbers)) < len(self._tasks):
            if self._error is None and not self._stop.is_set():
                try:
                    self._results[number] = self._function(self._tasks[number])
                except BaseException as error:
                    self._error = self._error or error
            self._one_less()

    def wait(self) -> None:
        """Returns when every task has ended; raises what a task raised."""
        self._finished.wait()
        if self._error is not None:
            raise self._error

    def give_up(self) -> None:
        """Lets the threads skip the tasks not yet begun."""
        self._error = self._error or Stopped()

    def results(self) -> list[Result]:
        """The results in the order of the tasks."""
        return [self._results[number] for number in range(len(self._tasks))]

    def _one_less(self) -> None:
        with self._lock:
            self._open -= 1
            if self._open == 0:
                self._finished.set()
