"""What the canvas sends ↔ PIL pictures.

The canvas speaks data URLs inside small dictionaries. Knows nothing about models or components.
"""

import base64
import binascii
import io
from collections.abc import Mapping

from PIL import Image

from pix2pix.decoding.worker import MOST, load_upload
from pix2pix.images import flatten, snap_to_palette
from pix2pix.tasks import Task, find_task

MAX_CHARACTERS = 3_000_000
"""Longest data URL that is decoded: a 512 × 512 photo as PNG, the largest thing the canvas sends, is 1 MB."""

MAX_SIDE = 1024
"""Larger pictures are made smaller before anything else is done with them; models see 256 pixels."""

MAX_FULL = 30_000_000
"""Pixels of a photo whose result is wanted at its own size."""

SEED = 0


def decode_data_url(url: object) -> Image.Image:
    """`data:image/png;base64,…` → PIL RGB or RGBA. Raises ValueError for anything else."""
    if not isinstance(url, str) or not url.startswith("data:image/"):
        raise ValueError("no drawing came with the request (expected a data:image/… URL)")
    if len(url) > MAX_CHARACTERS:
        raise ValueError(f"the drawing is too large ({len(url):,} characters; at most {MAX_CHARACTERS:,})")
    try:
        content = base64.b64decode(url.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the drawing was damaged on its way (not base64)") from None
    return load_upload(content)


def encode_png(image: Image.Image) -> str:
    """PIL → `data:image/png;base64,…`, exact."""
    return _encode(image, "PNG", "png", compress_level=1)


def encode_jpeg(image: Image.Image, quality: int = 92) -> str:
    """PIL → `data:image/jpeg;base64,…`: an eighth of a PNG's size and time, for pictures that move."""
    return _encode(flatten(image), "JPEG", "jpeg", quality=quality, subsampling=0)


def encode_webp(image: Image.Image, quality: int | None = None) -> bytes:
    """PIL → WebP, exact without a quality: half a JPEG's or PNG's bytes, for what is encoded once."""
    buffer = io.BytesIO()
    if quality is None:
        image.save(buffer, "WEBP", lossless=True, method=6)
    else:
        flatten(image).save(buffer, "WEBP", quality=quality, method=6)
    return buffer.getvalue()


def _encode(image: Image.Image, kind: str, subtype: str, **options: int) -> str:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return f"data:image/{subtype};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def load_full(source: str, task: Task) -> Image.Image:
    """A file for a result at its own size. ValueError for more pixels than a request may cost."""
    most = MOST if task.palette else MAX_FULL
    image = load_upload(source, most=None)
    if image.width * image.height > most:
        raise ValueError(
            f"the image is {image.width}×{image.height}; expected at most {most // 1_000_000} megapixels"
        )
    return image


def prepare(task: Task, image: Image.Image, most_side: int | None = MAX_SIDE) -> Image.Image:
    """A drawing as its model wants it: not huge, label maps in palette colors only, holes kept.

    most_side: None leaves a picture as large as it is.
    """
    if most_side and max(image.size) > most_side:
        resample = Image.Resampling.NEAREST if task.palette else Image.Resampling.BICUBIC
        image = image.copy()
        image.thumbnail((most_side, most_side), resample)
    if task.palette:
        return image if _is_snapped(image, task) else snap_to_palette(image, task.palette)
    return image if task.canvas == "mask" else flatten(image)


def _is_snapped(image: Image.Image, task: Task) -> bool:
    """Whether it is all palette colors, as what the canvas draws is: 0.1 ms, where snapping takes 60."""
    colors = image.getcolors(len(task.palette)) if image.mode == "RGB" else None
    return colors is not None and {rgb for _, rgb in colors} <= {rgb for _, rgb in task.palette}


def read_seed(seed: str | float | None) -> int:
    """A whole number from 0 to 999,999; what is missing becomes the page's own seed."""
    if seed is None:
        return SEED
    try:
        number = int(seed)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"the seed must be a whole number, not {seed!r}") from None
    if not 0 <= number <= 999_999:
        raise ValueError(f"the seed must lie between 0 and 999999, not {number}")
    return number


def read_value(value: object) -> tuple[str, Image.Image, int]:
    """The canvas component's value → task name, drawing, seed. Raises ValueError where there is none."""
    if not isinstance(value, Mapping) or not value.get("drawing"):
        raise ValueError("there is no drawing yet: draw something on the Draw tab first")
    task = find_task(str(value.get("task")))
    return task.name, prepare(task, decode_data_url(value["drawing"])), read_seed(value.get("seed"))


def make_value(task_name: str, image: Image.Image | None, seed: int = SEED) -> dict:
    """The reverse of `read_value`; with image None the drawing on the canvas stays."""
    return {
        "task": find_task(task_name).name,
        "drawing": None if image is None else encode_png(image),
        "seed": seed,
    }
