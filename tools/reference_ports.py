"""Generators of the PyTorch and TensorFlow ports, written from the descriptions of their files, for parity.

Small (ngf 4), with random weights. Used by tests/test_formats.py and by `python -m tools.parity`.
"""

import json
import math
import struct

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from pix2pix.formats.tensorflow_port import names

NGF = 4

# --- The PyTorch port -----------------------------------------------------------------------------------


class Block(nn.Module):
    """One level of the port's U-Net, level 1 outermost. Returns [x, up], but for level 1."""

    def __init__(self, level: int, depth: int, norm: str):
        super().__init__()
        width = [3, *(NGF * min(2**k, 8) for k in range(depth))]
        self.level, batch = level, norm == "batch"

        def normed(channels):
            return nn.BatchNorm2d(channels) if batch else nn.InstanceNorm2d(channels)

        c_out, c_in = width[level - 1], width[level]
        down = nn.Conv2d(c_out, c_in, 4, 2, 1, bias=not batch)
        inner = level == depth
        up = nn.ConvTranspose2d(c_in * (1 if inner else 2), c_out, 4, 2, 1, bias=not batch or level == 1)
        if level == 1:
            layers = [down, Block(2, depth, norm), nn.ReLU(), up, nn.Tanh()]
        elif inner:
            layers = [nn.LeakyReLU(0.2), down, nn.ReLU(), up, normed(c_out)]
        else:
            layers = [nn.LeakyReLU(0.2), down, normed(c_in), Block(level + 1, depth, norm)]
            layers += [nn.ReLU(), up, normed(c_out)]
            if level >= 5:
                layers.append(nn.Dropout(0.5))
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x) if self.level == 1 else torch.cat([x, self.model(x)], 1)


class Port(nn.Module):
    def __init__(self, depth: int, norm: str):
        super().__init__()
        self.model = Block(1, depth, norm)

    def forward(self, x):
        return self.model(x)


def port(depth: int, norm: str) -> Port:
    torch.manual_seed(depth)
    network = Port(depth, norm).train()
    for name, tensor in network.named_parameters():
        scale = 0.3 if "weight" in name and tensor.dim() == 4 else 0.5
        nn.init.normal_(tensor, 1.0 if tensor.dim() == 1 and name.endswith("weight") else 0.0, scale)
    return network


def without_dropout(network: nn.Module) -> nn.Module:
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    return network


# --- The TensorFlow port --------------------------------------------------------------------------------


def pict_shapes() -> dict[str, tuple[int, ...]]:
    width = [3, *(NGF * min(2**k, 8) for k in range(8))]
    shapes = {}
    for name in names():
        side, i = name.split("/")[1].split("_")
        i = int(i)
        c_out = width[i] if side == "encoder" else width[i - 1]
        c_in = width[i - 1] if side == "encoder" else width[i] * (1 if i == 8 else 2)
        kernel = (4, 4, c_in, c_out) if side == "encoder" else (4, 4, c_out, c_in)
        shapes[name] = kernel if name.endswith("kernel") else (c_out,)
    return shapes


def pict_file(shapes: dict[str, tuple[int, ...]], codes: np.ndarray, codebook: np.ndarray) -> bytes:
    header = json.dumps([{"name": name, "shape": shape} for name, shape in shapes.items()]).encode()
    parts = [header, codebook.astype("<f4").tobytes(), codes.tobytes()]
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def random_pict() -> tuple[dict[str, tuple[int, ...]], np.ndarray, np.ndarray]:
    """(shapes, codes, codebook) of a .pict file."""
    shapes = pict_shapes()
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 256, sum(math.prod(s) for s in shapes.values()), dtype=np.uint8)
    return shapes, codes, np.sort(rng.normal(0, 0.4, 256))


def reference_image(shapes, codes, codebook, x: np.ndarray) -> np.ndarray:
    """The network by the format's description: channels last, one image (256, 256, 3)."""
    values, begin = {}, 0
    for name, shape in shapes.items():
        end = begin + math.prod(shape)
        values[name] = codebook.astype("<f4")[codes[begin:end]].astype(np.float64).reshape(shape)
        begin = end

    def layer(x, name, transposed):
        kernel, bias = values[f"{name}/kernel"], values[f"{name}/bias"]
        # convolutions by torch, on the format's own axes
        weight = torch.from_numpy(np.transpose(kernel, (3, 2, 0, 1)).copy())
        run = F.conv_transpose2d if transposed else F.conv2d
        y = run(torch.from_numpy(x.transpose(2, 0, 1)[None].copy()), weight, stride=2, padding=1)
        return y[0].numpy().transpose(1, 2, 0) + bias

    def norm(x, name):
        gamma, beta = (values[f"{name}/batch_normalization/{part}"] for part in ("gamma", "beta"))
        return gamma * (x - x.mean((0, 1))) / np.sqrt(x.var((0, 1)) + 1e-5) + beta

    encoded = [layer(x, "generator/encoder_1/conv2d", False)]
    for i in range(2, 9):
        h = np.where(encoded[-1] > 0, encoded[-1], 0.2 * encoded[-1])
        encoded.append(norm(layer(h, f"generator/encoder_{i}/conv2d", False), f"generator/encoder_{i}"))
    h = encoded[-1]
    for i in range(8, 0, -1):
        h = np.maximum(h if i == 8 else np.concatenate([h, encoded[i - 1]], 2), 0)
        h = layer(h, f"generator/decoder_{i}/conv2d_transpose", True)
        h = norm(h, f"generator/decoder_{i}") if i > 1 else np.tanh(h)
    return h
