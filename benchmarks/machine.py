"""The machine that a benchmark runs on: its limits of arithmetic and memory, and a work's roofline bound.

Knows nothing about rows, tables or the reference network.
"""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from pix2pix.devices import compute_type, pick_device
from pix2pix.inference.kernels import int8_pays
from pix2pix.inference.packed import PackedGenerator, packed
from pix2pix.inference.quantize import NOTHING
from pix2pix.models.generator import UNetGenerator
from pix2pix.models.layers import Conv2d


def describe_machine() -> dict:
    """What the figures were measured on, with its two limits: multiply–accumulates and bytes a second."""
    dtype = compute_type("auto", pick_device("cpu"))
    cpuinfo = Path("/proc/cpuinfo")
    names = (
        [line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        if cpuinfo.exists()
        else []
    )
    int8 = int8_pays(dtype)
    big = torch.ones(32 * 2**20)  # 128 MB: more than any cache
    reading = min(repeat(lambda: big.sum()))
    found = {
        "processor": names[0] if names else platform.processor(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "type": "int8" if int8 else str(dtype).removeprefix("torch."),
        "gmac_per_s": product_rate(dtype, int8),
        "training_gmac_per_s": product_rate(dtype, False),
        "gb_per_s": round(big.numel() * 4 / reading / 1e9, 1),
        "load": round(os.getloadavg()[0], 1),
    }
    if torch.cuda.is_available():
        found["gpu"] = torch.cuda.get_device_name()
    return found


def repeat(work: Callable[[], object], times: int = 10) -> list[float]:
    work()
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return found


def product_rate(dtype: torch.dtype, int8: bool) -> int:
    """10⁹ multiply–accumulates a second of a large convolution in the fastest form that we know."""
    channels, side = 512, 32
    conv = packed(Conv2d(channels, 2 * channels, bias=False), side, dtype, int8)
    x = torch.ones(1, channels, side, side, dtype=dtype).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        seconds = min(repeat(lambda: conv([x], NOTHING), times=60))  # a busy moment would lift the bound
    return round(2 * channels**2 * 4**2 * (side // 2) ** 2 / seconds / 1e9)


def packed_elsewhere(ngf: int) -> PackedGenerator:
    """Our generator on the meta device, to count its multiply–accumulates without computing."""
    return PackedGenerator(UNetGenerator(ngf=ngf).to("meta"), torch.float32)


def roofline(work: Callable[[], object], rate: str, moved: int, machine: dict, after: bool = False) -> float:
    """Roofline bound in milliseconds: of the work's multiply–accumulates, or of the bytes it has to move.

    work: run once and counted. rate: key of the machine's multiply–accumulates a second. moved: bytes. The
    larger of the two times; their sum where the bytes are moved after the arithmetic.
    """
    with FlopCounterMode(display=False) as counter:
        work()
    parts = counter.get_total_flops() / 2 / (machine[rate] * 1e6), moved / (machine["gb_per_s"] * 1e6)
    return round(sum(parts) if after else max(parts), 2)
