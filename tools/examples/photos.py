"""Inputs for the tasks that start from a photo: crops of free pictures that scikit-image ships.

Needs scikit-image to write them (only then); the written files stand in examples/ with CREDITS.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from .pen import SIZE, Points, evenly_spaced, smooth
from .saving import few_greys


@dataclass(frozen=True)
class Source:
    """A picture in scikit-image's `data` module: what it shows, who gave it, under which terms."""

    shows: str
    author: str
    licence: str
    link: str


SOURCES: dict[str, Source] = {
    "astronaut": Source("Eileen Collins, astronaut", "NASA", "public domain", "https://flic.kr/p/r9qvLn"),
    "brick": Source(
        "a brick wall", "CC0 Textures (Bricks25)", "CC0", "https://cc0textures.com/view.php?tex=Bricks25"
    ),
    "camera": Source(
        "a man with a camera",
        "Lav Varshney",
        "CC0",
        "https://github.com/scikit-image/scikit-image/issues/3927",
    ),
    "chelsea": Source("Chelsea the cat", "Stefan van der Walt", "CC0", "https://scikit-image.org"),
    "coffee": Source(
        "a cup of coffee", "Rachel Michetti, Pikolo Espresso Bar", "CC0", "https://scikit-image.org"
    ),
    "rocket": Source(
        "Falcon 9 with DSCOVR before its start",
        "SpaceX",
        "public domain",
        "https://www.flickr.com/photos/spacexphotos/16511594820/",
    ),
}
"""Name of the function in `skimage.data` → where its picture comes from, as its documentation says."""


@dataclass(frozen=True)
class Crop:
    """A square of a source: left, top and side in its pixels; mirrored left to right or not."""

    source: str
    left: int
    top: int
    side: int
    mirrored: bool = False

    def photo(self) -> Image.Image:
        """Mode "RGB", 256 x 256."""
        box = (self.left, self.top, self.left + self.side, self.top + self.side)
        picture = _source(self.source).resize((SIZE, SIZE), Image.Resampling.LANCZOS, box=box)
        return ImageOps.mirror(picture) if self.mirrored else picture


@dataclass(frozen=True)
class Hole:
    """What is brushed out: strokes as (width in px, points) and boxes as (left, top, width, height) in px."""

    strokes: tuple[tuple[float, Points], ...] = ()
    boxes: tuple[tuple[int, int, int, int], ...] = ()

    def mask(self) -> Image.Image:
        """Mode "L", 256 x 256: 0 in the hole, 255 around it."""
        mask = Image.new("L", (SIZE, SIZE), 255)
        draw = ImageDraw.Draw(mask)
        for left, top, width, height in self.boxes:
            draw.rectangle((left, top, left + width - 1, top + height - 1), fill=0)
        for width, points in self.strokes:
            for x, y in evenly_spaced(smooth(points), 1):
                draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=0)
        return mask


def in_color(crop: Crop) -> Image.Image:
    """Mode "RGB"."""
    return crop.photo()


def in_grey(crop: Crop) -> Image.Image:
    """Mode "L"."""
    return few_greys(crop.photo(), 128)


def with_hole(crop: Crop, hole: Hole) -> Image.Image:
    """Mode "RGBA", alpha 0 in the hole and 255 around it."""
    picture = crop.photo()
    picture.putalpha(hole.mask())
    return picture


@cache
def _source(name: str) -> Image.Image:
    try:
        from skimage import data
    except ImportError as error:
        raise ValueError(
            "the photo examples are cut from scikit-image's pictures: pip install scikit-image"
        ) from error
    return Image.fromarray(np.asarray(getattr(data, name)())).convert("RGB")


CAT_FACE = Crop("chelsea", 70, 0, 300)
CAT_CLOSE = Crop("chelsea", 118, 60, 216)
CAT_LEFT = Crop("chelsea", 0, 0, 300)
CAT_MIRRORED = Crop("chelsea", 84, 0, 300, mirrored=True)
PORTRAIT = Crop("astronaut", 98, 0, 256)
ASTRONAUT = Crop("astronaut", 0, 0, 512)
CUP = Crop("coffee", 90, 0, 400)
CUP_CLOSE = Crop("coffee", 150, 0, 270)
LAUNCH_PAD = Crop("rocket", 110, 0, 427)
CAMERA_MAN = Crop("camera", 0, 0, 512)
BRICKS = Crop("brick", 60, 60, 256)

