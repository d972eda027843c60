"""Loaded models, whose turn it is to use them, and the one thread that does.

One picture at a time: on a CPU two forward passes at once only make both visitors wait longer. Live
requests do not pass Gradio's queue, so they queue here, shortly: who has drawn on since is let go, and
when too many wait the next one is told so at once. Knows nothing about components.
"""

import functools
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import torch
from PIL import Image

from pix2pix.checkpoints import available, is_available
from pix2pix.inference import TranslatorPool
from pix2pix.tasks import TASKS

MAX_LOADED = 4
"""Models kept in memory; the least recently used one goes."""

MAX_WAITING = 24
"""Live requests that may wait for the model. Each holds one of the server's forty threads."""

MAX_VISITS = 4096
"""Visits of which the newest request's number is remembered."""


P, R = ParamSpec("P"), TypeVar("R")
_thread = ThreadPoolExecutor(1, thread_name_prefix="model")


def on_model_thread(work: Callable[P, R]) -> Callable[P, R]:
    """A function that computes with torch, run by the one thread that may.

    OpenMP gives every thread that computes helpers of its own. With more of them than processors they no
    longer wait for each other awake, and a picture takes twice as long; the server has dozens of threads.
    """

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if threading.current_thread().name.startswith("model"):
            return work(*args, **kwargs)
        return _thread.submit(work, *args, **kwargs).result()

    return run


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
    """Who may use the model now, and whose request has been overtaken by a newer one.

    First come, first served: a plain lock would let the quickest visitors in again and again.
    """

    def __init__(self) -> None:
        self._line: deque[threading.Event] = deque()  # the first has the model
        self._guard = threading.Lock()
        self._waiting = 0
        self._newest: OrderedDict[str, int] = OrderedDict()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for the model, however long it takes (requests that come through Gradio's own queue)."""
        mine = threading.Event()
        with self._guard:
            self._line.append(mine)
            self._line[0].set()
        mine.wait()
        try:
            yield
        finally:
            with self._guard:
                self._line.popleft()
                if self._line:
                    self._line[0].set()

    @contextmanager
    def take_live(self, visit: str, number: int) -> Iterator[None]:
        """Wait for the model on behalf of request `number` of a visit. Raises Busy or Stale."""
        with self._guard:
            if self._waiting >= MAX_WAITING:
                raise Busy
            self._newest[visit] = max(number, self._newest.get(visit, 0))
            self._newest.move_to_end(visit)
            if len(self._newest) > MAX_VISITS:
                self._newest.popitem(last=False)
            self._waiting += 1
        waiting = True
        try:
            with self.take():
                with self._guard:
                    self._waiting -= 1
                    waiting = False
                    overtaken = number < self._newest.get(visit, 0)
                if overtaken:
                    raise Stale
                yield
        finally:
            if waiting:
                with self._guard:
                    self._waiting -= 1


turns = Turns()


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


@on_model_thread
def make_picture(
    task_name: str, drawing: Image.Image, seed: int | None, hurried: bool = False
) -> Image.Image:
    """One forward pass. Call it with a turn taken. Raises ValueError where the checkpoint is missing.

    hurried: a picture on the move; its number of threads, and so the last digit of a pixel, may vary.
    """
    if task_name not in TASKS or not is_available(task_name):
        # Not the loader's own words: they name folders of this machine.
        there = ", ".join(trained_tasks()) or "none"
        raise ValueError(f"no weights for {task_name!r} are here; there are: {there}")
    translator = translators().get(task_name)
    pace = hurry()
    if not hurried or translator.device.type != "cpu":
        return translator.translate(drawing, seed=seed)
    number = pace.choose()
    torch.set_num_threads(number)
    try:
        started = time.perf_counter()
        picture = translator.translate(drawing, seed=seed)
        pace.note(number, time.perf_counter() - started)
        return picture
    finally:
        torch.set_num_threads(pace.choices[-1])
