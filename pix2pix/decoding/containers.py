"""What an image file is, and which parts of it make up the image.

Metadata costs more than it is worth: Pillow reads some of it in quadratic time, decompresses text, and raises
a dozen kinds of errors for tags that cannot be read. So a PNG, JPEG or GIF is handed on without any; the one
tag that matters, the orientation, is read here. Formats are recognized by their first bytes, never by name.
"""

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from pix2pix.decoding.exif import MAX_EXIF, exif_orientation

if TYPE_CHECKING:
    from typing_extensions import Buffer  # in collections.abc from Python 3.12 on

# A server takes what browsers and cameras write. TIFF and AVIF have had too many holes in their decoders.
UPLOAD_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
COMMAND_LINE_FORMATS = (*UPLOAD_FORMATS, "TIFF", "AVIF")
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif"}  # of their files

MAX_SCANS = 100  # of a progressive JPEG; encoders write about ten
MAX_SCANNED = 600_000_000  # pixels × scans: 12 scans of the largest photo
MAX_PARTS = 200_000  # chunks, segments or blocks of a file
MAX_TAGS = 64_000_000  # bytes of a TIFF's tags
BLOCK = 1 << 16


class Refused(ValueError):
    """Why a file is not decoded, without its name."""


@dataclass
class Container:
    """A file that is about to be decoded.

    stream: what Pillow reads. held: bytes that decoding takes besides the pixels. bits: significant bits of a
    sample, where the file says so. deep: samples have 16 bits in the file. tags: numbers of a TIFF's tags.
    """

    format: str
    stream: BinaryIO
    orientation: int = 1
    held: int = 0
    bits: int | None = None
    deep: bool = False
    tags: dict[int, float | None] = field(default_factory=dict)


def open_container(file: BinaryIO, formats: tuple[str, ...]) -> Container:
    """Look at a seekable file. Raises Refused where it is none of `formats`, or absurd."""
    found = sniff(file)
    if found not in formats:
        what = f"{found} files are not read here" if found else "not a picture that can be read"
        raise Refused(f"{what} (expected {spoken(formats)})")
    file.seek(0)
    reader = {"PNG": read_png, "JPEG": read_jpeg, "GIF": read_gif, "TIFF": read_tiff}.get(found)
    return reader(file) if reader else Container(found, file)


def spoken(formats: tuple[str, ...]) -> str:
    names = [{"WEBP": "WebP"}.get(name, name) for name in formats]
    return f"{', '.join(names[:-1])} or {names[-1]}"


def sniff(file: BinaryIO) -> str | None:
    """The format that the first bytes tell."""
    file.seek(0)
    head = file.read(16)
    for start, name in (
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"GIF8", "GIF"),
        (b"BM", "BMP"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"II+\0", "TIFF"),
        (b"MM\0+", "TIFF"),
    ):
        if head.startswith(start):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return "AVIF" if head[8:12] in (b"avif", b"avis") else "HEIC"
    return None


class Ranges(io.RawIOBase):
    """Some stretches of a file, one after the other, as a file of their own; no copy is made."""

    def __init__(self, file: BinaryIO, ranges: list[tuple[int, int]], end: bytes = b""):
        self.file, self.ranges, self.end, self.at = file, ranges, end, 0
        self.length = sum(stop - start for start, stop in ranges) + len(end)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.length}[whence])
        return self.at

    def readinto(self, buffer: "Buffer") -> int:
        view, before = memoryview(buffer), 0
        for start, stop in self.ranges:
            if self.at < before + stop - start:
                self.file.seek(start + self.at - before)
                content = self.file.read(min(len(view), before + stop - start - self.at))
                break
            before += stop - start
        else:
            content = self.end[self.at - before :][: len(view)]
        view[: len(content)] = content
        self.at += len(content)
        return len(content)


