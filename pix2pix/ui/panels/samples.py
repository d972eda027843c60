"""The Samples panel: many pictures of one drawing by dropout alone (paper §3.1, the noise z; its §3.2 notes
how little it changes), their mean, and where they differ. Also the `/sample` endpoint.

The handlers are plain functions; `build_samples_panel` puts them on the page.
"""

from collections.abc import Mapping
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from pix2pix.checkpoints import available
from pix2pix.evaluation.color_statistics import spread
from pix2pix.models.generator import NOISY_LAYERS
from pix2pix.tasks import TASKS, find_task
from pix2pix.ui import pool, zerogpu
from pix2pix.ui.drawing import decode_data_url, encode_png, make_value, prepare, read_seed
from pix2pix.ui.inputs import Input, choose_input, fingerprint, read_upload, read_wish
from pix2pix.ui.panels.component import build_panel
from pix2pix.ui.scales import HEAT, css_gradient, nice_top, paint

COUNTS = (4, 9, 16)
SEEDS = 1_000_000
TRAINED_RATE = 0.5
COLORED = 4
"""Samples in the second row, of models that know color wishes."""


def make_samples(canvas_value: object, asked: object) -> dict[str, Any]:
    """The canvas's value and what the visitor asks for → everything that the tab shows.

    asked: source, name, avoid (see `choose_input`), count, seed, rate, layers (three booleans), and `seen`,
    the fingerprint of what is shown already. Returns {"same": True} where nothing would change, or
    {"error": …}.
    """
    try:
        asked = asked if isinstance(asked, Mapping) else {}
        chosen = choose_input(canvas_value, **read_wish(asked))
        count, seed = int(asked.get("count") or 9), read_seed(asked.get("seed"))
        rate, layers = read_rate(asked.get("rate")), read_layers(asked.get("layers"))
        if count not in COUNTS:
            raise ValueError(f"{count} samples were asked for; expected 4, 9 or 16")
        mark = fingerprint(chosen, count, seed, rate, layers)
        if mark == asked.get("seen"):
            return {"same": True}
        return {**show_samples(chosen, count, seed, rate, layers), "seen": mark}
    except (ValueError, TypeError, OverflowError) as error:  # int(inf) overflows
        return {"error": str(error)}


def show_samples(
    chosen: Input, count: int, seed: int, rate: float, layers: tuple[bool, ...]
) -> dict[str, Any]:
    """Run the model and put pictures, mean, σ map and words together, all as data URLs and text."""
    seeds = [(seed + number) % SEEDS for number in range(count)]
    pictures, seconds = draw_samples(chosen.task, chosen.drawing, seeds, rate, layers)
    # What the dropout does not do: the same seeds, with colors drawn from the training photos as well.
    wished: list[Image.Image] = []
    more = 0.0
    if pool.translators().get(chosen.task).knows_colors:
        wished, more = draw_samples(chosen.task, chosen.drawing, seeds[:COLORED], rate, layers, color="seed")
    mean, sigma = spread(pictures)
    top = nice_top(sigma)
    return {
        "task": chosen.task,
        "title": find_task(chosen.task).title,
        "name": chosen.name,
        "source": chosen.source,
        "drawing": encode_png(chosen.drawing),
        "pictures": [
            {"seed": number, "picture": encode_png(picture)}
            for number, picture in zip(seeds, pictures, strict=True)
        ],
        "wished": [
            {"seed": number, "picture": encode_png(picture)}
            for number, picture in zip(seeds, wished, strict=False)
        ],
        "mean": encode_png(Image.fromarray(mean)),
        "sigma": encode_png(paint(sigma, top, HEAT)),
        "top": top,
        "mean_sigma": float(sigma.mean()),
        "words": describe_spread(sigma, rate, layers),
        # The Draw tab knows only the noise of training, so only its pictures can be had there again.
        "repeatable": rate == TRAINED_RATE and all(layers),
        "seconds": seconds + more,
    }


def draw_samples(
    task: str,
    drawing: Image.Image,
    seeds: list[int],
    rate: float | None = None,
    layers: tuple[bool, ...] = (True,) * NOISY_LAYERS,
    color: str | None = None,
) -> tuple[list[Image.Image], float]:
    """One picture for each seed, and the seconds it took. ValueError where the task has no weights.

    color: None for dropout alone, "seed" for colors that the seeds draw.
    """
    if task not in available():
        raise ValueError(f"no weights for {task!r} are here; there are: {', '.join(pool.trained_tasks())}")
    return zerogpu.run(task, "sample", drawing, seeds, rate, layers, color)


