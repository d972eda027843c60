"""Tasks of your own on the page: any checkpoint folder that serves none of the known tasks becomes a tile.

Title, line, canvas and palette are settings of its run (`train.py --title … --canvas …`), kept in its
config.json; what is not set is guessed from the kind of pairs. Knows no component.
"""

from typing import Any

from pix2pix.checkpoints import available, find, load_settings
from pix2pix.tasks import TASKS, Task, base_task, parse_palette

CANVAS_OF = {"soft-edges": "lines", "edges": "lines", "lines": "lines", "holes": "mask"}  # by kind of pairs

_registered: set[str] = set()


def register_own_tasks() -> list[str]:
    """Add a task for each checkpoint of one's own to TASKS, after the known ones; returns their names.

    A checkpoint named like a comparison, such as facades-l1, belongs to its task unless it has a title. One
    whose config cannot be read is left out.
    """
    for name in _registered:
        TASKS.pop(name, None)
    _registered.clear()
    for name in available():
        if name in TASKS:
            continue
        try:
            settings = load_settings(find(name))
            task = own_task(name, settings)
        except (ValueError, KeyError, TypeError):
            continue
        if base_task(name) in TASKS and not settings.get("recipe", {}).get("title"):
            continue
        TASKS[name] = task
        _registered.add(name)
    return sorted(_registered)


def own_task(name: str, settings: dict[str, Any]) -> Task:
    """The task that a checkpoint's config describes. ValueError for a palette that is none."""
    run = settings.get("recipe", {})
    palette = parse_palette(run.get("palette", ""))
    canvas = run.get("canvas") or ("labels" if palette else CANVAS_OF.get(run.get("pairs", ""), "photo"))
    if canvas == "labels" and len(palette) < 2:
        canvas = "photo"  # label maps can be uploaded, but not be painted without their colors
    title = run.get("title") or name.replace("-", " ").replace("_", " ").capitalize()
    names = [label for label, _ in palette] or ["", ""]
    if canvas != "labels":
        return Task(name, title, run.get("line", ""), canvas)
    return Task(name, title, run.get("line", ""), canvas, palette, ground=names[0], brush=names[1])
