"""The generator for inference alone: the same network, arranged once for the machine that it runs on.

Eager PyTorch arranges a convolution's weights again for every picture, as oneDNN's kernels read them. Here
that is done at load, and the products are made of float32 or bfloat16 numbers, or of bytes: the weights as
their file holds them, each map in 254 steps over its own range. A processor multiplies bytes two to four
times as fast, and reads a half or a quarter of the memory for them. On a GPU the convolutions stay torch's.

A map's range is measured again for every picture: the first stroke on an empty page makes a few large numbers
in a map of small ones, and no range found beforehand would fit it.
"""

import functools
from collections.abc import Callable

import torch
from torch import Tensor, nn

from pix2pix.inference.kernels import Convolution, Int8Kernel, Kernel, activated, into_place, kernels_there
from pix2pix.inference.quantize import NOTHING, RELU, scales
from pix2pix.models.generator import LEAKY_SLOPE, Noise, UNetGenerator
from pix2pix.models.layers import FEW_CHANNELS, Conv2d, ConvTranspose2d, four_kernels

# Side of the maps from which samples go on one by one: those of one fit into a processor's cache.
ALONE_FROM = 32
# Side of the smallest map with enough to multiply for bytes to pay.
BYTES_FROM = 4


class PackedGenerator(UNetGenerator):
    """`generator` for inference: no gradients, and no state to save.

    dtype: of the maps; the norms stay float32, which kernels take with bfloat16 maps. int8: products of
    bytes. The pictures are the generator's to rounding.
    """

    def __init__(self, generator: UNetGenerator, dtype: torch.dtype, int8: bool = False):
        nn.Module.__init__(self)
        self.image_size, self.skips, self.dropout = generator.image_size, generator.skips, generator.dropout
        self.noisy_layers = generator.noisy_layers
        self.down_norms, self.up_norms = generator.down_norms, generator.up_norms
        down, up = enumerate(generator.down_convs), enumerate(generator.up_convs)
        self.down_convs = nn.ModuleList(
            packed(conv, self.image_size >> level, dtype, int8) for level, conv in down
        )
        self.up_convs = nn.ModuleList(packed(conv, 1 << level, dtype, int8) for level, conv in up)

    def encode(self, x: Tensor) -> list[Tensor]:
        """Like `UNetGenerator.encode`."""
        features: list[Tensor] = []
        for conv, norm in zip(self.down_convs, self.down_norms, strict=True):
            x = norm(conv([x], LEAKY_SLOPE if features else NOTHING))
            features.append(x)
        return features

    def decode(self, features: list[Tensor], z: Noise) -> Tensor:
        """Like `UNetGenerator.decode`."""
        x = features[-1]
        for level, (conv, norm) in enumerate(zip(self.up_convs, self.up_norms, strict=True)):
            x = norm(conv([x, features[-1 - level]] if self.skips and level > 0 else [x], RELU))
            if level < len(z) and z[level] is not None:
                x = x * z[level]
        return torch.tanh(x)

    def decode_many(self, features: list[Tensor], z: Noise) -> Tensor:
        """Like `decode`, for one encoded picture and the noise of N: (N, out_channels, S, S).

        All noise enters in the decoder, and a convolution is linear: what it makes of the skip half of its
        input is the same for all N and is computed once; before the first mask everything is.
        """
        assert features[0].shape[0] == 1, "one picture, many samples"
        of_skips: dict[int, Tensor] = {}

        def layer(level: int, x: Tensor) -> Tensor:
            conv, norm = self.up_convs[level], self.up_norms[level]
            if not self.skips or level == 0:
                return norm(conv([x], RELU))
            of_x, of_skip = conv.halves(x.shape[1])
            if level not in of_skips:
                of_skips[level] = of_skip([features[-1 - level]], RELU)
            return norm(of_x([x], RELU).add_(of_skips[level]))

        def tail(first: int, x: Tensor) -> Tensor:
            for level in range(first, len(self.up_convs)):
                if x.shape[0] > 1 and x.shape[-1] >= ALONE_FROM and x.device.type == "cpu":
                    return torch.cat([tail(level, image) for image in x.split(1)])
                x = layer(level, x)
                if level < len(z) and z[level] is not None:
                    x = x * z[level]
            return torch.tanh_(x)

        count = max((mask.shape[0] for mask in z if mask is not None), default=1)
        return tail(0, features[-1]).expand(count, -1, -1, -1)


def packed(conv: Conv2d | ConvTranspose2d, side: int, dtype: torch.dtype, int8: bool = False) -> nn.Module:
    """The quickest form of a convolution whose weights no longer change.

    side: of the map that it will be given. int8: products of bytes, unless map or output are small.
    """
    # A picture's few channels fill no vector register: their packed form is the slow one.
    if conv.weight.device.type != "cpu" or not kernels_there(dtype) or conv.in_channels <= FEW_CHANNELS:
        return Plain(conv.to(dtype))
    # The last layer's rounding would be seen, and its products are few.
    int8 = int8 and side >= BYTES_FROM and conv.out_channels > FEW_CHANNELS
    kernel = functools.partial(Int8Kernel if int8 else Kernel, side=side, dtype=dtype)
    return (PackedConvTranspose2d if isinstance(conv, ConvTranspose2d) else PackedConv2d)(conv, kernel)


class Plain(nn.Module):
    """A convolution as it is, behind its activation."""

    def __init__(self, conv: Conv2d | ConvTranspose2d):
        super().__init__()
        self.conv = conv

    def forward(self, parts: list[Tensor], slope: float) -> Tensor:
        return self.conv(activated(parts, slope))

    def halves(self, channels: int) -> tuple[Convolution, Convolution]:
        """Two that sum to this one: of the first `channels` of the map, and of the others (with bias)."""
        first, others = self.conv.halves(channels)
        return lambda x, slope: first(activated(x, slope)), lambda x, slope: others(activated(x, slope))


class PackedConv2d(nn.Module):
    """Maps (N, c_in, 2H, 2W) → (N, c_out, H, W)."""

    def __init__(self, conv: Conv2d, kernel: Callable[..., Convolution]):
        super().__init__()
        self.kernel = kernel(conv.weight, conv.bias, stride=2, scale=scales(conv.weight, 0))

    def forward(self, parts: list[Tensor], slope: float) -> Tensor:
        return self.kernel(parts, slope)


class PackedConvTranspose2d(nn.Module):
    """Maps (N, c_in, H, W) → (N, c_out, 2H, 2W), as a 2×2 convolution to four times the channels."""

    def __init__(self, conv: ConvTranspose2d, kernel: Callable[..., Int8Kernel | Kernel]):
        super().__init__()
        self.bias = None if conv.bias is None else conv.bias.detach().repeat(4)
        self.form = functools.partial(kernel, stride=1, scale=scales(conv.weight, 1).repeat(4))
        self.kernel = self.form(four_kernels(conv.weight.detach()), self.bias)
        # Arranged when they are asked for: they take as much memory again.
        self.parts: tuple[Convolution, Convolution] | None = None

    def forward(self, parts: list[Tensor], slope: float) -> Tensor:
        return into_place(self.kernel(parts, slope))

    def halves(self, channels: int) -> tuple[Convolution, Convolution]:
        """Like `Plain.halves`."""
        if self.parts is None:
            weight = self.kernel.numbers()
            self.parts = self.form(weight[:, :channels], None), self.form(weight[:, channels:], self.bias)
        first, others = self.parts
        return lambda x, slope: into_place(first(x, slope)), lambda x, slope: into_place(others(x, slope))
