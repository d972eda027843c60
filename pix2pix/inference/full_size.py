"""What a larger result means for a checkpoint, decided here for command line, endpoint and page.

The networks work at one size. Color, holes and mattes are brought up to the photo; networks whose result is a
local matter are run on the larger image; of all others the image is enlarged. A checkpoint's kinds say which,
and its recipe (`full_size`) says it where they do not.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PIL import Image

from pix2pix.config import FULL_SIZES
from pix2pix.images import flatten, normalise_mode
from pix2pix.inference.full_color import color_photo
from pix2pix.inference.full_fill import fill_holes
from pix2pix.inference.full_matte import cut_out
from pix2pix.inference.full_tiles import translate_tiles

if TYPE_CHECKING:
    from pix2pix.inference.translator import Translator, Wish

SIZES = ("256", "512", "1024", "full")
ENLARGED = 1024  # short side of the full size of what is enlarged
LONGEST = 4  # times the short side, where a size is asked for by number

BY_KIND = {("grey", "ab"): "color", ("holes", "rgb"): "fill", ("rgb", "matte"): "matte"}
OFFERED = {"larger": SIZES, "enlarged": ("256", str(ENLARGED))}
DRAWINGS = ("soft-edges", "lines", "edges")  # kinds of pairs whose inputs are drawings

Progress = Callable[[int, int], None]


def plan_of(settings: Mapping[str, Any]) -> str:
    """A checkpoint's settings → "color", "fill", "matte", "larger" (convolutionally) or "enlarged"."""
    found = BY_KIND.get((settings["input_kind"], settings["output_kind"]))
    if found:
        return found
    recipe = settings["recipe"]
    if not settings["generator"]["skips"]:
        return "enlarged"  # all goes through the 1×1 bottleneck
    if recipe.get("full_size") in FULL_SIZES:
        return recipe["full_size"]
    drawn = recipe.get("pairs") in DRAWINGS or recipe.get("canvas") == "lines"
    return "enlarged" if drawn else "larger"


def offered_sizes(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The sizes to choose from when a result is saved, of SIZES; ("full",) where it is the photo's own."""
    return OFFERED.get(plan_of(settings), ("full",))


def note_of(settings: Mapping[str, Any]) -> str:
    """One line for who asks for a larger size and gets an enlarged image; "" for all others."""
    if plan_of(settings) != "enlarged":
        return ""
    side = settings["generator"]["image_size"]
    return f"{settings['task']}: the network needs its 1×1 bottleneck; its {side}-pixel image is enlarged"


def check_size(size: str) -> str:
    """Raises ValueError in one line for what is none of SIZES."""
    if size not in SIZES:
        raise ValueError(f"size is {size!r}; expected one of: {', '.join(SIZES)}")
    return size


def wanted_size(own: tuple[int, int], size: str, plan: str) -> tuple[int, int]:
    """Width and height of the result for an image of size `own`."""
    if size == "full" and plan != "enlarged":
        return own
    short = ENLARGED if size == "full" else int(size)
    scale = short / min(own)
    width, height = (max(1, min(round(length * scale), LONGEST * short)) for length in own)
    return width, height


def full_picture(
    translator: "Translator",
    image: Image.Image,
    size: str,
    seed: int | None,
    color: "Wish",
    progress: Progress = lambda done, total: None,
) -> Image.Image:
    """image at a larger size: "RGB", or "RGBA" for what is cut out. ValueError for an unknown size."""
    plan = plan_of(translator.settings)
    image = normalise_mode(image) if plan == "fill" else flatten(image)
    wanted = wanted_size(image.size, check_size(size), plan)
    if plan == "enlarged":
        return translator.native(image, seed, color, wanted)
    if image.size != wanted:
        enlarging = wanted[0] > image.width  # Lanczos would ring next to the edges of a label map
        image = image.resize(wanted, Image.Resampling.BICUBIC if enlarging else Image.Resampling.LANCZOS)
    if plan == "larger":
        wish, z = translator.wish(color, seed), translator.large_noise(wanted, seed)
        return translate_tiles(image, translator.side, z, translator.large_work(wish), progress)
    if plan == "fill":
        image = image.convert("RGBA")
        return fill_holes(image, lambda crop: translator.seen(crop, seed, color), translator.side, progress)
    seen, answer = translator.seen(image, seed, color)
    return color_photo(image, seen, answer) if plan == "color" else cut_out(image, answer)