class Window:
    """A file of which short stretches are read, mostly one behind the other: one system call a block."""

    def __init__(self, file: BinaryIO):
        self.file, self.start, self.block = file, 0, b""

    def read(self, at: int, count: int) -> bytes:
        """Up to `count` bytes from offset `at`; fewer only at the file's end."""
        if not self.start <= at <= at + count <= self.start + len(self.block):
            self.file.seek(at)
            self.start, self.block = at, self.file.read(max(count, BLOCK))
        return self.block[at - self.start : at - self.start + count]


def spliced(file: BinaryIO, ranges: list[tuple[int, int]], end: bytes = b"") -> BinaryIO:
    joined: list[tuple[int, int]] = []
    for start, stop in ranges:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return io.BufferedReader(Ranges(file, joined, end), 1 << 16)


def too_complex(what: str) -> Refused:
    return Refused(f"too complex: {what}; open it in a program for photos and save it again")


# --- PNG -----------------------------------------------------------------------------------------------

PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


def read_png(file: BinaryIO) -> Container:
    """Header, palette, transparency and pixels; an animation's first image."""
    window, ranges, at = Window(file), [(0, 8)], 8
    found = Container("PNG", file)
    for number in range(MAX_PARTS):
        head = window.read(at, 8)
        if len(head) < 8:
            break
        length, kind = struct.unpack(">I4s", head)
        if kind in PNG_KEPT:
            ranges.append((at, at + 12 + length))
        if number == 0 and kind == b"IHDR" and length == 13:
            found.deep = window.read(at + 8, 13)[8:9] == b"\x10"
        elif kind == b"eXIf" and length <= MAX_EXIF:
            found.orientation = exif_orientation(window.read(at + 8, length))
        elif kind == b"sBIT" and 1 <= length <= 4:
            found.bits = max(window.read(at + 8, length), default=None)
        at += 12 + length
        if kind == b"IEND":
            break
    else:
        raise too_complex(f"more than {MAX_PARTS:,} chunks")
    found.stream = spliced(file, ranges)
    return found


# --- JPEG ----------------------------------------------------------------------------------------------

# Comments, and APPn but for those of JFIF and Adobe, which tell the color space.
JPEG_DROPPED = {*range(0xE1, 0xEE), 0xEF, 0xFE}
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def read_jpeg(file: BinaryIO) -> Container:
    """All but APPn segments and comments; counts the scans before any is decoded."""
    found, window = Container("JPEG", file), Window(file)
    ranges, at = [(0, 2)], 2
    pixels = samples = components = 0
    progressive = seen_exif = False
    for _ in range(MAX_PARTS):
        if len(head := window.read(at, 4)) < 4:
            break
        if head[0] != 0xFF:
            raise Refused("damaged or cut off (no JPEG segment where one is expected)")
        marker, length = head[1], int.from_bytes(head[2:], "big")
        if marker == 0xFF:  # fill bytes
            at += 1
            continue
        if 0xD0 <= marker <= 0xD9 or marker == 0x01:
            ranges.append((at, at + 2))
            at += 2
            continue
        if marker in FRAMES:
            pixels, samples, components = frame_size(window.read(at + 4, length - 2))
            progressive = marker in (0xC2, 0xC6, 0xCA, 0xCE)
        elif marker == 0xE1 and not seen_exif:
            seen_exif = True
            found.orientation = exif_orientation(window.read(at + 4, length - 2))
        elif marker == 0xDA:
            in_scan = (window.read(at + 4, 1) or b"\0")[0]
            ranges.append((at, file.seek(0, io.SEEK_END)))
            if progressive or in_scan < components:
                found.held = 2 * samples  # the whole image's coefficients
                count_scans(file, at, pixels)
            break
        if marker not in JPEG_DROPPED:
            ranges.append((at, at + 2 + length))
        at += 2 + length
    else:
        raise too_complex(f"more than {MAX_PARTS:,} segments")
    found.stream = spliced(file, ranges)
    return found


