"""Hints for drawings that are far from the training drawings.

Compares a few plain numbers of the drawing with the same numbers of the training drawings. Knows nothing
about models or pages; gives no hint rather than a wrong one.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from pix2pix.tasks import Task, find_task


@dataclass(frozen=True)
class LineStatistics:
    """5th and 95th percentile over the training drawings of a line task, at 256 × 256.

    ink: share of dark pixels. thickness: mean width of a line, px (area over half its outline).
    """

    ink: tuple[float, float]
    thickness: tuple[float, float]


# Printed by `python benchmarks/line_statistics.py --count 120`: training inputs as the recipes draw them.
LINES = {
    "edges2cats": LineStatistics((0.015, 0.103), (0.7, 3.8)),
    "edges2shoes": LineStatistics((0.011, 0.105), (0.7, 3.8)),
    "sketch2portrait": LineStatistics((0.019, 0.181), (0.7, 3.9)),
    "sketch2emoji": LineStatistics((0.072, 0.218), (5.9, 8.5)),
}

MARGIN = 1.6
"""Only what lies this many times outside gets a hint."""


HEADS = ("edges2cats", "sketch2portrait")
TALL = 2.0
"""Width by height of a head's drawing, or the reverse, is less: whiskers and ears included."""


@dataclass(frozen=True)
class Hint:
    """text: one sentence, "" for nothing to say. action: what the page offers with it: "example" or ""."""

    text: str
    action: str = ""


def hint_for(task_name: str, drawing: Image.Image) -> Hint:
    """What to say of a drawing. drawing: as `drawing.prepare` returns it."""
    task = find_task(task_name)
    if task.canvas == "lines":
        return _line_hint(task, drawing)
    if task.canvas == "labels":
        return Hint(_label_hint(task, drawing))
    if task.canvas == "mask":
        return Hint(_mask_hint(drawing))
    return Hint("")


def _line_hint(task: Task, drawing: Image.Image) -> Hint:
    ink, thickness = ink_and_thickness(drawing)
    if ink == 0:
        return Hint("An empty canvas: the picture is the model's guess. Start with the outline.", "example")
    seen = LINES.get(task.name)
    if seen is None:
        return Hint("")
    if thickness > MARGIN * seen.thickness[1] + 0.5:
        return Hint("Your lines are much thicker than in training: try a thinner pen.")
    if ink > MARGIN * seen.ink[1]:
        return Hint("That is far more ink than in training: fewer lines often look more real.", "example")
    across, down = ink_size(drawing)
    if task.name in HEADS and not 1 / TALL < across / down < TALL:
        return Hint("This model knows heads only, seen from the front.", "example")
    if ink < seen.ink[0] / (2 * MARGIN):
        return Hint(
            "Only a few lines yet: the more of the outline there is, the more the model has to go by."
        )
    return Hint("")


def ink_size(drawing: Image.Image) -> tuple[int, int]:
    """Width and height in px of the box that holds all dark pixels, at 256 × 256; at least 1."""
    dark = np.asarray(drawing.convert("L").resize((256, 256), Image.Resampling.BOX)) < 128
    across, down = np.flatnonzero(dark.any(0)), np.flatnonzero(dark.any(1))
    if not len(across):
        return 1, 1
    return int(across[-1] - across[0] + 1), int(down[-1] - down[0] + 1)


def ink_and_thickness(drawing: Image.Image) -> tuple[float, float]:
    """Share of dark pixels, and mean width of a line in px, at 256 × 256; see `LineStatistics`."""
    dark = np.asarray(drawing.convert("L").resize((256, 256), Image.Resampling.BOX)) < 128
    outline = np.count_nonzero(dark[:, 1:] != dark[:, :-1]) + np.count_nonzero(dark[1:] != dark[:-1])
    return float(dark.mean()), 2 * np.count_nonzero(dark) / max(1, outline)


def _label_hint(task: Task, drawing: Image.Image) -> str:
    counts = drawing.getcolors(len(task.palette))
    if counts is None:
        return ""  # not snapped: nothing certain can be said
    pixels = {rgb: count / (drawing.width * drawing.height) for count, rgb in counts}
    share = {name: pixels.get(rgb, 0.0) for name, rgb in task.palette}
    used = {name for name, part in share.items() if part > 0.001}
    if len(used) == 1:
        return f"All {next(iter(used))} so far: paint some {task.brush}s and watch what happens."
    if task.name == "facades":
        if "window" not in used:
            return "No windows yet: every façade in training had some, so the model expects them."
        if share["window"] > 0.6:
            return "Very large windows: in training they cover about a fifth of a façade."
    return ""


def _mask_hint(drawing: Image.Image) -> str:
    if drawing.mode != "RGBA":
        return "Brush over something, and the model fills it in."
    hole = np.mean(np.asarray(drawing.getchannel("A")) < 128)
    if hole == 0:
        return "Brush over something, and the model fills it in."
    if hole > 0.5:
        return "More than half of the photo is gone: smaller holes are filled in more believably."
    return ""
