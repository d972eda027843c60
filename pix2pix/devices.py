"""Where to compute, and how precisely: devices and mixed precision, for training and inference alike."""

import contextlib
import ctypes
import functools
import os
import timeit

import torch
from torch.nn import functional as F


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
def bf16_is_quicker(device: torch.device) -> bool:
    """Measured, once a process, on one convolution: some processors only emulate bfloat16."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    seconds = {}
    for dtype in (torch.float32, torch.bfloat16):
        x = torch.ones(1, 64, 64, 64, dtype=dtype).to(memory_format=torch.channels_last)
        weight = torch.ones(128, 64, 4, 4, dtype=dtype).to(memory_format=torch.channels_last)
        with torch.inference_mode():
            F.conv2d(x, weight, stride=2, padding=1)
            seconds[dtype] = min(timeit.repeat(lambda: F.conv2d(x, weight, stride=2, padding=1), number=1))  # noqa: B023
    return seconds[torch.bfloat16] < 0.9 * seconds[torch.float32]  # a draw goes to the more exact


def compute_type(precision: str, device: torch.device) -> torch.dtype:
    """What "auto", "bf16" and "fp32" mean on a device, and the type of the maps beside "int8" products.

    Raises ValueError for another word.
    """
    if precision not in ("auto", "int8", "bf16", "fp32"):
        raise ValueError(f"precision is {precision!r}; expected auto, int8, bf16 or fp32")
    bf16 = precision == "bf16" or (precision in ("auto", "int8") and bf16_is_quicker(device))
    return torch.bfloat16 if bf16 else torch.float32


def autocast(precision: str, device: torch.device) -> contextlib.AbstractContextManager:
    """For training: bfloat16 autocast where `compute_type` says so, else nothing."""
    on = compute_type(precision, device) == torch.bfloat16
    return torch.autocast(device.type, torch.bfloat16, enabled=on)


def return_freed_memory() -> None:
    """Give freed memory back to the system once, as after a load, whose temporaries were large."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def keep_freed_memory() -> None:
    """Ask the C library to keep freed memory for the next picture instead of handing it back each time.

    Fresh pages cost a fault each, on virtual machines 10 µs: for sixteen samples a third of their time. For
    programs of our own, at their start; without glibc nothing happens.
    """
    trim_threshold, top_pad, mmap_threshold = -1, -2, -3  # names of <malloc.h>
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(mmap_threshold, 32 * 2**20)  # the most that glibc takes
        library.mallopt(trim_threshold, 512 * 2**20)
        library.mallopt(top_pad, 64 * 2**20)


def set_threads(count: int) -> None:
    """torch's CPU threads; 0 leaves its own choice. ValueError for a number that this machine has not."""
    processors = os.cpu_count() or 1
    if not 0 <= count <= processors:
        raise ValueError(
            f"--threads is {count}; expected 0 (torch's own choice) to {processors}, the processors here"
        )
    if count:
        torch.set_num_threads(count)
