"""Where to compute, and how precisely: devices and mixed precision, for training and inference alike."""

import contextlib
import functools
from pathlib import Path

import torch


def pick_device(name: str) -> torch.device:
    """ "auto" → the GPU if there is one. ValueError where the one asked for is not there."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name not in ("cpu", "cuda") and not name.startswith("cuda:"):
        raise ValueError(f"--device is {name!r}; expected auto, cpu or cuda")
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise ValueError("--device is cuda, but torch sees no GPU here; use --device cpu")
    return torch.device(name)


@functools.cache
def has_bf16(device_type: str) -> bool:
    """Does the processor multiply bfloat16 faster than float32?"""
    if device_type == "cuda":
        return torch.cuda.is_bf16_supported()
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text() if cpuinfo.exists() else ""
    return "avx512_bf16" in flags or "amx_bf16" in flags


def autocast(precision: str, device: torch.device) -> contextlib.AbstractContextManager:
    """bfloat16 autocast for "bf16", or for "auto" where the processor has it; nothing for "fp32"."""
    on = precision == "bf16" or (precision == "auto" and has_bf16(device.type))
    return torch.autocast(device.type, torch.bfloat16, enabled=on)
