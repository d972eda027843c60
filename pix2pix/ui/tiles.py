"""The task tiles, and the finished example that the page opens with.

The pictures on the tiles are made once by the models themselves and kept in a cache folder of the host, keyed
by weights and drawing, so that a second start of the page loads no model at all.
"""

import hashlib
import os
from pathlib import Path

from PIL import Image

from pix2pix.checkpoints import THUMB, find, load_settings
from pix2pix.examples import example_paths
from pix2pix.files import replacing
from pix2pix.images import load_image
from pix2pix.inference.full_size import offered_sizes
from pix2pix.tasks import TASKS, Task
from pix2pix.ui import pool, web
from pix2pix.ui.drawing import SEED, encode_webp, prepare
from pix2pix.ui.hints import LINES
from pix2pix.ui.model_cards import license_line

SWATCHES = 6
"""Typical colors shown for a model that knows color wishes."""

THUMB_SIDE = 112
"""Pixels; shown at half that size, for sharp screens."""


def examples_of(task_name: str) -> list[Path]:
    """The project's own drawings for a task; empty where there are none yet."""
    try:
        return list(example_paths(task_name))
    except (ValueError, OSError):
        return []


def task_tiles(names: list[str] | None = None) -> list[dict]:
    """What the canvas needs to know about every task, in the order of the page.

    names: of trained tasks, for a page that has these alone.
    """
    trained = set(pool.trained_tasks())
    shown = TASKS.values() if names is None else [TASKS[name] for name in names]
    return [_tile(task, task.name in trained) for task in shown]


def _tile(task: Task, ready: bool) -> dict:
    examples = examples_of(task.name)
    picture = first_picture(task) if ready and examples else None
    if picture is None:
        picture = load_image(examples[0]) if examples else own_picture(task)
    return {
        "name": task.name,
        "title": task.title,
        "line": task.line,
        "canvas": task.canvas,
        "palette": [[name, list(color)] for name, color in task.palette],
        "ground": task.ground,
        "brush": task.brush,
        "gray": ready and sees_gray(task.name),
        "colors": wish_colors(task.name) if ready else [],
        "sizes": sizes_offered(task.name) if ready else [],
        "fills": task.name in LINES,
        "ready": ready,
        "examples": len(examples),
        "thumb": "" if picture is None else publish(_square(picture, THUMB_SIDE), quality=72),
        "license": license_line(task.name) if ready else "",
    }


def sizes_offered(task_name: str) -> list[str]:
    """In which sizes a result can be saved. The network's own alone where the checkpoint cannot be read."""
    try:
        return list(offered_sizes(load_settings(find(task_name))))
    except (ValueError, OSError):
        return ["256"]


def wish_colors(task_name: str) -> list[str]:
    """Typical colors of the training photos ("#rrggbb") that may be wished for; empty for most models."""
    try:
        settings = load_settings(find(task_name))
    except (ValueError, OSError):
        return []
    if not settings.get("color_wish"):
        return []
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in typical(settings.get("colors", []), SWATCHES)]


def typical(colors: list, count: int) -> list[tuple[int, int, int]]:
    """Colors that differ most from each other: the first one, then always the one farthest from those."""
    left = [tuple(color) for color in colors]
    chosen = left[len(left) // 2 :][:1]
    while left and len(chosen) < min(count, len(set(left))):
        chosen.append(max(left, key=lambda one: min(_distance(one, other) for other in chosen)))
    return sorted(chosen, key=sum)


def _distance(one: tuple, other: tuple) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def sees_gray(task_name: str) -> bool:
    """Whether the model is given the lightness of a photo without its colors."""
    try:
        return load_settings(find(task_name))["input_kind"] == "grey"
    except (ValueError, OSError):
        return False


def start_of_page(names: list[str] | None = None) -> dict:
    """The task to open with, its first drawing and the finished picture. names: as for `task_tiles`."""
    trained = pool.trained_tasks() if names is None else names
    task = TASKS["edges2cats" if "edges2cats" in trained or not trained else trained[0]]
    start = {"task": task.name, "drawing": "", "picture": "", "example": "", "seed": SEED}
    examples = examples_of(task.name)
    if examples:
        start["example"] = examples[0].name
        start["drawing"] = publish(load_image(examples[0]))
        picture = first_picture(task) if trained else None
        start["picture"] = "" if picture is None else publish(picture, quality=90)
    return start


def start_pictures() -> list[str]:
    """Addresses of the drawing and the picture that the page opens with; empty where there are none."""
    start = start_of_page()
    return [start["drawing"], start["picture"]] if start["picture"] else []


def publish(image: Image.Image, quality: int | None = None) -> str:
    """The picture's address on this page; exact without a quality."""
    return web.publish(encode_webp(image, quality), "image/webp")


def first_picture(task: Task) -> Image.Image | None:
    """The model's picture of the task's first example. None where the model cannot be used."""
    example = examples_of(task.name)[0]
    try:
        kept = _cache_folder() / f"{task.name}-{_fingerprint(find(task.name), example)}.png"
        if kept.is_file():
            return load_image(kept)
        picture = pool.queue.run(pool.make_picture, task.name, prepare(task, load_image(example)), SEED)
    except (ValueError, OSError):
        return None
    try:
        with replacing(kept) as unfinished:
            picture.save(unfinished, "PNG")
    except OSError:
        pass  # a read-only home only means that the next start makes the picture again
    return picture


def own_picture(task: Task) -> Image.Image | None:
    """What the run of a task of one's own kept for its tile, if anything."""
    try:
        return load_image(find(task.name) / THUMB)
    except (ValueError, OSError):
        return None


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pix2pix-studio"


def _fingerprint(checkpoint: Path, example: Path) -> str:
    digest = hashlib.sha256(example.read_bytes())
    weights = checkpoint / "generator.safetensors"
    digest.update(weights.read_bytes())
    return digest.hexdigest()[:16]


def _square(image: Image.Image, side: int) -> Image.Image:
    """The middle square, scaled down."""
    width, height = image.size
    edge = min(width, height)
    left, top = (width - edge) // 2, (height - edge) // 2
    cropped = image.convert("RGB").crop((left, top, left + edge, top + edge))
    return cropped.resize((side, side), Image.Resampling.LANCZOS)
