"""Weights of the TensorFlow port's browser demo: model.pict.

Three sections, each a big-endian uint32 length and its payload: a JSON list of names and shapes in storage
order, a codebook of 256 little-endian float32 in ascending order, and one byte a weight, an index into it.

The port's generator is ours: its concatenation is [up, skip], its norms use each image's own statistics. Its
biases before a norm are cancelled by it. The norm at the 1×1 bottleneck leaves exactly its shift, so there
the convolution's weights are zero and its bias is that shift.
"""

import json
import math
import re
import struct
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pix2pix.formats.foreign import Found, check_width, fill
from pix2pix.models.generator import UNetGenerator

DEPTH = 8
CODES = 256
EXPECTED = "expected model.pict as the TensorFlow port's browser demo has it"
MAX_BYTES = 400_000_000
MAX_WEIGHTS = 400_000_000


def names() -> list[str]:
    """The sixty tensors of a generator."""
    found = []
    for side, conv in (("encoder", "conv2d"), ("decoder", "conv2d_transpose")):
        for i in range(1, DEPTH + 1):
            found += [f"generator/{side}_{i}/{conv}/{part}" for part in ("kernel", "bias")]
            if i > 1:
                found += [f"generator/{side}_{i}/batch_normalization/{part}" for part in ("gamma", "beta")]
    return found


def read_tensorflow_port(path: Path, dropout: float = 0.5) -> Found:
    """The generator in a .pict file. ValueError in one line for anything else."""
    tensors = read_pict(path)
    first, last = (
        tensors["generator/encoder_1/conv2d/kernel"],
        tensors["generator/decoder_1/conv2d_transpose/kernel"],
    )
    if first.dim() != 4 or last.dim() != 4 or (first.shape[2], last.shape[2]) != (3, 3):
        raise ValueError(f"{path}: expected a generator from RGB to RGB, 3 channels each")
    check_width(first.shape[3], str(path))
    network = UNetGenerator(3, 3, first.shape[3], 2**DEPTH, dropout=dropout)
    ours: dict[str, Tensor] = {}
    for i in range(1, DEPTH + 1):
        down, up = i - 1, DEPTH - i  # our indices
        kernel, bias = (tensors[f"generator/encoder_{i}/conv2d/{part}"] for part in ("kernel", "bias"))
        ours[f"down_convs.{down}.weight"] = layout(kernel, path)
        gamma, beta = norm_of(tensors, "encoder", i)
        if i == DEPTH:
            ours[f"down_convs.{down}.weight"] = torch.zeros_like(ours[f"down_convs.{down}.weight"])
        if i in (1, DEPTH):
            ours[f"down_convs.{down}.bias"] = bias if i == 1 else beta
        else:
            ours |= {f"down_norms.{down}.weight": gamma, f"down_norms.{down}.bias": beta}
        kernel, bias = (
            tensors[f"generator/decoder_{i}/conv2d_transpose/{part}"] for part in ("kernel", "bias")
        )
        ours[f"up_convs.{up}.weight"] = layout(kernel, path)
        gamma, beta = norm_of(tensors, "decoder", i)
        if i == 1:
            ours[f"up_convs.{up}.bias"] = bias
        else:
            ours |= {f"up_norms.{up}.weight": gamma, f"up_norms.{up}.bias": beta}
    fill(network, ours, str(path))
    return Found("TensorFlow port, browser demo", network)


def layout(kernel: Tensor, path: Path) -> Tensor:
    """(kh, kw, in, out) → (out, in, kh, kw), and transposed (kh, kw, out, in) → (in, out, kh, kw)."""
    if kernel.dim() != 4:
        raise ValueError(f"{path}: a kernel has the shape {tuple(kernel.shape)}; expected 4 dimensions")
    return kernel.permute(3, 2, 0, 1).contiguous()


def norm_of(tensors: dict[str, Tensor], side: str, i: int) -> tuple[Tensor, Tensor]:
    """(gamma, beta); empty for the outermost layers, which have no norm."""
    prefix = f"generator/{side}_{i}/batch_normalization/"
    empty = torch.empty(0)
    return tensors.get(prefix + "gamma", empty), tensors.get(prefix + "beta", empty)


def read_pict(path: Path) -> dict[str, Tensor]:
    """Name → float32 tensor. ValueError unless every length adds up and every name is known."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ValueError(f"{path}: {size:,} bytes; expected {MAX_BYTES:,} at most")
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from None
    header, codebook, codes = sections(content, path)
    shapes = read_shapes(header, path)
    if len(codebook) != 4 * CODES:
        raise ValueError(f"{path}: the codebook has {len(codebook)} bytes; expected {4 * CODES}")
    values = np.frombuffer(codebook, "<f4")
    if not np.isfinite(values).all() or (np.diff(values) < 0).any():
        raise ValueError(f"{path}: the codebook is not ascending finite numbers; {EXPECTED}")
    total = sum(math.prod(shape) for shape in shapes.values())
    if len(codes) != total:
        raise ValueError(f"{path}: {len(codes):,} weights; expected {total:,} by the shapes in its header")
    tensors, begin = {}, 0
    for name, shape in shapes.items():
        end = begin + math.prod(shape)
        tensors[name] = torch.from_numpy(values[np.frombuffer(codes, np.uint8)[begin:end]].reshape(shape))
        begin = end
    return tensors


def sections(content: bytes, path: Path) -> list[bytes]:
    """The three payloads."""
    found, begin = [], 0
    for name in ("header", "codebook", "weights"):
        if len(content) < begin + 4:
            raise ValueError(f"{path}: ends before its {name}; {EXPECTED}")
        (length,) = struct.unpack_from(">I", content, begin)
        begin += 4
        if len(content) < begin + length:
            raise ValueError(
                f"{path}: its {name} has {len(content) - begin:,} bytes; expected {length:,}: truncated, or "
                "not a .pict file"
            )
        found.append(content[begin : begin + length])
        begin += length
    if begin != len(content):
        raise ValueError(f"{path}: {len(content) - begin:,} bytes follow its end; {EXPECTED}")
    return found


def read_shapes(header: bytes, path: Path) -> dict[str, tuple[int, ...]]:
    """Name → shape, in storage order."""
    try:
        rows = json.loads(header.decode("utf-8"))
        shapes = {row["name"]: tuple(row["shape"]) for row in rows}
        whole = len(shapes) == len(rows) and all(
            type(n) is int and 0 < n <= 100_000 for shape in shapes.values() for n in shape
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        whole = False
    if not whole:
        raise ValueError(f"{path}: its header is no list of names and shapes; {EXPECTED}")
    wanted = set(names())
    for kind, differing in (("unknown", shapes.keys() - wanted), ("missing", wanted - shapes.keys())):
        if differing:
            name = re.sub(r"[^\w/.-]", "?", str(min(differing)))[:80]
            raise ValueError(f"{path}: the tensor {name} is {kind}; {EXPECTED}")
    if sum(math.prod(shape) for shape in shapes.values()) > MAX_WEIGHTS:
        raise ValueError(f"{path}: more than {MAX_WEIGHTS:,} weights; {EXPECTED}")
    return shapes
