"""The one tag of EXIF data that matters: which way up an image is. Everything else is passed over."""

import struct

MAX_EXIF = 64_000  # bytes; more is no camera's


def exif_orientation(block: bytes) -> int:
    """The orientation, 1 to 8, that EXIF data tell; 1 where they tell none or cannot be read."""
    if len(block) > MAX_EXIF + 6:
        return 1
    block = block.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return 1
    try:
        (offset,) = struct.unpack_from(order + "I", block, 4)
        (count,) = struct.unpack_from(order + "H", block, offset)
        for entry in range(offset + 2, offset + 2 + 12 * min(count, 1000), 12):
            tag, kind, _ = struct.unpack_from(order + "HHI", block, entry)
            if tag == 0x0112:
                form = {1: "B", 3: "H", 4: "I"}.get(kind, "H")
                (value,) = struct.unpack_from(order + form, block, entry + 8)
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
