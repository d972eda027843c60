"""Quantization to 8 bits: scales of weights, levels and zero points of feature maps."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

RELU, NOTHING = 0.0, 1.0  # activations, told by their slope below 0
STEPS = 254  # of the 255 steps of 8 bits; half a step on either side is for rounding
# A feature map whose range exceeds so many times its root mean square gets a second byte. Most drawings stay
# below; a few strokes on an empty canvas do not, and one byte would change the image by 2 of 255.
FAR = 20


def scales(weight: Tensor, outputs: int) -> Tensor:
    """Scales of int8 weights by output channel, as in the checkpoint. outputs: that dimension."""
    others = [dim for dim in range(weight.ndim) if dim != outputs]
    return (weight.detach().float().abs().amax(others) / 127).clamp_min(1e-12)


def quantise(x: Tensor, slope: float) -> list[tuple[Tensor, list[float], int]]:
    """`activated` (N, C, H, W) ≈ Σ (levels - zero) · step, with a border of zeros around it.

    Returns levels uint8 (N, C, H+2, W+2), each image's step, and zero, which is 0 after a ReLU; else N must
    be 1. Once, or twice where the largest number is so much above the others that these would have few steps:
    a second byte holds the rest.
    """
    x = x.permute(0, 2, 3, 1).to(torch.float32, copy=True)  # ours to write into
    if slope not in (RELU, NOTHING):
        F.leaky_relu_(x, slope)
    low, zero = 0.0 if slope == RELU else min(0.0, float(x.amin())), 0
    steps, far = [], False
    for image in x:  # a factor for each of them at once would be slow
        span, flat = max(0.0, float(image.amax())) - low, image.reshape(-1)
        far |= span > FAR * math.sqrt(float(torch.dot(flat, flat)) / len(flat))
        steps.append(max(span, 1e-12) / STEPS)
        zero = round(-low / steps[0])
        torch.add(torch.tensor(zero - 128.0), image, alpha=1 / steps[-1], out=image)
    if slope == RELU:
        x.clamp_(min=-128)
    found = []
    if far:
        found.append((bordered((x - x.round()).mul_(STEPS), 0), [step / STEPS for step in steps], 128))
    return [(bordered(x, zero - 128), steps, zero), *found]


def bordered(x: Tensor, border: int) -> Tensor:
    """x (N, H, W, C), from -128 to 127 → the nearest whole numbers and 128 more, (N, C, H+2, W+2), uint8."""
    n, height, width, channels = x.shape
    # Conversions to uint8 are not vectorised, those to int8 are; the highest bit tells the two apart.
    levels = torch.full((n, height + 2, width + 2, channels), border, dtype=torch.int8)
    levels[:, 1:-1, 1:-1] = x.round_()
    return levels.view(torch.uint8).bitwise_xor_(128).permute(0, 3, 1, 2)
