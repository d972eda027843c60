"""ZeroGPU on Hugging Face Spaces: a GPU for the seconds of one call, to functions that spaces.GPU decorates.

Its rules: models are put on "cuda" while the app is imported; a decorated function runs in a process of its
own, so that what it is given and returns is pickled; no CUDA tensor is returned. `/translate` and Samples
borrow the GPU. Live drawing stays on the CPU, which has an image sooner than a GPU is given.
"""

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

import torch

from pix2pix.inference import Translator
from pix2pix.tasks import TASKS
from pix2pix.ui import pool
from pix2pix.ui.request_queue import timed

SECONDS, SECONDS_OF_FULL = 10, 60  # asked for; what is asked for must be left of a visitor's quota

_models: dict[str, Translator] = {}
_borrowed: Callable[[str, str, tuple, dict], tuple[Any, float]] | None = None


def load(device: str = "cuda") -> bool:
    """Put every task's model on the GPU, to be called while the app is imported. Returns whether it did.

    Without the package `spaces`, or without a GPU to be lent, nothing is loaded and all stays on the CPU.
    """
    global _borrowed
    if importlib.util.find_spec("spaces") is None or (device == "cuda" and not torch.cuda.is_available()):
        return False
    for name in pool.trained_tasks():
        # fp32: which precisions the GPU has can be asked only once it is there.
        _models[name] = Translator(name, device, "fp32")
    _borrowed = importlib.import_module("spaces").GPU(duration=seconds)(work)
    return True


def seconds(task: str, method: str, given: tuple, named: dict) -> int:
    """How long a call may take; its arguments are those of `work`."""
    return SECONDS_OF_FULL if named.get("size") == "full" else SECONDS


def work(task: str, method: str, given: tuple, named: dict) -> tuple[Any, float]:
    """A method of a task's Translator, in the process that has the GPU: its result and seconds."""
    return timed(getattr(_models[task], method), *given, **named)


def run(task: str, method: str, *given: Any, **named: Any) -> tuple[Any, float]:
    """`translate` or `sample` of a task's Translator: its result, and the seconds it took.

    On a borrowed GPU where `load` found one, else on the queue's worker. Raises ValueError where there is no
    such checkpoint.
    """
    if _borrowed is not None and task in _models:
        # Not through the queue: a GPU has its own, and knows the visitor by this thread's request.
        return _borrowed(task, method, given, named)

    def on_cpu() -> Any:
        translator = pool.translator_of(task) if task in TASKS else pool.translators().get(task)
        return getattr(translator, method)(*given, **named)

    return pool.queue.run(timed, on_cpu)
