"""Where to compute, and how precisely: devices and mixed precision, for training and inference alike."""

import contextlib
import ctypes
import os
import platform

import torch


def pick_device(name: str) -> torch.device:
    """ "auto" → the GPU if there is one. ValueError where the one asked for is not there.

    "mps", a Mac's GPU, is used only where it is asked for: nobody has measured it against its processor.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name not in ("cpu", "cuda", "mps") and not name.startswith("cuda:"):
        raise ValueError(f"--device is {name!r}; expected auto, cpu, cuda or mps")
    if name == "mps" and not torch.backends.mps.is_available():
        raise ValueError("--device is mps, but torch sees no Apple GPU here; use --device cpu")
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise ValueError("--device is cuda, but torch sees no GPU here; use --device cpu")
    return torch.device(name)


# What may be asked for, and what it becomes on a machine: the type of convolutions, and of feature maps.
PRECISIONS = ("auto", "int8", "bf16", "fp32")
RESOLVED = ("int8+bf16", "int8+fp32", "bf16", "fp32")


def bf16_is_quicker(device: torch.device) -> bool:
    """Whether the device has bfloat16 instructions; others only emulate them.

    Decided by the processor's features, never by a timing: the last bits of every output depend on it, and a
    busy moment must not change them.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.backends.mkldnn.is_available() and (cpu_has("avx512_bf16") or cpu_has("amx_tile"))


def cpu_has(feature: str) -> bool:
    """Whether torch finds a feature of x86 processors: "avx512_bf16", "amx_tile", "vnni"."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    ask = getattr(torch.cpu, f"_is_{feature}_supported", None)  # no public function in torch 2.8
    return ask is not None and bool(ask())


def compute_type(precision: str, device: torch.device) -> torch.dtype:
    """The type of the feature maps for one of PRECISIONS or RESOLVED on a device.

    Raises ValueError for another word.
    """
    if precision not in (*PRECISIONS, *RESOLVED):
        raise ValueError(f"precision is {precision!r}; expected auto, int8, bf16 or fp32")
    bf16 = "bf16" in precision or (precision in ("auto", "int8") and bf16_is_quicker(device))
    return torch.bfloat16 if bf16 else torch.float32


def training_precision(precision: str, device: torch.device) -> str:
    """What "auto" means for training on a device, to be recorded with a run: "bf16" or "fp32"."""
    return "bf16" if compute_type(precision, device) == torch.bfloat16 else "fp32"


def autocast(precision: str, device: torch.device) -> contextlib.AbstractContextManager:
    """For training: bfloat16 autocast where `compute_type` says so, else nothing."""
    on = compute_type(precision, device) == torch.bfloat16
    return torch.autocast(device.type, torch.bfloat16, enabled=on)


def keep_freed_memory() -> None:
    """Ask the C library to keep freed memory for the next picture instead of handing it back each time.

    Fresh pages cost a fault each, on virtual machines 10 µs: for sixteen samples a third of their time. Each
    arena keeps its own, and a server has dozens of threads: two arenas must do, or they hold gigabytes. For
    programs of our own, at their start; without glibc nothing happens.
    """
    trim_threshold, top_pad, mmap_threshold, arena_max = -1, -2, -3, -8  # names of <malloc.h>
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(mmap_threshold, 32 * 2**20)  # the most that glibc takes
        library.mallopt(trim_threshold, 512 * 2**20)
        library.mallopt(top_pad, 64 * 2**20)
        library.mallopt(arena_max, 2)


def give_back_memory() -> None:
    """Hand what was freed back to the system, after something large went: a model or its temporaries."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def set_threads(count: int) -> None:
    """torch's CPU threads; 0 leaves its own choice. ValueError for a number that this machine has not."""
    processors = os.cpu_count() or 1
    if not 0 <= count <= processors:
        raise ValueError(
            f"--threads is {count}; expected 0 (torch's own choice) to {processors}, the processors here"
        )
    if count:
        torch.set_num_threads(count)
