"""Houses and streets elsewhere in their frame: label map and photo moved alike.

Annotated houses fill their photo; a visitor draws a small one at the lower left, before the sky, with a
triangle for a roof. Every random choice comes from the numpy generator that is passed in. Not in the paper.
Knows nothing about torch.
"""

import numpy as np
from PIL import Image
from scipy import ndimage

from pix2pix.data.label_maps import main_part
from pix2pix.data.label_rules import LabelRules
from pix2pix.data.label_snapping import snap

Pair = tuple[np.ndarray, np.ndarray]

# Probabilities per pair.
PLACED = 0.5
CUT_OUT = 0.8  # what the photo shows around the annotated house goes too
GABLE = 0.3

# Medians of what the CMP photos show above (247 photos) and below their houses (174), from common to rare.
SKIES = ((244, 244, 244), (250, 250, 250), (210, 212, 219), (177, 185, 193), (168, 195, 223), (133, 170, 209))
GROUNDS = ((85, 84, 76), (101, 94, 94), (115, 109, 105), (68, 67, 57), (140, 140, 140))

# The part of a Cityscapes picture above the camera car's bonnet.
ABOVE_BONNET = 0.84


def place(labels: np.ndarray, photo: np.ndarray, rules: LabelRules, rng: np.random.Generator) -> Pair:
    """Label map and photo, uint8 (H, W, 3) each → the same, moved alike for half of the random states.

    A house (rules.background is set) becomes smaller and stands somewhere before a plain sky; of a scene a
    part is shown. The other half of the pairs is returned as it is.
    """
    if rng.random() >= PLACED:
        return labels, photo
    return place_house(labels, photo, rules, rng) if rules.background else crop_scene(labels, photo, rng)


def place_house(labels: np.ndarray, photo: np.ndarray, rules: LabelRules, rng: np.random.Generator) -> Pair:
    """A smaller house, anywhere in the frame, before a plain sky and ground.

    Its longer side takes 0.4 to 1 of the frame (or stays as it is, if smaller). The border is
    `rules.background` in the label map. In most pairs the photo's own surroundings of the house and its
    neighbors' windows go too, and in some its upper corners: what is left of the wall is a gable.
    """
    height, width = labels.shape[:2]
    inside = snap(labels, rules) != rules.numbers[rules.background]
    y0, x0, y1, x1 = main_part(inside)
    extent = max((y1 - y0) / height, (x1 - x0) / width)
    scale, stretch = rng.uniform(min(0.4 / extent, 1.0), 1.0), np.exp(rng.normal(0, 0.08))
    h = int(np.clip(height * scale / stretch, 8, height))
    w = int(np.clip(width * scale * stretch, 8, width))
    small_labels, small_photo = _resize(labels, w, h, Image.Resampling.NEAREST), _resize(photo, w, h)
    left = int(rng.integers(0, width - w + 1))
    room = height - h
    # Most houses stand low in the picture.
    top = room - int(room * rng.uniform(0, 0.3)) if rng.random() < 0.7 else int(rng.integers(0, room + 1))
    house = np.ones((height, width), bool)
    if rng.random() < CUT_OUT:
        house[:] = False
        house[y0:y1, x0:x1] = inside[y0:y1, x0:x1]
    if rng.random() < GABLE:
        house &= below_gable((height, width), (y0, x0, y1, x1), rng)
    house = _resize(house, w, h, Image.Resampling.NEAREST)
    moved_labels = np.empty_like(labels)
    moved_labels[:] = rules.colors[rules.numbers[rules.background]]
    moved_photo = plain_surroundings(height, width, top + round(y1 * h / height), rng)
    frame = np.s_[top : top + h, left : left + w]
    moved_labels[frame][house] = small_labels[house]
    moved_photo[frame][house] = small_photo[house]
    return moved_labels, moved_photo


def below_gable(
    shape: tuple[int, int], house: tuple[int, int, int, int], rng: np.random.Generator
) -> np.ndarray:
    """bool of `shape`, true below a gable roof that fills the top of the rectangle `house`."""
    top, left, bottom, right = house
    drop = (bottom - top) * rng.uniform(0.15, 0.45)
    apex = left + (right - left) * rng.uniform(0.4, 0.6)
    x = np.arange(shape[1])
    slope = np.where(x < apex, (apex - x) / (apex - left), (x - apex) / (right - apex))
    return np.arange(shape[0])[:, None] >= top + drop * slope


