"""Pairs for tasks whose input can be made: drawings from edges, greyscale, holes, cut-outs.

A maker turns one pair as it lies on disk into what the networks see. Pictures are (1, C, H, W) in [-1, 1];
every random choice comes from the numpy generator that is passed in. People's drawings are not edge maps, so
lines vary here as they vary between people.
"""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage
from torch import Tensor

from pix2pix.images import punch_holes, rgb_to_lab

Maker = Callable[[Tensor, Tensor, np.random.Generator], tuple[Tensor, Tensor]]


def aligned(a: Tensor, b: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """The pair as it is."""
    return a, b


def drawing_from_soft_edges(soft: Tensor, b: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A soft edge map (dark on white) → a drawing as one of many hands might have made it."""
    return vary_lines(soft, rng, threshold=float(rng.uniform(0.25, 0.65))), b


def drawing_from_lines(lines: Tensor, b: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A clean line drawing → the same in another hand."""
    return vary_lines(lines, rng, threshold=0.4), b


def photo_to_drawing(soft: Tensor, photo: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """(photo, clean 1.5-px drawing): the way back, always in the same hand so that it can be learnt."""
    ink = thin(ndimage.gaussian_filter(darkness(soft), 0.7) > 0.35)
    return photo, draw(remove_small(ink, 12), 1.5)


def grey_and_colour(a: Tensor, photo: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A photo → its L (1 channel) and its a, b (2 channels), scaled to [-1, 1]."""
    lab = rgb_to_lab(photo)
    return lab[:, :1], lab[:, 1:]


def photo_with_holes(a: Tensor, photo: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A photo → the photo with holes and where they are (4 channels), and the photo."""
    hole = torch.from_numpy(random_holes(photo.shape[-1], rng))[None, None]
    return punch_holes(photo, hole), photo


def animal_and_matte(trimap: Tensor, photo: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A photo and its matte (1 channel, 1 animal, -1 background), exposed a little differently each time."""
    gain, shift = rng.uniform(0.8, 1.2), rng.uniform(-0.15, 0.15)
    return (photo * gain + shift).clamp(-1, 1), trimap


MAKERS: dict[str, Maker] = {
    "aligned": aligned,
    "soft-edges": drawing_from_soft_edges,
    "edges": drawing_from_soft_edges,  # the soft edges are made when the photos are read
    "lines": drawing_from_lines,
    "drawing": photo_to_drawing,
    "gray": grey_and_colour,
    "holes": photo_with_holes,
    "cutout": animal_and_matte,
}

# What the generator sees and answers, by pair maker (the kinds of `images.py`).
KINDS: dict[str, tuple[str, str]] = {
    "gray": ("grey", "ab"),
    "holes": ("holes", "rgb"),
    "cutout": ("rgb", "matte"),
}


def input_output_kinds(pairs: str) -> tuple[str, str]:
    return KINDS.get(pairs, ("rgb", "rgb"))


# --- Lines -----------------------------------------------------------------------------------------


def darkness(picture: Tensor) -> np.ndarray:
    """(1, C, H, W) in [-1, 1], dark on white → float32 (H, W), 0 paper to 1 ink."""
    return ((1 - picture.mean(1)[0]) / 2).numpy()


def vary_lines(picture: Tensor, rng: np.random.Generator, threshold: float) -> Tensor:
    """Dark lines on white → lines of one width, thinner, broken, simplified and displaced at random.

    Returns (1, 3, H, W) in [-1, 1], anti-aliased, black on white.
    """
    wobbled = displace(picture, amplitude=float(rng.uniform(0, 2.5)), rng=rng)
    ink = ndimage.gaussian_filter(darkness(wobbled), float(rng.uniform(0.3, 1.2))) > threshold
    ink = thin(ink)
    # Half of the drawings keep their small marks; the other half are as plain as people draw.
    ink = remove_small(ink, int(rng.integers(4, 15) if rng.random() < 0.5 else rng.integers(15, 70)))
    if rng.random() < 0.5:
        ink = break_strokes(ink, int(rng.integers(1, 10)), rng)
    # Most people take a thin or a middle pen; some take a thick one.
    return draw(ink, width=float(1 + 4 * rng.beta(1.2, 2.5)))


def displace(picture: Tensor, amplitude: float, rng: np.random.Generator) -> Tensor:
    """Move every point by a smooth random field of up to about `amplitude` pixels: an unsteady hand."""
    side = picture.shape[-1]
    coarse = torch.from_numpy(rng.standard_normal((1, 2, 9, 9), dtype=np.float32))
    field = F.interpolate(coarse, (side, side), mode="bicubic") * (amplitude * 2 / side)
    axis = (torch.arange(side) * 2 + 1) / side - 1
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1)[None] + field.permute(0, 2, 3, 1)
    return F.grid_sample(picture - 1, grid, align_corners=False) + 1  # paper beyond the border


def thin(ink: np.ndarray) -> np.ndarray:
    """bool (H, W) → its one-pixel skeleton."""
    from skimage.morphology import skeletonize

    return skeletonize(ink)


def remove_small(ink: np.ndarray, pixels: int) -> np.ndarray:
    """Drop connected marks of fewer than `pixels` pixels (the paper drops those under 5)."""
    labels, _ = ndimage.label(ink, np.ones((3, 3)))
    return ink & (np.bincount(labels.ravel())[labels] >= pixels)


def break_strokes(ink: np.ndarray, gaps: int, rng: np.random.Generator) -> np.ndarray:
    """Rub out `gaps` small discs that lie on lines."""
    ys, xs = np.nonzero(ink)
    if len(ys) == 0:
        return ink
    rows, columns = np.ogrid[: ink.shape[0], : ink.shape[1]]
    ink = ink.copy()
    for index in rng.integers(0, len(ys), gaps):
        ink &= (rows - ys[index]) ** 2 + (columns - xs[index]) ** 2 > rng.uniform(1.5, 5) ** 2
    return ink


def draw(ink: np.ndarray, width: float) -> Tensor:
    """One-pixel lines → black lines of `width` pixels on white, anti-aliased: (1, 3, H, W) in [-1, 1]."""
    if not ink.any():
        return torch.ones(1, 3, *ink.shape)
    distance = ndimage.distance_transform_edt(~ink)
    black = np.clip(width / 2 + 0.5 - distance, 0, 1).astype(np.float32)
    return torch.from_numpy(1 - 2 * black).expand(1, 3, *ink.shape).clone()


def soft_edges(photo: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3) → soft edge map, uint8 (H, W), dark on white: the colour gradient at two scales.

    A plain stand-in for HED (paper appendix) that needs no weights of anybody else's.
    """
    levels = photo.astype(np.float32) / 255
    strength = sum(
        scale * np.max([ndimage.gaussian_gradient_magnitude(levels[..., c], scale) for c in range(3)], axis=0)
        for scale in (1.5, 3.0)
    )
    strength = strength / max(float(np.quantile(strength, 0.97)), 0.02)
    return (255 * (1 - np.clip(strength, 0, 1))).astype(np.uint8)


# --- Holes -----------------------------------------------------------------------------------------


def random_holes(side: int, rng: np.random.Generator) -> np.ndarray:
    """bool (side, side): one to three boxes or brush strokes, about a tenth to a third of the picture."""
    from PIL import Image, ImageDraw

    page = Image.new("1", (side, side))
    pen = ImageDraw.Draw(page)
    for _ in range(rng.integers(1, 4)):
        if rng.random() < 0.4:
            width, height = rng.uniform(0.12, 0.4, 2) * side
            left, top = rng.uniform(0, side - width), rng.uniform(0, side - height)
            pen.rectangle((left, top, left + width, top + height), fill=1)
            continue
        brush = rng.uniform(0.03, 0.1) * side
        points = [rng.uniform(0.1, 0.9, 2) * side]
        for _ in range(rng.integers(2, 7)):
            points.append(np.clip(points[-1] + rng.normal(0, 0.18, 2) * side, 0, side - 1))
        pen.line([tuple(p) for p in points], fill=1, width=int(brush), joint="curve")
        for x, y in points:
            pen.ellipse((x - brush / 2, y - brush / 2, x + brush / 2, y + brush / 2), fill=1)
    return np.array(page)
