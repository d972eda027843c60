"""Which drawing the Samples and Patch sizes tabs work on: the canvas's, an example, or a validation input.

The host may set $PIX2PIX_DATA to a folder of training data (or to its façades alone); then a validation
label map can be chosen too, and where the drawing is one, its real photo is known. Knows no component.
"""

import functools
import hashlib
import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pix2pix.decoding.worker import load_upload
from pix2pix.images import flatten, load_image, split_halves
from pix2pix.tasks import find_task
from pix2pix.ui.drawing import prepare, read_value
from pix2pix.ui.tiles import examples_of

SOURCES = ("canvas", "example", "validation")
FACADES = "facades"
SAME = 6.0
"""Mean difference, in levels of 255, of two label maps made 16 pixels wide below which they are the same."""


@dataclass(frozen=True)
class Input:
    """A drawing to work on. name: where it comes from, for the page. photo: its real photo, where known.

    source: one of SOURCES; "example" also where the canvas had nothing that fits.
    """

    task: str
    drawing: Image.Image
    name: str
    source: str
    photo: Image.Image | None = None


def choose_input(
    value: object, source: str = "canvas", only: str = "", name: str = "", avoid: str = ""
) -> Input:
    """The canvas's value and the visitor's wish → a drawing.

    only: the one task that is of use, "" for any. name: the example or validation input to show again; "" for
    any but the one called `avoid`. Raises ValueError in one line where there is neither drawing nor example.
    """
    if source not in SOURCES:
        raise ValueError(f"the source is {source!r}; expected one of: {', '.join(SOURCES)}")
    try:
        task, drawing, _ = read_value(value)
    except ValueError:
        if not only and source == "canvas":
            raise
        task, drawing = only, None
    if source == "validation":
        return _validation_input(name, avoid)
    if source == "canvas" and drawing is not None and task == (only or task):
        return Input(task, drawing, "the drawing on the Draw tab", "canvas", real_photo(task, drawing))
    return _example_input(only or task, name, avoid)


def read_wish(asked: Mapping) -> dict[str, str]:
    """The part of what a tab's script sends that is for `choose_input`."""
    given = {key: str(asked.get(key) or "")[:80] for key in ("source", "name", "avoid")}
    return {**given, "source": given["source"] or "canvas"}


def _example_input(task: str, name: str, avoid: str) -> Input:
    paths = examples_of(task)
    if not paths:
        raise ValueError(f"there is no example of {find_task(task).title} here: draw one on the Draw tab")
    same = [path for path in paths if _spoken(path) == name]
    others = [path for path in paths if _spoken(path) != avoid] if avoid else paths[:1]
    path = same[0] if same else random.choice(others or paths)
    drawing = prepare(find_task(task), load_image(path))
    return Input(task, drawing, _spoken(path), "example", real_photo(task, drawing))


def _spoken(path: Path) -> str:
    """03-shop-front.png → "shop front"."""
    return path.stem.lstrip("0123456789-").replace("-", " ")


def _validation_input(name: str, avoid: str) -> Input:
    pairs = validation_pairs()
    if not pairs:
        raise ValueError("no validation photos are here: PIX2PIX_DATA names no folder with facades/val")
    names = [f"validation pair {pair.name}" for pair in pairs]
    others = [index for index, each in enumerate(names) if each != avoid]
    which = names.index(name) if name in names else random.choice(others or [0])
    drawing = prepare(find_task(FACADES), pairs[which].labels)
    return Input(FACADES, drawing, names[which], "validation", pairs[which].photo)


# --- Real photos --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A validation pair: its file's name, the label map as it is on disk, and the photo."""

    name: str
    labels: Image.Image
    photo: Image.Image


def validation_pairs() -> tuple[Pair, ...]:
    """The façades' validation pairs below $PIX2PIX_DATA, read once; none where there are none."""
    return _read_pairs(os.environ.get("PIX2PIX_DATA") or "")


@functools.lru_cache(maxsize=2)
def _read_pairs(folder: str) -> tuple[Pair, ...]:
    # Not by data.py: that is training's, and needs libraries that a machine for the page alone lacks.
    places = [Path(folder, *parts) for parts in ((FACADES, "val"), ("val",))] if folder else []
    found = []
    for path in next((sorted(place.iterdir()) for place in places if place.is_dir()), []):
        try:
            photo, labels = split_halves(flatten(load_image(path)), str(path))
        except ValueError:
            continue  # not a picture, or not a pair
        found.append(Pair(path.stem, labels, photo))
    return tuple(found)


def real_photo(task: str, drawing: Image.Image) -> Image.Image | None:
    """The photo that belongs to a validation label map; None for any other drawing."""
    pairs = validation_pairs() if task == FACADES else ()
    if not pairs:
        return None
    differences = np.abs(_gist(drawing) - _gists(os.environ["PIX2PIX_DATA"])).mean((1, 2, 3))
    which = int(differences.argmin())
    return pairs[which].photo if differences[which] < SAME else None


@functools.lru_cache(maxsize=2)
def _gists(folder: str) -> np.ndarray:
    return np.stack([_gist(pair.labels) for pair in _read_pairs(folder)])


def _gist(labels: Image.Image) -> np.ndarray:
    """Any size → float32 (16, 16, 3); JPEG's noise averages out, a window more does not."""
    small = labels.convert("RGB").resize((16, 16), Image.Resampling.BOX)
    return np.asarray(small, np.float32)


def fingerprint(chosen: Input, *settings: object) -> str:
    """Short, and the same for the same drawing and settings."""
    digest = hashlib.sha256(chosen.drawing.tobytes())
    digest.update(repr((chosen.task, chosen.drawing.size, *settings)).encode())
    return digest.hexdigest()[:16]


def read_upload(path: str | None) -> Image.Image:
    """A file that a program sent. ValueError in one line that does not tell the server's path of it."""
    if not path:
        raise ValueError("no image was given")
    return load_upload(path)
