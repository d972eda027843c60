"""The discriminators D(x, y): a score for every patch of a picture (paper §3.3, appendix 6.1.2).

n counts the stride-2 convolutions: 0 is the PixelGAN, 1 the 16×16, 3 the 70×70, 5 the 286×286 "ImageGAN".
Knows nothing about data, losses or files.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pix2pix.models.antialias import low_pass
from pix2pix.models.generator import LEAKY_SLOPE, InstanceNorm, init_weights

MAX_LAYERS = 5


def conv_layers(n_layers: int) -> list[tuple[int, int, int]]:
    """(kernel, stride, padding) of each convolution, from the picture to the score."""
    if n_layers not in range(MAX_LAYERS + 1):
        raise ValueError(f"n_layers is {n_layers}; expected 0 (pixels) to {MAX_LAYERS} (286×286)")
    if n_layers == 0:
        return [(1, 1, 0)] * 3
    return [(4, 2, 1)] * n_layers + [(4, 1, 1)] * 2


def receptive_field(n_layers: int) -> int:
    """Side in pixels of the square that one score sees: 1, 16, 34, 70, 142, 286 for n = 0 … 5."""
    field = 1
    for kernel, stride, _ in reversed(conv_layers(n_layers)):
        field = (field - 1) * stride + kernel
    return field


def receptive_box(n_layers: int, index: int) -> tuple[int, int]:
    """First and last pixel, along one axis, that the score at `index` sees; beyond the border not clipped."""
    first = last = index
    for kernel, stride, padding in reversed(conv_layers(n_layers)):
        first, last = first * stride - padding, last * stride - padding + kernel - 1
    return first, last


def patch_map_size(n_layers: int, image_size: int = 256) -> int:
    """Scores along one side: 256, 126, 62, 30, 14, 6 for n = 0 … 5 at 256 pixels."""
    size = image_size
    for kernel, stride, padding in conv_layers(n_layers):
        size = (size + 2 * padding - kernel) // stride + 1
    return size


class PatchDiscriminator(nn.Module):
    """(x, y) → logits (N, 1, M, M), one for each patch; above 0 means "real".

    in_channels: channels of x and y together; of y alone where D is not conditional.
    ndf: width of the first convolution (paper: 64). n_layers: see the module's docstring. antialias: a
    low-pass before each stride (not the paper's): a D that aliases rewards G for a fine weave.
    """

    def __init__(self, in_channels: int = 6, ndf: int = 64, n_layers: int = 3, antialias: bool = False):
        super().__init__()
        self.n_layers, self.antialias = n_layers, antialias
        layers = conv_layers(n_layers)
        widths = [ndf, 2 * ndf] if n_layers == 0 else [ndf * min(2**k, 8) for k in range(n_layers + 1)]
        widths.append(1)  # the score
        self.convs, self.norms = nn.ModuleList(), nn.ModuleList()
        for level, (kernel, stride, padding) in enumerate(layers):
            # Neither the first layer nor the score is normalised; before a norm a bias would be lost.
            normed = 0 < level < len(layers) - 1
            c_in = in_channels if level == 0 else widths[level - 1]
            self.convs.append(nn.Conv2d(c_in, widths[level], kernel, stride, padding, bias=not normed))
            self.norms.append(InstanceNorm(widths[level]) if normed else nn.Identity())
        self.apply(init_weights)

    def forward(self, *pictures: Tensor) -> Tensor:
        """Pictures of the same size, each (N, C, H, W) in [-1, 1]; they are stacked by channel."""
        h = torch.cat(pictures, 1)  # (N, 6, 256, 256)
        for level, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            h = F.leaky_relu(h, LEAKY_SLOPE) if level > 0 else h
            h = norm(conv(low_pass(h) if self.antialias and conv.stride[0] > 1 else h))
        return h  # (N, 1, 30, 30) for n = 3