def describe_spread(sigma: np.ndarray, rate: float, layers: tuple[bool, ...]) -> str:
    """What the σ map means, in two or three sentences. sigma: (H, W) in levels of 255."""
    if rate == 0 or not any(layers):
        return (
            "No noise enters anywhere, so every picture is the same: the generator without noise is a "
            "deterministic function of the drawing."
        )
    mean = sigma.mean()
    if mean < 2:
        seen = "You will hardly find a difference by eye."
    elif mean < 6:
        seen = "Side by side they look alike; the σ map finds where they are not."
    elif mean < 15:
        seen = "In places you can see it, while the picture as a whole stays the same."
    else:
        seen = "That is a lot: whole parts of the picture change."
    share = np.sort(sigma, axis=None)[-(sigma.size // 10) :].sum() / sigma.sum()
    if share > 0.25:
        seen += f" A tenth of the pixels, those that vary most, holds {share:.0%} of all σ."
    if rate != TRAINED_RATE or not all(layers):
        return f"{seen} This is not the noise of training, so the generator was not taught to live with it."
    if mean < 15:
        return (
            f"{seen} The paper, too, saw only minor randomness: told by L1 what the one right answer was, a "
            "generator learns to ignore most of its noise."
        )
    return f"{seen} The paper saw only minor randomness: this drawing leaves the generator more undecided."


def keep_sample(asked: object) -> dict[str, Any]:
    """A sample that was clicked → the canvas's value: its drawing and seed become the main picture's."""
    asked = asked if isinstance(asked, Mapping) else {}
    drawing = asked.get("drawing")
    return make_value(
        str(asked.get("task")), decode_data_url(drawing) if drawing else None, read_seed(asked.get("seed"))
    ) | {"wish": "" if asked.get("colored") else "none"}


def read_rate(rate: str | float | None) -> float:
    number = TRAINED_RATE if rate is None else float(rate)
    if not 0 <= number <= 0.95:
        raise ValueError(f"the dropout rate is {number}; expected 0 to 0.95 (training used {TRAINED_RATE})")
    return number


def read_layers(layers: object) -> tuple[bool, ...]:
    if layers is None:
        return (True,) * NOISY_LAYERS
    if not isinstance(layers, list | tuple) or len(layers) != NOISY_LAYERS:
        raise ValueError(f"expected {NOISY_LAYERS} switches for the noisy layers, not {layers!r}")
    return tuple(bool(layer) for layer in layers)


def sample(
    image: str | None, task: str, count: float, seed: float, rate: float
) -> tuple[list[tuple[Image.Image, str]], Image.Image, float]:
    """Make several pictures of one drawing; they differ by dropout noise alone.

    Args:
        image: the drawing, label map or photo: PNG, JPEG, WebP, BMP or GIF.
        task: what to make of it, for example "facades" or "edges2cats".
        count: how many pictures, 1 to 16.
        seed: whole number from 0 to 999999; the pictures have this seed and the ones after it.
        rate: dropout rate from 0 to 0.95; training used 0.5.

    Returns:
        The pictures, each with its seed as caption; the map of the standard deviation σ over them (black: 0,
        light: the most); the mean σ in levels of 255.
    """
    try:
        chosen, first, noise = find_task(task), read_seed(seed), read_rate(rate)
        if int(count) != count or not 1 <= count <= max(COUNTS):
            raise ValueError(f"count is {count}; expected a whole number from 1 to {max(COUNTS)}")
        seeds = [(first + number) % SEEDS for number in range(int(count))]
        pictures, _ = draw_samples(chosen.name, prepare(chosen, read_upload(image)), seeds, noise)
    except (ValueError, TypeError, OverflowError) as error:
        raise gr.Error(str(error), print_exception=False) from None
    _, sigma = spread(pictures)
    captions = [f"seed {number}" for number in seeds]
    heat = paint(sigma, nice_top(sigma), HEAT)
    return list(zip(pictures, captions, strict=True)), heat, float(sigma.mean())


def build_samples_panel(canvas: gr.HTML) -> None:
    """Layout and wiring. canvas: the Draw tab's component, source and target of drawing and seed."""
    panel = build_panel("samples", counts=list(COUNTS), trained_rate=TRAINED_RATE, heat=css_gradient(HEAT))
    private = {"api_visibility": "private", "show_progress": "hidden"}
    panel.submit(
        make_samples,
        [canvas, panel],
        panel,
        concurrency_id=pool.CONCURRENCY_ID,
        concurrency_limit=1,
        **private,
    )
    panel.select(keep_sample, panel, canvas, queue=False, **private)


def build_sample_endpoint() -> None:
    """`/sample` for programs."""
    with gr.Column(visible=False):
        image = gr.File(label="image", type="filepath")
        task = gr.Textbox("facades", label="task", info=f"one of {', '.join(TASKS)}")
        count = gr.Number(9, label="count", precision=0)
        seed = gr.Number(0, label="seed", precision=0)
        rate = gr.Number(TRAINED_RATE, label="rate")
        gallery = gr.Gallery(label="pictures", type="pil", format="png")
        heat = gr.Image(label="σ map", type="pil", format="png")
        mean_sigma = gr.Number(label="mean σ, levels of 255")
        button = gr.Button("Sample")
    button.click(
        sample,
        [image, task, count, seed, rate],
        [gallery, heat, mean_sigma],
        api_name="sample",
        concurrency_id=pool.CONCURRENCY_ID,
        concurrency_limit=1,
    )
