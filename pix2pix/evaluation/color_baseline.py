"""The color-only baseline of the FCN-score: a pixel's class guessed from its color.

A color histogram for each class, counted on the training photos; a pixel gets the class that is most common
at its color. A scorer that is not well above it has not learned what a window is.
"""

from pathlib import Path

import numpy as np
import torch

from pix2pix.checkpoints import read_tensors, write_tensors

LEVELS = 16  # bins of each of R, G and B
FILE = "colour-histogram.safetensors"


class ColorHistogramSegmenter:
    """counts: int64 (LEVELS³, classes), how often a class had a color."""

    def __init__(self, classes: int):
        self.counts = np.zeros((LEVELS**3, classes), np.int64)

    def add(self, rgb: np.ndarray, labels: np.ndarray) -> None:
        """Count a photo, uint8 (H, W, 3), and its class numbers (H, W)."""
        places = color_bins(rgb).ravel() * self.counts.shape[1] + labels.ravel()
        self.counts += np.bincount(places, minlength=self.counts.size).reshape(self.counts.shape)

    def predict(self, rgb: np.ndarray) -> np.ndarray:
        """uint8 (H, W, 3) → class numbers (H, W). A color never seen gets the class most common overall."""
        best = self.counts.argmax(1)
        best[self.counts.sum(1) == 0] = self.counts.sum(0).argmax()
        return best[color_bins(rgb)]

    def save(self, folder: Path) -> None:
        write_tensors({"counts": torch.from_numpy(self.counts.astype(np.int32))}, folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> "ColorHistogramSegmenter":
        counts = read_tensors(folder / FILE)[0]["counts"].numpy().astype(np.int64)
        loaded = cls(counts.shape[1])
        loaded.counts = counts
        return loaded


def color_bins(rgb: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3) → int (H, W): the number of each pixel's bin."""
    red, green, blue = np.moveaxis(rgb.astype(np.int64) * LEVELS // 256, -1, 0)
    return (red * LEVELS + green) * LEVELS + blue