PHOTOS: dict[str, dict[str, Callable[[], Image.Image]]] = {
    "photo2edges": {
        "01-cat-face": partial(in_color, CAT_FACE),
        "02-cat-close-up": partial(in_color, CAT_CLOSE),
        "03-cat-mirrored": partial(in_color, CAT_MIRRORED),
        "04-cup": partial(in_color, CUP_CLOSE),
        "05-portrait": partial(in_color, PORTRAIT),
        "06-camera": partial(in_grey, CAMERA_MAN),
        "07-rocket": partial(in_color, LAUNCH_PAD),
        "08-astronaut": partial(in_color, ASTRONAUT),
    },
    "gray2color": {
        "01-cat-face": partial(in_grey, CAT_FACE),
        "02-cat-close-up": partial(in_grey, CAT_CLOSE),
        "03-coffee": partial(in_grey, CUP),
        "04-coffee-close-up": partial(in_grey, CUP_CLOSE),
        "05-portrait": partial(in_grey, PORTRAIT),
        "06-astronaut": partial(in_grey, ASTRONAUT),
        "07-rocket": partial(in_grey, LAUNCH_PAD),
        "08-camera": partial(in_grey, CAMERA_MAN),
    },
    "cutout": {
        "01-cat-face": partial(in_color, CAT_FACE),
        "02-cat-left": partial(in_color, CAT_LEFT),
        "03-cat-mirrored": partial(in_color, CAT_MIRRORED),
        "04-portrait": partial(in_color, PORTRAIT),
        "05-camera": partial(in_grey, CAMERA_MAN),
        "06-cat-close-up": partial(in_color, CAT_CLOSE),
        "07-astronaut": partial(in_color, ASTRONAUT),
        "08-cup": partial(in_color, CUP),
    },
    "inpaint": {
        "01-cat-scratched": partial(
            with_hole,
            CAT_FACE,
            Hole(
                strokes=(
                    (10, [(10, 60), (90, 40), (170, 70), (250, 30)]),
                    (10, [(30, 250), (80, 190), (150, 180), (240, 210)]),
                    (10, [(60, 10), (80, 90), (60, 170)]),
                )
            ),
        ),
        "02-cat-nose": partial(
            with_hole, CAT_CLOSE, Hole(strokes=((40, [(168, 202), (186, 214), (206, 206)]),))
        ),
        "03-spoon": partial(
            with_hole,
            CUP,
            Hole(
                strokes=(
                    (52, [(182, 166), (178, 182), (174, 194)]),
                    (18, [(216, 28), (207, 52), (196, 84)]),
                )
            ),
        ),
        "04-masts": partial(
            with_hole, LAUNCH_PAD, Hole(strokes=((13, [(53, 68), (50, 246)]), (13, [(206, 68), (209, 246)])))
        ),
        "05-shuttle": partial(
            with_hole,
            ASTRONAUT,
            Hole(
                strokes=(
                    (36, [(208, 18), (206, 70), (202, 120)]),
                    (22, [(186, 112), (226, 130)]),
                    (20, [(190, 60), (190, 110)]),
                )
            ),
        ),
        "06-bricks": partial(with_hole, BRICKS, Hole(boxes=((88, 88, 80, 80),))),
        "07-cup-torn": partial(
            with_hole, CUP_CLOSE, Hole(strokes=((14, [(20, 10), (110, 90), (150, 250)]),))
        ),
        "08-portrait-scratched": partial(
            with_hole,
            PORTRAIT,
            Hole(strokes=((7, [(10, 120), (110, 96), (246, 130)]), (7, [(150, 8), (128, 140), (160, 248)]))),
        ),
    },
}
"""Task name → picture name → the function that cuts it out."""


def credits_text() -> str:
    """CREDITS.md: every source of the photo examples, and which examples are our own drawings."""
    rows = [
        f"| `{name}` | {s.shows} | {s.author} | {s.licence} | <{s.link}> |" for name, s in SOURCES.items()
    ]
    return "\n".join(
        [
            "# Where the example pictures come from",
            "",
            "All of them are written by `python -m tools.examples`.",
            "",
            "Drawn by program, for this project: everything in `edges2cats`, `edges2shoes`, `facades`,",
            "`sketch2portrait`, `labels2street`, `map2aerial`, `aerial2map`, `sketch2emoji` and",
            "`thermal2color`.",
            "No picture of a data set was copied or traced.",
            "",
            "Cut from pictures that scikit-image ships (`skimage.data`):",
            f"everything in {_listed(list(PHOTOS))}.",
            "Cropped to squares, scaled, some mirrored, made gray or given holes.",
            "",
            "| name | shows | by | licence | found at |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _listed(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"
