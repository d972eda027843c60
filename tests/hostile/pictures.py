"""Hostile, broken and odd image files, all made by code: name → bytes and what is right.

right: "image" where it must be read, or a pattern that the one line of refusal must match.
"""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, TiffImagePlugin

SIDE = 32
IMAGE = "image"
REFUSED = r"[a-zA-Z]"  # whatever the reason, in one line


@dataclass(frozen=True)
class Case:
    name: str
    content: bytes
    right: str
    most: int | None = None


def photo(width: int = SIDE, height: int = SIDE) -> Image.Image:
    levels = np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(levels)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(*extra: bytes, image: Image.Image | None = None) -> bytes:
    """A PNG with further chunks behind its header."""
    plain = encoded(image or photo(), "PNG")
    return plain[:33] + b"".join(extra) + plain[33:]


def png_header(width: int, height: int, depth: int = 8, kind: int = 2) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


def jpeg(*extra: bytes) -> bytes:
    """A JPEG with further segments behind its start."""
    plain = encoded(photo(), "JPEG")
    return plain[:2] + b"".join(extra) + plain[2:]


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def exif(*entries: bytes, order: str = "<", count: int | None = None) -> bytes:
    """EXIF data of raw 12-byte entries."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    number = len(entries) if count is None else count
    body = struct.pack(order + "IH", 8, number) + b"".join(entries) + bytes(4)
    return mark + body


def entry(tag: int, kind: int, count: int, value: int, order: str = "<") -> bytes:
    return struct.pack(order + "HHII", tag, kind, count, value)


TURNED = entry(0x0112, 3, 1, 6)
ODD_EXIF = {
    "rational −1/0": exif(entry(283, 10, 1, 38), TURNED) + struct.pack("<ii", -1, 0),
    "make is a number": exif(entry(271, 3, 1, 7), TURNED),
    "a date is a float": exif(entry(306, 11, 1, 0x7FC00000), TURNED),
    "unknown type": exif(entry(270, 99, 1, 0), TURNED),
    "offset beyond the end": exif(entry(270, 2, 4000, 0xFFFFFF), TURNED),
    "orientation of type long": exif(entry(0x0112, 4, 1, 6)),
    "big endian": exif(struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0), order=">"),
    "count too large": exif(TURNED, count=65535),
    "itself as a sub-directory": exif(entry(0x8769, 4, 1, 8), TURNED),
}
PLAIN_EXIF = {
    "text": b"not an exif at all",
    "empty": b"",
    "header only": b"II*\0",
    "directory beyond the end": b"II*\0\xff\xff\xff\xff",
    "orientation 0": exif(entry(0x0112, 3, 1, 0)),
    "orientation 77": exif(entry(0x0112, 3, 1, 77)),
    "repeated markers": b"Exif\0\0" * 10_000,
    "repeated markers, too long": b"Exif\0\0" * 200_000,
}


def tiff(values: np.ndarray, mode: str | None = None, **tags: object) -> bytes:
    """A TIFF of one channel with further tags, by number: t281=4095."""
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for name, value in tags.items():
        info[int(name[1:])] = value
    return encoded(Image.fromarray(values, mode) if mode else Image.fromarray(values), "TIFF", tiffinfo=info)


def ramp(low: float, high: float, kind: type) -> np.ndarray:
    return np.linspace(low, high, SIDE * SIDE).reshape(SIDE, SIDE).astype(kind)


def packed_twelve_bits() -> bytes:
    """A TIFF whose samples take 12 bits each."""
    levels = ramp(0, 4095, np.uint16).reshape(-1, 2).astype(np.uint32)
    pairs = (levels[:, 0] << 12 | levels[:, 1]).astype(">u4")
    strip = pairs[:, None].view(np.uint8)[:, 1:].tobytes()
    tags = [(256, SIDE), (257, SIDE), (258, 12), (259, 1), (262, 1), (273, 8), (277, 1), (278, SIDE)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in (*tags, (279, len(strip))))
    at = 8 + len(strip)
    return b"II*\0" + struct.pack("<I", at) + strip + struct.pack("<H", 9) + entries + bytes(4)


def float_rgb() -> bytes:
    """A TIFF of three float channels, which Pillow does not read."""
    strip = np.zeros((SIDE, SIDE, 3), "<f4").tobytes()
    tags = [(256, SIDE), (257, SIDE), (258, 32), (259, 1), (262, 2), (273, 8), (277, 3), (278, SIDE)]
    tags += [(279, len(strip)), (339, 3)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    head = b"II*\0" + struct.pack("<I", 8 + len(strip))
    return head + strip + struct.pack("<H", len(tags)) + entries + bytes(4)


def deep_png(top: int, *extra: bytes) -> bytes:
    """A PNG of three 16-bit channels from 0 to `top`."""
    levels = np.repeat(ramp(0, top, np.uint16)[..., None], 3, -1).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in levels)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 16, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + pixels + chunk(b"IEND", b"")


def scans(count: int, width: int = 64) -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    plain = encoded(photo(width, width), "JPEG", progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + plain[last:-2] * count + b"\xff\xd9"


def with_size(content: bytes, width: int, height: int) -> bytes:
    """A JPEG that says that it is larger than it is."""
    at = next(at for mark in (b"\xff\xc0", b"\xff\xc2") if (at := content.find(mark)) >= 0)
    return content[: at + 5] + struct.pack(">HH", height, width) + content[at + 9 :]


def gif_with_comments(count: int) -> bytes:
    plain = encoded(photo().convert("P"), "GIF")
    at = 13 + (3 << ((plain[10] & 7) + 1))
    return plain[:at] + b"!\xfe\x01x\0" * count + plain[at:]


def damaged(content: bytes, seed: int) -> bytes:
    """The file with some bytes changed, cut, or put in."""
    rng = np.random.default_rng(seed)
    broken = bytearray(content)
    for _ in range(int(rng.integers(1, 12))):
        at = int(rng.integers(4, len(broken)))
        if rng.random() < 0.6:
            broken[at] = int(rng.integers(256))
        elif rng.random() < 0.5:
            del broken[at : at + int(rng.integers(1, 40))]
        else:
            broken[at:at] = rng.bytes(int(rng.integers(1, 40)))
        if len(broken) < 8:
            break
    return bytes(broken)


WRITERS: dict[str, Callable[[], bytes]] = {
    "PNG": lambda: encoded(photo(), "PNG"),
    "PNG palette": lambda: encoded(photo().convert("P"), "PNG"),
    "PNG alpha": lambda: encoded(photo().convert("RGBA"), "PNG"),
    "JPEG": lambda: encoded(photo(), "JPEG"),
    "JPEG progressive": lambda: encoded(photo(), "JPEG", progressive=True),
    "WEBP": lambda: encoded(photo(), "WEBP"),
    "WEBP lossless": lambda: encoded(photo(), "WEBP", lossless=True),
    "GIF": lambda: encoded(photo().convert("P"), "GIF"),
    "BMP": lambda: encoded(photo(), "BMP"),
    "TIFF": lambda: encoded(photo(), "TIFF"),
    "TIFF deflate": lambda: encoded(photo(), "TIFF", compression="tiff_adobe_deflate"),
    "AVIF": lambda: encoded(photo(), "AVIF"),
}


def cases() -> list[Case]:
    """Everything with a known right answer."""
    found = [Case(f"plain {name}", write(), IMAGE) for name, write in WRITERS.items() if writable(name)]
    for name, block in (ODD_EXIF | PLAIN_EXIF).items():
        found.append(Case(f"PNG, EXIF {name}", png(chunk(b"eXIf", block)), IMAGE))
        if len(block) < 65_000:
            found.append(Case(f"JPEG, EXIF {name}", jpeg(segment(0xE1, b"Exif\0\0" + block)), IMAGE))
        found.append(Case(f"WebP, EXIF {name}", encoded(photo(), "WEBP", exif=block), IMAGE))
    bomb = zlib.compress(bytes(50_000_000))
    loop = segment(0xE1, b"Exif\0\0" * 10_900)
    found += [
        Case("JPEG, EXIF of many segments", jpeg(loop * 40), IMAGE),
        Case("JPEG, 20,000 comments", jpeg(segment(0xFE, b"x") * 20_000), IMAGE),
        Case("JPEG, junk between segments", jpeg(segment(0xE0, b"x") + b"junk" * 20), "damaged"),
        Case("JPEG, 300 scans of much", with_size(scans(300), 6000, 6000), "too complex: a JPEG of 36 mega"),
        Case("JPEG, 300 scans of little", scans(300), "too complex: a JPEG"),
        Case("JPEG, ten scans", scans(3), IMAGE),
        Case("PNG, a megabyte of text", png(chunk(b"tEXt", b"a\0" + b"x" * 1_000_000)), IMAGE),
        Case("PNG, a bomb of text", png(chunk(b"zTXt", b"a\0\0" + bomb)), IMAGE),
        Case(
            "PNG, a bomb of a profile",
            png(chunk(b"iCCP", b"a\0\0" + bomb)),
            IMAGE,
        ),
        Case("PNG, 50,000 chunks", png(chunk(b"tEXt", b"a\0b") * 50_000), IMAGE),
        Case("PNG, 300,000 chunks", png(chunk(b"teXt", b"") * 300_000), "too complex"),
        Case("PNG, says 7,100 × 7,100", png_header(7100, 7100), "7100×7100 pixels are too many"),
        Case("PNG, says 50,000 × 50,000", png_header(50_000, 50_000), "too many pixels"),
        Case("PNG, width 0", png_header(0, 10), REFUSED),
        Case("PNG, empty pixels", png_header(64, 64), "damaged or cut off"),
        Case("GIF, 50,000 comments", gif_with_comments(50_000), IMAGE),
        Case("GIF, no image", encoded(photo().convert("P"), "GIF")[:13] + b";", REFUSED),
        Case("text", b"not a picture", "not a picture that can be read"),
        Case("empty", b"", "not a picture that can be read"),
        Case("SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        Case("HEIC", b"\0\0\0\x18ftypheic" + bytes(64), "HEIC files are not read here"),
        Case("PSD", b"8BPS\0\1" + bytes(64), "not a picture"),
        Case("EPS", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        Case("TIFF, 65,535 tags", b"II*\0\x08\0\0\0\xff\xff" + bytes(64), "too complex"),
        Case("TIFF, tags of a gigabyte", exif(entry(270, 2, 2**30, 8)), "too complex"),
        Case("TIFF, directory beyond the end", b"II*\0\xff\xff\xff\x7f", "damaged"),
        Case("TIFF, odd EXIF", encoded(photo(), "TIFF", tiffinfo={283: 3.0, 271: "x"}), IMAGE),
        Case("TIFF, float RGB", float_rgb(), "not a picture that can be read, or of a kind"),
    ]
    found += [Case(name, content, right) for name, content, right in high_depths()]
    return found


def high_depths() -> list[tuple[str, bytes, str]]:
    """More than 8 bits: what the file or the values say of white, or a refusal with the range found."""
    nan, infinite = ramp(0, 1, np.float32), ramp(0, 1, np.float32)
    nan[3, 4], infinite[5, 6] = np.nan, -np.inf
    return [
        ("TIFF, float 0 to 1", tiff(ramp(0, 1, np.float32)), IMAGE),
        ("TIFF, float -1 to 1", tiff(ramp(-1, 1, np.float32)), IMAGE),
        ("TIFF, float 0 to 255", tiff(ramp(0, 255, np.float32)), IMAGE),
        ("TIFF, float 0 to 65535", tiff(ramp(0, 65535, np.float32)), IMAGE),
        ("TIFF, float -5 to 900", tiff(ramp(-5, 900, np.float32)), "between -5 and 900"),
        ("TIFF, float -0.1 to 1", tiff(ramp(-0.1, 1, np.float32)), "between -0.1 and 1"),
        ("TIFF, float 0 to 1e30", tiff(ramp(0, 1e30, np.float32)), "between 0 and 1e\\+30"),
        ("TIFF, NaN", tiff(nan), "1 of its pixels are NaN or infinite"),
        ("TIFF, infinite", tiff(infinite), "1 of its pixels are NaN or infinite"),
        ("TIFF, 16 bits", tiff(ramp(0, 65535, np.uint16)), IMAGE),
        ("TIFF, 12 in 16 bits", tiff(ramp(0, 4095, np.uint16)), "between 0 and 4095"),
        ("TIFF, 12 in 16 bits and said so", tiff(ramp(0, 4095, np.uint16), t281=4095), IMAGE),
        ("TIFF, 12 packed bits", packed_twelve_bits(), IMAGE),
        ("TIFF, 8 in 16 bits", tiff(ramp(0, 255, np.uint16)), IMAGE),
        ("TIFF, class numbers", tiff(ramp(0, 11, np.uint16)), "between 0 and 11"),
        ("TIFF, int32 of 8 bits", tiff(ramp(0, 255, np.int32)), IMAGE),
        ("TIFF, int32", tiff(ramp(0, 2e9, np.int32)), "between 0 and 2e\\+09"),
        ("TIFF, negative int32", tiff(ramp(-300, 300, np.int32)), "between -300 and 300"),
        ("PNG, 16 bits", encoded(Image.fromarray(ramp(0, 65535, np.uint16)), "PNG"), IMAGE),
        ("PNG, 12 in 16 bits", encoded(Image.fromarray(ramp(0, 4095, np.uint16)), "PNG"), "0 and 4095"),
        (
            "PNG, 12 in 16 bits and said so",
            png(chunk(b"sBIT", b"\x0c"), image=Image.fromarray(ramp(0, 4095, np.uint16))),
            IMAGE,
        ),
        ("PNG, 16-bit color", deep_png(65535), IMAGE),
        ("PNG, 12 bits in 16-bit color", deep_png(4095), "16-bit values are 4095 at most"),
        ("PNG, 16-bit color with transparency", deep_png(65535, chunk(b"tRNS", b"\xff\xff" * 3)), IMAGE),
    ]


def writable(name: str) -> bool:
    Image.init()
    return name.split()[0] in Image.SAVE


def mutants(count: int) -> list[Case]:
    """`count` damaged files of every decoder: an image or one line, nothing else."""
    plain = {name: write() for name, write in WRITERS.items() if writable(name)}
    return [
        Case(f"{name}, damage {seed}", damaged(content, 1000 * number + seed), "")
        for number, (name, content) in enumerate(plain.items())
        for seed in range(count)
    ]
