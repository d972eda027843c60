"""Makes pictures small on disk: fewer colors or greys than eyes tell apart."""

from PIL import Image


def few_colors(picture: Image.Image, colors: int) -> Image.Image:
    """An "RGB" picture in mode "P" with its own palette of at most 256 colors."""
    return picture.quantize(colors, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)


def few_greys(picture: Image.Image, greys: int) -> Image.Image:
    """A picture of any mode in mode "L", with at most `greys` even steps from 0 to 255."""
    steps = greys - 1
    return picture.convert("L").point(
        [round(round(value / 255 * steps) / steps * 255) for value in range(256)]
    )
