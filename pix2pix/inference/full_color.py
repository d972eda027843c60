"""Color at a photo's own size: a and b predicted small, brought up along the edges, joined with its L.

The lightness is the photo's. A color that sRGB does not have is mixed with the gray of its luminance, instead
of clipped, which would change it. Knows nothing about networks.
"""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pix2pix.images import AB_SCALE, lab_cube, lab_matrices, lab_root, linear_to_srgb, srgb_to_linear
from pix2pix.inference.filters import GuidedUpsampler, in_bands

RADIUS, NOISE, SLACK = 3, 0.08, 2  # of the guided filter; L in [-1, 1], a and b in [-1, 1]
STEPS = 2**16 - 1  # of the tables of the curves

TO_LINEAR = srgb_to_linear(torch.arange(256, dtype=torch.float64) / 255).float().numpy()
_values = torch.arange(STEPS + 1, dtype=torch.float64) / STEPS
TO_SRGB = (255 * linear_to_srgb(_values)).round().to(torch.uint8).numpy()
ROOT = lab_root(_values).float().numpy()


def color_photo(photo: Image.Image, light: Tensor, ab: Tensor) -> Image.Image:
    """photo "RGB" of any size, its light (1, 1, S, S) and ab (1, 2, S, S) in [-1, 1] → it colored."""
    width, height = photo.size
    upsampler = GuidedUpsampler(light[0].float(), ab[0].float(), RADIUS, NOISE, SLACK)
    to_luminance, to_rgb = lab_matrices()
    result = np.empty((height, width, 3), np.uint8)

    def color(top: int, bottom: int) -> None:
        rows = np.asarray(photo.crop((0, top, width, bottom)))
        y = TO_LINEAR[rows] @ to_luminance.numpy()
        f = torch.from_numpy(ROOT[(y * STEPS + 0.5).astype(np.uint16)])
        found = upsampler.rows(((116 * f - 16) / 50 - 1)[None], height, top)
        result[top:bottom] = join(torch.from_numpy(y), f, found[0] * AB_SCALE, found[1] * AB_SCALE, to_rgb)

    in_bands(width, height, color)
    return Image.fromarray(result)


def join(y: Tensor, f: Tensor, a: Tensor, b: Tensor, to_rgb: Tensor) -> np.ndarray:
    """Luminance y in [0, 1], its root f, and a, b, each (H, W) → uint8 (H, W, 3)."""
    x, z = lab_cube(f + a / 500), lab_cube(f - b / 200)
    linear = [row[0] * x + row[1] * y + row[2] * z for row in to_rgb]
    low = torch.minimum(torch.minimum(linear[0], linear[1]), linear[2])
    high = torch.maximum(torch.maximum(linear[0], linear[1]), linear[2])
    # How much of the difference from gray fits into sRGB; luminance is linear, so it stays what it is.
    part = torch.minimum(y / (y - low).clamp_min(1e-6), (1 - y) / (high - y).clamp_min(1e-6)).clamp(0, 1)
    found = torch.stack([(y + part * (each - y)).clamp_(0, 1) for each in linear], -1)
    return TO_SRGB[(found * STEPS + 0.5).numpy().astype(np.uint16)]