def frame_size(segment: bytes) -> tuple[int, int, int]:
    """A frame header → pixels, samples of all components, number of components."""
    if len(segment) < 6:
        return 0, 0, 0
    height, width, components = struct.unpack(">HHB", segment[1:6])
    factors = [(byte >> 4, byte & 15) for byte in segment[7 : 6 + 3 * components : 3]]
    across, down = max((a for a, _ in factors), default=1) or 1, max((d for _, d in factors), default=1) or 1
    share = sum(a * d for a, d in factors) / (across * down)
    return width * height, int(width * height * share), components


def count_scans(file: BinaryIO, at: int, pixels: int) -> None:
    """Raises Refused where a JPEG has so many scans that decoding takes long."""
    scans = 0
    for marker in markers(file, at):
        if marker == 0xD9:
            break
        scans += marker == 0xDA
        if scans > MAX_SCANS or scans * pixels > MAX_SCANNED:
            raise too_complex(f"a JPEG of {pixels / 1e6:.0f} megapixels in {scans} scans or more")


def markers(file: BinaryIO, at: int) -> Iterator[int]:
    """The markers in the entropy-coded part of a JPEG, from offset `at`."""
    file.seek(at)
    before = b""
    while block := file.read(BLOCK):
        for found in re.finditer(rb"\xff([\x01-\xcf\xd8-\xfe])", before + block):
            yield found[1][0]
        before = block[-1:] if block[-1:] == b"\xff" else b""


# --- GIF -----------------------------------------------------------------------------------------------


def read_gif(file: BinaryIO) -> Container:
    """The screen, the first image and its graphic control; no comments and no further images."""
    window = Window(file)
    head = window.read(0, 13)
    if len(head) < 13:
        raise Refused("damaged or cut off")
    at = 13 + color_table(head[10])
    ranges = [(0, at)]
    for _ in range(MAX_PARTS):
        kind, label = window.read(at, 1), window.read(at + 1, 1)
        if kind == b"!":
            end = after_blocks(window, at + 2)
            if label == b"\xf9":
                ranges.append((at, end))
        elif kind == b",":
            flags = window.read(at + 9, 1) or b"\0"
            ranges.append((at, after_blocks(window, at + 11 + color_table(flags[0]))))
            break
        elif kind in (b"", b";"):
            break
        else:
            end = at + 1
        at = end
    else:
        raise too_complex(f"more than {MAX_PARTS:,} blocks")
    return Container("GIF", spliced(file, ranges, b";"))


def color_table(flags: int) -> int:
    """Bytes of the color table that the flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def after_blocks(window: Window, at: int) -> int:
    """Where the sub-blocks that begin at `at` end, behind the empty one."""
    while (size := window.read(at, 1)) not in (b"", b"\0"):
        at += 1 + size[0]
    return at + 1


# --- TIFF ----------------------------------------------------------------------------------------------

# Bytes of a value, by the number of its type.
TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
TYPE_SIZES |= {16: 8, 17: 8, 18: 8}  # of BigTIFF


def read_tiff(file: BinaryIO) -> Container:
    """The file as it is, after a look at how much its tags want to be read; Pillow reads the tags."""
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    offset = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])[0]
    file.seek(offset)
    count_form, entry_form = ("Q", "HHQQ") if big else ("H", "HHII")
    count = struct.unpack(order + count_form, file.read(struct.calcsize(order + count_form)))[0]
    if count > 4096:
        raise too_complex(f"{count:,} tags")
    size = struct.calcsize(order + entry_form)
    total = 0
    for _ in range(count):
        entry = file.read(size)
        if len(entry) < size:
            break
        _, kind, number, _ = struct.unpack(order + entry_form, entry)
        total += TYPE_SIZES.get(kind, 0) * number
    if total > MAX_TAGS:
        raise too_complex(f"{total:,} bytes of tags")
    return Container("TIFF", file)
