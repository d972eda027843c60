"""The generator's two convolutions (4×4, stride 2), as a matrix product or a pixel shuffle where faster.

Libraries tune their kernels for wide layers on large feature maps. On the innermost layers, with a few cells
and millions of weights, they spend their time on setup: there both convolutions are one matrix product. On
the last layer, whose three channels do not fill a vector register, the transposed convolution is a 2×2
convolution to four times as many channels and a pixel shuffle. On a CPU only; the results equal torch's up to
rounding.

Weights and feature maps should be channels-last: then nearly every reshape below is a view.

Inference goes further: see `packed.py`.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Where these forms are faster, forward and backward: see docs/performance.md.
FEW_CELLS = 16 * 16  # of the smaller feature map, over all images of the batch
FEW_CHANNELS = 4  # of the output


class Conv2d(nn.Conv2d):
    """(N, c_in, 2H, 2W) → (N, c_out, H, W)."""

    def __init__(self, c_in: int, c_out: int, bias: bool):
        super().__init__(c_in, c_out, 4, stride=2, padding=1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        return conv2d(x, self.weight, self.bias)


class ConvTranspose2d(nn.ConvTranspose2d):
    """(N, c_in, H, W) → (N, c_out, 2H, 2W)."""

    def __init__(self, c_in: int, c_out: int, bias: bool):
        super().__init__(c_in, c_out, 4, stride=2, padding=1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        return conv_transpose2d(x, self.weight, self.bias)

    def halves(self, channels: int) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]:
        """Two functions that sum to this one: of the first `channels` of x, and of the others (with bias)."""
        first, others = self.weight[:channels], self.weight[channels:]
        return (
            lambda x: conv_transpose2d(x, first),
            lambda x: conv_transpose2d(x, others, self.bias),
        )


def conv2d(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x (N, C, 2H, 2W), weight (D, C, 4, 4) → (N, D, H, W): 4×4, stride 2, padding 1."""
    if x.device.type == "cpu" and x[:, 0].numel() <= 4 * FEW_CELLS:
        return convolve_as_product(x, weight, bias)
    return F.conv2d(x, weight, bias, stride=2, padding=1)


def conv_transpose2d(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x (N, C, H, W), weight (C, D, 4, 4) → (N, D, 2H, 2W): 4×4, stride 2, padding 1."""
    if x.device.type == "cpu" and x[:, 0].numel() <= FEW_CELLS:
        return transpose_as_product(x, weight, bias)
    if x.device.type == "cpu" and weight.shape[1] <= FEW_CHANNELS:
        return transpose_as_shuffle(x, weight, bias)
    return F.conv_transpose2d(x, weight, bias, stride=2, padding=1)


def convolve_as_product(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Every 4×4 patch as a row, times the weights."""
    n, channels, height, width = x.shape[0], x.shape[1], x.shape[2] // 2, x.shape[3] // 2
    x = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    x = x.view(n, height + 1, 2, width + 1, 2, channels)
    # Along one axis the patch of cell i begins at row 2i: its row 2p + q is number q of the pair i + p.
    x = torch.stack((x[:, :-1], x[:, 1:]), 2)  # (N, i, p, q, ·, ·, C)
    x = torch.stack((x[..., :-1, :, :], x[..., 1:, :, :]), 5)  # (N, i, p, q, j, r, s, C)
    patches = x.permute(0, 1, 4, 2, 3, 5, 6, 7).reshape(n * height * width, -1)
    y = F.linear(patches, weight.permute(0, 2, 3, 1).flatten(1), bias)
    return y.view(n, height, width, -1).permute(0, 3, 1, 2)


def transpose_as_product(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Every cell times the weights is a stamp of 4×4 numbers; the stamps are added where they overlap."""
    n, channels, height, width = x.shape
    stamps = x.permute(0, 2, 3, 1).reshape(-1, channels) @ weight.permute(0, 2, 3, 1).flatten(1)
    stamps = stamps.view(n, height, width, 2, 2, 2, 2, -1)  # (N, i, j, p, q, r, s, D)
    # Along one axis row 2p + q of cell i's stamp falls on number q of the pair of rows i + p.
    y = F.pad(stamps[:, :, :, 0], (0, 0) * 5 + (0, 1)) + F.pad(stamps[:, :, :, 1], (0, 0) * 5 + (1, 0))
    y = F.pad(y[:, :, :, :, 0], (0, 0) * 3 + (0, 1)) + F.pad(y[:, :, :, :, 1], (0, 0) * 3 + (1, 0))
    y = y.transpose(2, 3).reshape(n, 2 * height + 2, 2 * width + 2, -1)  # was (N, I, J, q, s, D)
    y = y[:, 1:-1, 1:-1].contiguous().permute(0, 3, 1, 2)  # a norm over a view with gaps is slow
    return y if bias is None else y + bias.view(-1, 1, 1)


def transpose_as_shuffle(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Each of the four cells that one input cell becomes has a 2×2 kernel of its own."""
    bias = None if bias is None else bias.repeat(4)
    return shuffled(F.conv2d(x, four_kernels(weight), bias, padding=1))


def shuffled(y: Tensor) -> Tensor:
    """(N, 4·D, H+1, W+1), the 2×2 blocks of `four_kernels`, → (N, D, 2H, 2W): their border is cut off."""
    n, _, height, width = y.shape
    y = y.permute(0, 2, 3, 1).reshape(n, height, width, 2, 2, -1).transpose(2, 3)
    return y.reshape(n, 2 * height, 2 * width, -1)[:, 1:-1, 1:-1].permute(0, 3, 1, 2)


def four_kernels(weight: Tensor) -> Tensor:
    """(C, D, 4, 4) → (4·D, C, 2, 2): a kernel for each place in a block of 2×2 cells, places before D."""
    channels, out_channels = weight.shape[:2]
    # Row 2p + q of the kernel: the pair of output rows I has in its row q what input row I - p gives.
    kernels = weight.reshape(channels, out_channels, 2, 2, 2, 2).flip(2, 4)
    return kernels.permute(3, 5, 1, 0, 2, 4).reshape(4 * out_channels, channels, 2, 2)
