"""One inference worker, an optional second one for previews, and their queues.

Requests are served first come, first served. A live request that a newer one of the same visit has superseded
is dropped, and a request that finds too many waiting is refused at once. Knows nothing about models.
"""

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import torch

MAX_WAITING = 24
"""Live requests that may wait. Each holds one of the server's forty threads."""

MAX_VISITS = 4096
"""Visits of which the newest request's number is remembered."""

P = ParamSpec("P")
R = TypeVar("R")


class Busy(Exception):
    """Too many requests are waiting; ask again in a moment."""


class Superseded(Exception):
    """A newer request of the same visit has arrived."""


class RequestQueue:
    """Runs work on the inference workers.

    OpenMP gives every thread that computes its own helper threads. With more of them than processors they
    no longer spin while they wait, and a picture takes twice as long; the server has dozens of threads. So
    one worker computes for all. Only on two processors previews have a second one, which computes with one
    thread: two pictures at once on one processor each are done sooner than one after the other on both.
    """

    def __init__(self) -> None:
        self._workers = [Worker("model")]
        if torch.get_num_threads() == 2 and not torch.cuda.is_available():
            self._workers.append(Worker("model-helper", threads=1))
        self._guard = threading.Lock()
        self._waiting = 0
        self._newest: OrderedDict[str, int] = OrderedDict()  # number of each visit's newest request

    def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """work(…) on the first worker; waits for the result, however long it takes."""
        return self._workers[0].submit(work, *args, **kwargs).result()

    def run_live(self, visit: str, number: int, preview: bool, work: Callable[[], R]) -> R:
        """work() for request `number` of a visit. Raises Busy, or Superseded if a newer one came meanwhile.

        preview: the second worker may do it too, whose last digits may differ.
        """

        def unless_superseded() -> R:
            with self._guard:
                self._waiting -= 1
                superseded = number < self._newest.get(visit, 0)
            if superseded:
                raise Superseded
            return work()

        with self._guard:
            if self._waiting >= MAX_WAITING:
                raise Busy
            self._newest[visit] = max(number, self._newest.get(visit, 0))
            self._newest.move_to_end(visit)
            if len(self._newest) > MAX_VISITS:
                self._newest.popitem(last=False)
            self._waiting += 1
            workers = self._workers if preview else self._workers[:1]
            result = min(workers, key=lambda worker: worker.length).submit(unless_superseded)
        return result.result()


class Worker:
    """A thread that computes, and the requests that wait for it, in the order in which they came."""

    def __init__(self, name: str, threads: int | None = None) -> None:
        start = functools.partial(torch.set_num_threads, threads) if threads else None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=start)
        self._guard = threading.Lock()
        self.length = 0

    def submit(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        def done(_: Future) -> None:
            with self._guard:
                self.length -= 1

        with self._guard:  # counted and queued at once, so that the order is that of the count
            self.length += 1
            result = self._thread.submit(work, *args, **kwargs)
        result.add_done_callback(done)
        return result


def timed(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> tuple[R, float]:
    """work(…) and the seconds it took, without those of waiting in the queue."""
    started = time.perf_counter()
    return work(*args, **kwargs), time.perf_counter() - started
