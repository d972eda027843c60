"""Line drawings: soft edges of a photo, and lines that vary as they vary between people.

People's drawings are not edge maps. Tensors are (1, C, H, W) in [-1, 1]; every random choice comes from the
numpy generator that is passed in.
"""

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage
from torch import Tensor


def darkness(picture: Tensor) -> np.ndarray:
    """(1, C, H, W) in [-1, 1], dark on white → float32 (H, W), 0 paper to 1 ink."""
    return ((1 - picture.mean(1)[0]) / 2).numpy()


def vary_lines(picture: Tensor, rng: np.random.Generator, threshold: float) -> Tensor:
    """Dark lines on white → lines of one width, thinner, broken, simplified and displaced at random.

    Returns (1, 3, H, W) in [-1, 1], anti-aliased, black on white.
    """
    wobbled = displace(picture, amplitude=float(rng.uniform(0, 1.8)), rng=rng)
    ink = ndimage.gaussian_filter(darkness(wobbled), float(rng.uniform(0.3, 1.2))) > threshold
    ink = thin(ink)
    # Few people draw every small mark; but an eye, some 25 pixels around, is one that everybody draws.
    ink = remove_small(ink, int(rng.integers(4, 12) if rng.random() < 0.6 else rng.integers(12, 30)))
    if rng.random() < 0.35:
        ink = break_strokes(ink, int(rng.integers(1, 8)), rng)
    ink = fill_loops(ink, rng)
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


def fill_loops(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fill small closed loops, dot them, or leave only a dot or a lid: eyes as people draw them."""
    loops, count = ndimage.label(ndimage.binary_fill_holes(ink) & ~ink)
    sizes = np.bincount(loops.ravel(), minlength=count + 1)
    ys, xs = np.nonzero(ink)
    rows, columns = np.ogrid[: ink.shape[0], : ink.shape[1]]
    ink = ink.copy()
    way = rng.random()  # one hand draws all of its eyes alike
    for index in range(1, count + 1):
        if not 12 <= sizes[index] <= 0.012 * ink.size:
            continue
        loop = loops == index
        y, x = ndimage.center_of_mass(loop)
        across, down = (x - xs.min()) / np.ptp(xs), (y - ys.min()) / np.ptp(ys)
        if not (0.15 < across < 0.85 and 0.25 < down < 0.8):  # the tip of an ear, a fold of the neck
            continue
        dot = (rows - y) ** 2 + (columns - x) ** 2 <= sizes[index] * rng.uniform(0.04, 0.14)
        around = ndimage.binary_dilation(loop, iterations=3)
        if way < 0.26:
            ink |= loop
        elif way < 0.5:
            ink |= dot
        elif way < 0.72:  # two dots are a child's eyes, without an outline
            ink = (ink & ~around) | dot
        elif way < 0.84:  # a lid alone: the lower or the upper half of the outline
            lid = around & ((rows > y) if way < 0.78 else (rows < y))
            ink &= ~around | lid
    return ink


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
    """uint8 (H, W, 3) → soft edge map, uint8 (H, W), dark on white: the color gradient at two scales.

    A plain stand-in for HED (paper appendix) that needs no weights of anybody else's.
    """
    levels = photo.astype(np.float32) / 255
    strength = sum(
        scale * np.max([ndimage.gaussian_gradient_magnitude(levels[..., c], scale) for c in range(3)], axis=0)
        for scale in (1.5, 3.0)
    )
    strength = strength / max(float(np.quantile(strength, 0.97)), 0.02)
    return (255 * (1 - np.clip(strength, 0, 1))).astype(np.uint8)
