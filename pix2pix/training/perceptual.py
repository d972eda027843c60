"""The perceptual loss: the distance of two images as a network that knows photographs sees them.

Not part of the 2017 paper: Johnson et al. 2016, and with unit feature vectors Zhang et al. 2018 (LPIPS,
without its learned weights). Knows nothing about the generator, data or files.
"""

import torch
from torch import Tensor

from pix2pix.models.features import FeatureNetwork

# Both images lose a random 0 to 7 rows and columns at their borders: at a fixed place the network's own
# strides would leave a lattice in what is trained with it.
SHIFT = 8
TINY = 1e-8  # added to squared lengths


def crop_shift(seed: int, step: int) -> Tensor:
    """(rows, columns) to cut off for a step, int64 (2,), each from 0 to SHIFT - 1."""
    source = torch.Generator().manual_seed((seed * 1_000_003 + step) % 2**63)
    return torch.randint(0, SHIFT, (2,), generator=source)


def crop(picture: Tensor, shift: Tensor) -> Tensor:
    """(N, C, H, W) → (N, C, H - SHIFT, W - SHIFT) from row shift[0] and column shift[1]."""
    height, width = picture.shape[-2] - SHIFT, picture.shape[-1] - SHIFT
    if picture.device.type == "cpu":
        top, left = shift.tolist()
        return picture[..., top : top + height, left : left + width]
    # A captured CUDA graph must read the place from the device's memory.
    rows = torch.arange(height, device=picture.device) + shift[0]
    columns = torch.arange(width, device=picture.device) + shift[1]
    return picture.index_select(-2, rows).index_select(-1, columns)


def perceptual_distance(network: FeatureNetwork, fake: Tensor, real: Tensor) -> Tensor:
    """Both RGB (N, 3, H, W) in [-1, 1] → scalar ≥ 0, 0 for equal pictures; gradients go to `fake` alone.

    Each pixel's feature vector has length 1; squared difference summed over channels, mean over pixels,
    summed over LAYERS.
    """
    with torch.no_grad():
        real_maps = network(real)
    total = fake.new_zeros((), dtype=torch.float32)
    for ours, theirs in zip(network(fake), real_maps, strict=True):
        total = total + UnitDistance.apply(ours, theirs)
    return total


class UnitDistance(torch.autograd.Function):
    """Feature maps a, b (N, C, H, W) → mean over pixels of |a/‖a‖ - b/‖b‖|², float32; 0 vectors stay 0.

    The gradient goes to a alone. Written out, since on a CPU these maps' memory traffic is what the loss
    costs: autograd would keep and walk six maps of this size where two do.
    """

    @staticmethod
    def forward(ctx, a: Tensor, b: Tensor) -> Tensor:
        # bfloat16 is summed in float32 inside the kernel; asked for as float32 it would be copied first.
        aa, bb, ab = ((x * y).sum(1, keepdim=True).float() for x, y in ((a, a), (b, b), (a, b)))
        bb_part = bb / (bb + TINY)
        aa_safe = aa + TINY
        inverse = (aa_safe * (bb + TINY)).rsqrt()
        ctx.save_for_backward(a, b, ab, aa_safe, inverse)
        return (aa / aa_safe + bb_part - 2 * ab * inverse).mean()

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        a, b, ab, aa_safe, inverse = ctx.saved_tensors
        per_pixel = gradient / ab.numel()
        of_a = 2 * (TINY / aa_safe.square() + ab * inverse / aa_safe) * per_pixel
        of_b = -2 * inverse * per_pixel
        return torch.addcmul(a * of_a.to(a.dtype), b, of_b.to(b.dtype)), None
