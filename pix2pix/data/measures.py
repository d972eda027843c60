"""What a picture is like, in numbers: labels, line drawing or photo; alike or not. For `doctor.py`.

Pictures are uint8 (H, W, 3). Knows nothing about files or options.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

HASH_SIDE = 16
RISE = 3  # levels: what is less comes of saving, in flat areas
ALIKE = 32  # of 256 bits: one picture saved twice differs in 2 to 30, two photos in 75 or more
PALETTE_PART = 0.004  # of all pixels: what a color of a palette covers at least
NEAR = 40.0  # Euclidean distance in RGB up to which JPEG moves a flat color


def small(picture: Image.Image, side: int = 64) -> np.ndarray:
    """A picture at side×side, every pixel one of its own, so that flat areas keep their colors."""
    return np.asarray(picture.convert("RGB").resize((side, side), Image.Resampling.NEAREST))


def packed(pixels: np.ndarray) -> np.ndarray:
    """(…, 3) → the colors as single numbers."""
    return pixels.reshape(-1, 3).astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)


def is_gray(pixels: np.ndarray) -> bool:
    return float((np.ptp(pixels.astype(int), axis=-1) > 24).mean()) < 0.02


def is_paper(pixels: np.ndarray) -> np.ndarray:
    """bool (H, W): the nearly white or the nearly black pixels, whichever are more: what is drawn on."""
    levels = pixels.mean(-1)
    white, black = levels > 230, levels < 25
    return white if white.mean() >= black.mean() else black


def paper(pixels: np.ndarray) -> float:
    """Share of the pixels that are paper."""
    return float(is_paper(pixels).mean())


def kind_of(sides: Sequence[np.ndarray]) -> str:
    """What most pictures of one side are: "labels", "lines" or "photos"."""
    if np.mean([is_gray(p) and paper(p) > 0.6 for p in sides]) > 0.6:
        return "lines"
    palette = palette_of(sides)
    colored = np.mean([not is_gray(p) for p in sides]) > 0.5
    inked = [p.reshape(-1, 3)[~is_paper(p).ravel()] for p in sides]
    if not colored or not len(palette) or not sum(map(len, inked)):
        return "photos"
    # Off the paper, 10 to 40 % of the pixels of label maps (JPEG) are off the palette, 90 % of photos.
    return "labels" if off_palette(np.concatenate(inked), palette) < 0.65 else "photos"


def palette_of(sides: Sequence[np.ndarray]) -> np.ndarray:
    """The colors of label maps, uint8 (K, 3), most frequent first: peaks that cover PALETTE_PART or more."""
    colors, counts = np.unique(packed(np.concatenate([p.reshape(-1, 3) for p in sides])), return_counts=True)
    rgb = np.stack((colors >> 16, colors >> 8 & 255, colors & 255), -1).astype(float)
    found: list[np.ndarray] = []
    left = counts.copy()
    for _ in range(64):
        peak = int(left.argmax())
        near = (np.linalg.norm(rgb - rgb[peak], axis=1) < NEAR) & (left > 0)
        if left[near].sum() < PALETTE_PART * counts.sum() or left[peak] < 2:
            break
        found.append(rgb[peak])
        left[near] = 0
    return np.array(found, np.uint8).reshape(-1, 3)


def off_palette(pixels: np.ndarray, palette: np.ndarray, exact: float = 3.0) -> float:
    """Share of the pixels that are none of the palette's colors, to within `exact` levels."""
    distances = np.linalg.norm(pixels.reshape(-1, 1, 3).astype(float) - palette[None].astype(float), axis=-1)
    return float((distances.min(1) > exact * np.sqrt(3)).mean())


def difference_hash(picture: Image.Image) -> np.ndarray:
    """bool (256,): whether each pixel of a 17×16 copy is darker than the next (dHash)."""
    levels = np.asarray(picture.convert("L").resize((HASH_SIDE + 1, HASH_SIDE), Image.Resampling.BOX)).astype(
        int
    )
    return (np.diff(levels, axis=1) > RISE).ravel()


def is_telling(bits: np.ndarray) -> bool:
    """Whether a hash says something: that of a nearly empty picture is all zeros."""
    return bool(24 <= bits.sum() <= len(bits) - 8)


def alike(hashes: np.ndarray, others: np.ndarray) -> list[tuple[int, int, int]]:
    """(index, index of the nearest other, bits that differ) where at most ALIKE of 256 bits differ."""
    if not len(hashes) or not len(others):
        return []
    ones, twos = hashes.astype(np.int32), others.astype(np.int32)
    differing = ones @ (1 - twos).T + (1 - ones) @ twos.T
    nearest = differing.argmin(1)
    return [
        (i, int(j), int(differing[i, j]))
        for i, j in enumerate(nearest)
        if differing[i, j] <= ALIKE and is_telling(hashes[i])
    ]
