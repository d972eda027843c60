"""One request for a picture, as the canvas sends it, read and checked. Knows nothing about models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from pix2pix.color_wish import Color, parse_color
from pix2pix.tasks import Task, find_task
from pix2pix.ui.drawing import decode_data_url, prepare, read_seed

MAX_VISIT = 32
"""Characters of a visit's name that count."""


@dataclass(frozen=True)
class LiveRequest:
    """What picture is wanted, and which request of which visit it is.

    drawing: as the model expects it (`drawing.prepare`). color: the color wished for, None for none, "seed"
    for one that the seed draws. number: counts up within a visit. settled: the pen is up. exact: PNG from the
    first worker instead of a JPEG preview.
    """

    task: Task
    drawing: Image.Image
    seed: int
    color: Color | str | None
    visit: str
    number: int
    settled: bool
    exact: bool


def read_number(number: Any) -> int:
    """The request's place in its visit. ValueError for what is no whole number."""
    try:
        return int(number or 0)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"the request's number must be a whole number, not {number!r}") from None


def read_request(sent: Mapping) -> LiveRequest:
    """The canvas's words → a request. Raises ValueError or TypeError in one line for anything wrong."""
    task = find_task(str(sent.get("task")))
    return LiveRequest(
        task=task,
        drawing=prepare(task, decode_data_url(sent.get("drawing"))),
        seed=read_seed(sent.get("seed")),
        color=parse_color(str(sent.get("color") or "seed")[:40]),
        visit=str(sent.get("visit"))[:MAX_VISIT],
        number=read_number(sent.get("number")),
        settled=bool(sent.get("settled")),
        exact=bool(sent.get("exact")),
    )
