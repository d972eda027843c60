"""Color and sharpness of pictures as plain numbers (paper §4.2 "colorfulness", §3.2 stochasticity).

Lab histograms, gradient energy, and how far samples of one drawing lie apart. `write_color_statistics` keeps
the numbers of a run's training photos next to its weights, in color.json, so that pictures can be compared
with them where the photos are not. Knows nothing about networks or pages.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pix2pix import checkpoints
from pix2pix.files import write_text
from pix2pix.images import AB_SCALE, array_to_tensor, rgb_to_lab

FILE = "color.json"
BINS = 44
"""Bins of 5 units each over -110 … 110, where a and b of every sRGB color lie."""


@dataclass(frozen=True)
class ColorStatistics:
    """Means over one picture or many.

    a, b: share of the pixels in each of the BINS bins of Lab's a (green to red) and b (blue to yellow).
    gradient_energy: see `gradient_energy`.
    """

    a: list[float]
    b: list[float]
    gradient_energy: float


def to_lab(rgb: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3) → float32 (3, H, W): L in 0 … 100, a and b in -110 … 110."""
    lab = rgb_to_lab(array_to_tensor(rgb))[0].numpy()
    return np.stack(((lab[0] + 1) * 50, lab[1] * AB_SCALE, lab[2] * AB_SCALE))


def histogram(channel: np.ndarray) -> np.ndarray:
    """Values of a or b, any shape → float64 (BINS,), shares that sum to 1."""
    counts, _ = np.histogram(np.clip(channel, -AB_SCALE, AB_SCALE), BINS, (-AB_SCALE, AB_SCALE))
    return counts / counts.sum()


def gradient_energy(lightness: np.ndarray) -> float:
    """Mean of |∇L|² over the pixels of L (H, W) in 0 … 100, forward differences; 0 for a flat picture.

    A blurred picture has little of it, whatever it shows.
    """
    across, down = np.diff(lightness, axis=1), np.diff(lightness, axis=0)
    return float((across**2).mean() + (down**2).mean())


def describe(rgb: np.ndarray) -> ColorStatistics:
    """The numbers of one picture, uint8 (H, W, 3)."""
    light, a, b = to_lab(rgb)
    return ColorStatistics(histogram(a).tolist(), histogram(b).tolist(), gradient_energy(light))


def describe_all(pictures: Sequence[np.ndarray]) -> ColorStatistics:
    """The mean numbers of many pictures; every picture counts the same."""
    if not len(pictures):
        raise ValueError("no pictures to describe; expected at least one")
    each = [describe(picture) for picture in pictures]
    return ColorStatistics(
        np.mean([one.a for one in each], 0).tolist(),
        np.mean([one.b for one in each], 0).tolist(),
        float(np.mean([one.gradient_energy for one in each])),
    )


def spread(pictures: Sequence[Image.Image]) -> tuple[np.ndarray, np.ndarray]:
    """Samples of one drawing → (mean, σ).

    mean: uint8 (H, W, 3). σ: float64 (H, W), the standard deviation over the samples, in levels of 255,
    averaged over red, green and blue.
    """
    levels = np.stack([np.asarray(picture.convert("RGB"), np.float64) for picture in pictures])
    return levels.mean(0).round().astype(np.uint8), levels.std(0).mean(-1)


# --- Beside the weights -----------------------------------------------------------------------------------


def write_color_statistics(folder: Path, data: str | Path, limit: int | None = None) -> Path:
    """Describe a run's training photos and keep the numbers in `folder`/color.json.

    folder: the checkpoint's. data: the data folder that `train.py --data` was given. limit: at most so many
    photos, spread evenly. Raises ValueError where there is no checkpoint or there are no pairs.
    """
    # Training's side: the page reads these numbers without its libraries.
    from pix2pix.data.sources import load_pairs
    from pix2pix.evaluation.held_out import training_config

    config = training_config(checkpoints.load_settings(folder), str(data))
    photos = load_pairs(config, "train", limit).b
    found = describe_all(photos)
    content: dict[str, Any] = {
        "photos": len(photos),
        "bins": {"from": -AB_SCALE, "to": AB_SCALE, "count": BINS},
        "a": [round(share, 6) for share in found.a],
        "b": [round(share, 6) for share in found.b],
        "gradient_energy": round(found.gradient_energy, 3),
    }
    write_text(json.dumps(content, indent=1) + "\n", folder / FILE)
    return folder / FILE


def read_color_statistics(folder: Path) -> ColorStatistics | None:
    """What `write_color_statistics` left in a checkpoint folder; None where there is nothing usable."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        found = ColorStatistics(
            [float(share) for share in content["a"]],
            [float(share) for share in content["b"]],
            float(content["gradient_energy"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if len(found.a) == len(found.b) == BINS else None
