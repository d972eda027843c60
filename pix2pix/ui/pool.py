"""The loaded models, one pool for all panels, and the queue in front of them.

Every panel runs its models through `queue`; nothing else in the page computes. Knows no component.
"""

import functools
import os

import torch
from PIL import Image

from pix2pix.checkpoints import available
from pix2pix.color_wish import Color
from pix2pix.inference import DEFAULT_SEED, Translator, TranslatorPool
from pix2pix.tasks import TASKS, find_task
from pix2pix.ui.request_queue import RequestQueue, timed
from pix2pix.ui.thread_tuner import thread_tuner

MAX_LOADED = 6
"""Models kept in memory; the least recently used one is dropped. A row of the Patch sizes panel has five."""

CONCURRENCY_ID = "model"
"""Every Gradio event that uses a model shares it: one picture at a time."""

queue = RequestQueue()


def forget_previews(task_name: str) -> None:
    """Once the tiles have their pictures: keep the model with which the page opens, drop the others."""
    translators().keep([task_name])


@functools.cache
def translators() -> TranslatorPool:
    """The pool, made when the first picture is wanted; its models are loaded on first use."""
    # A Space with ZeroGPU has a GPU only inside the calls of zerogpu.py.
    device = "cpu" if os.environ.get("PIX2PIX_ZEROGPU") == "1" else "auto"
    return TranslatorPool(device=device, limit=MAX_LOADED)


def trained_tasks() -> list[str]:
    """Names of the tasks that have weights, in the order of the page."""
    there = set(available())
    return [name for name in TASKS if name in there]


def translator_of(task_name: str) -> Translator:
    """The task's translator, loaded where it was not. Raises ValueError where the checkpoint is missing."""
    try:
        return translators().get(find_task(task_name).name)
    except ValueError:
        # Not the loader's own words: they name folders of this machine.
        there = ", ".join(trained_tasks()) or "none"
        raise ValueError(f"no weights for {task_name!r} are here; there are: {there}") from None


def make_picture(
    task_name: str,
    drawing: Image.Image,
    seed: int | None,
    preview: bool = False,
    color: Color | str | None = "seed",
    size: str = "256",
) -> Image.Image:
    """One forward pass, to be run by `queue`. Raises ValueError where the checkpoint is missing.

    preview: the number of threads, and so the last digit of a pixel, may vary. color, size: as for
    `Translator.translate`.
    """
    translator = translator_of(task_name)
    tuner = thread_tuner()
    if not preview or translator.device.type != "cpu" or torch.get_num_threads() == 1:
        return translator.translate(drawing, seed=seed, color=color, size=size)
    number = tuner.choose()
    torch.set_num_threads(number)
    try:
        picture, seconds = timed(translator.translate, drawing, seed=seed, color=color)
        tuner.record(number, seconds)
        return picture
    finally:
        torch.set_num_threads(tuner.choices[-1])


def translate_with(checkpoint: str, drawing: Image.Image) -> Image.Image:
    """One checkpoint's picture of a drawing. ValueError where there is no such checkpoint."""
    return queue.run(lambda: translators().get(checkpoint).translate(drawing, DEFAULT_SEED))
