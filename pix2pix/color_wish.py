"""The color wish ("make it ginger"): four constant input channels, an RGB color in [-1, 1] and a flag.

Not part of the 2017 paper, whose only noise is dropout, which hardly changes an image, while L1 pulls every
color to the mean. In training the color is the main color of the real photo, given in 3 of 4 pairs and zeros
otherwise, so that the network works with and without a wish. Knows nothing about networks or files.
"""

import numpy as np
from PIL import ImageColor

CHANNELS = 4
GIVEN = 0.75  # of the training pairs
KEPT = 64  # colors of training photos that a checkpoint keeps

Color = tuple[int, int, int]  # RGB, 0 to 255


def main_color(image: np.ndarray) -> Color:
    """uint8 (H, W, 3) → the median of its pixels by channel, without white paper and black blanks."""
    pixels = image.reshape(-1, 3)
    paper, blank = pixels.min(1) > 240, pixels.max(1) < 12
    seen = pixels[~paper & ~blank]
    if len(seen) < 0.02 * len(pixels):  # an empty page or a black image: whatever there is
        seen = pixels[~paper] if (~paper).any() else pixels
    red, green, blue = np.median(seen, axis=0).round().astype(int).tolist()
    return red, green, blue


def wish_channels(color: Color | None, side: int) -> np.ndarray:
    """A color, or None for no wish → float32 (1, CHANNELS, side, side): RGB in [-1, 1], flag 0 or 1."""
    values = (0.0, 0.0, 0.0, 0.0) if color is None else (*(level / 127.5 - 1 for level in color), 1.0)
    wish = np.empty((1, CHANNELS, side, side), np.float32)
    wish[:] = np.array(values, np.float32).reshape(1, CHANNELS, 1, 1)
    return wish


def kept_colors(colors: list[Color]) -> list[Color]:
    """The distribution of the training photos' colors: at most KEPT, evenly taken after sorting by luma."""

    def by_luma(color: Color) -> tuple[float, Color]:
        return float(np.dot((0.299, 0.587, 0.114), color)), color

    ordered = sorted(colors, key=by_luma)
    if len(ordered) <= KEPT:
        return ordered
    return [ordered[int((i + 0.5) * len(ordered) / KEPT)] for i in range(KEPT)]


def color_of_seed(colors: list[Color], seed: int) -> Color | None:
    """One of a checkpoint's kept colors, the same for the same seed; None where it kept none."""
    if not colors:
        return None
    red, green, blue = colors[int(np.random.default_rng((seed, 0xC0105)).integers(len(colors)))]
    return red, green, blue


def parse_color(text: str) -> Color | str | None:
    """What a user types: "seed", "none", "#c68642", "198,134,66" or a CSS name such as "chocolate".

    Returns "seed", None or the color. Raises ValueError in one line for anything else.
    """
    text = text.strip().lower()
    if text in ("seed", "none"):
        return "seed" if text == "seed" else None
    try:
        parts = [int(part) for part in text.split(",")] if "," in text else ImageColor.getrgb(text)[:3]
        red, green, blue = parts
        if all(0 <= part <= 255 for part in parts):
            return red, green, blue
    except ValueError:
        pass
    raise ValueError(f"color is {text!r}; expected seed, none, #rrggbb, r,g,b with 0 to 255, or a CSS name")
