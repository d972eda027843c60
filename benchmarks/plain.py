"""The plain reference of `python -m pix2pix bench`: pix2pix in the shortest eager float32 PyTorch.

The same networks with the same names, so that the same weights fit; nothing is done for speed.
"""

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F


class Generator(nn.Module):
    def __init__(self, ngf: int = 64, depth: int = 8):
        super().__init__()
        down = [3, *(ngf * min(2**i, 8) for i in range(depth))]
        up = [*down[-2:0:-1], 3]

        def norm(width: int, wanted: bool) -> nn.Module:
            return nn.BatchNorm2d(width, track_running_stats=False) if wanted else nn.Identity()

        normed = [0 < i < depth - 1 for i in range(depth)]
        self.down_convs = nn.ModuleList(
            nn.Conv2d(down[i], down[i + 1], 4, 2, 1, bias=not normed[i]) for i in range(depth)
        )
        self.down_norms = nn.ModuleList(norm(down[i + 1], normed[i]) for i in range(depth))
        inner = [down[-1], *(2 * width for width in up)]
        last = [i == depth - 1 for i in range(depth)]
        self.up_convs = nn.ModuleList(
            nn.ConvTranspose2d(inner[i], up[i], 4, 2, 1, bias=last[i]) for i in range(depth)
        )
        self.up_norms = nn.ModuleList(norm(up[i], not last[i]) for i in range(depth))

    def forward(self, x: torch.Tensor, noise: bool = True) -> torch.Tensor:
        skips = []
        for conv, norm in zip(self.down_convs, self.down_norms, strict=True):
            x = norm(conv(F.leaky_relu(x, 0.2) if skips else x))
            skips.append(x)
        for i, (conv, norm) in enumerate(zip(self.up_convs, self.up_norms, strict=True)):
            x = norm(conv(F.relu(torch.cat((x, skips[-1 - i]), 1) if i else x)))
            x = F.dropout(x, 0.5, training=noise) if i < 3 else x
        return torch.tanh(x)


def discriminator(ndf: int = 64) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(6, ndf, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(ndf, 2 * ndf, 4, 2, 1, bias=False),
        nn.BatchNorm2d(2 * ndf),
        nn.LeakyReLU(0.2),
        nn.Conv2d(2 * ndf, 4 * ndf, 4, 2, 1, bias=False),
        nn.BatchNorm2d(4 * ndf),
        nn.LeakyReLU(0.2),
        nn.Conv2d(4 * ndf, 8 * ndf, 4, 1, 1, bias=False),
        nn.BatchNorm2d(8 * ndf),
        nn.LeakyReLU(0.2),
        nn.Conv2d(8 * ndf, 1, 4, 1, 1),
    )


def to_tensor(image: Image.Image, side: int = 256) -> torch.Tensor:
    pixels = np.array(image.convert("RGB").resize((side, side), Image.Resampling.BICUBIC))
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1


def to_image(y: torch.Tensor) -> Image.Image:
    return Image.fromarray(((y[0].permute(1, 2, 0) + 1) * 127.5).round().clamp(0, 255).byte().cpu().numpy())


def translate(generator: Generator, image: Image.Image, noise: bool = True) -> Image.Image:
    with torch.no_grad():
        return to_image(generator(to_tensor(image), noise))


def train_step(G: nn.Module, D: nn.Module, adam_g, adam_d, x: torch.Tensor, y: torch.Tensor) -> None:
    fake = G(x)
    real_score, fake_score = D(torch.cat((x, y), 1)), D(torch.cat((x, fake.detach()), 1))
    bce = F.binary_cross_entropy_with_logits
    loss_d = (
        bce(real_score, torch.ones_like(real_score)) + bce(fake_score, torch.zeros_like(fake_score))
    ) / 2
    adam_d.zero_grad()
    loss_d.backward()
    adam_d.step()
    score = D(torch.cat((x, fake), 1))
    loss_g = bce(score, torch.ones_like(score)) + 100 * F.l1_loss(fake, y)
    adam_g.zero_grad()
    loss_g.backward()
    adam_g.step()
