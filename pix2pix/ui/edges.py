"""Photo → lines without a model: a gradient edge filter after Canny.

Serves "start from a photo" until a photo2edges checkpoint is there. Knows nothing about models or pages.
"""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from pix2pix.images import flatten

BLUR = 1.6
"""Gaussian blur before the gradient, px: fur and brick are texture, not outline."""

STRONG, WEAK = 90.0, 72.0
"""Percentiles of the gradient: where a line starts, and how far it is followed."""

SHORTEST = 12
"""Connected pixels below which a line is crumbs."""


def trace_edges(photo: Image.Image, side: int = 256) -> Image.Image:
    """Any PIL image → PIL "L", side × side, black lines about 2 px thick on white."""
    gray = ImageOps.autocontrast(flatten(photo).convert("L").resize((side, side), Image.Resampling.LANCZOS))
    levels = np.asarray(gray.filter(ImageFilter.GaussianBlur(BLUR)), np.float64)
    down, across = (np.asarray(part) for part in np.gradient(levels))
    strength = np.hypot(down, across)
    ridge = _thin(strength, across, down)
    if not ridge.any():
        return Image.new("L", (side, side), 255)
    strong = np.percentile(strength, STRONG)
    weak = np.percentile(strength, WEAK)
    kept = _connected(ridge & (strength >= max(weak, 1.0)), ridge & (strength >= max(strong, 2.0)))
    lines = Image.fromarray(np.where(kept, 0, 255).astype(np.uint8))
    return lines.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.GaussianBlur(0.6))


def _thin(strength: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Only the crest of each edge: pixels not weaker than both neighbours along the gradient."""
    sector = np.round(np.arctan2(down, across) / (np.pi / 4)).astype(int) % 4
    padded = np.pad(strength, 1)
    height, width = strength.shape
    crest = np.zeros(strength.shape, bool)
    for number, (dy, dx) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        ahead = padded[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]
        behind = padded[1 - dy : 1 - dy + height, 1 - dx : 1 - dx + width]
        crest |= (sector == number) & (strength > ahead) & (strength >= behind)
    return crest


def _connected(candidates: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The 8-connected pieces of `candidates` that hold a seed and are not crumbs."""
    height, width = candidates.shape
    kept = np.zeros_like(candidates)
    seen = np.zeros_like(candidates)
    for start in zip(*np.nonzero(seeds), strict=True):
        if seen[start]:
            continue
        piece = [start]
        seen[start] = True
        for y, x in piece:  # the list grows while it is walked
            for near_y in range(max(0, y - 1), min(height, y + 2)):
                for near_x in range(max(0, x - 1), min(width, x + 2)):
                    if candidates[near_y, near_x] and not seen[near_y, near_x]:
                        seen[near_y, near_x] = True
                        piece.append((near_y, near_x))
        if len(piece) >= SHORTEST:
            rows, columns = zip(*piece, strict=True)
            kept[rows, columns] = True
    return kept
