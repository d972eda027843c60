"""From a picture of labels to class numbers, fast enough for every training step, and back.

Label maps come as JPEG: flat areas of palette colors whose edges are blurred. Knows nothing about torch.
"""

from functools import lru_cache

import numpy as np
from PIL import Image

from pix2pix.data.label_rules import LabelRules

BLURRED = 45  # RGB distance from every palette color beyond which a pixel's own color is not trusted
HIDDEN = 255  # marks pixels whose class is still to be found
DIRECTIONS = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]


def snap(labels: np.ndarray, rules: LabelRules) -> np.ndarray:
    """uint8 (H, W, 3) → class numbers, uint8 (H, W).

    Each pixel takes the nearest palette color. On an edge blurred by JPEG, where red on blue gives the purple
    of some third class, it takes the class of a neighbor that is not blurred.
    """
    table = _snapping_table(rules.palette)
    red, green, blue = np.ascontiguousarray(labels.transpose(2, 0, 1)).astype(np.uint16) >> 3
    index = np.take(table, (red << 10) | (green << 5) | blue)
    return fill_from_neighbors(index, labels, rules)


def clean_labels(picture: np.ndarray, rules: LabelRules, side: int) -> np.ndarray:
    """A label map as it is stored, uint8 (H, W, 3) → uint8 (side, side, 3) in palette colors.

    To be done once, when a set is read, and before any other resizing: colors mixed by interpolation belong
    to no class. Removes the specks and one-pixel seams that JPEG leaves along edges.
    """
    index = snap(picture, rules)
    border = np.pad(index, 1, mode="edge")
    alike = sum(
        (border[1 + dy : border.shape[0] - 1 + dy, 1 + dx : border.shape[1] - 1 + dx] == index).astype(
            np.uint8
        )
        for dy, dx in DIRECTIONS
    )
    index = fill_from_neighbors(np.where(alike <= 2, HIDDEN, index).astype(np.uint8), picture, rules)
    if index.shape != (side, side):
        index = np.asarray(Image.fromarray(index).resize((side, side), Image.Resampling.NEAREST))
    return recolor(index, rules)


def fill_from_neighbors(index: np.ndarray, picture: np.ndarray, rules: LabelRules) -> np.ndarray:
    """Give HIDDEN pixels the class of a pixel near by.

    Candidates are what lies up to three pixels away in eight directions, and a house's wall. JPEG halves the
    resolution of color and keeps that of brightness, so the one of the most similar brightness is taken.
    """
    rows, columns = np.nonzero(index == HIDDEN)
    if not len(rows):
        return index
    reach = [(y * d, x * d) for y, x in DIRECTIONS for d in ((1, 2, 3) if y * x == 0 else (1, 2))]
    around = np.stack(
        [
            index[np.clip(rows + y, 0, index.shape[0] - 1), np.clip(columns + x, 0, index.shape[1] - 1)]
            for y, x in reach
        ]
        + ([np.full(len(rows), rules.numbers[rules.ground], np.uint8)] if rules.background else [])
    )
    colors = np.full((256, 3), 1e4, np.float32)  # HIDDEN is far from everything
    colors[: len(rules.colors)] = rules.colors
    difference = colors[around] - picture[rows, columns]
    brightness = difference @ np.array((0.299, 0.587, 0.114), np.float32)
    best = (9 * brightness**2 + (difference**2).sum(-1)).argmin(0)
    filled = index.copy()
    filled[rows, columns] = np.take_along_axis(around, best[None], 0)[0]
    left = filled == HIDDEN
    if left.any():  # nothing known near by
        away = ((rules.colors[:, None] - picture[left].astype(np.float32)) ** 2).sum(-1)
        filled[left] = away.argmin(0)
    return filled


@lru_cache(maxsize=8)
def _snapping_table(palette) -> np.ndarray:
    """For each RGB color cut to 5 bits a channel the nearest class, HIDDEN where even that is far.

    A cell that holds a palette color belongs to that color, so that palette colors stay as they are.
    """
    levels = np.arange(32) * 8 + 4
    cells = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), -1).reshape(-1, 1, 3)
    colors = np.array([color for _, color in palette])
    distance = np.sqrt(((cells - colors) ** 2).sum(-1))
    distance[(colors >> 3) @ (1024, 32, 1), np.arange(len(colors))] = 0
    return np.where(distance.min(1) > BLURRED, HIDDEN, distance.argmin(1)).astype(np.uint8)


def recolor(index: np.ndarray, rules: LabelRules) -> np.ndarray:
    """Class numbers (H, W) → palette colors, uint8 (H, W, 3)."""
    return np.take(rules.colors, index, axis=0)