def plain_surroundings(height: int, width: int, horizon: int, rng: np.random.Generator) -> np.ndarray:
    """A sky that gets paler towards row `horizon` and a gray ground below it: uint8 (height, width, 3)."""
    sky, ground = (np.array(c[rng.integers(len(c))], np.float32) for c in (SKIES, GROUNDS))
    y = np.arange(height, dtype=np.float32)[:, None]
    toward = np.clip(y / max(horizon, 1), 0, 1) * rng.uniform(0, 0.6)
    column = sky + (np.float32(246) - sky) * toward
    below = ground * (1 + 0.15 * np.clip((y - horizon) / height, 0, 1))
    column = column + (below - column) * np.clip(y - horizon + 0.5, 0, 1)
    grain = rng.integers(-2, 3, (height, width, 1), dtype=np.int16)
    return np.clip(column[:, None].round().astype(np.int16) + grain, 0, 255).astype(np.uint8)


def crop_scene(labels: np.ndarray, photo: np.ndarray, rng: np.random.Generator) -> Pair:
    """A part of the scene above the camera car's bonnet, 0.6 to 0.84 of the frame's height, at full size."""
    height, width = labels.shape[:2]
    part = rng.uniform(0.6, ABOVE_BONNET)
    h, w = int(height * part), int(width * min(1.0, part * rng.uniform(0.95, 1.2)))
    top = int(rng.integers(0, max(1, int(height * ABOVE_BONNET) - h + 1)))
    left = int(rng.integers(0, width - w + 1))
    frame = np.s_[top : top + h, left : left + w]
    return (
        _resize(labels[frame], width, height, Image.Resampling.NEAREST),
        _resize(photo[frame], width, height, Image.Resampling.BICUBIC),
    )


def _resize(
    picture: np.ndarray, width: int, height: int, how: Image.Resampling = Image.Resampling.BILINEAR
) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((width, height), how))


# --- Once, when a set is read ----------------------------------------------------------------------------


def fill_blank(photo: np.ndarray) -> np.ndarray:
    """Photo uint8 (H, W, 3) → the same, with black or gray wedges at its border filled in.

    Two in five CMP photos were rectified and show wedges of black or of (128, 128, 128): what the generator
    would learn as "background". They get the colors of the nearest pixels, smoother the farther away.
    """
    levels = photo.astype(np.int16)
    blank = (levels.max(-1) < 26) | (np.abs(levels - 128).max(-1) < 8)
    regions, _ = ndimage.label(ndimage.binary_opening(blank, iterations=2))
    at_border = np.unique(np.concatenate((regions[0], regions[-1], regions[:, 0], regions[:, -1])))
    sizes = np.bincount(regions.ravel())
    large = [r for r in at_border.tolist() if r and sizes[r] > 0.005 * blank.size]
    if not large:
        return photo
    hole = ndimage.binary_dilation(np.isin(regions, large), iterations=4)
    if hole.all():
        return photo
    distance, nearest = ndimage.distance_transform_edt(hole, return_indices=True)
    filled = photo[nearest[0], nearest[1]].astype(np.float32)
    for sigma in (4, 12, 30):
        softer = _blur(filled, sigma)
        weight = np.clip(distance / sigma, 0, 1)[..., None]
        filled = filled + (softer - filled) * weight
    return np.where(hole[..., None], filled.round(), photo).astype(np.uint8)


def _blur(picture: np.ndarray, sigma: float) -> np.ndarray:
    """float32 (H, W, 3) → a Gaussian blur of it, from a quarter of the pixels a side where that is enough."""
    if sigma < 8:
        return ndimage.gaussian_filter(picture, (sigma, sigma, 0), mode="nearest")
    small = ndimage.gaussian_filter(picture[::4, ::4], (sigma / 4, sigma / 4, 0), mode="nearest")
    size = (picture.shape[1], picture.shape[0])
    channels = [Image.fromarray(small[..., c]).resize(size, Image.Resampling.BILINEAR) for c in range(3)]
    return np.stack([np.asarray(channel) for channel in channels], -1)
