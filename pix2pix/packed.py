"""The generator for inference alone: the same network, arranged once for the machine that it runs on.

Eager PyTorch arranges a convolution's weights anew for every picture, as oneDNN's kernels read them. Here
that is done at load, and the products are made of float32 or bfloat16 numbers, or of bytes: the weights as
their file holds them, each map in 254 steps over its own range. A processor multiplies bytes two to four
times as fast, and reads a half or a quarter of the memory for them. On a GPU the convolutions stay torch's.

A map's range is measured anew for every picture: the first stroke on an empty page makes a few large numbers
in a map of small ones, and no range found beforehand would fit it.
"""

import functools
import math
import timeit
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pix2pix.convolutions import FEW_CHANNELS, Conv2d, ConvTranspose2d, four_kernels, shuffled
from pix2pix.generator import LEAKY_SLOPE, Noise, UNetGenerator

RELU, NOTHING = 0.0, 1.0  # activations, told by their slope below 0
# Side of the maps from which samples go on one by one: those of one fit into a processor's cache.
ALONE_FROM = 32
# Side of the smallest map with enough to multiply for bytes to pay.
BYTES_FROM = 4
STEPS = 254  # of a byte's 255, half a one on either side for the rounding
# A map whose range is so many times its root mean square gets a second byte. What people draw stays below; a
# few strokes on an empty page do not, and one byte of that would change the picture by 2 of 255.
FAR = 20

# A convolution behind its activation: maps (N, C, H, W) that are concatenated, and the slope below 0.
Convolution = Callable[[list[Tensor], float], Tensor]


class PackedGenerator(UNetGenerator):
    """`generator` for inference: no gradients, and no state to save.

    dtype: of the maps; the norms stay float32, which kernels take beside bfloat16 maps. int8: products of
    bytes. The pictures are the generator's to rounding.
    """

    def __init__(self, generator: UNetGenerator, dtype: torch.dtype, int8: bool = False):
        nn.Module.__init__(self)
        self.image_size, self.skips, self.dropout = generator.image_size, generator.skips, generator.dropout
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
    if conv.weight.device.type != "cpu" or not kernels_there() or conv.in_channels <= FEW_CHANNELS:
        return Plain(conv.to(dtype))
    # The last layer's rounding would be seen, and its products are few.
    int8 = int8 and side >= BYTES_FROM and conv.out_channels > FEW_CHANNELS
    kernel = functools.partial(Int8Kernel if int8 else Kernel, side=side, dtype=dtype)
    return (PackedConvTranspose2d if isinstance(conv, ConvTranspose2d) else PackedConv2d)(conv, kernel)


def kernels_there() -> bool:
    """Whether this torch has oneDNN and the operators that Inductor, its compiler, calls."""
    operators = (
        hasattr(torch.ops.mkldnn, "_convolution_pointwise"),
        hasattr(torch.ops.onednn, "qconv2d_pointwise"),
    )
    return torch.backends.mkldnn.is_available() and all(operators)


def int8_is_right(dtype: torch.dtype) -> bool:
    """Processors without instructions for bytes add two products in 16 bits, which large ones overflow."""
    return kernels_there() and agree(same_products(dtype))


@functools.cache
def int8_pays(dtype: torch.dtype) -> bool:
    """Measured, once a process, on one convolution: products of bytes are right here, and no slow substitute.

    Where they are right there are instructions for them, and they took 0.4 to 0.8 of the other kernel's time.
    The limit lies well above, for a busy moment must not decide otherwise: the last bits depend on it.
    """
    if not kernels_there() or not agree(forms := same_products(dtype)):
        return False
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(10):
        for form, taken in zip(forms, seconds, strict=True):
            taken.append(timeit.timeit(form, number=1))
    return min(seconds[1]) < 2 * min(seconds[0])


def same_products(dtype: torch.dtype) -> list[Callable[[], Tensor]]:
    """A convolution of the largest numbers that a byte holds, by both kernels."""
    side, weight = 16, torch.ones(768, 512, 2, 2)
    x = torch.ones(1, 512, side, side, dtype=dtype).to(memory_format=torch.channels_last)
    arranged = {"scale": scales(weight, 0), "side": side}
    kernels = [form(weight, None, 1, dtype, **arranged) for form in (Kernel, Int8Kernel)]
    return [torch.inference_mode()(functools.partial(kernel, [x], RELU)) for kernel in kernels]


def agree(forms: list[Callable[[], Tensor]]) -> bool:
    return torch.allclose(*(form().float() for form in forms), rtol=0.02)


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

    def __init__(self, conv: ConvTranspose2d, kernel: Callable[..., Convolution]):
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


