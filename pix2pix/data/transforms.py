"""Pairs for tasks whose input can be made: drawings from edges, grayscale, masks, mattes; and the jitter.

A transform turns a pair as decoded into what the networks see. Images are (1, C, H, W) in [-1, 1];
every random choice comes from the numpy generator that is passed in.
"""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw
from scipy import ndimage
from torch import Tensor

from pix2pix.data.line_art import darkness, draw, remove_small, thin, vary_lines
from pix2pix.images import array_to_tensor, punch_holes, rgb_to_lab

Transform = Callable[[Tensor, Tensor, np.random.Generator], tuple[Tensor, Tensor]]


def aligned(a: Tensor, b: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """The pair as it is."""
    return a, b


def drawing_from_soft_edges(soft: Tensor, b: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A soft edge map (dark on white) → a drawing as one of many hands might have made it."""
    return vary_lines(soft, rng, threshold=float(rng.uniform(0.2, 0.6))), b


def drawing_from_lines(lines: Tensor, b: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A clean line drawing → the same in another hand."""
    # Lines of one pixel are faint once they are blurred; at a higher threshold most of them would go.
    return vary_lines(lines, rng, threshold=0.15), b


def photo_to_drawing(soft: Tensor, photo: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """(photo, clean drawing with a soft 3-px pen): the way back, always in the same hand so it can be learnt.

    Nobody can tell from a photo which pixel a 1-px line will lie on: a generator taught these answers dots.
    """
    dark = ndimage.gaussian_filter(darkness(soft), 0.7)
    # By how dark its lines are: soft maps keep their outlines and lose fur, thin clean lines all stay.
    threshold = 0.8 * float(np.median(dark[dark > 0.3])) if (dark > 0.3).any() else 1.0
    ink = remove_small(thin(dark > threshold), 20)
    return photo, torch.from_numpy(ndimage.gaussian_filter(draw(ink, 3).numpy(), (0, 0, 0.7, 0.7)))


def gray_and_color(a: Tensor, photo: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
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


TRANSFORMS: dict[str, Transform] = {
    "aligned": aligned,
    "soft-edges": drawing_from_soft_edges,
    "edges": drawing_from_soft_edges,  # the soft edges are made when the photos are read
    "lines": drawing_from_lines,
    "drawing": photo_to_drawing,
    "gray": gray_and_color,
    "holes": photo_with_holes,
    "cutout": animal_and_matte,
}


# --- Holes -----------------------------------------------------------------------------------------------


def random_holes(side: int, rng: np.random.Generator) -> np.ndarray:
    """bool (side, side): one to three boxes or brush strokes, about a tenth to a third of the picture."""

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


# --- Jitter ----------------------------------------------------------------------------------------------


def crop(
    a: np.ndarray, b: np.ndarray, size: int, flip: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The paper's jitter on pictures already at load_size: the same random crop and mirror for both."""
    top, left = rng.integers(0, a.shape[0] - size + 1), rng.integers(0, a.shape[1] - size + 1)
    a, b = a[top : top + size, left : left + size], b[top : top + size, left : left + size]
    return (a[:, ::-1], b[:, ::-1]) if flip and rng.random() < 0.5 else (a, b)


def place(stacked: np.ndarray, size: int, flip: bool, rng: np.random.Generator) -> Tensor:
    """Lay a drawing and its photo on a white page: scaled from 0.4 to a little over, shifted and tilted.

    People draw a whole face somewhere on the page; photographs fill their frame.
    """
    picture = array_to_tensor(stacked)
    scale = rng.triangular(0.4, 0.95, 1.1)
    angle = np.deg2rad(rng.normal(0, 5))
    room = max(0.0, 1 - scale) + 0.08
    shift_x, shift_y = rng.uniform(-room, room, 2)
    mirror = -1.0 if flip and rng.random() < 0.5 else 1.0
    cosine, sine = np.cos(angle) / scale, np.sin(angle) / scale
    # From a place on the page to the place in the picture that is seen there.
    theta = torch.tensor(
        [
            [mirror * cosine, -mirror * sine, -mirror * (cosine * shift_x - sine * shift_y)],
            [sine, cosine, -(sine * shift_x + cosine * shift_y)],
        ],
        dtype=torch.float32,
    )
    grid = F.affine_grid(theta[None], [1, picture.shape[1], size, size], align_corners=False)
    return F.grid_sample(picture - 1, grid, align_corners=False) + 1  # zeros beyond the border are white


def lay_over(photo: np.ndarray, matte: np.ndarray, background: np.ndarray) -> np.ndarray:
    """The animal of `photo` (uint8 H×W×3) by its `matte` (uint8 H×W×1) in front of another photo."""
    alpha = matte.astype(np.float32) / 255
    behind = background[: photo.shape[0], : photo.shape[1]]
    return (photo * alpha + behind * (1 - alpha)).astype(np.uint8)
