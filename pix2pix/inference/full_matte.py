"""Cut out at a photo's own size: the small matte follows the photo's edges, the rim loses the old background.

The matte is refined in two steps: with a guided filter on the photo at WORK pixels, whose coefficients are
applied to the photo itself. Colors of half-transparent pixels are estimated by blurred foregrounds and
backgrounds (Forte 2021, "Approximate fast foreground colour estimation"). Knows nothing about networks.
"""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pix2pix.images import pil_to_tensor, tensor_to_array
from pix2pix.inference.filters import GuidedUpsampler, box, enlarge_rows, in_bands

WORK = 640  # long side at which the matte is refined
NOISE = 0.04  # of the photo, in [-1, 1]
UNSURE = 2.5  # cells of the small matte by which its edge may be wrong
RADII = (45, 5)  # of the two blurs, in pixels of WORK
NEARLY = 0.12  # a matte so close to 0 or 1 is that: a filter leaves a veil


def cut_out(photo: Image.Image, matte: Tensor) -> Image.Image:
    """photo "RGB" of any size, its matte (1, 1, S, S) in [-1, 1], 1 what stays → "RGBA", as large."""
    width, height = photo.size
    scale = min(1.0, WORK / max(width, height))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    guide = pil_to_tensor(photo.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0))[0]
    alpha = enlarge_rows((matte[0].float() + 1) / 2, *size, 0, size[1]).clamp(0, 1)
    radius = max(2, round(UNSURE * max(size) / matte.shape[-1]))
    upsampler = GuidedUpsampler(guide, alpha, radius, NOISE, radius)
    alpha = sure(upsampler.rows(guide, size[1], 0))
    colors = torch.cat(blurred_colors(guide, alpha))
    result = np.empty((height, width, 4), np.uint8)

    def cut(top: int, bottom: int) -> None:
        image = pil_to_tensor(photo.crop((0, top, width, bottom)))[0]
        alpha = sure(upsampler.rows(image, height, top))
        front, behind = enlarge_rows(colors, width, height, top, bottom).split(3)
        clean = front + alpha * (image - alpha * front - (1 - alpha) * behind)
        found = torch.cat((torch.where(alpha == 1, image, clean), 2 * alpha - 1))
        result[top:bottom] = tensor_to_array(found[None])[0]

    in_bands(width, height, cut)
    return Image.fromarray(result)


def sure(alpha: Tensor) -> Tensor:
    return ((alpha - NEARLY) / (1 - 2 * NEARLY)).clamp_(0, 1)


def blurred_colors(image: Tensor, alpha: Tensor) -> tuple[Tensor, Tensor]:
    """image (3, H, W), alpha (1, H, W) → foreground and background as they are around each pixel."""
    front = behind = image
    for radius in RADII:
        mean_front = box(front * alpha, radius) / (box(alpha, radius) + 1e-5)
        mean_behind = box(behind * (1 - alpha), radius) / (box(1 - alpha, radius) + 1e-5)
        rest = image - alpha * mean_front - (1 - alpha) * mean_behind
        front = (mean_front + alpha * rest).clamp(-1, 1)
        behind = (mean_behind + (1 - alpha) * rest).clamp(-1, 1)
    return mean_front, mean_behind
