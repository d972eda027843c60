"""`load_image`: decode a file that anyone may have sent, in bounded memory.

What decoding takes is estimated from the header. A picture that would take more than BUDGET is decoded at a
fraction of its size where its format can do that, or reduced while it is converted, or else refused.
"""

import io
import math
import struct
import warnings
import zlib
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from pix2pix.decoding.containers import (
    COMMAND_LINE_FORMATS,
    Container,
    Refused,
    open_container,
    spoken,
)
from pix2pix.decoding.exif import MAX_EXIF, exif_orientation
from pix2pix.decoding.levels import (
    bands,
    black_and_white,
    check_deep_color,
    is_high,
    number,
    to_eight_bits,
    to_rgb,
)

MAX_PIXELS = 50_000_000  # more is an accident or an attack
MEGAPIXELS = f"{MAX_PIXELS // 1_000_000} megapixels"
BUDGET = 275_000_000  # bytes that decoding may take, by the estimate
BANDS = 24_000_000  # bytes of the bands in which images are converted
FEW_COLORS = 64  # a drawing of label colors, which must not be mixed

# Pillow's lines on stderr about sizes, tags and damage: ours are errors, or not worth a word.
warnings.filterwarnings("ignore", module=r"PIL\.")

STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}  # bytes a pixel in Pillow; others 4
# Bytes a pixel that decoders hold besides the image: libwebp's two canvases and its own frame; dav1d's.
DECODERS = {"WEBP": 14, "AVIF": 12, "GIF": 1}

# TIFF: bits and format of a sample, photometric interpretation, orientation, rows a strip, ranges of samples.
TAGS = (258, 339, 262, 274, 278, 280, 281, 340, 341)

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def load_image(
    source: str | Path | bytes, formats: tuple[str, ...] = COMMAND_LINE_FORMATS, most: int | None = None
) -> Image.Image:
    """Decode a file, or its bytes.

    formats: those that are taken. most: pixels beyond which the result is reduced by a whole factor. Returns
    RGB, or RGBA where the file has transparency, turned upright by its EXIF orientation, without metadata;
    reduced, too, where the full size would take more than BUDGET bytes. Metadata that cannot be read is
    ignored. Raises ValueError with one line that names the file and the reason.
    """
    name = "the image" if isinstance(source, bytes) else str(source)
    try:
        with opened(source) as file:
            return decode(file, formats, most)
    except Refused as error:
        raise ValueError(f"{name}: {error}") from None
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(f"{name}: no such file") from None
    except (IsADirectoryError, PermissionError) as error:
        raise ValueError(f"{name}: {(error.strerror or 'cannot be opened').lower()}") from None
    except Image.DecompressionBombError:
        raise ValueError(f"{name}: too many pixels; make it smaller than {MEGAPIXELS}") from None
    except MemoryError:
        raise ValueError(f"{name}: too large for the memory there is; make it smaller") from None
    except Exception as error:  # decoders raise whatever they like
        raise ValueError(f"{name}: {reason_of(error)} (expected {spoken(formats)})") from None


def opened(source: str | Path | bytes) -> AbstractContextManager[BinaryIO]:
    return nullcontext(io.BytesIO(source)) if isinstance(source, bytes) else open(source, "rb")


def reason_of(error: Exception) -> str:
    """In our own words: Pillow's name files, addresses and classes."""
    if isinstance(error, UnidentifiedImageError):
        return "not a picture that can be read, or of a kind that is not (such as float RGB)"
    cut = isinstance(error, EOFError | IndexError | struct.error | zlib.error)
    if cut or any(
        word in str(error).lower() for word in ("truncated", "broken", "not enough", "unexpected end")
    ):
        return "damaged or cut off"
    return "not a picture that can be read"


def decode(file: BinaryIO, formats: tuple[str, ...], most: int | None) -> Image.Image:
    """The steps of `load_image`. Raises Refused, or whatever a decoder raises."""
    container = open_container(file, formats)
    picture, factor = decoded(container, most)
    picture = converted(picture, container, factor)  # what is decoded is let go of before it is turned
    turn = TURNS.get(container.orientation)
    return picture if turn is None else picture.transpose(turn)


