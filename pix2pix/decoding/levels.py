"""More than 8 bits a channel → 8 bits, by what the file says of its range.

A file of 12-bit values in 16 bits, or of floats from 0 to 1, is black when it is read as if white were the
largest number that fits. Where neither the file nor its values tell what white is, it is refused with the
range that was found. Works in bands of rows, since the numbers take more memory than the image.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PIL import Image

from pix2pix.decoding.containers import Container, Refused

BAND = 2_000_000  # pixels looked at in one go
HIGH = ("I", "F")  # and those that begin with I;16
EXPECTED = "expected 0 to 255, 0 to 65535, 0 to 1 or -1 to 1; scale them, or save it with 8 bits a channel"


def is_high(mode: str) -> bool:
    """Whether a PIL mode holds more than 8 bits a channel."""
    return mode in HIGH or mode.startswith("I;16")


def bands(image: Image.Image, multiple: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """(top, rows of the image), the number of rows a multiple of `multiple` but for the last."""
    width, height = image.size
    rows = max(1, BAND // max(1, width) // multiple) * multiple
    for top in range(0, height, rows):
        yield top, image.crop((0, top, width, min(height, top + rows)))


def normalise_mode(image: Image.Image) -> Image.Image:
    """Any PIL mode → "RGB", or "RGBA" where there is transparency; the image itself if it is that already.

    Raises ValueError for high bit depths whose range tells no white.
    """
    if image.mode in ("RGB", "RGBA") and "transparency" not in image.info:
        return image
    if is_high(image.mode):
        black, white = black_and_white(image, None)
        found = Image.new("RGB", image.size)
        for top, band in bands(image):
            found.paste(to_eight_bits(band, black, white).convert("RGB"), (0, top))
        return found
    return to_rgb(image)


def to_rgb(image: Image.Image) -> Image.Image:
    """An 8-bit mode → "RGB", or "RGBA" where there is transparency."""
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("RGB")


def to_eight_bits(band: Image.Image, black: float, white: float) -> Image.Image:
    """A band of a high mode → "L"; black and white in its own numbers."""
    levels = (np.asarray(band).astype(np.float32) - black) * (255 / (white - black))
    return Image.fromarray(levels.round().clip(0, 255).astype(np.uint8))


def black_and_white(image: Image.Image, container: Container | None) -> tuple[float, float]:
    """Which values of a high mode are black and white. Raises Refused where nothing tells."""
    low, high, broken = value_range(image)
    if broken:
        raise Refused(f"{broken:,} of its pixels are NaN or infinite; expected numbers")
    said = said_range(image.mode, container, high) if container else None
    if said is None:
        said = likely_range(low, high, image.mode)
    if said is None:
        raise Refused(f"its values lie between {low:.6g} and {high:.6g}; {EXPECTED}")
    black, white = said
    if container and container.tags.get(262) == 0:  # TIFF: white is zero
        black, white = white, black
    return black, white


def value_range(image: Image.Image) -> tuple[float, float, int]:
    """Smallest and largest finite value, and how many are not finite."""
    low, high, broken = math.inf, -math.inf, 0
    for _, band in bands(image):
        values = np.asarray(band)
        if image.mode == "F":
            finite = np.isfinite(values)
            broken += int(values.size - finite.sum())
            values = values[finite]
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
    return low, high, broken


def said_range(mode: str, container: Container, high: float) -> tuple[float, float] | None:
    """What the file itself says: TIFF's sample ranges and bits a sample, PNG's significant bits."""
    for first, last in ((340, 341), (280, 281)):  # SMin/SMaxSampleValue, Min/MaxSampleValue
        black, white = container.tags.get(first), container.tags.get(last)
        if white is not None and math.isfinite(white) and math.isfinite(black or 0) and white > (black or 0):
            return black or 0.0, white
    bits = container.tags.get(258) or container.bits
    if bits and bits < 16 and mode != "F" and 0 < high < 2**bits:
        return 0.0, 2.0**bits - 1
    return None


def number(tags: Mapping[int, Any], tag: int) -> float | None:
    """A tag's value, or the first of them, as a number."""
    try:
        value = tags.get(tag)
        return None if value is None else float(value[0] if isinstance(value, tuple) else value)
    except Exception:  # a tag can hold anything, and Pillow reads it only now
        return None


def likely_range(low: float, high: float, mode: str) -> tuple[float, float] | None:
    """The range that the values themselves tell, where only one is likely; None elsewhere."""
    if low == high == 0:
        return 0.0, 1.0
    slack = 1e-3
    if mode == "F" and high <= 1 + slack:
        if low >= -slack:
            return 0.0, 1.0
        if -1 - slack <= low < -0.25:
            return -1.0, 1.0
        return None
    if low < 0:
        return None
    if 128 <= high <= 255:
        return 0.0, 255.0
    return (0.0, 65535.0) if 16384 <= high <= 65535 else None


def check_deep_color(image: Image.Image) -> None:
    """Of 16-bit color Pillow keeps the upper 8 bits: refuse what used only the lower ones."""
    ranges = [band for band in image.getextrema() if isinstance(band, tuple)]
    highest = max(high for _, high in (ranges[:1] if image.mode == "LA" else ranges[:3]))
    if highest < 64:
        top = 256 * highest + 255
        raise Refused(f"its 16-bit values are {top} at most; expected up to 65535; scale them")
