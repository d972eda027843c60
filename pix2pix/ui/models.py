"""Loaded models, whose turn it is to use them, and the one thread that does.

One picture at a time: on a CPU two forward passes at once only make both visitors wait longer. Live
requests do not pass Gradio's queue, so they queue here, shortly: who has drawn on since is let go, and
when too many wait the next one is told so at once. Knows nothing about components.
"""

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import torch
from PIL import Image

from pix2pix.checkpoints import available
from pix2pix.inference import TranslatorPool
from pix2pix.tasks import TASKS, find_task

MAX_LOADED = 4
"""Models kept in memory; the least recently used one goes."""

MAX_WAITING = 24
"""Live requests that may wait for the model. Each holds one of the server's forty threads."""

MAX_VISITS = 4096
"""Visits of which the newest request's number is remembered."""


P, R = ParamSpec("P"), TypeVar("R")


class Busy(Exception):
    """Too many others are waiting; ask again in a moment."""


class Stale(Exception):
    """The same visitor has drawn on since."""


@functools.cache
def translators() -> TranslatorPool:
    """The pool, made when the first picture is wanted; its models are loaded on first use."""
    return TranslatorPool(device="auto", limit=MAX_LOADED)


def trained_tasks() -> list[str]:
    """Names of the tasks that have weights, in the order of the page."""
    there = set(available())
    return [name for name in TASKS if name in there]


class Turns:
    """The thread that computes with torch, a helper for busy hours, and the lines before them.

    OpenMP gives every thread that computes helpers of its own. With more of them than processors they no
    longer wait for each other awake, and a picture takes twice as long; the server has dozens of threads. So
    one thread computes for all. Only on two processors live pictures have a second one, which computes alone:
    two pictures at once on one processor each are sooner done than one after the other on both.
    """

    def __init__(self) -> None:
        self._lines = [Line("model")]
        if torch.get_num_threads() == 2 and not torch.cuda.is_available():
            self._lines.append(Line("model-helper", threads=1))
        self._guard = threading.Lock()
        self._waiting = 0
        self._newest: OrderedDict[str, int] = OrderedDict()  # number of each visit's newest request

    def take(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """work(…), when its turn comes; waits for the result, however long it takes."""
        return self._lines[0].join(work, *args, **kwargs).result()

    def take_live(
        self, visit: str, number: int, hurried: bool, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The same for request `number` of a visit. Raises Busy, or Stale if a newer one came meanwhile.

        hurried: the helper may do it too, whose last digits may differ.
        """

        def unless_overtaken() -> R:
            with self._guard:
                self._waiting -= 1
                overtaken = number < self._newest.get(visit, 0)
            if overtaken:
                raise Stale
            return work(*args, **kwargs)

        with self._guard:
            if self._waiting >= MAX_WAITING:
                raise Busy
            self._newest[visit] = max(number, self._newest.get(visit, 0))
            self._newest.move_to_end(visit)
            if len(self._newest) > MAX_VISITS:
                self._newest.popitem(last=False)
            self._waiting += 1
            shortest = min(self._lines if hurried else self._lines[:1], key=lambda line: line.length)
            picture = shortest.join(unless_overtaken)
        return picture.result()


class Line:
    """A thread that works, and who waits for it: first come, first served."""

    def __init__(self, name: str, threads: int | None = None) -> None:
        start = functools.partial(torch.set_num_threads, threads) if threads else None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=start)
        self._guard = threading.Lock()
        self.length = 0

    def join(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        def leave(_: Future) -> None:
            with self._guard:
                self.length -= 1

        with self._guard:
            self.length += 1
        result = self._worker.submit(work, *args, **kwargs)
        result.add_done_callback(leave)
        return result


turns = Turns()


def timed(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> tuple[R, float]:
    """work(…) and the seconds it took, without those of waiting for a turn."""
    started = time.perf_counter()
    return work(*args, **kwargs), time.perf_counter() - started


class Hurry:
    """How many threads a picture on the move gets: whichever number was quicker lately.

    Two processors halve the time of a picture while they are free; where a browser or other visitors want
    one of them, the threads wait for each other at every layer and a single one is quicker.
    """

    PROBE = 16  # each so many pictures the other number is tried

    def __init__(self, all_threads: int) -> None:
        self.choices = sorted({1, all_threads})
        self.seconds: dict[int, float] = {}  # of a picture, by number of threads; older ones count less
        self.pictures = 0

    def choose(self) -> int:
        untried = [number for number in self.choices if number not in self.seconds]
        if untried:
            return untried[-1]
        self.pictures += 1
        best = min(self.choices, key=self.seconds.__getitem__)
        others = [number for number in self.choices if number != best]
        return others[0] if others and self.pictures % self.PROBE == 0 else best

    def note(self, number: int, seconds: float) -> None:
        self.seconds[number] = 0.7 * self.seconds.get(number, seconds) + 0.3 * seconds


@functools.cache
def hurry() -> Hurry:
    return Hurry(torch.get_num_threads())


def make_picture(
    task_name: str, drawing: Image.Image, seed: int | None, hurried: bool = False
) -> Image.Image:
    """One forward pass, for `turns`. Raises ValueError where the checkpoint is missing.

    hurried: a picture on the move; its number of threads, and so the last digit of a pixel, may vary.
    """
    try:
        translator = translators().get(find_task(task_name).name)
    except ValueError:
        # Not the loader's own words: they name folders of this machine.
        there = ", ".join(trained_tasks()) or "none"
        raise ValueError(f"no weights for {task_name!r} are here; there are: {there}") from None
    pace = hurry()
    if not hurried or translator.device.type != "cpu" or torch.get_num_threads() == 1:
        return translator.translate(drawing, seed=seed)
    number = pace.choose()
    torch.set_num_threads(number)
    try:
        picture, seconds = timed(translator.translate, drawing, seed=seed)
        pace.note(number, seconds)
        return picture
    finally:
        torch.set_num_threads(pace.choices[-1])
