"""The network that scores façades (paper §4.1): photo → classes; loading and saving it.

The paper used FCN-8s on Cityscapes; this is a small U-Net, trained by `segmenter.py`. Knows nothing about
generators.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pix2pix.checkpoint_schema import read_config
from pix2pix.checkpoints import SHIPPED, read_tensors, write_tensors
from pix2pix.files import write_text

SEGMENTER = SHIPPED / "segmenter"
WEIGHTS = "segmenter.safetensors"


class Block(nn.Module):
    """Two 3×3 convolutions, each with batch norm and ReLU; the size stays."""

    def __init__(self, c_in: int, c_out: int):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out)
        self.conv2, self.norm2 = nn.Conv2d(c_out, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(x)))


class SegmentationUNet(nn.Module):
    """Photo (N, 3, H, W) in [-1, 1] → logits (N, classes, H, W); H and W multiples of 32.

    widths: channels at 1/2, 1/4 … of the photo's size. Labels are areas of several pixels, so the network
    works at half size and its logits are enlarged; that is a quarter of the work.
    """

    def __init__(self, classes: int, widths: tuple[int, ...] = (16, 32, 64, 128, 192)):
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], 4, stride=2, padding=1)
        self.down = nn.ModuleList(
            Block(c_in, c_out) for c_in, c_out in zip([widths[0], *widths], widths, strict=False)
        )
        self.up = nn.ModuleList(
            Block(deep + shallow, shallow)
            for deep, shallow in zip(widths[:0:-1], widths[-2::-1], strict=True)
        )
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[-2:]
        x = self.stem(x)  # (N, 16, 64, 64)
        skips: list[Tensor] = []
        for level, block in enumerate(self.down):
            x = block(F.max_pool2d(x, 2) if level > 0 else x)
            skips.append(x)  # (N, 16, 64, 64) … (N, 192, 4, 4)
        skips.pop()
        for block in self.up:
            x = block(torch.cat((F.interpolate(x, scale_factor=2.0), skips.pop()), 1))  # … (N, 16, 64, 64)
        return F.interpolate(self.head(x), size, mode="bilinear")  # (N, 12, 128, 128)


# --- Use -----------------------------------------------------------------------------------------------


@dataclass
class Segmenter:
    """A trained scorer: `predict` gives class numbers. settings: its config.json."""

    network: SegmentationUNet
    settings: dict

    @property
    def classes(self) -> int:
        return self.settings["classes"]

    def predict(self, photo: Tensor) -> np.ndarray:
        """(1, 3, H, W) in [-1, 1] → int64 (H, W), the likeliest class of each pixel.

        Photos are shrunk to the side that the network was trained on, and its logits enlarged again.
        """
        size = photo.shape[-2:]
        side = self.settings.get("side", size[0])
        with torch.inference_mode():
            logits = self.network(F.interpolate(photo, (side, side), mode="area"))
            return F.interpolate(logits, size, mode="bilinear")[0].argmax(0).numpy()


def load_segmenter(folder: Path = SEGMENTER) -> Segmenter:
    """The scorer in `folder`, on the CPU. ValueError in one line if there is none, or it does not fit."""
    if not (folder / WEIGHTS).is_file():
        raise ValueError(
            f"no scorer in {folder}; train it with python -m pix2pix.evaluation.segmenter --data DIR"
        )
    settings = read_config(folder / "config.json")
    network = SegmentationUNet(settings["classes"], tuple(settings["widths"]))
    counters = {name: t for name, t in network.state_dict().items() if not t.is_floating_point()}
    state = {name: tensor.float() for name, tensor in read_tensors(folder / WEIGHTS)[0].items()}
    try:
        network.load_state_dict(counters | state)
    except RuntimeError as error:
        raise ValueError(f"{folder / WEIGHTS}: does not fit its config.json ({error})") from None
    return Segmenter(network.eval().requires_grad_(False).to(memory_format=torch.channels_last), settings)


def save_segmenter(folder: Path, network: SegmentationUNet, settings: dict) -> None:
    """Weights as float16, and config.json; a scorer that `load_segmenter` reads."""
    weights = {
        name: tensor.half().contiguous()
        for name, tensor in network.state_dict().items()
        if tensor.is_floating_point()
    }
    write_tensors(weights, folder / WEIGHTS)
    write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", folder / "config.json")
