"""Differentiable augmentation for small data sets (Zhao et al. 2020, §3): color jitter, translation, cutout.

Real and generated images alike are augmented before D sees them, so that D cannot memorize a few hundred
photos; all of it is differentiable, so G learns through it. Knows nothing
about networks, data or losses.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

MAX_SHIFT = 1 / 8  # of the side, at most
CUTOUT = 1 / 2  # of the side


def augmenter(on: bool, *seed: int) -> Callable[..., tuple[Tensor, ...]]:
    """A function that takes D's input, (x, y) or (y), each (N, C, H, W), and gives what D is to see of it.

    Every call draws new numbers, determined by the seed. x and y move together; only y gets color jitter.
    """
    if not on:
        return lambda *shown: shown
    rng = np.random.default_rng(seed)

    def augment(*shown: Tensor) -> tuple[Tensor, ...]:
        *given, picture = shown
        together = torch.cat((*given, color_jitter(picture, rng)), 1)
        together = torch.cat([cutout(translate(each, rng), rng) for each in together.split(1)])
        return together.split([part.shape[1] for part in shown], 1)

    return augment


def color_jitter(picture: Tensor, rng: np.random.Generator) -> Tensor:
    """Brightness ±0.5, saturation ×0 to 2 and contrast ×0.5 to 1.5, each picture by its own draw."""
    brightness, saturation, contrast = (
        torch.from_numpy(rng.uniform(low, high, (len(picture), 1, 1, 1))).to(picture)
        for low, high in ((-0.5, 0.5), (0, 2), (0.5, 1.5))
    )
    picture = picture + brightness
    gray = picture.mean(1, keepdim=True)
    picture = gray + (picture - gray) * saturation
    mean = picture.mean((1, 2, 3), keepdim=True)
    return mean + (picture - mean) * contrast


def translate(picture: Tensor, rng: np.random.Generator) -> Tensor:
    """Translate by up to an eighth of the side each way; zeros fill the border."""
    side = picture.shape[-1]
    most = round(side * MAX_SHIFT)
    top, left = rng.integers(0, 2 * most + 1, 2)
    padded = torch.nn.functional.pad(picture, (most,) * 4)
    return padded[..., top : top + side, left : left + side]


def cutout(picture: Tensor, rng: np.random.Generator) -> Tensor:
    """Set a square of half the side, centered anywhere, to zero."""
    side = picture.shape[-1]
    half = round(side * CUTOUT / 2)
    y, x = rng.integers(0, side, 2)
    seen = torch.ones_like(picture[:, :1])
    seen[..., max(0, y - half) : y + half, max(0, x - half) : x + half] = 0
    return picture * seen
