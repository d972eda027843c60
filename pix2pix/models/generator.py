"""The generator G(x, z): a U-Net, or an encoder-decoder without its skips (paper §3.2, appendix 6.1).

Its noise z is dropout alone, at training and at test time, and is an argument that can be seen, kept and
given again. Knows nothing about data, losses or files.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pix2pix.models.layers import Conv2d, ConvTranspose2d

# z: for each of the first decoder layers a mask (N, C, H, W) of 0 and 1/(1 - rate), or None for no dropout.
Noise = list[Tensor | None]
NOISY_LAYERS = 3
LEAKY_SLOPE = 0.2  # of the leaky ReLUs in the encoder and in D (paper appendix 6.1)


class InstanceNorm(nn.Module):
    """Normalize with each image's own statistics, the paper's "batch normalization at batch size 1".

    The same arithmetic as `nn.InstanceNorm2d(affine=True)`; on a CPU by the batch-norm kernel image by image:
    at N = 1 that is the same thing, and torch's instance norm would first rearrange the memory of a batch.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[0] > 1 and x.device.type != "cpu":
            return F.instance_norm(x, weight=self.weight, bias=self.bias)
        if x.shape[0] > 1:
            return torch.cat([self(image) for image in x.split(1)])
        return F.batch_norm(x, None, None, self.weight, self.bias, training=True)


class UNetGenerator(nn.Module):
    """x (N, in_channels, S, S) in [-1, 1] → G(x, z) (N, out_channels, S, S) in [-1, 1].

    image_size: S, a power of two from 8 up; the encoder has log2(S) convolutions, down to 1×1.
    ngf: width of the first convolution (paper: 64).
    skips: False gives the paper's encoder-decoder.
    dropout: rate of the noise in the first three decoder layers (paper: 0.5).
    noisy_layers: which decoder layers have it, counted from the bottleneck; others' networks differ here.
    """

    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 3,
        ngf: int = 64,
        image_size: int = 256,
        skips: bool = True,
        dropout: float = 0.5,
        noisy_layers: Sequence[int] = tuple(range(NOISY_LAYERS)),
    ):
        super().__init__()
        if image_size < 8 or image_size & (image_size - 1):
            raise ValueError(f"image_size is {image_size}; expected a power of two from 8 up, such as 256")
        self.image_size, self.skips, self.dropout = image_size, skips, dropout
        depth = int(math.log2(image_size))
        self.noisy_layers = tuple(level for level in noisy_layers if level < depth - 1)
        widths = [ngf * min(2**level, 8) for level in range(depth)]  # ×ngf: 1 2 4 8 8 8 8 8
        up_widths = [*widths[-2::-1], out_channels]  # ×ngf: 8 8 8 8 4 2 1, then the picture

        self.down_convs, self.down_norms = nn.ModuleList(), nn.ModuleList()
        for level, (c_in, c_out) in enumerate(zip([in_channels, *widths], widths, strict=False)):
            # None on the first, as in the paper; none at the 1×1 bottleneck, where a norm over one value
            # would leave nothing of it (the "bottleneck bug" of the paper's errata).
            normed = 0 < level < depth - 1
            self.down_convs.append(Conv2d(c_in, c_out, bias=not normed))
            self.down_norms.append(InstanceNorm(c_out) if normed else nn.Identity())

        self.up_convs, self.up_norms = nn.ModuleList(), nn.ModuleList()
        for level, (c_in, c_out) in enumerate(zip([widths[-1], *up_widths], up_widths, strict=False)):
            last = level == depth - 1
            c_in = c_in * 2 if skips and level > 0 else c_in
            self.up_convs.append(ConvTranspose2d(c_in, c_out, bias=last))
            self.up_norms.append(nn.Identity() if last else InstanceNorm(c_out))
        self.apply(init_weights)

    def noise_shapes(self) -> list[tuple[int, int, int]]:
        """(C, H, W) of z's masks, one for each decoder layer with dropout."""
        return [(len(self.up_norms[i].weight), 2 ** (i + 1), 2 ** (i + 1)) for i in self.noisy_layers]

    def by_layer(self, masks: Noise) -> Noise:
        """z as `decode` takes it: one entry for each decoder layer up to the last noisy one."""
        placed = dict(zip(self.noisy_layers, masks, strict=True))
        return [placed.get(level) for level in range(max(placed, default=-1) + 1)]

    def draw_noise(
        self, seeds: list[int], rate: float | None = None, layers: tuple[bool, ...] = (True,) * NOISY_LAYERS
    ) -> Noise:
        """z for len(seeds) pictures: masks of 0 and 1/(1 - rate), float32 on the CPU.

        Each picture's masks come from its own seed, so a picture is the same alone and in a batch.
        rate: dropout rate in [0, 1); None is the rate of training. layers: which of the three are noisy.
        """
        rate = self.dropout if rate is None else rate
        if not 0 <= rate < 1:
            raise ValueError(
                f"dropout rate is {rate}; expected 0 up to, not including, 1 (training used 0.5)"
            )
        sources = [torch.Generator().manual_seed(seed) for seed in seeds]
        noise: Noise = []
        for shape, on in zip(self.noise_shapes(), layers, strict=False):
            # Drawn even where it is off, so that switching one layer leaves the others' masks as they were.
            chances = torch.stack([torch.rand(shape, generator=source) for source in sources])
            noise.append(chances.ge_(rate).div_(1 - rate) if on and rate > 0 else None)
        return self.by_layer(noise)

    def encode(self, x: Tensor) -> list[Tensor]:
        """x → what each encoder layer leaves, outermost first; the last is the 1×1 bottleneck."""
        features: list[Tensor] = []
        for conv, norm in zip(self.down_convs, self.down_norms, strict=True):
            x = norm(conv(F.leaky_relu(x, LEAKY_SLOPE) if features else x))
            features.append(x)
        return features  # (N, 64, 128, 128) … (N, 512, 1, 1)

    def decode(self, features: list[Tensor], z: Noise) -> Tensor:
        """What the encoder left, and the noise, → the picture."""
        x = features[-1]  # (N, 512, 1, 1)
        for level, (conv, norm) in enumerate(zip(self.up_convs, self.up_norms, strict=True)):
            x = F.relu(x)
            if self.skips and level > 0:
                x = torch.cat((x, F.relu(features[-1 - level])), 1)  # (N, 1024, 2, 2) … (N, 128, 128, 128)
            x = norm(conv(x))
            if level < len(z) and z[level] is not None:
                x = x * z[level]
        return torch.tanh(x)  # (N, 3, 256, 256)

    def forward(self, x: Tensor, z: Noise | None = None) -> Tensor:
        """G(x, z). Without z, noise is drawn from torch's own random numbers, in eval mode too."""
        if x.shape[-2:] != (self.image_size, self.image_size):
            raise ValueError(
                f"the input is {x.shape[-1]}×{x.shape[-2]}; expected {self.image_size}×{self.image_size}"
            )
        if z is None:
            shapes = [(x.shape[0], *shape) for shape in self.noise_shapes()]
            z = self.by_layer([F.dropout(x.new_ones(s), self.dropout, training=True) for s in shapes])
        return self.decode(self.encode(x), z)


def init_weights(module: nn.Module) -> None:
    """Convolutions N(0, 0.02), norm scales N(1, 0.02), biases 0 (paper appendix 6.2, DCGAN)."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, InstanceNorm):
        nn.init.normal_(module.weight, 1.0, 0.02)