def decoded(container: Container, most: int | None) -> tuple[Image.Image, int]:
    """The image as it is stored, without metadata, and the factor by which to reduce it."""
    with Image.open(container.stream, formats=(container.format,)) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise Refused(f"{width}×{height} pixels are too many; make it smaller than {MEGAPIXELS}")
        read_tags(image, container)
        factor = choose_factor(image, container, most)
        if container.format == "JPEG" and factor > 1:
            image.draft(None, (max(1, width // factor), max(1, height // factor)))
            factor = 1
        if isinstance(image, TiffImageFile):
            # Pillow's reads all EXIF there, and raises for odd values.
            image.load_end = lambda: None  # type: ignore[method-assign]
        image.load()
        plain = image._new(image.im)  # copies nothing, and does not depend on the file
    plain.info = {key: plain.info[key] for key in ("transparency",) if key in plain.info}
    if container.deep and plain.mode in ("RGB", "RGBA", "LA"):
        check_deep_color(plain)
    return plain, factor


def read_tags(image: Image.Image, container: Container) -> None:
    """Orientation, depth and held memory of formats whose metadata Pillow reads itself."""
    if container.format in ("WEBP", "AVIF"):
        exif = image.info.get("exif", b"")
        container.orientation = exif_orientation(exif) if len(exif) <= MAX_EXIF else 1
    if isinstance(image, TiffImageFile):
        container.tags = {tag: number(image.tag_v2, tag) for tag in TAGS}

        def whole(tag: int, otherwise: int) -> int:
            value = container.tags[tag]
            return otherwise if value is None or not math.isfinite(value) else int(value)

        orientation = whole(274, 1)
        container.orientation = orientation if 1 <= orientation <= 8 else 1
        container.deep = whole(258, 8) == 16
        if whole(339, 1) == 2 and whole(258, 8) == 8:
            raise Refused("its samples are signed 8-bit numbers; expected unsigned ones")
        if image.tile and image.tile[0][0] == "libtiff":  # which decodes a strip as a whole
            rows = min(whole(278, image.height), image.height)
            container.held = rows * image.width * len(image.getbands()) * max(1, whole(258, 8) // 8)


def choose_factor(image: Image.Image, container: Container, most: int | None) -> int:
    """By how much to reduce each side: the least that `most` and the budget allow. Raises Refused."""
    pixels = image.width * image.height
    jpeg = container.format == "JPEG"
    least = math.ceil(math.sqrt(pixels / most)) if most and pixels > most else 1
    for factor in (1, 2, 4, 8) if jpeg else sorted({least, 1, 2, 4, 8}):
        if factor >= least and memory(image, container, factor) <= BUDGET:
            return factor
    if jpeg and memory(image, container, 8) <= BUDGET:
        return 8
    raise Refused(
        f"{image.width}×{image.height} pixels of this kind take {memory(image, container, 8) // 1_000_000:,} "
        f"MB to decode; at most {BUDGET // 1_000_000} are allowed: make it smaller"
    )


def memory(image: Image.Image, container: Container, factor: int) -> int:
    """An estimate of the most bytes that are held at once."""
    pixels = image.width * image.height
    small = math.ceil(image.width / factor) * math.ceil(image.height / factor)
    stored = STORED.get(image.mode, 4) * (small if container.format == "JPEG" else pixels)
    decoding = stored + container.held + DECODERS.get(container.format, 0) * pixels
    plain = image.mode in ("RGB", "RGBA") and "transparency" not in image.info
    kept = plain and (factor == 1 or container.format == "JPEG")
    converting = stored + (0 if kept else 4 * small + BANDS)
    turning = 8 * small if container.orientation != 1 else 0
    return max(decoding, converting, turning)


def converted(image: Image.Image, container: Container, factor: int) -> Image.Image:
    """→ "RGB" or "RGBA", reduced by `factor`, in bands. The image itself where nothing is to be done."""
    high = is_high(image.mode)
    black, white = black_and_white(image, container) if high else (0.0, 255.0)
    if high:
        image.info.pop("transparency", None)  # in 16 bits
    elif container.deep and isinstance(image.info.get("transparency"), tuple):
        image.info["transparency"] = tuple(value >> 8 for value in image.info["transparency"])
    elif container.deep and isinstance(image.info.get("transparency"), int):
        image.info["transparency"] >>= 8
    if factor == 1 and image.mode in ("RGB", "RGBA") and "transparency" not in image.info:
        return image
    few = not high and (image.mode in ("1", "P") or image.getcolors(FEW_COLORS) is not None)
    found: Image.Image | None = None
    for top, band in bands(image, factor):
        rows = to_eight_bits(band, black, white).convert("RGB") if high else to_rgb(band)
        if factor > 1:
            size = math.ceil(band.width / factor), math.ceil(band.height / factor)
            rows = rows.resize(size, Image.Resampling.NEAREST) if few else rows.reduce(factor)
        if found is None:
            size = math.ceil(image.width / factor), math.ceil(image.height / factor)
            found = Image.new(rows.mode, size)
        found.paste(rows, (0, top // factor))
    assert found is not None, "an image has rows"
    return found
