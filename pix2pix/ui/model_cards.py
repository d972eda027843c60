"""Model cards for the page: what a checkpoint was trained on, under which license, and its limits."""

import json
import re
from pathlib import Path

from pix2pix.cards import DATA
from pix2pix.checkpoints import find
from pix2pix.images import load_image
from pix2pix.tasks import TASKS, find_task
from pix2pix.ui.drawing import encode_jpeg

SAID = {"data": "Trained on", "license": "License of the data", "use": "Use"}

SHEET_SIDE = 960
"""Pixels: a model card's sample grid is shown no larger."""


def model_card(task_name: str) -> str:
    """The checkpoint's README.md as Markdown, its sample grid inlined, without front matter and HTML."""
    try:
        folder, text = _read_card(task_name)
    except (ValueError, OSError):
        title = TASKS[task_name].title if task_name in TASKS else task_name
        return f"No weights for “{title}” are here yet, so there is no model card either."
    text = re.sub(r"<[^>]+>", "", text)
    return re.sub(r"!\[([^\]]*)\]\(([^)]*)\)", lambda match: _inline(folder, *match.groups()), text).strip()


def _inline(folder: Path, words: str, name: str) -> str:
    """A picture next to the card as a data URL, since its path means nothing here. "" if it is missing."""
    path = folder / name
    if path.parent != folder:
        return ""
    try:
        picture = load_image(path)
    except ValueError:
        return ""
    picture.thumbnail((SHEET_SIDE, SHEET_SIDE))
    return f"![{words}]({encode_jpeg(picture, quality=85)})"


def license_line(task_name: str) -> str:
    """One line on what the model was trained on and what follows for its use; "" where nothing is said.

    From the checkpoint's card.json, next to its weights.
    """
    try:
        said = json.loads((find(find_task(task_name).name) / DATA).read_text(encoding="utf-8"))
        told = [f"{words}: {said[key]}" for key, words in SAID.items() if said.get(key)]
    except (ValueError, OSError, AttributeError):
        return ""
    return ". ".join(told) + "." if told else ""


def _read_card(task_name: str) -> tuple[Path, str]:
    """Checkpoint folder, and its card without front matter."""
    folder = find(find_task(task_name).name)
    text = (folder / "README.md").read_text(encoding="utf-8")
    if text.startswith("---"):
        text = text.partition("---")[2].partition("\n---")[2]
    return folder, text
