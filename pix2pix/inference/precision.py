"""Which precision a translator uses, and how a file of it tells later runs.

The last bits of an image depend on the precision, so it is chosen by the processor's features alone, it is
written into every PNG, and a folder that was begun with one is finished with the same.
"""

from collections.abc import Iterable
from pathlib import Path

import torch
from PIL import Image

from pix2pix.devices import RESOLVED, compute_type
from pix2pix.inference.kernels import int8_is_right, int8_pays

PRECISION_TEXT = "pix2pix-precision"  # keyword of the PNG text


def resolve_precision(precision: str, device: torch.device) -> str:
    """One of `devices.PRECISIONS` or RESOLVED → what it means on this machine, one of RESOLVED.

    Raises ValueError for another word, and where int8 was asked for and would overflow.
    """
    dtype = compute_type(precision, device)
    name = "bf16" if dtype == torch.bfloat16 else "fp32"
    if precision.startswith("int8") and not (device.type == "cpu" and int8_is_right(dtype)):
        raise ValueError(
            f'precision is "{precision}", but {device.type} has no int8 instructions here; expected "auto"'
        )
    int8 = precision == "auto" and device.type == "cpu" and int8_pays(dtype)
    return f"int8+{name}" if int8 or precision.startswith("int8") else name


def precision_of(path: Path) -> str | None:
    """The precision that a PNG of ours was made with; None where it tells none."""
    try:
        with Image.open(path, formats=("PNG",)) as picture:
            found = picture.info.get(PRECISION_TEXT)
    except (OSError, SyntaxError, ValueError):
        return None
    return found if found in RESOLVED else None


def recorded_precision(made: Iterable[Path]) -> str | None:
    """The precision of the first of these files that tells one."""
    return next(filter(None, map(precision_of, made)), None)