def into_place(y: Tensor) -> Tensor:
    """`shuffled`, dense, in a single copy where the channels are many."""
    n, channels, height, width = y.shape[0], y.shape[1] // 4, y.shape[2] - 1, y.shape[3] - 1
    if channels <= FEW_CHANNELS:
        return shuffled(y)
    # Row p of a pair is the lower one of its own block or the upper one of the next: the border is half a
    # block. So the step from p = 0 to 1 is one block less one half, and likewise along a row.
    block, line = 4 * channels, 4 * channels * (width + 1)
    size = (n, height, 2, width, 2, channels)
    steps = (line * (height + 1), line, line - 2 * channels, block, block - channels, 1)
    y = y.contiguous(memory_format=torch.channels_last)
    placed = y.as_strided(size, steps, y.storage_offset() + 3 * channels)
    return placed.reshape(n, 2 * height, 2 * width, channels).permute(0, 3, 1, 2)


def activated(parts: list[Tensor], slope: float) -> Tensor:
    """Leaky ReLU of that slope on each, concatenated."""
    if slope == RELU:
        parts = [F.relu(part) for part in parts]
    elif slope != NOTHING:
        parts = [F.leaky_relu(part, slope) for part in parts]
    return parts[0] if len(parts) == 1 else torch.cat(parts, 1)


class Kernel:
    """A convolution with padding 1 whose weights (D, C, k, k) lie as oneDNN wants them."""

    def __init__(self, weight: Tensor, bias: Tensor | None, stride: int, dtype: torch.dtype, **_: object):
        self.bias = None if bias is None else bias.detach().to(dtype)
        self.where = ([1, 1], [stride, stride], [1, 1], 1)  # padding, stride, dilation, groups
        dense = weight.detach().to(dtype).contiguous().to_mkldnn()
        self.weight = torch._C._nn.mkldnn_reorder_conv2d_weight(dense, *self.where)

    def numbers(self) -> Tensor:
        """The weights (D, C, k, k) as they were given, in dtype."""
        return self.weight.to_dense()

    def __call__(self, parts: list[Tensor], slope: float) -> Tensor:
        x = activated(parts, slope).contiguous(memory_format=torch.channels_last)
        return torch.ops.mkldnn._convolution_pointwise(x, self.weight, self.bias, *self.where, "none", [], "")


class Int8Kernel:
    """The same of bytes: weights (D, C, k, k) in steps of scale (D), the map in steps over its own range.

    side: of the maps that it is meant for.
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor | None,
        stride: int,
        dtype: torch.dtype,
        scale: Tensor,
        side: int,
    ):
        self.bias, self.stride, self.dtype, self.scale = bias, [stride, stride], dtype, scale
        self.levels = (weight.detach().float() / scale.view(-1, 1, 1, 1)).round().to(torch.int8)
        self.sums = self.levels.sum((1, 2, 3)) * scale
        self.no_offsets = torch.zeros(len(scale), dtype=torch.int32)
        # For a map of this size oneDNN arranges them now; else it would at every call.
        shape = [1, weight.shape[1], side + 2, side + 2]
        self.weight = torch.ops.onednn.qconv_prepack(
            self.levels, scale, 1.0, 0, self.stride, [0, 0], [1, 1], 1, shape
        )

    def numbers(self) -> Tensor:
        """The weights (D, C, k, k), float32."""
        return self.levels * self.scale.view(-1, 1, 1, 1)

    def __call__(self, parts: list[Tensor], slope: float) -> Tensor:
        x = activated(parts, NOTHING)
        if len(x) > 1 and slope != RELU:  # each image has a zero of its own
            return torch.cat([self([image], slope) for image in x.split(1)])
        y = functools.reduce(Tensor.add_, (self.multiply(*part) for part in quantise(x, slope)))
        return y if self.bias is None else y.add_(self.bias.view(-1, 1, 1))

    def multiply(self, levels: Tensor, steps: list[float], zero: int) -> Tensor:
        step = steps[0] if len(steps) == 1 else 1.0  # kernels take one for all images
        # The zero as a bias costs nothing: kernels that are told of one are slow.
        bias = self.sums * (-zero * step)
        y = torch.ops.onednn.qconv2d_pointwise(
            levels, step, 0, self.weight, self.scale, self.no_offsets, bias,
            self.stride, [0, 0], [1, 1], 1, 1.0, 0, self.dtype, "none", [], "",
        )  # fmt: skip
        for image, factor in zip(y, steps, strict=True) if len(steps) > 1 else ():
            image.mul_(factor)
        return y


def scales(weight: Tensor, outputs: int) -> Tensor:
    """The step of each output's weights in bytes, the same as in their file. outputs: their dimension."""
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
