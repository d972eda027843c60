"""oneDNN's convolutions, of float32, bfloat16 or bytes, with weights arranged for them once."""

import functools
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from pix2pix.devices import cpu_has
from pix2pix.inference.quantize import NOTHING, RELU, quantise, scales
from pix2pix.models.layers import FEW_CHANNELS, shuffled

# A convolution behind its activation: maps (N, C, H, W) that are concatenated, and the slope below 0.
Convolution = Callable[[list[Tensor], float], Tensor]


def kernels_there(dtype: torch.dtype) -> bool:
    """Whether this torch has oneDNN and the operators that Inductor, its compiler, calls, for maps of a type.

    Processors with AVX2 alone have none for bfloat16, which a folder from another machine may ask for.
    """
    if dtype == torch.bfloat16 and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    operators = (
        hasattr(torch.ops.mkldnn, "_convolution_pointwise"),
        hasattr(torch.ops.onednn, "qconv2d_pointwise"),
    )
    return torch.backends.mkldnn.is_available() and all(operators)


def int8_is_right(dtype: torch.dtype) -> bool:
    """Processors without int8 instructions add two products in 16 bits, which large ones overflow."""
    return kernels_there(dtype) and results_agree(dtype)


@functools.cache
def results_agree(dtype: torch.dtype) -> bool:
    return agree(same_products(dtype))


def int8_pays(dtype: torch.dtype) -> bool:
    """Whether the processor has int8 instructions and their results are right here.

    Decided by features and results, never by a timing: see `devices.bf16_is_quicker`. Where there are such
    instructions, int8 convolutions took 0.4 to 0.8 of the others' time.
    """
    return cpu_has("vnni") and int8_is_right(dtype)


def same_products(dtype: torch.dtype) -> list[Callable[[], Tensor]]:
    """A convolution of the largest numbers that a byte holds, by both kernels."""
    side, weight = 16, torch.ones(768, 512, 2, 2)
    x = torch.ones(1, 512, side, side, dtype=dtype).to(memory_format=torch.channels_last)
    arranged = {"scale": scales(weight, 0), "side": side}
    kernels = [form(weight, None, 1, dtype, **arranged) for form in (Kernel, Int8Kernel)]
    return [torch.inference_mode()(functools.partial(kernel, [x], RELU)) for kernel in kernels]


def agree(forms: list[Callable[[], Tensor]]) -> bool:
    return torch.allclose(*(form().float() for form in forms), rtol=0.02)


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
